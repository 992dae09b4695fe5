/** What went over the wire between an editor and the server, as record.py wrote it down. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HERE, PYTHON, SERVER } from "./places.ts";

export interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: any;
  readonly result?: any;
  readonly error?: { readonly code: number; readonly message: string };
}

export class Wire {
  readonly log: string;
  readonly #home: string;

  /** `folder` gets the log, and all that the server itself keeps. */
  constructor(folder: string) {
    this.log = join(folder, "wire.jsonl");
    this.#home = join(folder, "home");
  }

  /** The server's command line: a home of its own, then the recorder, then the server. */
  get command(): string[] {
    return [...this.#alone, PYTHON, join(HERE, "lib/record.py"), this.log, ...SERVER];
  }

  /** The same without the recorder, which costs a little time at every message. */
  get direct(): string[] {
    return [...this.#alone, ...SERVER];
  }

  get #alone(): string[] {
    return ["env", ...["CACHE", "CONFIG", "DATA", "STATE"].map((kind) => `XDG_${kind}_HOME=${join(this.#home, kind)}`)];
  }

  /** Writes the user's own file of settings, where the server looks for it. */
  configure(toml: string): void {
    const folder = join(this.#home, "CONFIG/codestral-lsp");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "config.toml"), toml);
  }

  /** The id of the server's process, the last one if there were several. */
  serverProcess(): number {
    return Number(readFileSync(`${this.log}.pid`, "utf8"));
  }

  /** Everything one side has sent so far, in order. */
  sent(by: "client" | "server", method?: string): Message[] {
    if (!existsSync(this.log)) return [];
    const entries = readFileSync(this.log, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as { from: string; message: Message });
    return entries
      .filter(({ from, message }) => from === by && (!method || message.method === method))
      .map(({ message }) => message);
  }

  /** The last message of a kind that the client sent. */
  last(method: string): Message | undefined {
    return this.sent("client", method).at(-1);
  }

  /** What the server offered when it was asked by hand; undefined until it has answered. */
  offeredByHand(): string | undefined {
    const asked = this.sent("client", "textDocument/inlineCompletion").findLast(
      ({ params }) => params.context.triggerKind === 1,
    );
    return this.sent("server").find(({ id, result }) => asked && id === asked.id && result)?.result.items[0]?.insertText;
  }
}
