/** The server in a real Emacs, by eglot and by lsp-mode as Debian packages them, as `codestral-lsp init` sets them up. */

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { keep } from "./lib/fixtures.ts";
import { HERE, missing, scratch, SERVER } from "./lib/places.ts";
import { StandIn } from "./lib/standin.ts";
import { Wire } from "./lib/wire.ts";

const HEAD = "# What is in the cart, and what it costs.\n";

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

  /** The buffer after `typed` was typed at the end of a file and the first candidate was taken. */
  async function complete(client: string, typed: string, knows: string): Promise<string> {
    const place = scratch(`emacs-${client}`);
    const file = join(place, "cart.py");
    writeFileSync(file, HEAD);
    standIn.knows(HEAD + knows);
    const wire = new Wire(place);
    const program = join(place, "codestral-lsp");
    const quoted = wire.command.map((word) => `'${word}'`).join(" ");
    writeFileSync(program, `#!/bin/sh\nexec env CODESTRAL_OLLAMA_URL=${standIn.url} ${quoted} "$@"\n`);
    chmodSync(program, 0o755);
    const config = join(place, "config.el");
    const printed = execFileSync(SERVER[0]!, ["init", `emacs-${client}`], { encoding: "utf8" });
    writeFileSync(config, printed);
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
});
