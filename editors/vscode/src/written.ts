/** What an action has written so far (`codestral/action`). */

export interface Progressed {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly languageId: string;
  readonly state: "running" | "paused" | "done" | "failed" | "cancelled";
  readonly message: string;
  /** Where `text` goes, in UTF-16 units: what stood from there on is replaced. */
  readonly at: number;
  readonly text: string;
}

/** The whole text after a step. */
export function grown(before: string, { at, text }: Progressed): string {
  return before.slice(0, at) + text;
}

/** The page of an action: its text, and what there is to say about it. */
export function shown({ title, languageId, state, message }: Progressed, text: string): string {
  const notes = {
    running: text === "" ? "…" : "",
    paused: message || "waiting for the model",
    done: "",
    failed: message || "failed",
    cancelled: "cancelled",
  };
  const note = notes[state];
  const isCode = languageId !== "markdown";
  const head = text.startsWith("#") && !isCode ? "" : `# ${title}`; // the model may have given it one
  const body = isCode && text !== "" ? `~~~~${languageId}\n${text.trimEnd()}\n~~~~` : text;
  return [head, body, note && `*${note}*`].filter(Boolean).join("\n\n") + "\n";
}
