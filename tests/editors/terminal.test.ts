/** The plugin as its user sees it: Neovim's own screen in a real terminal. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { chromium, missing, NEOVIM, ROOT, scratch, screenshot, SERVER, until } from "./lib/places.ts";
import { SHOP, writeShop } from "./lib/shop.ts";
import { StandIn } from "./lib/standin.ts";
import { Terminal } from "./lib/terminal.ts";
import { Wire } from "./lib/wire.ts";

/** A llama-server with a real model. */
const LLAMA = process.env["CODESTRAL_TEST_LLAMA_URL"] ?? "";

describe("Neovim in a terminal", { skip: missing(NEOVIM, SERVER[0], "tmux") }, () => {
  let folder: string;
  let wire: Wire;
  let standIn: StandIn;
  let terminal: Terminal;

  beforeEach(async () => {
    folder = scratch("terminal");
    wire = new Wire(folder);
    standIn = await StandIn.start(folder, { firstToken: 60, token: 8 });
    writeShop(folder);
  });
  afterEach(async () => {
    terminal.stop();
    await standIn.stop();
  });

  /** Opens the project's file with the hole and types into the hole. */
  async function open(settings: object): Promise<void> {
    const setup = JSON.stringify(JSON.stringify({ cmd: wire.command, settings }));
    const init = join(folder, "init.lua");
    writeFileSync(
      init,
      `vim.opt.rtp:prepend(${JSON.stringify(join(ROOT, "editors/neovim"))})
       vim.cmd("filetype plugin indent on")
       vim.o.number, vim.o.ruler, vim.o.showcmd = true, false, false
       require("codestral").setup(vim.json.decode(${setup}))`,
    );
    const size = { columns: 96, rows: 28 };
    terminal = Terminal.start("codestral", [NEOVIM, "--clean", "-n", "-u", init, SHOP.file], folder, size);
    await terminal.shows("class Cart");
    await until("the server to be ready", () => wire.sent("server", "codestral/didChangeStatus").length > 0);
    await terminal.type(`${SHOP.line}GS`);
    await terminal.type(SHOP.typed);
    await terminal.press(["Enter"]);
  }

  /** Takes the suggestion over, saves, and gives what is on the disk then. */
  async function accepted(): Promise<string> {
    await terminal.press(["Tab"]);
    await until("Tab to arrive", () => wire.last("workspace/executeCommand"));
    await terminal.press(["Escape"]);
    await terminal.type(":wq");
    await terminal.press(["Enter"]);
    await until("the file to be written", () => readFileSync(join(folder, SHOP.file), "utf8").includes(SHOP.typed));
    return readFileSync(join(folder, SHOP.file), "utf8");
  }

  async function picture(name: string): Promise<void> {
    const path = screenshot(name);
    if (path && chromium()) await terminal.picture(path);
  }

  test("ghost text stands behind the cursor in a colour of its own, and Tab makes it text", async () => {
    standIn.knows(SHOP.whole);
    await open({ backend: "ollama", ollama: { url: standIn.url }, cache: { enabled: false } });
    for (const line of SHOP.ghost.split("\n")) await terminal.shows(line);

    const row = terminal.cursor().row;
    const line = terminal.screen()[row]!;
    const ghost = line.find(({ text }) => text.includes('"""'))!;
    const typed = terminal.screen()[row - 1]!.find(({ text }) => text.includes("total"))!;
    assert.notEqual(ghost.color, typed.color);
    assert.equal(terminal.cursor().column, line.map(({ text }) => text).join("").indexOf('"""'));

    await picture("neovim-in-a-terminal.png");
    assert.equal(await accepted(), SHOP.whole);
  });

  test("a real model's suggestion", { skip: !LLAMA && "CODESTRAL_TEST_LLAMA_URL is not set" }, async () => {
    await open({ backend: "llamacpp", llamacpp: { url: LLAMA }, cache: { enabled: false } });
    await terminal.press(["M-\\"]);
    const offered = await until("a suggestion", () => wire.offeredByHand());
    await terminal.shows(offered.trim().split("\n").at(-1)!);
    await picture("neovim.png");
    assert.ok((await accepted()).includes(offered));
  });
});
