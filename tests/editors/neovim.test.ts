/** The plugin in a real Neovim, with the real server and a stand-in Ollama behind it. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { keep } from "./lib/fixtures.ts";
import { Neovim } from "./lib/neovim.ts";
import { missing, NEOVIM, pause, ROOT, scratch, SERVER, until } from "./lib/places.ts";
import { StandIn } from "./lib/standin.ts";
import { Wire } from "./lib/wire.ts";

/** Stands above every text, for a model that knows its text by heart has to find the place in it. */
const HEAD = "# What is in the cart, and what it costs.\n";
const TOTAL = 'def total(prices):\n    """Sum of all prices."""\n    return sum(prices)\n';

describe("Neovim", { skip: missing(NEOVIM, SERVER[0]) }, () => {
  const folder = scratch("neovim");
  let standIn: StandIn;
  let wire: Wire;
  let nvim: Neovim;
  let count = 0;

  before(async () => {
    standIn = await StandIn.start(folder, { firstToken: 60, token: 8 });
  });
  after(() => standIn.stop());

  beforeEach(() => {
    count += 1;
  });
  afterEach(async () => {
    const said = await nvim.messages();
    await nvim.stop();
    assert.doesNotMatch(said, /E\d+:|Error|stack traceback/);
    assert.deepEqual((await standIn.stats()).violations, []);
  });

  /** The file's text below the head. */
  async function text(): Promise<string> {
    return (await nvim.lines()).slice(1).join("\n");
  }

  async function screen(rows: number): Promise<string> {
    return (await nvim.screen(rows + 1)).slice(1).join("\n");
  }

  /** Opens a file whose model knows how it goes on, with the cursor after its last character, in insert mode. */
  async function open(
    text: string,
    knows: string,
    options: { name?: string; settings?: object; before?: string; eol?: string } = {},
  ): Promise<string> {
    standIn.knows(HEAD + knows);
    const name = options.name ?? "shop.py";
    const place = scratch(`neovim-${count}`);
    const file = join(place, name);
    writeFileSync(file, (HEAD + (text || "\n")).replaceAll("\n", options.eol ?? "\n"));
    wire = new Wire(place);
    const settings = {
      backend: "ollama",
      ollama: { url: standIn.url },
      completion: { debounceMs: 30, multiline: "always" },
      cache: { enabled: false },
      ...options.settings,
    };
    const setup = JSON.stringify(JSON.stringify({ cmd: wire.command, settings }));
    const init = join(place, "init.lua");
    writeFileSync(
      init,
      `vim.opt.rtp:prepend(${JSON.stringify(join(ROOT, "editors/neovim"))})
       vim.cmd("filetype plugin indent on")
       vim.lsp.set_log_level("debug")
       ${options.before ?? ""}
       require("codestral").setup(vim.json.decode(${setup}))`,
    );
    nvim = await Neovim.start(init, file);
    await nvim.ready();
    await nvim.type("GA");
    return file;
  }

  test("shows how the line goes on, and leaves the file alone", async () => {
    await open("def ", "def total(prices): return sum(prices)\n");
    await nvim.type("total");
    await nvim.ghostShown("(prices): return sum(prices)");
    assert.equal(await screen(1), "def total(prices): return sum(prices)");
    assert.equal(await text(), "def total");
  });

  test("draws the lines that follow below the cursor's", async () => {
    await open("def total(prices):", TOTAL, { settings: { completion: { debounceMs: 30 } } });
    await nvim.type("<CR>");
    await nvim.ghostShown('"""Sum of all prices."""\n    return sum(prices)');
    assert.equal(await screen(3), TOTAL.trimEnd());
    assert.equal(await text(), "def total(prices):\n    ");
  });

  test("typing what the ghost says keeps it there at every key and asks the model nothing", async () => {
    const settings = { completion: { debounceMs: 30, prefetch: false } }; // what comes after it would be asked for
    await open("def ", "def total(prices): return sum(prices)\n", { settings });
    await nvim.type("to");
    await nvim.ghostShown("tal(prices): return sum(prices)");
    const { completions } = await standIn.stats();
    for (const key of "tal(prices") {
      await nvim.type(key, 0);
      await until("the ghost to stay", async () => (await screen(1)) === "def total(prices): return sum(prices)");
    }
    assert.equal((await standIn.stats()).completions, completions);
  });

  test("a key that disagrees hides the ghost and closes the model's stream", async () => {
    const before = await standIn.stats();
    await open("def ", `def total(${"prices, ".repeat(40)}): return 0\n`);
    await nvim.type("to");
    await until("the model to be asked", async () => (await standIn.stats()).completions > before.completions);
    await nvim.type("X", 0);
    await standIn.streamClosed(before);
    assert.deepEqual(await nvim.ghost(), []);
  });

  test("Tab accepts all of it and tells the server", async () => {
    await open("def total", TOTAL);
    await nvim.type("(");
    await nvim.ghostShown();
    await nvim.type("<Tab>");
    await until("the text", async () => (await nvim.lines()).length > 2);
    assert.equal(await text(), TOTAL.trimEnd());
    assert.deepEqual(await nvim.call("nvim_win_get_cursor", 0), [4, "    return sum(prices)".length]);
    await until("didAccept", () => wire.last("workspace/executeCommand"));
    assert.equal(wire.last("workspace/executeCommand")?.params.command, "codestral.didAccept");
    assert.equal(wire.sent("client", "textDocument/didShowCompletion").length > 0, true);
  });

  test("Tab is what it was when there is no ghost", async () => {
    await open("x", "something else altogether\n", { before: "vim.o.expandtab = true; vim.o.shiftwidth = 4" });
    await nvim.type("<Tab>y");
    assert.match(await text(), /^x +y$/);
  });

  test("a mapping of Tab that was there before still works", async () => {
    const before = `vim.keymap.set("i", "<Tab>", function() return "[mine]" end, { expr = true })`;
    await open("x", "something else altogether\n", { before });
    await nvim.type("<Tab>");
    assert.equal(await text(), "x[mine]");
  });

  test("the dismiss key hides the ghost and tells the server; it comes back when the text changes", async () => {
    await open("def ", "def total(prices): return sum(prices)\n");
    await nvim.type("to");
    await nvim.ghostShown();
    await nvim.type("<C-]>");
    await nvim.ghostGone();
    await until("the dismissal", () => wire.last("codestral/didDismissCompletion"));
    assert.deepEqual(wire.last("codestral/didDismissCompletion")?.params.position, { line: 1, character: 6 });
    await nvim.type("<Left><Right>");
    await pause(400);
    assert.deepEqual(await nvim.ghost(), []);
    await nvim.type("t");
    await nvim.ghostShown("al(prices): return sum(prices)");
    assert.equal(await text(), "def tot");
  });

  test("leaving insert mode hides the ghost and counts as a dismissal", async () => {
    await open("def ", "def total(prices): return sum(prices)\n");
    await nvim.type("to");
    await nvim.ghostShown();
    await nvim.type("<Esc>");
    await nvim.ghostGone();
    await until("the dismissal", () => wire.last("codestral/didDismissCompletion"));
    assert.deepEqual(wire.last("codestral/didDismissCompletion")?.params.position, { line: 1, character: 6 });
    await nvim.type("hl");
    await pause(300);
    assert.deepEqual(await nvim.ghost(), []);
  });

  test("takes over a word, then a line, then the rest, and says how far", async () => {
    await open("def total", TOTAL);
    await nvim.type("(");
    await nvim.ghostShown();
    await nvim.type("<M-Right>");
    await nvim.ghostShown('):\n    """Sum of all prices."""\n    return sum(prices)');
    assert.equal(await text(), "def total(prices");
    const partly = () => wire.last("textDocument/didPartiallyAcceptCompletion")?.params;
    await until("the first report", partly);
    const { item, acceptedLength } = partly();
    assert.equal(item.insertText.slice(0, acceptedLength).endsWith("prices"), true);
    await nvim.type("<M-C-Right>");
    await nvim.ghostShown('\n    """Sum of all prices."""\n    return sum(prices)');
    await nvim.type("<M-C-Right>");
    await nvim.ghostShown("\n    return sum(prices)");
    assert.equal(await text(), 'def total(prices):\n    """Sum of all prices."""');
    const last = partly();
    assert.match(last.item.insertText.slice(0, last.acceptedLength), /"""Sum of all prices\."""$/);
    await nvim.type("<Tab>");
    assert.equal(await text(), TOTAL.trimEnd());
  });

  test("a closing bracket that a pairing plugin wrote is not doubled", async () => {
    const before = `vim.keymap.set("i", "(", "()<Left>"); vim.keymap.set("i", "[", "[]<Left>")`;
    await open("print", 'print(total([1, 2]), "in all")\n', { before });
    await nvim.type("(total([");
    await nvim.ghostShown();
    assert.equal(await text(), "print(total([]))");
    assert.equal(await screen(1), 'print(total([1, 2]), "in all")');
    await nvim.type("<Tab>");
    assert.equal(await text(), 'print(total([1, 2]), "in all")');
  });

  test("a closing bracket goes down with the lines that come before it", async () => {
    const before = `vim.keymap.set("i", "(", "()<Left>")`;
    const call = "add(\n    first,\n    second,\n)";
    await open("add", `${call}\n`, { before });
    await nvim.type("(");
    await nvim.ghostShown();
    assert.equal(await screen(4), call);
    await nvim.type("<Tab>");
    assert.equal(await text(), call);
  });

  test("a file with fileformat=dos keeps it", async () => {
    const file = await open("def total", TOTAL, { eol: "\r\n" });
    await nvim.type("(");
    await nvim.ghostShown();
    assert.equal(await screen(3), TOTAL.trimEnd());
    await nvim.type("<Tab><Esc>:w<CR>");
    const want = (HEAD + TOTAL).replaceAll("\n", "\r\n");
    await until("the file to be written", () => readFileSync(file, "utf8").length >= want.length);
    assert.equal(readFileSync(file, "utf8"), want);
  });

  test("a line with tabs and characters outside the BMP", async () => {
    const known = 'if x:\n\tlabel = "🛒" + name + "🛍 total"';
    await open('if x:\n\tlabel = "🛒" + na', `${known}\n`, { before: "vim.o.tabstop = 4" });
    await nvim.type("me");
    await nvim.ghostShown(' + "🛍 total"');
    assert.match(await screen(2), /^if x:\n {4}label = "🛒 *" \+ name \+ "🛍 * total"$/);
    await nvim.type("<Tab>");
    assert.equal(await text(), known);
  });

  test("undo takes back what was accepted, and nothing else", async () => {
    await open("", TOTAL);
    await nvim.type("def total(");
    await nvim.ghostShown();
    await nvim.type("<Tab>!<Esc>");
    assert.equal(await text(), `${TOTAL.trimEnd()}!`);
    await nvim.type("u");
    assert.equal(await text(), TOTAL.trimEnd());
    await nvim.type("u");
    assert.equal(await text(), "def total(");
    await nvim.type("<C-r>");
    assert.equal(await text(), TOTAL.trimEnd());
  });

  test("recording and playing a macro asks nothing and shows nothing", async () => {
    await open("", "def total(prices): return sum(prices)\n");
    const first = await until("a question", () => wire.last("textDocument/inlineCompletion"));
    await until("its answer", () => wire.sent("server").some(({ id, method }) => id === first.id && !method));
    await nvim.type("<Esc>");
    const { completions } = await standIn.stats();
    const asked = wire.sent("client", "textDocument/inlineCompletion").length;
    await nvim.type("qaodef to<Esc>q", 60);
    await pause(300);
    await nvim.type("3@a");
    await until("it to be played", async () => (await text()) === "\ndef to".repeat(4));
    await pause(300);
    assert.equal(wire.sent("client", "textDocument/inlineCompletion").length, asked);
    assert.equal((await standIn.stats()).completions, completions);
  });

  test("places to fill in of a snippet are left in peace", async () => {
    await open("", "def total(prices): return sum(prices)\n");
    await nvim.lua(`vim.snippet.expand("def \${1:to}(\${2:prices})$0")`);
    await nvim.type("total");
    await pause(400);
    assert.deepEqual(await nvim.ghost(), []);
    await nvim.type("<Tab>cost");
    assert.equal(await text(), "def total(cost)");
  });

  test("repeating with . inserts what was typed, at once", async () => {
    await open("", "def total(prices): return sum(prices)\n");
    await nvim.type("<Esc>odef to<Esc>");
    await nvim.type(".");
    assert.equal(await text(), "\ndef to\ndef to");
  });

  test("the ghost makes way for an entry chosen in the completion menu", async () => {
    const before = "vim.o.completeopt = 'menuone'";
    await open("prices = 1\ndef total(pri", "prices = 1\ndef total(prices): return sum(prices)\n", { before });
    await nvim.ghostShown("ces): return sum(prices)");
    await nvim.type("<C-n>");
    await until("the menu", async () => (await nvim.lua("return vim.fn.pumvisible()")) === 1);
    await nvim.ghostGone();
    await nvim.type("<C-y>");
    await nvim.ghostShown("): return sum(prices)");
    assert.equal(await text(), "prices = 1\ndef total(prices");
  });

  test("a manual request is answered at once", async () => {
    await open("def total", "def total(prices): return sum(prices)\n", { settings: { completion: { debounceMs: 5000 } } });
    await nvim.type("<M-\\>");
    await nvim.ghostShown("(prices): return sum(prices)");
    assert.equal(wire.last("textDocument/inlineCompletion")?.params.context.triggerKind, 1);
  });

  test("pasted text stays as it is, and is gone on from", async () => {
    await open("", TOTAL);
    await nvim.call("nvim_paste", "def total(", true, -1);
    await nvim.ghostShown();
    assert.equal(await text(), "def total(");
  });

  test("a language can be switched off", async () => {
    const settings = { completion: { debounceMs: 30, languages: { python: false } } };
    await open("def ", "def total(prices): return sum(prices)\n", { settings });
    const { completions } = await standIn.stats();
    await nvim.type("tot");
    await pause(600);
    assert.deepEqual(await nvim.ghost(), []);
    assert.equal((await standIn.stats()).completions, completions);
  });

  test("scratch buffers and buffers without the server are left in peace", async () => {
    await open("", TOTAL);
    await nvim.type("<Esc>");
    await nvim.call("nvim_command", "new | setlocal buftype=nofile filetype=python");
    await nvim.type("idef total(<Tab><Esc>");
    await nvim.call("nvim_command", "help | setlocal modifiable");
    await nvim.type("ix<Esc>u");
    assert.equal(await nvim.lua("return #vim.lsp.get_clients({ bufnr = 0 })"), 0);
  });

  test("typing goes on when the server is gone", async () => {
    await open("def ", "def total(prices): return sum(prices)\n");
    await nvim.type("to");
    await nvim.ghostShown();
    await nvim.lua(`vim.lsp.stop_client(vim.lsp.get_clients({ name = "codestral" }), true)`);
    await nvim.ghostGone();
    await nvim.type("tal(<Tab>");
    assert.match(await text(), /^def total\(\s*$/);
  });

  test("a session with a bit of everything, kept as a fixture when CODESTRAL_RECORD is set", async () => {
    const file = await open("", TOTAL);
    await nvim.type("def total(", 80);
    await nvim.ghostShown();
    await nvim.type("pri", 80);
    await nvim.ghostShown();
    await nvim.type("X");
    await nvim.ghostGone();
    await nvim.type("<BS>");
    await nvim.ghostShown();
    await nvim.type("<C-]>");
    await nvim.ghostGone();
    await nvim.type("<M-\\>");
    await nvim.ghostShown();
    await nvim.type("<M-Right>");
    await nvim.ghostShown();
    await nvim.type("<Tab>");
    await nvim.ghostGone();
    await nvim.type("<Esc>u<C-r>");
    assert.equal(await text(), TOTAL.trimEnd());
    await nvim.type(":w<CR>:bwipeout<CR>");
    await until("didClose", () => wire.last("textDocument/didClose"));
    keep("neovim-0.11", "typing", wire, dirname(file), standIn.url);
  });

  test("the server is given what the user has set, and is told what the client can draw", async () => {
    await open("", TOTAL);
    const [initialize] = wire.sent("client", "initialize");
    assert.deepEqual(initialize?.params.initializationOptions, {
      backend: "ollama",
      ollama: { url: standIn.url },
      completion: { debounceMs: 30, multiline: "always" },
      cache: { enabled: false },
    });
    assert.ok(initialize?.params.capabilities.textDocument.inlineCompletion);
  });
});
