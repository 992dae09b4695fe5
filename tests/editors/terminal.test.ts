/** The plugin as its user sees it: Neovim's own screen in a real terminal. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { chromium, missing, NEOVIM, ROOT, scratch, screenshot, SERVER, until } from "./lib/places.ts";
import { SHOP, writeShop } from "./lib/shop.ts";
import { StandIn } from "./lib/standin.ts";
import { Terminal } from "./lib/terminal.ts";
import { Wire } from "./lib/wire.ts";

describe("Neovim in a terminal", { skip: missing(NEOVIM, SERVER[0], "tmux") }, () => {
  const folder = scratch("terminal");
  const file = join(folder, SHOP.file);
  const wire = new Wire(folder);
  let standIn: StandIn;
  let terminal: Terminal;

  before(async () => {
    standIn = await StandIn.start(folder, { firstToken: 60, token: 8 });
    standIn.knows(SHOP.whole);
    writeShop(folder);
    const settings = { backend: "ollama", ollama: { url: standIn.url }, cache: { enabled: false } };
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
  });
  after(async () => {
    terminal.stop();
    await standIn.stop();
  });

  test("ghost text stands behind the cursor in a colour of its own, and Tab makes it text", async () => {
    await terminal.shows("class Cart");
    await until("the server to be ready", () => wire.sent("server", "codestral/didChangeStatus").length > 0, 30_000);
    await terminal.type(`${SHOP.line}GS`);
    await terminal.type(SHOP.typed);
    await terminal.press(["Enter"]);
    for (const line of SHOP.ghost.split("\n")) await terminal.shows(line);

    const row = terminal.cursor().row;
    const line = terminal.screen()[row]!;
    const ghost = line.find(({ text }) => text.includes('"""'))!;
    const typed = terminal.screen()[row - 1]!.find(({ text }) => text.includes("total"))!;
    assert.notEqual(ghost.color, typed.color);
    assert.equal(terminal.cursor().column, line.map(({ text }) => text).join("").indexOf('"""'));

    const shot = screenshot("neovim.png");
    if (shot && chromium()) await terminal.picture(shot);

    await terminal.press(["Tab"]);
    await until("Tab to arrive", () => wire.last("workspace/executeCommand"));
    await terminal.press(["Escape"]);
    await terminal.type(":wq");
    await terminal.press(["Enter"]);
    await until("the file to be written", () => readFileSync(file, "utf8").includes("return sum"));
    assert.equal(readFileSync(file, "utf8"), SHOP.whole);
  });
});
