/** The extension as a product, in a real VS Code: it stays up, asks before it trusts, and says how it is. */

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { Gate } from "./lib/gate.ts";
import { pause, until } from "./lib/places.ts";
import { HEAD, TOTAL, unavailable, Workbench } from "./lib/workbench.ts";

describe("VS Code at work", { skip: unavailable }, () => {
  let bench: Workbench;

  before(async () => {
    bench = await Workbench.start("vscode-work");
  });
  after(() => bench.stop());
  afterEach((test) => bench.close(test as { name: string }));

  const initial = () => bench.wire.sent("client", "initialize").at(-1)?.params.initializationOptions;

  test("a folder that is not trusted changes nothing but to switch off", async () => {
    const window = await bench.open({
      workspace: {
        "codestral.ollama.url": "http://127.0.0.1:9",
        "codestral.ollama.model": "another",
        "codestral.completion.languages": { go: false, markdown: true },
      },
      files: { ".codestral.toml": 'backend = "workspace"\n' },
    });
    await window.type("def total(");
    await window.ghostShown();
    assert.equal(initial().ollama.url, bench.standIn.url);
    assert.deepEqual(initial().completion.languages, { go: false });
    const commands = bench.wire.sent("client", "workspace/executeCommand").map(({ params }) => params.command);
    assert.ok(!commands.includes("codestral.trustWorkspace"));
    await window.picture("vscode-limited.png");
  });

  test("a server that is killed is back at once, with the text, the key and the snooze", async (context) => {
    const window = await bench.open();
    await window.command("Codestral: Set API Key");
    await window.choose("Mistral");
    await window.answer("secret-key-1");
    await until("the key", () => bench.wire.last("codestral/setKey"));
    await window.command("Codestral: Snooze");
    await window.choose("15 minutes");
    await window.says(/snoozed until/);
    await window.command("View: Focus Active Editor Group");
    await window.type("def total(");

    const pid = bench.wire.serverProcess();
    const killed = Date.now();
    process.kill(pid, "SIGKILL");
    await until("a new server", () => bench.wire.sent("client", "initialize").length === 2);
    await until("its answer", () => bench.wire.sent("server", "codestral/didChangeStatus").length >= 2);
    context.diagnostic(`back ${Date.now() - killed} ms after it was killed`);
    await until("the snooze", () => {
      const commands = bench.wire.sent("client", "workspace/executeCommand").map(({ params }) => params);
      return commands.filter(({ command }) => command === "codestral.snooze").length === 2;
    });
    assert.deepEqual(
      bench.wire.sent("client", "codestral/setKey").map(({ params }) => params),
      [1, 2].map(() => ({ backend: "mistral", key: "secret-key-1" })),
    );
    assert.match(bench.wire.last("textDocument/didOpen")?.params.textDocument.text, /def total\(/);
    await window.says(/snoozed until/);
    await window.command("Codestral: End the Snooze");
    await window.command("View: Focus Active Editor Group");
    await window.type("p");
    await window.ghostShown();
    assert.ok(!bench.code.written().includes("secret-key-1"), "the key lies in the open");
  });

  test("a server that crashes again and again is left alone, and the menu starts it", async () => {
    const window = await bench.open({ machine: { "codestral.ui.serverCommand": ["sh", "-c", "exit 3"] } });
    await window.says(/does not run/);
  });

  test("takes over word by word and line by line, by keys that only do so while there is a suggestion", async () => {
    const window = await bench.open({ settings: { "codestral.completion.multiline": "always" } });
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

  test("the status bar says that a file is ignored, and comes round in one that is not", async () => {
    const ignore = { "codestral.privacy.ignore": ["cart.py"] };
    const window = await bench.open({ machine: ignore, files: { "prices.py": "PRICES = {}\n" } });
    await window.says(/Off here: the file is ignored/);
    await window.picture("vscode-off.png");
    await window.page.locator(".explorer-viewlet .monaco-list-row", { hasText: "prices.py" }).dblclick();
    await window.says(/codestral through ollama/);
  });

  test("a backend that goes away is said with its cure, and one that comes back is used again", async (context) => {
    const gate = await new Gate(bench.standIn.url).open();
    context.after(() => gate.shut());
    const window = await bench.open({ machine: { "codestral.ollama.url": gate.url } });
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
    });
  });
});
