/** What the server can tell of itself, as pages: why, sent, stats, doctor. */

import { fenced, plain, type Pages, table } from "./pages";
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

export async function showSent(session: Session, pages: Pages): Promise<void> {
  const entries = await session.ask<readonly { line: string }[]>("codestral.sent", 50);
  if (!entries) return;
  const lines = [...entries].reverse().map(({ line }) => `- ${plain(line)}`);
  await pages.show("What was sent", `# What was sent, newest first\n\n${lines.join("\n") || "Nothing was sent."}\n`);
}

/** Shows a command's answer as the server puts it for people. */
export async function showText(session: Session, pages: Pages, command: string, title: string): Promise<void> {
  const answer = await session.ask<{ text: string }>(command);
  if (answer) await pages.show(title, `# ${title}\n\n${fenced(answer.text)}\n`);
}
