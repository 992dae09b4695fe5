/** The extension in a real VS Code, with the real server and a stand-in Ollama behind it. */

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { keep } from "./lib/fixtures.ts";
import { chromium, CODE_SERVER, missing, pause, scratch, SERVER, until, VSIX } from "./lib/places.ts";
import { SHOP, writeShop } from "./lib/shop.ts";
import { StandIn } from "./lib/standin.ts";
import { CodeServer, type Window } from "./lib/vscode.ts";
import { Wire } from "./lib/wire.ts";

/** Stands above every text, for a model that knows its text by heart has to find the place in it. */
const HEAD = "# What is in the cart, and what it costs.\n";
const TOTAL = 'def total(prices):\n    """Sum of all prices."""\n    return sum(prices)\n';

describe("VS Code", { skip: missing(CODE_SERVER, chromium(), VSIX, SERVER[0]) }, () => {
  const folder = scratch("vscode");
  let code: CodeServer;
  let standIn: StandIn;
  let wire: Wire;
  let window: Window;
  let count = 0;

  before(async () => {
    standIn = await StandIn.start(folder, { firstToken: 60, token: 8 });
    code = await CodeServer.start(folder, VSIX);
  });
  after(async () => {
    await code.stop();
    await standIn.stop();
  });
  afterEach(async (test) => {
    await window.picture(`vscode-${test.name.replaceAll(/\W+/g, "-")}.png`);
    await window.close();
    assert.deepEqual((await standIn.stats()).violations, []);
  });

  /** Settings as a test wants them, over those that all tests have. */
  function configure(settings: Record<string, unknown>, machine: Record<string, unknown>): void {
    const common = {
      "codestral.completion.debounceMs": 30,
      "codestral.completion.multiline": "always",
      "codestral.cache.enabled": false,
    };
    const here = { "codestral.ui.serverCommand": wire.command, "codestral.backend": "ollama" };
    code.configure({ ...common, ...settings }, { ...here, ...machine });
  }

  /** Opens a file of a project whose model knows how the file should be, with the cursor after its last character. */
  async function openProject(
    write: (folder: string) => void,
    file: string,
    knows: string,
    settings: Record<string, unknown> = {},
    machine: Record<string, unknown> = {},
  ): Promise<void> {
    standIn.knows(knows);
    count += 1;
    const place = join(folder, `${count}`);
    const project = join(place, "shop");
    mkdirSync(project, { recursive: true });
    write(project);
    wire = new Wire(place);
    configure(settings, { "codestral.ollama.url": standIn.url, ...machine });
    window = await code.open(project, file);
  }

  /** The same for one file of a few lines, below a head. */
  function open(
    text: string,
    knows: string,
    options: { settings?: Record<string, unknown>; machine?: Record<string, unknown>; eol?: string } = {},
  ): Promise<void> {
    const all = (HEAD + text).replaceAll("\n", options.eol ?? "\n");
    const write = (project: string): void => writeFileSync(join(project, "cart.py"), all);
    return openProject(write, "cart.py", HEAD + knows, options.settings, options.machine);
  }

  function keepSession(name: string): void {
    keep("vscode", name, wire, join(folder, `${count}`, "shop"), standIn.url);
  }

  /** What is on the disk after saving, below the head. */
  async function saved(): Promise<string> {
    const all = await window.saved();
    assert.ok(all.startsWith(HEAD.trimEnd()));
    return all.slice(all.indexOf("\n") + 1);
  }

  test("shows how the function goes on, and Tab takes it over exactly", async () => {
    await open("", TOTAL);
    await window.type("def total(");
    await window.ghostShown('prices:\n    """Sum of all prices."""\n    return sum(prices)');
    assert.equal(await window.screen(), (HEAD + TOTAL).trimEnd());
    await window.press("Tab");
    await window.ghostGone();
    assert.equal(await saved(), TOTAL.trimEnd());
    await until("didAccept", () => wire.last("workspace/executeCommand"));
    assert.equal(wire.last("workspace/executeCommand")?.params.command, "codestral.didAccept");
  });

  test("draws the lines that follow, where a block begins", async () => {
    await open("def total(prices):", TOTAL, { settings: { "codestral.completion.multiline": "auto" } });
    await window.press("Enter");
    await window.ghostShown('"""Sum of all prices."""\n    return sum(prices)');
    assert.equal(await window.screen(), (HEAD + TOTAL).trimEnd());
  });

  test("in the middle of a file the ghost ends where the code below goes on", async () => {
    await openProject(writeShop, SHOP.file, SHOP.whole);
    await window.goTo(SHOP.line);
    await window.type(SHOP.typed);
    await window.press("Enter");
    await window.ghostShown(SHOP.ghost);
    await window.picture("vscode-ghost-text.png");
    await window.press("Tab");
    await window.ghostGone();
    assert.equal(await window.saved(), SHOP.whole);
  });

  test("typing what the ghost says keeps it there and asks the model nothing", async () => {
    const settings = { "codestral.completion.prefetch": false }; // what comes after it would be asked for
    await open("def ", "def total(prices): return sum(prices)\n", { settings });
    await window.type("to");
    await window.ghostShown("tal(prices): return sum(prices)");
    const { completions } = await standIn.stats();
    let rest = "tal(prices): return sum(prices)";
    for (const key of "tal") {
      await window.type(key);
      rest = rest.slice(1);
      await window.ghostShown(rest);
    }
    assert.equal((await standIn.stats()).completions, completions);
  });

  test("a key that disagrees cancels the request and closes the model's stream", async () => {
    await open("def ", `def total(${"prices, ".repeat(40)}): return 0\n`);
    const before = await standIn.stats();
    await window.type("to");
    await until("the model to be asked", async () => (await standIn.stats()).completions > before.completions);
    await window.type("X");
    await standIn.streamClosed(before);
    assert.equal(await window.ghost(), "");
    assert.ok(wire.last("$/cancelRequest"));
  });

  test("Escape hides the ghost and tells the server; it comes back when the text changes", async () => {
    await open("def ", "def total(prices): return sum(prices)\n");
    await window.type("to");
    await window.ghostShown();
    await window.press("Escape");
    await window.ghostGone();
    await until("the dismissal", () => wire.last("codestral/didDismissCompletion"));
    assert.deepEqual(wire.last("codestral/didDismissCompletion")?.params.position, { line: 1, character: 6 });
    await pause(500);
    assert.equal(await window.ghost(), "");
    await window.type("t");
    await window.ghostShown("al(prices): return sum(prices)");
  });

  test("Control+Right takes over word by word", async () => {
    await open("def ", "def total(prices): return sum(prices)\n");
    await window.type("to");
    await window.ghostShown("tal(prices): return sum(prices)");
    await window.press("Control+ArrowRight");
    await window.ghostShown("(prices): return sum(prices)");
    await window.press("Tab");
    assert.equal(await saved(), "def total(prices): return sum(prices)");
  });

  test("brackets that the editor closes by itself are not doubled", async () => {
    await open("print", 'print(total([1, 2]), "in all")\n');
    await window.type("(total([");
    await window.ghostShown();
    assert.equal(await window.screen(), `${HEAD}print(total([1, 2]), "in all")`);
    await window.press("Tab");
    await window.ghostGone();
    assert.equal(await saved(), 'print(total([1, 2]), "in all")');
  });

  test("with the suggestion list open, the ghost goes on from what is selected in it", async () => {
    const list = { "editor.wordBasedSuggestions": "currentDocument" };
    await open("prices_total = 1\nx = pri", "prices_total = 1\nx = prices_total * 2\n", { settings: list });
    await window.press("Control+Space");
    await window.page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "prices_total" }).waitFor();
    const asked = await until("a request about the list", () =>
      wire.sent("client", "textDocument/inlineCompletion").find(({ params }) => params.context.selectedCompletionInfo),
    );
    assert.equal(asked.params.context.selectedCompletionInfo.text, "prices_total");
    await window.ghostShown("ces_total * 2");
    await window.press("Tab"); // the list's word
    await window.ghostShown(" * 2");
    await window.press("Tab");
    assert.equal(await saved(), "prices_total = 1\nx = prices_total * 2");
    keepSession("suggestion-list");
  });

  test("with quick suggestions on, the list opens by itself and the ghost stays with it", async () => {
    const settings = { "editor.quickSuggestions": { other: "on" }, "editor.wordBasedSuggestions": "currentDocument" };
    await open("prices_total = 1\nx = ", "prices_total = 1\nx = prices_total * 2\n", { settings });
    await window.type("pri");
    await window.page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "prices_total" }).waitFor();
    await window.ghostShown("ces_total * 2");
    await window.press("Tab");
    await window.ghostShown(" * 2");
    await window.press("Tab");
    assert.equal(await saved(), "prices_total = 1\nx = prices_total * 2");
  });

  test("a notebook's cell is completed as a document of its own", async () => {
    const cell = { cell_type: "code", execution_count: null, id: "a1", metadata: {}, outputs: [], source: [HEAD] };
    const notebook = { cells: [cell], metadata: { language_info: { name: "python" } }, nbformat: 4, nbformat_minor: 5 };
    const write = (project: string): void => writeFileSync(join(project, "cart.ipynb"), JSON.stringify(notebook));
    await openProject(write, "cart.ipynb", HEAD + TOTAL);
    await window.type("def total(");
    await window.ghostShown();
    assert.ok(wire.last("notebookDocument/didOpen"));
    await window.press("Tab");
    await window.ghostGone();
    assert.match(await window.screen(), /return sum\(prices\)/);
  });

  test("an explicit request is answered at once", async () => {
    await open("def total", "def total(prices): return sum(prices)\n", { settings: { "codestral.completion.debounceMs": 5000 } });
    await window.command("Trigger Inline Suggestion");
    await window.ghostShown("(prices): return sum(prices)");
    assert.equal(wire.last("textDocument/inlineCompletion")?.params.context.triggerKind, 1);
  });

  test("several suggestions for one place are gone through, and round again", async () => {
    const choices = ["sum(prices)", "max(prices)", "min(prices)"];
    await open("total = ", "");
    standIn.knows(...choices.map((choice) => `${HEAD}total = ${choice}\n`));
    await window.command("Trigger Inline Suggestion");
    const first = await window.ghostShown();
    const seen = [first];
    await until("the others", async () => {
      await window.press("Alt+]"); // asks for more of them, as long as there are no others
      await pause(300);
      const now = await window.ghost();
      if (now !== "" && now !== seen.at(-1)) seen.push(now);
      return seen.length > choices.length && now === first;
    });
    assert.deepEqual(new Set(seen), new Set(choices));
    await window.press("Alt+[");
    await window.ghostShown(seen.at(-2)!);
    await window.press("Tab");
    assert.equal(await saved(), `total = ${seen.at(-2)}`);
  });

  test("a file with CRLF keeps it", async () => {
    await open("def total\n", TOTAL, { eol: "\r\n" });
    await window.press("ArrowUp");
    await window.press("End");
    await window.type("(");
    await window.ghostShown();
    await window.press("Tab");
    await window.ghostGone();
    assert.equal(await saved(), TOTAL.replaceAll("\n", "\r\n"));
  });

  test("a line with tabs and a character outside the BMP", async () => {
    const line = 'if x:\n\tlabel = "🛒" + name + "🛍 total"';
    await open('if x:\n\tlabel = "🛒" + na', `${line}\n`);
    await window.type("me");
    await window.ghostShown(' + "🛍 total"');
    await window.press("Tab");
    assert.equal(await saved(), line);
  });

  test("undo takes back what was accepted, and nothing else", async () => {
    await open("", TOTAL);
    await window.type("def total(");
    await window.ghostShown();
    await window.press("Tab");
    await window.ghostGone();
    await window.press("Control+z");
    assert.equal(await saved(), "def total()");
  });

  test("with several cursors nothing is offered, and one alone is served again", async () => {
    await open("a = pri\nb = pri", "a = pric\nb = prices\n");
    await window.press("Control+Shift+ArrowUp");
    await window.type("c");
    await until("the answer", () => wire.sent("server").some(({ result }) => result?.items));
    await pause(300);
    assert.equal(await window.screen(), `${HEAD}a = pric\nb = pric`);
    await window.press("Escape");
    await window.press("Control+End");
    await window.type("e");
    await window.ghostShown("s");
    await window.press("Tab");
    assert.equal(await saved(), "a = pric\nb = prices");
    keepSession("several-cursors");
  });

  test("nothing is drawn into text that an input method still composes, and the rest of it once it is there", async () => {
    await open('name = "', 'name = "日本語の値段"\n');
    const keyboard = await window.page.context().newCDPSession(window.page);
    for (const text of ["n", "に", "日", "日本"]) {
      await keyboard.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
      await pause(300);
      assert.equal(await window.ghost(), "");
    }
    await keyboard.send("Input.insertText", { text: "日本" });
    await window.ghostShown('語の値段"');
    assert.equal(await saved(), 'name = "日本');
    keepSession("input-method");
  });

  test("pasted text stays as it is, and is gone on from", async () => {
    await open("", TOTAL);
    await window.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await window.page.evaluate(() => navigator.clipboard.writeText("def total("));
    await window.press("Control+v");
    await window.ghostShown();
    assert.equal(await saved(), "def total(");
  });

  test("a language can be switched off and on while the server runs", async () => {
    const off = { "codestral.completion.languages": { python: false } };
    await open("def ", "def total(prices): return sum(prices)\n", { settings: off });
    const { completions } = await standIn.stats();
    await window.type("tot");
    await pause(800);
    assert.equal(await window.ghost(), "");
    assert.equal((await standIn.stats()).completions, completions);
    await window.command("Codestral: Turn Completions On or Off for This Language");
    await until("the change to arrive", () => {
      const settings = wire.last("workspace/didChangeConfiguration")?.params.settings;
      return settings?.codestral.completion.languages.python === true;
    });
    await window.type("a");
    await window.ghostShown("l(prices): return sum(prices)");
  });

  test("a session with a bit of everything, kept as a fixture when CODESTRAL_RECORD is set", async () => {
    await open("", TOTAL);
    await window.type("def total(");
    await window.ghostShown();
    await window.type("pri");
    await window.ghostShown();
    await window.type("X");
    await window.ghostGone();
    await window.press("Backspace");
    await window.ghostShown();
    await window.press("Escape");
    await window.ghostGone();
    await window.command("Trigger Inline Suggestion");
    await window.ghostShown();
    await window.press("Control+ArrowRight");
    await window.ghostShown();
    await window.press("Tab");
    await window.ghostGone();
    await window.press("Control+z");
    await window.press("Control+y");
    assert.equal(await saved(), TOTAL.trimEnd());
    await window.command("View: Close Editor");
    await until("didClose", () => wire.last("textDocument/didClose"));
    keepSession("typing");
  });

  test("the server is given what the user has set, and no defaults", async () => {
    await open("", TOTAL);
    const [initialize] = wire.sent("client", "initialize");
    assert.deepEqual(initialize?.params.initializationOptions, {
      backend: "ollama",
      ollama: { url: standIn.url },
      completion: { debounceMs: 30, multiline: "always" },
      cache: { enabled: false },
    });
  });

  test("the status bar names the model that answers", async () => {
    await open("", TOTAL);
    assert.equal((await window.status()).text, "codestral");
    assert.match((await window.status()).label, /ollama/);
  });

  test("the status bar says what is wrong and what to do about it", async () => {
    await open("", TOTAL, { machine: { "codestral.ollama.url": "http://127.0.0.1:9" } });
    const { label } = await window.status();
    assert.match(label, /nothing listens at 127\.0\.0\.1:9|127\.0\.0\.1:9.*not/);
    assert.match(label, /ollama (serve|pull)/);
    assert.equal(await window.page.locator('.statusbar-item.error-kind[id*="codestral"]').count(), 1);
  });
});
