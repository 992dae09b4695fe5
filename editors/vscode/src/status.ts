/** What the server says of itself (`codestral/didChangeStatus`), and how the status bar shows it. */

export interface Status {
  readonly kind: "Normal" | "Error" | "Warning" | "Inactive";
  readonly message?: string | null;
  readonly busy?: boolean;
  /** The backend that answers: `ollama`, `workspace`, ... */
  readonly engine?: string | null;
  readonly model?: string | null;
  readonly detail?: string | null;
  /** What the user can do about it. */
  readonly cure?: string | null;
}

export interface Face {
  /** Text of the status bar item, with the product icons that VS Code draws. */
  readonly text: string;
  /** Lines of plain text. */
  readonly tooltip: readonly string[];
  readonly severity: "none" | "warning" | "error";
}

const ICONS = { Normal: "sparkle", Warning: "warning", Error: "error", Inactive: "circle-slash" } as const;
const NAME = "Codestral";

export function starting(step = `${NAME} is starting`): Face {
  return { text: `$(loading~spin) ${NAME}`, tooltip: [step], severity: "none" };
}

export function stopped(why: string): Face {
  return { text: `$(error) ${NAME}`, tooltip: [`${NAME} does not run`, why], severity: "error" };
}

/**
 * A server that runs.
 *
 * @param off why nothing is suggested in this document, if that is so; a problem of the server's comes before it
 */
export function face(status: Status, off?: string): Face {
  const engine = [status.engine, status.model].filter(Boolean).join(" · ");
  if (off && (status.kind === "Normal" || status.kind === "Inactive")) {
    return { text: `$(${ICONS.Inactive}) ${NAME}`, tooltip: distinct([`Off here: ${off}`, engine]), severity: "none" };
  }
  const icon = status.busy ? "loading~spin" : ICONS[status.kind];
  const label = status.kind === "Normal" ? status.model || status.engine || NAME : NAME;
  return {
    text: `$(${icon}) ${label}`,
    tooltip: distinct([status.message, status.busy ? "Thinking" : "", engine, status.detail, status.cure]),
    severity: status.kind === "Error" ? "error" : status.kind === "Warning" ? "warning" : "none",
  };
}

/** The lines that say something, each once. */
function distinct(lines: readonly (string | null | undefined)[]): string[] {
  return [...new Set(lines)].filter((line): line is string => Boolean(line));
}
