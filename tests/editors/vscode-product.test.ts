/** The extension as a product, in a real VS Code: it sets itself up, stays up, asks before it trusts, and says how it is. */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { Gate } from "./lib/gate.ts";
import { chromium, CODE_SERVER, missing, pause, scratch, SERVER, until, VSIX } from "./lib/places.ts";
import { StandIn } from "./lib/standin.ts";
import { CodeServer, type Window } from "./lib/vscode.ts";
import { Wire } from "./lib/wire.ts";

const HEAD = "# What is in the cart, and what it costs.\n";
const TOTAL = 'def total(prices):\n    """Sum of all prices."""\n    return sum(prices)\n';
const needs = missing(CODE_SERVER, chromium(), VSIX, SERVER[0]);

/** A folder with one file, whose model knows how it goes on. */
function project(place: string, files: Record<string, string>): string {
  const folder = join(place, "shop");
  mkdirSync(join(folder, ".vscode"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function pictures(window: () => Window): (test: { name: string }) => Promise<void> {
  return async (test) => {
    await window().picture(`vscode-${test.name.replaceAll(/\W+/g, "-")}.png`);
    await window().close();
  };
}

describe("VS Code in a new profile", { skip: needs }, () => {
  const folder = scratch("vscode-new");
  let code: CodeServer;
  let standIn: StandIn;
  let window: Window;

  before(async () => {
    standIn = await StandIn.start(folder, { firstToken: 60, token: 8 });
    // A PATH without a server of the user's own.
    code = await CodeServer.start(folder, VSIX, { path: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" });
  });
  after(async () => {
    await code.stop();
    await standIn.stop();
  });
  afterEach(pictures(() => window));

  const ollama = (): Record<string, unknown> => ({ "codestral.backend": "ollama", "codestral.ollama.url": standIn.url });

  test("says what to do when there is no Python", async () => {
    const shop = project(join(folder, "1"), { "cart.py": `${HEAD}def total` });
    code.configure({}, { ...ollama(), "codestral.ui.python": ["/nowhere/python3"] });
    window = await code.open(shop, "cart.py");
    const said = await window.notified(/Python 3\.11 or newer was not found/);
    assert.match(said, /sudo apt install python3 python3-venv/);
    await window.says(/does not run; .*Python 3\.11 or newer was not found/);
    assert.equal(existsSync(join(code.storage, "server")), false);
  });

  test("installs its server from the wheels it carries, and runs nothing that lies in the workspace", async () => {
    const trap = "raise SystemExit('this is not the server')\n";
    const files = { "cart.py": HEAD, "codestral_lsp.py": trap, "asyncio.py": trap, "venv.py": trap };
    const shop = project(join(folder, "2"), files);
    standIn.knows(HEAD + TOTAL);
    code.configure({ "codestral.completion.multiline": "always" }, ollama());
    window = await code.open(shop, "cart.py", 180_000);
    await window.says(/codestral/);
    await window.type("def total(");
    await window.ghostShown('prices:\n    """Sum of all prices."""\n    return sum(prices)');
    assert.equal(readdirSync(join(code.storage, "server")).length, 1);
  });

  test("the next window uses what is installed", async () => {
    const shop = project(join(folder, "3"), { "cart.py": HEAD });
    standIn.knows(HEAD + TOTAL);
    const [environment] = readdirSync(join(code.storage, "server"));
    window = await code.open(shop, "cart.py");
    await window.type("def total(");
    await window.ghostShown();
    assert.deepEqual(readdirSync(join(code.storage, "server")), [environment]);
  });
});

describe("VS Code at work", { skip: needs }, () => {
  const folder = scratch("vscode-work");
  let code: CodeServer;
  let standIn: StandIn;
  let wire: Wire;
  let window: Window;
  let count = 0;

  before(async () => {
    standIn = await StandIn.start(folder, { firstToken: 60, token: 8 });
    code = await CodeServer.start(folder, VSIX, { trust: true });
  });
  after(async () => {
    await code.stop();
    await standIn.stop();
  });
  afterEach(pictures(() => window));

  async function open(
    options: { settings?: object; machine?: object; workspace?: object; files?: Record<string, string>; trust?: boolean } = {},
  ): Promise<void> {
    const place = join(folder, `${(count += 1)}`);
    const shop = project(place, { "cart.py": HEAD, ...options.files });
    writeFileSync(join(shop, ".vscode/settings.json"), JSON.stringify(options.workspace ?? {}));
    standIn.knows(HEAD + TOTAL);
    wire = new Wire(place);
    const settings = { "codestral.completion.debounceMs": 30, "codestral.cache.enabled": false };
    const machine = { "codestral.ui.serverCommand": wire.command, "codestral.backend": "ollama", "codestral.ollama.url": standIn.url };
    const trust = { "security.workspace.trust.startupPrompt": "never", "security.workspace.trust.enabled": !options.trust };
    code.configure({ ...settings, ...trust, ...options.settings }, { ...machine, ...options.machine });
    window = await code.open(shop, "cart.py");
  }

  const initial = () => wire.sent("client", "initialize").at(-1)?.params.initializationOptions;

  test("a folder that is not trusted changes nothing but to switch off", async () => {
    await open({
      workspace: {
        "codestral.ollama.url": "http://127.0.0.1:9",
        "codestral.ollama.model": "another",
        "codestral.completion.languages": { go: false, markdown: true },
      },
      files: { ".codestral.toml": 'backend = "workspace"\n' },
    });
    await window.type("def total(");
    await window.ghostShown();
    assert.equal(initial().ollama.url, standIn.url);
    assert.deepEqual(initial().completion.languages, { go: false });
    const commands = wire.sent("client", "workspace/executeCommand").map(({ params }) => params.command);
    assert.ok(!commands.includes("codestral.trustWorkspace"));
    await window.picture("vscode-limited.png");
  });

  test("a server that is killed is back at once, with the text, the key and the snooze", async (context) => {
    await open({ trust: true });
    await window.command("Codestral: Set API Key");
    await window.choose("Mistral");
    await window.answer("secret-key-1");
    await until("the key", () => wire.last("codestral/setKey"));
    await window.command("Codestral: Snooze");
    await window.choose("15 minutes");
    await window.says(/snoozed until/);
    await window.command("View: Focus Active Editor Group");
    await window.type("def total(");

    const pid = wire.serverProcess();
    const killed = Date.now();
    process.kill(pid, "SIGKILL");
    await until("a new server", () => wire.sent("client", "initialize").length === 2, 10_000);
    await until("its answer", () => wire.sent("server", "codestral/didChangeStatus").length >= 2, 10_000);
    context.diagnostic(`back ${Date.now() - killed} ms after it was killed`);
    await until("the snooze", () => {
      const commands = wire.sent("client", "workspace/executeCommand").map(({ params }) => params);
      return commands.filter(({ command }) => command === "codestral.snooze").length === 2;
    });
    assert.deepEqual(
      wire.sent("client", "codestral/setKey").map(({ params }) => params),
      [1, 2].map(() => ({ backend: "mistral", key: "secret-key-1" })),
    );
    assert.match(wire.last("textDocument/didOpen")?.params.textDocument.text, /def total\(/);
    await window.says(/snoozed until/);
    await window.command("Codestral: End the Snooze");
    await window.command("View: Focus Active Editor Group");
    await window.type("p");
    await window.ghostShown();
    assert.ok(!code.written().includes("secret-key-1"), "the key lies in the open");
  });

  test("a server that crashes again and again is left alone, and the menu starts it", async () => {
    await open({ machine: { "codestral.ui.serverCommand": ["sh", "-c", "exit 3"] }, trust: true });
    await window.says(/does not run/);
  });

  test("takes over word by word and line by line, by keys that only do so while there is a suggestion", async () => {
    await open({ trust: true, settings: { "codestral.completion.multiline": "always" } });
    await window.type("def total(");
    await window.ghostShown();
    await window.press("Control+ArrowRight");
    await window.ghostShown(':\n    """Sum of all prices."""\n    return sum(prices)');
    await window.press("Control+Alt+ArrowRight");
    await window.ghostShown('    """Sum of all prices."""\n    return sum(prices)');
    await window.press("Control+Alt+ArrowRight");
    await window.ghostShown("    return sum(prices)");
    await window.press("Control+Alt+ArrowRight");
    await window.ghostGone();
    assert.equal(await window.saved(), HEAD + TOTAL.trimEnd());
  });

  test("the status bar's menu is used by keyboard alone: off, on, another engine", async () => {
    await open({ trust: true });
    await window.command("Codestral: Show Menu");
    await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "Turn Off Completions" }).first().waitFor();
    await pause(500); // it fades in
    await window.picture("vscode-menu.png");
    await window.choose("Turn Off Completions");
    await window.says(/Off here: completions are turned off/);
    await window.command("Codestral: Show Menu");
    await window.choose("Turn On Completions");
    await window.says(/codestral through ollama/);
    await window.command("Codestral: Show Menu");
    await window.choose("Switch Engine or Model");
    await window.choose("workspace");
    await window.says(/workspace/);
  });

  test("the status bar says that a file is ignored, and comes round in one that is not", async () => {
    const ignore = { "codestral.privacy.ignore": ["cart.py"] };
    await open({ trust: true, machine: ignore, files: { "prices.py": "PRICES = {}\n" } });
    await window.says(/Off here: the file is ignored/);
    await window.picture("vscode-off.png");
    await window.page.locator(".explorer-viewlet .monaco-list-row", { hasText: "prices.py" }).dblclick();
    await window.says(/codestral through ollama/);
  });

  test("a backend that goes away is said with its cure, and one that comes back is used again", async (context) => {
    const gate = await new Gate(standIn.url).open();
    context.after(() => gate.shut());
    await open({ trust: true, machine: { "codestral.ollama.url": gate.url } });
    await window.type("def to");
    await window.ghostShown();
    await gate.shut();
    await window.press("Escape");
    await window.press("Enter");
    await window.type("x = ");
    await window.says(/(nothing listens at|cannot be reached).*; (Install|Start|Run|Check) /);
    await window.picture("vscode-problem.png");
    await gate.open();
    await until("to be used again", async () => {
      await window.type("1 + ");
      await pause(1000);
      return /codestral through ollama/.test((await window.status()).label);
    }, 60_000);
  });

  test("says why there was no suggestion", async () => {
    await open({ trust: true });
    await window.type("def total(");
    await window.ghostShown();
    await window.command("Codestral: Why No Suggestion?");
    const page = await window.rendered(/The last requests/);
    assert.match(page, /python[\s\S]*automatic[\s\S]*shown/);
  });

  test("explains beside the code, as it is written", async () => {
    await open({ trust: true, files: { "cart.py": HEAD + TOTAL } });
    await window.goTo(3);
    await window.command("Codestral: Explain This");
    const page = await window.rendered(/returns their sum/);
    assert.match(page, /total\(\)/);
    const steps = wire.sent("server", "codestral/action").map(({ params }) => params);
    assert.ok(steps.length > 2, "it came in one piece");
    assert.equal(steps.at(-1).state, "done");
    await pause(1500); // the view fades in
    await window.picture("vscode-explain.png");
  });

  const BUGGY = 'def total(prices):\n    """Sum of all prices."""\n    return sum(prices[1:])\n';

  test("marks what it finds, and shows the fix before it is made", async () => {
    await open({ trust: true, files: { "cart.py": HEAD + BUGGY } });
    await window.goTo(4);
    await window.command("Codestral: Find Bugs Here");
    await window.notified(/found one bug/);
    await window.page.locator(".squiggly-warning, .squiggly-error, .squiggly-info").first().waitFor();
    await window.picture("vscode-bug.png");
    await window.press("Control+.");
    const fix = window.page.locator(".action-widget .monaco-list-row", { hasText: "Fix: The first price is left out" });
    await fix.click();
    await window.previewAccepted("vscode-fix.png");
    assert.equal(await window.saved(), HEAD + TOTAL);
  });

  test("writes code on request, shown before it is kept or thrown away", async () => {
    const hole = "def highest(prices):\n    pass\n";
    await open({ trust: true, files: { "cart.py": HEAD + hole } });
    await window.goTo(3);
    await window.command("Codestral: Write Code Here");
    await window.answer("the highest price");
    await window.previewAccepted("vscode-generate.png");
    assert.equal(await window.saved(), `${HEAD}def highest(prices):\n    return max(prices)\n`);
  });

  test("the walkthrough opens, and names the licence of every model", async () => {
    await open({ trust: true });
    await window.command("Codestral: Open the Walkthrough");
    await window.page.locator(".getting-started-step", { hasText: "A model on this machine" }).click();
    await window.rendered(/Non-Production Licence/);
    await window.picture("vscode-walkthrough.png");
  });

  test("sets up a model on this machine: the licence before the download, then progress, then it is used", async () => {
    const ollama = await fakeOllama();
    await open({ trust: true, machine: { "codestral.ollama.url": ollama.url } });
    await window.command("Codestral: Set Up a Model on This Machine");
    await window.choose("qwen2.5-coder:0.5b-base");
    const dialog = window.page.locator(".monaco-dialog-box", { hasText: "Apache 2.0" });
    await dialog.waitFor();
    assert.deepEqual(ollama.pulled, []);
    await dialog.getByRole("button", { name: "Download" }).click();
    await window.notified(/qwen2\.5-coder:0\.5b-base completes from now on/);
    assert.deepEqual(ollama.pulled, ["qwen2.5-coder:0.5b-base"]);
    ollama.stop();
  });
});

/** An Ollama with no model, which "downloads" any. */
async function fakeOllama(): Promise<{ url: string; pulled: string[]; stop(): void }> {
  const pulled: string[] = [];
  const server = createServer(async (request, answer) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.url === "/api/pull") {
      pulled.push(JSON.parse(body).model);
      for (const completed of [0, 50, 100]) answer.write(`${JSON.stringify({ status: "pulling", total: 100, completed })}\n`);
      answer.end('{"status": "success"}\n');
    } else if (request.url === "/api/tags") answer.end(JSON.stringify({ models: pulled.map((name) => ({ name })) }));
    else if (request.url === "/api/version") answer.end('{"version": "0.12.10"}');
    else answer.writeHead(404).end('{"error": "model not found"}');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pulled, stop: () => server.close() };
}
