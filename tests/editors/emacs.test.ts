/** The server in a real Emacs, by eglot and by lsp-mode as Debian packages them, as `codestral-lsp init` sets them up. */

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { keep } from "./lib/fixtures.ts";
import { chromium, HERE, missing, scratch, screenshot, SERVER, until } from "./lib/places.ts";
import { SHOP, writeShop } from "./lib/shop.ts";
import { StandIn } from "./lib/standin.ts";
import { Terminal } from "./lib/terminal.ts";
import { Wire } from "./lib/wire.ts";

const HEAD = "# What is in the cart, and what it costs.\n";

/** An Emacs that says nothing of its own, in colours that a terminal's picture has. */
const FOR_A_PICTURE = `(package-initialize)
(setq inhibit-startup-screen t make-backup-files nil auto-save-default nil eglot-sync-connect 30
      native-comp-async-report-warnings-errors nil warning-minimum-level :emergency)
(menu-bar-mode -1)
(load-theme 'modus-vivendi t)
(dolist (face '(default line-number line-number-current-line)) (set-face-background face "unspecified-bg"))
(add-hook 'python-mode-hook #'display-line-numbers-mode)
(add-hook 'python-mode-hook #'eglot-ensure)
`;

/** Whether Emacs has a package, from wherever. */
function lacks(feature: string): string | false {
  const emacs = missing("emacs");
  if (emacs) return emacs;
  try {
    execFileSync("emacs", ["--batch", "--eval", `(progn (package-initialize) (require '${feature}))`], { stdio: "ignore" });
    return false;
  } catch {
    return `Emacs has no ${feature} (Debian: apt install elpa-${feature})`;
  }
}

describe("Emacs", { skip: missing("emacs", SERVER[0]) }, () => {
  const folder = scratch("emacs");
  let standIn: StandIn;

  before(async () => {
    standIn = await StandIn.start(folder, { firstToken: 20, token: 2 });
  });
  after(() => standIn.stop());

  /** Puts the server into a folder, for a PATH that begins with it. */
  function install(wire: Wire, place: string): void {
    const program = join(place, "codestral-lsp");
    const quoted = wire.command.map((word) => `'${word}'`).join(" ");
    writeFileSync(program, `#!/bin/sh\nexec env CODESTRAL_OLLAMA_URL=${standIn.url} ${quoted} "$@"\n`);
    chmodSync(program, 0o755);
  }

  /** What a user is told to write into the init file. */
  function printed(client: string): string {
    return execFileSync(SERVER[0]!, ["init", `emacs-${client}`], { encoding: "utf8" });
  }

  /** The buffer after `typed` was typed at the end of a file and the first candidate was taken. */
  async function complete(client: string, typed: string, knows: string): Promise<string> {
    const place = scratch(`emacs-${client}`);
    const file = join(place, "cart.py");
    writeFileSync(file, HEAD);
    standIn.knows(HEAD + knows);
    const wire = new Wire(place);
    install(wire, place);
    const config = join(place, "config.el");
    writeFileSync(config, printed(client));
    const env = { ...process.env, PATH: `${place}:${process.env["PATH"]}`, HOME: place };
    const run = promisify(execFile)("emacs", ["--batch", "-l", join(HERE, "lib/emacs.el"), client, config, file, typed], { env, timeout: 300_000 });
    const { stdout } = await run;
    keep(`emacs-${client}`, "completion", wire, dirname(file), standIn.url);
    return /--- buffer\n([^]*)\n--- end/.exec(stdout)?.[1] ?? stdout;
  }

  for (const client of ["eglot", "lsp-mode"]) {
    test(`${client} completes at point`, { skip: lacks(client) }, async () => {
      const text = await complete(client, "def total", "def total(prices): return sum(prices)\n");
      assert.equal(text, `${HEAD}def total(prices): return sum(prices)`);
    });
  }

  test("eglot lists a suggestion on Emacs' own screen, and M-TAB takes it", { skip: lacks("eglot") || missing("tmux") }, async () => {
    const place = scratch("emacs-terminal");
    writeShop(place);
    standIn.knows(SHOP.whole);
    const wire = new Wire(place);
    install(wire, place);
    writeFileSync(join(place, "init.el"), `${FOR_A_PICTURE}(require 'eglot)\n${printed("eglot")}`);
    const home = [`PATH=${place}:${process.env["PATH"]}`, `HOME=${place}`, "TERM=xterm-256color"];
    const command = ["env", ...home, "emacs", "-nw", "-q", "-l", "init.el", `+${SHOP.line}`, SHOP.file];
    const terminal = Terminal.start("emacs", command, place, { columns: 96, rows: 32 });
    try {
      await until("the server to be ready", () => wire.sent("server", "codestral/didChangeStatus").length > 0, 60_000);
      await terminal.shows("class Cart");
      await terminal.press(["C-e"]);
      await terminal.type(SHOP.typed);
      await terminal.press(["C-m", "M-x"]);
      await terminal.type("completion-help-at-point");
      await terminal.press(["Enter"]);
      const [, ...others] = SHOP.ghost.split("\n");
      await terminal.shows(`${SHOP.ghost.split(/\s+/).join(" ").slice(0, 59)}… codestral`);
      const path = screenshot("emacs.png");
      if (path && chromium()) await terminal.picture(path);
      await terminal.press(["C-M-i"]);
      for (const line of others) await terminal.shows(line);
      await terminal.press(["C-x", "C-s"]);
      await until("the file to be saved", () => readFileSync(join(place, SHOP.file), "utf8") === SHOP.whole);
    } finally {
      terminal.stop();
    }
  });
});
