/**
 * Ghost text beside the menus of nvim-cmp and blink.cmp, the plugins themselves, on Neovim's own screen.
 *
 * CODESTRAL_TEST_NVIM_PLUGINS names a folder with their sources in nvim-cmp/ and blink.cmp/ (1.9; a later one wants
 * blink.lib/ beside it).
 */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { chromium, missing, NEOVIM, ROOT, scratch, screenshot, SERVER, until } from "./lib/places.ts";
import { StandIn } from "./lib/standin.ts";
import { Terminal } from "./lib/terminal.ts";
import { Wire } from "./lib/wire.ts";

const PLUGINS = process.env["CODESTRAL_TEST_NVIM_PLUGINS"] ?? "";
const HEAD = "# What is in the cart, and what it costs.\nprices_total = 1\nprices_tax = 2\n";

const SETUPS = {
  "nvim-cmp": `
    local cmp, words = require("cmp"), {}
    function words:complete(_, done) done({ { label = "prices_total" }, { label = "prices_tax" } }) end
    cmp.register_source("words", words)
    cmp.setup {
      sources = { { name = "words" } },
      mapping = { ["<C-n>"] = cmp.mapping.select_next_item(), ["<C-y>"] = cmp.mapping.confirm() },
    }`,
  "blink.cmp": `
    require("blink.cmp").setup { fuzzy = { implementation = "lua" }, sources = { default = { "buffer" } } }`,
};

const why = PLUGINS === "" && "CODESTRAL_TEST_NVIM_PLUGINS is not set";

describe("Neovim beside a plugin's menu", { skip: missing(NEOVIM, SERVER[0], "tmux") || why }, () => {
  const folder = scratch("neovim-menus");
  let standIn: StandIn;
  let terminal: Terminal;
  let file: string;
  let count = 0;

  before(async () => {
    standIn = await StandIn.start(folder, { firstToken: 20, token: 2 });
    standIn.knows(`${HEAD}x = prices_total * 2\n`);
  });
  after(() => standIn.stop());
  afterEach(() => terminal.stop());

  /** Types a word's beginning, so that the menu opens and the ghost comes. */
  async function begin(plugin: keyof typeof SETUPS): Promise<void> {
    const place = scratch("neovim-menus");
    const wire = new Wire(place);
    file = join(place, "cart.py");
    const settings = { backend: "ollama", ollama: { url: standIn.url }, cache: { enabled: false } };
    const setup = JSON.stringify(JSON.stringify({ cmd: wire.command, settings }));
    const init = join(place, "init.lua");
    writeFileSync(file, `${HEAD}x = \n`);
    writeFileSync(
      init,
      `vim.opt.rtp:prepend(${JSON.stringify(join(ROOT, "editors/neovim"))})
       vim.opt.rtp:prepend(${JSON.stringify(join(PLUGINS, plugin))})
       vim.opt.rtp:prepend(${JSON.stringify(join(PLUGINS, "blink.lib"))})
       vim.cmd("filetype plugin indent on")
       vim.o.ruler, vim.o.showcmd, vim.o.showmode = false, false, false
       ${SETUPS[plugin]}
       require("codestral").setup(vim.json.decode(${setup}))`,
    );
    terminal = Terminal.start(`menus${(count += 1)}`, [NEOVIM, "--clean", "-n", "-u", init, "cart.py"], place, { columns: 80, rows: 20 });
    await terminal.shows("What is in the cart");
    await until("the server to be ready", () => wire.sent("server", "codestral/didChangeStatus").length > 0);
    await terminal.type("4GApri");
    await both();
  }

  const line = (): string => terminal.text().split("\n")[3]!;
  const rows = (word: string): number => terminal.text().split("\n").filter((row) => row.includes(word)).length;
  const shows = (what: string, probe: () => boolean): Promise<true> =>
    until(what, probe).then(() => true as const, (error: Error) => {
      throw new Error(`${error.message}; the screen:\n${terminal.text()}`);
    });
  /** Waits for menu and ghost text on the screen together. */
  const both = (): Promise<true> =>
    shows("menu and ghost text", () => line() === "x = prices_total * 2" && rows("prices_tax") === 2);

  async function saved(): Promise<string> {
    await terminal.press(["Escape"]);
    await terminal.type(":w");
    await terminal.press(["Enter"]);
    return until("the file to be written", () => /^x = (pri.+)$/m.exec(readFileSync(file, "utf8"))?.[1]);
  }

  for (const plugin of Object.keys(SETUPS) as (keyof typeof SETUPS)[]) {
    test(`${plugin}: both are seen, and Tab takes the ghost text over`, async () => {
      await begin(plugin);
      const path = screenshot(`neovim-${plugin}.png`);
      if (path && chromium()) await terminal.picture(path);
      await terminal.press(["Tab"]);
      assert.equal(await saved(), "prices_total * 2");
    });

    test(`${plugin}: an entry that is chosen is the menu's, and the ghost text goes on behind it`, async () => {
      await begin(plugin);
      await terminal.press(["C-n"]);
      await shows("the entry alone", () => /^x = prices_(total|tax)$/.test(line()));
      while (line() !== "x = prices_total") await terminal.press(["C-n"], 200);
      await terminal.press(["C-y"]);
      await shows("what follows the entry", () => line() === "x = prices_total * 2");
      await terminal.press(["Tab"]);
      assert.equal(await saved(), "prices_total * 2");
    });
  }
});
