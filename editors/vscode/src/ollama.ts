/** What the set-up asks of Ollama: is it there, what has it got, fetch a model. */

/** How a download goes: `done` and `total` in bytes, of the part that is fetched now. */
export interface Progress {
  readonly status: string;
  readonly done?: number | undefined;
  readonly total?: number | undefined;
}

/** One line of Ollama's answer to a pull. */
interface Line {
  readonly status?: string;
  readonly completed?: number;
  readonly total?: number;
  readonly error?: string;
}

/** The names of the models that Ollama has; undefined when no Ollama answers at this address. */
export async function installed(url: string): Promise<string[] | undefined> {
  try {
    const answer = await fetch(new URL("/api/tags", url), { signal: AbortSignal.timeout(3000) });
    const { models } = (await answer.json()) as { models: readonly { name: string }[] };
    return models.map(({ name }) => name);
  } catch {
    return undefined;
  }
}

/** Fetches a model. @throws Error with what Ollama says is wrong */
export async function pull(url: string, model: string, signal: AbortSignal, report: (progress: Progress) => void): Promise<void> {
  const body = JSON.stringify({ model });
  const answer = await fetch(new URL("/api/pull", url), { method: "POST", body, signal });
  if (!answer.body) throw new Error("Ollama said nothing");
  let rest = "";
  let finished = false;
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter(Boolean)) {
      const { status = "", completed, total, error } = JSON.parse(line) as Line;
      if (error) throw new Error(error);
      finished = status === "success";
      report({ status, done: completed, total });
    }
  }
  if (!finished) throw new Error(answer.ok ? "the download ended early" : `Ollama answered ${answer.status}`);
}
