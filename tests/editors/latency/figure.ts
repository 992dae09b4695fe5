/** What the measurements share: figures from lists of times, and how they are shown. */

import { cpus, loadavg, platform } from "node:os";
import { execFileSync } from "node:child_process";
import { PYTHON } from "../lib/places.ts";

export interface Figure {
  readonly editor: string;
  readonly what: string;
  /** How often it was measured. */
  readonly times: number;
  /** ms, as all that follows. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** What the p50, or of a restart the longest, is not to exceed; none: only told. */
  readonly goal?: number;
  readonly of?: "p50" | "longest";
}

/** @param values ms */
export function figure(editor: string, what: string, values: readonly number[], goal?: number, of: "p50" | "longest" = "p50"): Figure {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): number => round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN);
  const figures = { times: values.length, p50: at(0.5), p99: at(0.99), longest: at(1) };
  return { editor, what, ...figures, ...(goal === undefined ? {} : { goal, of }) };
}

function round(ms: number): number {
  return Number(ms.toFixed(1));
}

/** Letters that no suggestion goes on with, `count` of them. */
export function letters(count: number): string[] {
  return Array.from({ length: count }, (_, at) => "qzwx"[at % 4]!);
}

/** Where the figures were taken, and how much else was going on there. */
export function machine(): string {
  const [cpu] = cpus();
  const python = execFileSync(PYTHON, ["--version"], { encoding: "utf8" }).trim();
  const load = loadavg().map((each) => each.toFixed(1)).join(", ");
  return `${cpus().length} × ${cpu?.model.trim() ?? "?"}, ${platform()}, ${python}; load average at the start ${load}`;
}

/** A Markdown table with a verdict beside every goal. */
export function table(figures: readonly Figure[]): string {
  const verdict = ({ goal, of = "p50", ...seen }: Figure): string =>
    goal === undefined ? "" : `${of} ≤ ${goal}${seen[of] <= goal ? "" : ": **missed**"}`;
  const head = ["", "", "times", "p50 ms", "p99 ms", "longest ms", "goal, ms"];
  const rows = figures.map((each) => [each.editor, each.what, each.times, each.p50, each.p99, each.longest, verdict(each)]);
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
