/**
 * Films Neovim as it completes from a project's own code, with no model: a picture that moves, for the README.
 *
 *   tests/editors/run.sh film.ts FILE
 */

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Film } from "./lib/film.ts";
import { NEOVIM, pause, ROOT, scratch, until } from "./lib/places.ts";
import { Terminal } from "./lib/terminal.ts";
import { Wire } from "./lib/wire.ts";

const SIZE = { columns: 72, rows: 22 };
const BEHIND = "self._orders[order.number] = order";
const TYPED = ["def get_order(self, number: int) -> Order:", "order = self._orders.get(number)", "if order is None:"];

const file = process.argv[2] ?? "neovim.svg";
const place = scratch("film");
cpSync(join(ROOT, "demo/sample"), place, { recursive: true });
const wire = new Wire(place);
const setup = JSON.stringify(JSON.stringify({ cmd: wire.command, settings: { backend: "workspace" } }));
const init = join(place, "init.lua");
writeFileSync(
  init,
  `vim.opt.rtp:prepend(${JSON.stringify(join(ROOT, "editors/neovim"))})
   vim.cmd("filetype plugin indent on")
   vim.o.ruler, vim.o.showcmd, vim.o.wrap, vim.o.laststatus, vim.o.scrolloff = false, false, false, 0, 12
   require("codestral").setup(vim.json.decode(${setup}))`,
);
const terminal = Terminal.start("film", [NEOVIM, "--clean", "-n", "-u", init, "bookshop/store.py"], place, SIZE);
try {
  await terminal.shows("class Store");
  await until("the server to be ready", () => wire.sent("server", "codestral/didChangeStatus").length > 0);
  const above = readFileSync(join(place, "bookshop/store.py"), "utf8").split(BEHIND)[0]!.split("\n").length;
  await terminal.type(`${above}Gzt`, 0);
  await terminal.press(["o", "Enter", "Escape"], 0);
  await terminal.type("S    ", 0);
  await pause(1500); // until the workspace is indexed
  const film = new Film(terminal);
  for (const line of TYPED) {
    await terminal.type(line, 70);
    await pause(900); // to be read
    await terminal.press(["Enter"], 300);
  }
  await pause(1200);
  await terminal.press(["Tab"], 1200);
  await terminal.press(["Enter"], 1200);
  await terminal.press(["Tab"], 1600);
  writeFileSync(file, film.end(SIZE.columns, "Neovim completes a function from the project's own code: ghost text, taken over by Tab"));
} finally {
  terminal.stop();
}
