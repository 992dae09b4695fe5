/** The plugin as its user sees it: Neovim's own screen in a real terminal. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { chromium, missing, NEOVIM, ROOT, scratch, screenshot, SERVER, until } from "./lib/places.ts";
import { StandIn } from "./lib/standin.ts";
import { Terminal } from "./lib/terminal.ts";
import { Wire } from "./lib/wire.ts";

const KNOWN = `"""A cart and what is in it."""


class Cart:
    def __init__(self):
        self.items = []

    def total(self):
        """Sum of the prices of all items."""
        return sum(item.price for item in self.items)
`;

describe("Neovim in a terminal", { skip: missing(NEOVIM, SERVER[0], "tmux") }, () => {
  const folder = scratch("terminal");
  const file = join(folder, "cart.py");
  const wire = new Wire(folder);
  let standIn: StandIn;
  let terminal: Terminal;

  before(async () => {
    standIn = await StandIn.start(folder, { firstToken: 60, token: 8 });
    standIn.knows(KNOWN);
    writeFileSync(file, `${KNOWN.slice(0, KNOWN.indexOf("total("))}\n`);
    const settings = { backend: "ollama", ollama: { url: standIn.url }, completion: { debounceMs: 30 } };
    const setup = JSON.stringify(JSON.stringify({ cmd: wire.command, settings }));
    writeFileSync(
      join(folder, "init.lua"),
      `vim.opt.rtp:prepend(${JSON.stringify(join(ROOT, "editors/neovim"))})
       vim.o.number, vim.o.ruler, vim.o.showcmd = true, false, false
       require("codestral").setup(vim.json.decode(${setup}))`,
    );
    terminal = Terminal.start("codestral", [NEOVIM, "--clean", "-n", "-u", join(folder, "init.lua"), file]);
  });
  after(async () => {
    terminal.stop();
    await standIn.stop();
  });

  test("ghost text stands behind the cursor in a colour of its own, and Tab makes it text", async () => {
    await terminal.shows("class Cart");
    await until("the server to be ready", () => wire.sent("server", "codestral/didChangeStatus").length > 0, 30_000);
    await terminal.press(["G", "A"]);
    await terminal.type("total(");
    await terminal.shows("return sum(item.price for item in self.items)");

    const row = terminal.screen()[7]!;
    const typed = row.find(({ text }) => text.includes("total"))!;
    const ghost = row.find(({ text }) => text.includes("self):"))!;
    assert.notEqual(ghost.color, typed.color);
    const column = row.map(({ text }) => text).join("").indexOf("self)");
    assert.deepEqual(terminal.cursor(), { column, row: 7 });

    const shot = screenshot("neovim.png");
    if (shot && chromium()) await terminal.picture(shot);

    await terminal.press(["Tab"]);
    await until("Tab to arrive", () => wire.last("workspace/executeCommand"));
    await terminal.press(["Escape"]);
    await terminal.type(":wq");
    await terminal.press(["Enter"]);
    await until("the file to be written", () => readFileSync(file, "utf8").includes("return sum"));
    assert.equal(readFileSync(file, "utf8").trimEnd(), KNOWN.trimEnd());
  });
});
