/** A stand-in server in a process of its own: answers with what follows the prompt in a given text, and counts. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PYTHON, ROOT, until } from "./places.ts";

/** Empty: an Ollama that has no model until one is pulled; vast: one whose models fit on no disk. */
export type Api = "ollama" | "empty" | "vast" | "mistral";

export interface Stats {
  /** How many requests for a completion came. */
  readonly completions: number;
  /** How many downloads of a model were asked for. */
  readonly pulls: number;
  /** How many clients went away in the middle of a reply. */
  readonly aborted: number;
  /** What was wrong with the requests. */
  readonly violations: readonly string[];
}

export class StandIn {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #known: string;

  private constructor(url: string, process: ChildProcess, known: string) {
    this.url = url;
    this.#process = process;
    this.#known = known;
  }

  /** Times in ms. */
  static async start(
    folder: string,
    pace: { firstToken: number; token: number },
    api: Api = "ollama",
  ): Promise<StandIn> {
    const known = join(folder, `${api}-knows.json`);
    writeFileSync(known, "[]");
    const program = ["tests.editors.lib.knowing", api, known, `${pace.firstToken}`, `${pace.token}`];
    return StandIn.#run(program, known);
  }

  /** One that says something else each time, the first of it after `firstToken` ms. */
  static instant(firstToken = 0): Promise<StandIn> {
    return StandIn.#run(["tests.editors.lib.instant", `${firstToken}`], "");
  }

  static async #run(program: readonly string[], known: string): Promise<StandIn> {
    const process = spawn(PYTHON, ["-m", ...program], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
    const [url] = (await once(createInterface(process.stdout!), "line")) as [string];
    return new StandIn(url, process, known);
  }

  /** From now on the model knows these texts by heart, and no others. */
  knows(...texts: string[]): void {
    writeFileSync(this.#known, JSON.stringify(texts));
  }

  async stats(): Promise<Stats> {
    const answer = await fetch(`${this.url}/stand-in`);
    const stats = (await answer.json()) as Omit<Stats, "pulls"> & { requests: Record<string, number> };
    return { ...stats, pulls: stats.requests["/api/pull"] ?? 0 };
  }

  /** Waits until one more client than `before` has gone away in the middle of a reply. */
  async streamClosed(before: Stats): Promise<void> {
    await until("a stream to be closed", async () => (await this.stats()).aborted > before.aborted);
  }

  async stop(): Promise<void> {
    this.#process.kill();
    await once(this.#process, "exit");
  }
}
