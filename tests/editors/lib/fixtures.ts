/** Keeps what a real client sent, for tests of the server that need no editor. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./places.ts";
import type { Message, Wire } from "./wire.ts";

/**
 * With CODESTRAL_RECORD set, writes a session into tests/fixtures/clients: what the client said at the start, what it
 * answered about settings, and every message of both sides under the session's name. Whatever differs from run to run or from machine to machine
 * is replaced: `project` by /project, `url` by where Ollama listens by default, process ids by 1, random ids by counted
 * ones.
 */
export function keep(client: string, session: string, wire: Wire, project: string, url: string): void {
  if (!process.env["CODESTRAL_RECORD"]) return;
  const folder = join(ROOT, "tests/fixtures/clients", client);
  mkdirSync(folder, { recursive: true });
  const ids = new Map<string, string>();
  const entries = readFileSync(wire.log, "utf8")
    .replaceAll(project, "/project")
    .replaceAll(url, "http://127.0.0.1:11434")
    .replaceAll(/"processId": \d+/g, '"processId": 1')
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, (id) => {
      if (!ids.has(id)) ids.set(id, `id-${ids.size + 1}`);
      return ids.get(id)!;
    })
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { from: string; message: Message });
  const write = (name: string, content: unknown): void =>
    writeFileSync(join(folder, name), `${JSON.stringify(content, null, 1)}\n`);

  const asked = entries.filter(({ from, message }) => from === "server" && message.method === "workspace/configuration");
  const answers = asked.map(({ message: { id, params } }) => ({
    params,
    result: entries.find(({ from, message }) => from === "client" && message.id === id && !message.method)?.message.result,
  }));
  write("initialize.json", entries.find(({ message }) => message.method === "initialize")?.message.params);
  write("configuration.json", answers);
  writeFileSync(
    join(folder, `${session}.jsonl`),
    entries
      .filter(({ message }) => message.method !== "initialize")
      .map(({ from, message }) => `${JSON.stringify({ from, message })}\n`)
      .join(""),
  );
}
