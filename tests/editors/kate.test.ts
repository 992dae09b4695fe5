/**
 * The server in a real Kate, on a screen that nobody sees, as `codestral-lsp init kate` sets it up. setup.sh does not
 * install Kate, for it brings half a desktop along (Debian: apt install kate xvfb xdotool dbus-daemon).
 */

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { missing, pause, scratch, SERVER, until } from "./lib/places.ts";
import { StandIn } from "./lib/standin.ts";
import { Wire } from "./lib/wire.ts";

const HEAD = "# What is in the cart, and what it costs.\n";
/** With the LSP client, and the answer to Kate's question whether it may start this program. */
const katerc = (program: string): string =>
  `[Kate Plugins]\nlspclientplugin=true\n\n[lspclient]\nAllowedServerCommandLines=${program}\n\n[General]\nShow welcome view for new window=false\n`;

describe("Kate", { skip: missing("kate", "Xvfb", "xdotool", "dbus-run-session", SERVER[0]) }, () => {
  const place = scratch("kate");
  const processes: ChildProcess[] = [];
  let standIn: StandIn;
  let display: string;

  before(async () => {
    standIn = await StandIn.start(place, { firstToken: 20, token: 2 });
    const screen = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1000x640x24"], { stdio: ["ignore", "pipe", "ignore"] });
    processes.push(screen);
    display = `:${String((await once(screen.stdout!, "data"))[0]).trim()}`;
  });
  after(async () => {
    for (const each of processes.reverse()) each.kill();
    await standIn.stop();
  });

  const xdotool = (...what: string[]): string => {
    try {
      return execFileSync("xdotool", what, { env: { ...process.env, DISPLAY: display }, encoding: "utf8" });
    } catch {
      return ""; // nothing found
    }
  };
  const windows = (): number => xdotool("search", "--onlyvisible", "--class", "kate").split("\n").filter(Boolean).length;

  test("a suggestion is an entry of the list, and Return takes it over", async () => {
    const wire = new Wire(place);
    const [home, shop, bin] = ["home", "shop", "bin"].map((name) => join(place, name)) as [string, string, string];
    for (const folder of [join(home, ".config/kate/lspclient"), join(shop, ".git"), bin, join(home, "run")]) mkdirSync(folder, { recursive: true });
    chmodSync(join(home, "run"), 0o700);
    const file = join(shop, "cart.py");
    writeFileSync(file, HEAD);
    standIn.knows(`${HEAD}def total(prices): return sum(prices)\n`);
    const quoted = wire.command.map((word) => `'${word}'`).join(" ");
    const program = join(bin, "codestral-lsp");
    writeFileSync(program, `#!/bin/sh\nexec env CODESTRAL_OLLAMA_URL=${standIn.url} ${quoted}\n`, { mode: 0o755 });
    writeFileSync(join(home, ".config/katerc"), katerc(program));
    writeFileSync(join(home, ".config/kate/lspclient/settings.json"), execFileSync(SERVER[0]!, ["init", "kate"], { stdio: ["ignore", "pipe", "ignore"] }));
    const folders = { XDG_CONFIG_HOME: ".config", XDG_CACHE_HOME: ".cache", XDG_DATA_HOME: ".local", XDG_RUNTIME_DIR: "run" };
    const env = {
      ...process.env,
      ...Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, join(home, folder)])),
      HOME: home,
      PATH: `${bin}:${process.env["PATH"]}`,
      DISPLAY: display,
    };
    processes.push(spawn("dbus-run-session", ["--", "kate", "-n", "cart.py"], { cwd: shop, env, stdio: "ignore" }));
    await until("the server to be ready", () => wire.sent("server", "codestral/didChangeStatus").length > 0);
    xdotool("key", "ctrl+End");
    xdotool("type", "--delay", "80", "def total");
    // Kate asks as one types; where its question was broken off, one more letter makes it ask again.
    await until("the list", async () => {
      if (wire.sent("server").some(({ result }) => result?.items?.length > 0) && windows() > 1) return true;
      await pause(2000);
      if (windows() > 1) return true;
      xdotool("key", "BackSpace");
      xdotool("type", "l");
      return false;
    });
    xdotool("key", "Return");
    await until("it to be saved", async () => {
      xdotool("key", "ctrl+s");
      await pause(500);
      return readFileSync(file, "utf8").includes("total(");
    });
    assert.equal(readFileSync(file, "utf8"), `${HEAD}def total(prices): return sum(prices)\n`);
  });
});
