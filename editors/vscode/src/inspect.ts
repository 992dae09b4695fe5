/** What the server can tell of itself, as pages: why, sent, stats, doctor. */

import { plain, type Pages, table } from "./pages";
import type { Session } from "./session";

type Row = Record<string, unknown>;

export async function showWhy(session: Session, pages: Pages): Promise<void> {
  const traces = await session.ask<readonly Row[]>("codestral.why", 20);
  if (!traces) return;
  const rows = [...traces].reverse().map((trace) => [
    `#${trace["number"]}`,
    trace["language"],
    trace["trigger"],
    trace["outcome"],
    trace["reason"] || trace["fate"],
    trace["source"],
    `${Math.round(Number(trace["total_ms"]))} ms`,
  ]);
  const head = ["", "Language", "Asked", "Outcome", "Why", "From", "Time"];
  const text = rows.length > 0 ? table(head, rows) : "Nothing has been asked since the server started.";
  await pages.show("Why no suggestion", `# The last requests, newest first\n\n${text}\n`);
}

/** Shows what a command of the server answers: Markdown or plain text as it is, anything else as a list. */
export async function showAnswer(session: Session, pages: Pages, command: string, title: string): Promise<void> {
  const answer = await session.ask<unknown>(command);
  if (answer !== undefined) await pages.show(title, `# ${title}\n\n${outline(answer)}\n`);
}

/** Any JSON value as nested Markdown lists. */
export function outline(value: unknown, indent = ""): string {
  if (typeof value === "string" && indent === "") return value;
  if (Array.isArray(value)) {
    if (value.length === 0) return `${indent}- nothing`;
    return value.map((each) => entry("", each, indent)).join("\n");
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([name, each]) => entry(`**${plain(words(name))}**`, each, indent)).join("\n");
  }
  return `${indent}${plain(value)}`;
}

function entry(name: string, value: unknown, indent: string): string {
  const isNested = typeof value === "object" && value !== null;
  if (!isNested) return `${indent}- ${[name, plain(value ?? "none")].filter(Boolean).join(": ")}`;
  if (name) return `${indent}- ${name}\n${outline(value, `${indent}  `)}`;
  // A list's item: its first field stands beside the bullet.
  return outline(value, `${indent}  `).replace(/^( *)  - /, "$1- ");
}

/** `promptTokens` and `prompt_tokens` as people write them. */
function words(name: string): string {
  return name.replaceAll("_", " ").replaceAll(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);
}
