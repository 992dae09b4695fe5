/** The server's log, as it comes on its standard error, in the editor's. */

import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { LogOutputChannel } from "vscode";

/** `2026-11-24 13:49:00,674 INFO codestral_lsp.server: text` */
const LINE = /^[\d-]+ [\d:,]+ ([A-Z]+) (.*)$/;
const LEVELS = { DEBUG: "debug", INFO: "info", WARNING: "warn", ERROR: "error", CRITICAL: "error" } as const;

type Level = "debug" | "info" | "warn" | "error";

/** A line's level and what it says; what has no level of its own, a traceback say, is an error. */
export function leveled(line: string): readonly [Level, string] {
  const [, name = "", text = ""] = LINE.exec(line) ?? [];
  return name in LEVELS ? [LEVELS[name as keyof typeof LEVELS], text] : ["error", line];
}

export function logLines(stream: Readable, log: Pick<LogOutputChannel, Level>): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on("line", (line) => {
    const [level, text] = leveled(line);
    log[level](text);
  });
}
