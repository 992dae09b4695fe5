/** Each action as its user sees it, in a real VS Code and in Neovim's own screen. A scripted model answers. */

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { chromium, missing, NEOVIM, pause, ROOT, scratch, screenshot, SERVER, until } from "./lib/places.ts";
import { StandIn } from "./lib/standin.ts";
import { Terminal } from "./lib/terminal.ts";
import type { Window } from "./lib/vscode.ts";
import { Wire } from "./lib/wire.ts";
import { HEAD, TOTAL, unavailable, Workbench } from "./lib/workbench.ts";

const WRONG = TOTAL.replace("(prices)\n", "(prices[1:])\n");
const HIGHEST = "\n\ndef highest(prices):\n    pass\n";
const NAKED = "\n\ndef highest(prices):\n    return max(prices)\n";
const traceback = (file: string): string =>
  `Traceback (most recent call last):\n  File "${file}", line 4, in total\nTypeError: unsupported operand\n`;

describe("Each action in VS Code", { skip: unavailable }, () => {
  let bench: Workbench;
  let window: Window;

  before(async () => {
    bench = await Workbench.start("actions-vscode");
  });
  after(() => bench.stop());
  afterEach(() => window.close());

  async function open(text: string, line: number, files: Record<string, string> = {}): Promise<void> {
    window = await bench.open({ files: { "cart.py": HEAD + text, ...files } });
    await window.goTo(line);
  }
  const states = (): string[] => bench.wire.sent("server", "codestral/action").map(({ params }) => params.state);
  const text = (): Promise<string> => window.page.locator(".monaco-editor .view-lines").first().innerText();
  const shows = (what: RegExp) =>
    until(`the editor to show ${what}`, async () => what.test((await text()).replaceAll("\u00a0", " ")));

  test("the menu of code actions", async () => {
    await open(TOTAL + HIGHEST, 4);
    await window.press("Control+.");
    const menu = window.page.locator(".action-widget");
    await menu.locator(".monaco-list-row", { hasText: "Explain total()" }).waitFor();
    await menu.locator(".monaco-list-row", { hasText: "Write tests for total()" }).waitFor();
    await window.picture("actions-vscode-menu.png");
  });

  test("explain, then a question about it", async () => {
    await open(TOTAL, 3);
    await window.command("Codestral: Explain This");
    await window.rendered(/returns their sum/);
    await pause(1500); // the view fades in
    await window.picture("actions-vscode-explain.png");
    await window.page.locator(".monaco-editor .view-lines").first().click();
    await window.goTo(3);
    await window.command("Codestral: Ask About This");
    await window.answer("What if there are no prices?");
    await window.rendered(/sum of no prices is 0/);
    await pause(1500);
    await window.picture("actions-vscode-ask.png");
  });

  test("find the bug, and its fix", async () => {
    await open(WRONG, 4);
    await window.command("Codestral: Find Bugs Here");
    await window.notified(/found one bug/);
    await window.page.locator(".squiggly-warning").first().waitFor();
    await window.press("Home");
    await window.command("Show or Focus Hover");
    await window.page.locator(".monaco-hover", { hasText: "The first price is left out" }).first().waitFor();
    await window.picture("actions-vscode-find-bug.png");
    await window.press("Escape");
    await window.press("Control+.");
    await window.page.locator(".action-widget .monaco-list-row", { hasText: "Fix: The first price" }).click();
    await window.previewAccepted("actions-vscode-fix.png");
    await shows(/return sum\(prices\)/);
  });

  test("find the bug behind an error that was copied", async () => {
    await open("", 1, { "prices.py": HEAD + WRONG });
    await window.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await window.page.evaluate((error) => navigator.clipboard.writeText(error), traceback("prices.py"));
    await window.command("Codestral: Find the Bug Behind the Error");
    await window.page.locator(".tab.active", { hasText: "prices.py" }).waitFor();
    await window.page.locator(".squiggly-warning").first().waitFor();
    await window.picture("actions-vscode-error.png");
  });

  test("generate, shown as it is written and before it is made", async () => {
    await open(HIGHEST, 5);
    await window.command("Codestral: Write Code Here");
    await window.answer("the highest price");
    await window.rendered(/Writing code[^]*return max\(prices\)/);
    await window.previewAccepted("actions-vscode-generate.png");
    await shows(/return max\(prices\)/);
    await window.page.locator(".monaco-editor .view-lines").first().click();
    assert.equal(await window.saved(), HEAD + NAKED);
  });

  test("document", async () => {
    await open(NAKED, 5);
    await window.command("Codestral: Document This");
    await until("the end", () => states().includes("done"));
    await shows(/"""The price that no other is above/);
    await window.picture("actions-vscode-document.png");
  });

  test("write tests", async () => {
    await open(TOTAL, 3);
    await window.command("Codestral: Write Tests for This");
    await window.page.locator(".view-line", { hasText: "def test_total" }).first().waitFor();
    await pause(500);
    await window.picture("actions-vscode-write-tests.png");
  });
});

describe("Each action in Neovim", { skip: missing(NEOVIM, SERVER[0], "tmux") }, () => {
  const folder = scratch("actions-neovim");
  let standIn: StandIn;
  let terminal: Terminal;
  let count = 0;

  before(async () => {
    standIn = await StandIn.start(folder, { firstToken: 60, token: 8 });
  });
  after(() => standIn.stop());
  afterEach(() => terminal.stop());

  /** Opens a file with the cursor on a line (from 1). */
  async function open(text: string, line: number): Promise<string> {
    const place = join(folder, `${(count += 1)}`);
    const wire = new Wire(place);
    const file = join(place, "cart.py");
    const settings = { backend: "ollama", ollama: { url: standIn.url }, cache: { enabled: false } };
    const setup = JSON.stringify(JSON.stringify({ cmd: wire.command, settings }));
    const init = join(place, "init.lua");
    mkdirSync(place);
    writeFileSync(file, HEAD + text);
    writeFileSync(
      init,
      `vim.opt.rtp:prepend(${JSON.stringify(join(ROOT, "editors/neovim"))})
       vim.cmd("filetype plugin indent on")
       vim.o.number, vim.o.ruler, vim.o.showcmd, vim.o.signcolumn = true, false, false, "yes"
       vim.diagnostic.config({ virtual_text = true })
       require("codestral").setup(vim.json.decode(${setup}))`,
    );
    terminal = Terminal.start(`actions${count}`, [NEOVIM, "--clean", "-n", "-u", init, "cart.py"], place, { columns: 120, rows: 26 });
    await terminal.shows("What is in the cart");
    await until("the server to be ready", () => wire.sent("server", "codestral/didChangeStatus").length > 0);
    await terminal.type(`${line}G`);
    return file;
  }

  async function command(line: string): Promise<void> {
    await terminal.type(`:Codestral ${line}`, 10);
    await terminal.press(["Enter"]);
  }

  async function picture(name: string): Promise<void> {
    const path = screenshot(name);
    if (path && chromium()) await terminal.picture(path);
  }

  test("explain, then a question about it", async () => {
    await open(TOTAL, 4);
    await command("explain");
    await terminal.shows("returns their sum");
    await picture("actions-neovim-explain.png");
    await command("explain What if there are no prices?");
    await terminal.shows("of no prices is 0");
  });

  test("find the bug, and its fix", async () => {
    await open(WRONG, 4);
    await command("bugs");
    await terminal.shows("The first price is left out");
    await picture("actions-neovim-find-bug.png");
    await terminal.type(":lua vim.lsp.buf.code_action()", 5);
    await terminal.press(["Enter"]);
    await terminal.shows("Fix: The first price is left out.");
    await picture("actions-neovim-fix.png");
    await terminal.type("1");
    await terminal.press(["Enter"]);
    await terminal.shows("return sum(prices)");
  });

  test("find the bug behind an error in a register", async () => {
    const file = await open(WRONG, 1);
    await terminal.type(`:let @e = '${traceback(file).replaceAll("\n", " ")}'`, 2);
    await terminal.press(["Enter"]);
    await command("bugs e");
    await terminal.shows("The first price is left out");
    await picture("actions-neovim-error.png");
  });

  test("generate, beside the code as it is written", async () => {
    await open(HIGHEST, 5);
    await command("generate the highest price");
    await terminal.shows("Writing code");
    await until("both to show it", () => terminal.text().split("return max(prices)").length > 2);
    await picture("actions-neovim-generate.png");
  });

  test("document", async () => {
    await open(NAKED, 5);
    await command("document");
    await terminal.shows('"""The price that no other is above.');
    await picture("actions-neovim-document.png");
  });

  test("write tests", async () => {
    await open(TOTAL, 4);
    await command("tests");
    await terminal.shows("def test_total");
    await picture("actions-neovim-write-tests.png");
  });
});
