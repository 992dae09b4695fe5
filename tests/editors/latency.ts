/**
 * How long a user waits, in the editors themselves: from a key to the ghost text it leads to, with a model that answers
 * at once; from a key to its letter on the screen while a model hangs; for an editor to start, and for a server that was
 * killed. Prints a Markdown table; with --into FILE it takes the place of the one between the marks in FILE.
 *
 *   tests/editors/run.sh latency.ts [--into FILE]
 */

import { readFileSync, writeFileSync } from "node:fs";
import { type Figure, machine, table } from "./latency/figure.ts";
import { neovim } from "./latency/neovim.ts";
import type { Plan } from "./latency/plan.ts";
import { vscode } from "./latency/vscode.ts";
import { chromium, CODE_SERVER, missing, NEOVIM, SERVER, VSIX } from "./lib/places.ts";
import { StandIn } from "./lib/standin.ts";

const HANGS_MS = 600_000;
const EDITORS = [
  { measure: neovim, gone: missing(NEOVIM, SERVER[0]) },
  { measure: vscode, gone: missing(CODE_SERVER, chromium(), VSIX, SERVER[0]) },
];

async function measured(): Promise<Figure[]> {
  const [quick, hanging] = [await StandIn.instant(), await StandIn.instant(HANGS_MS)];
  const text = "# What is in the cart.\ntotal = ";
  const plan: Plan = { text, keys: 100, debounceMs: 30, gapMs: 403, starts: 25, windows: 3, quick, hanging };
  const figures: Figure[] = [];
  try {
    for (const { measure, gone } of EDITORS) {
      if (gone) console.error(`SKIPPED: ${measure.name}: ${gone}`);
      else figures.push(...(await measure(plan)));
    }
  } finally {
    await quick.stop();
    await hanging.stop();
  }
  return figures;
}

const [date] = new Date().toISOString().split("T");
const where = `${date}, ${machine()}`;
const report = `${where}:\n\n${table(await measured())}`;
console.log(report);
const into = process.argv.indexOf("--into");
if (into > 0) {
  const file = process.argv[into + 1]!;
  const marks = /(<!-- measured -->\n)[^]*(\n<!-- end -->)/;
  writeFileSync(file, readFileSync(file, "utf8").replace(marks, (_, start: string, end: string) => start + report + end));
}
