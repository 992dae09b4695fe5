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

export const STARTING: Face = { text: `$(loading~spin) ${NAME}`, tooltip: [`${NAME} is starting`], severity: "none" };

export function stopped(why: string): Face {
  return { text: `$(error) ${NAME}`, tooltip: [`${NAME} does not run`, why], severity: "error" };
}

export function face(status: Status): Face {
  const icon = status.busy ? "loading~spin" : ICONS[status.kind];
  const label = status.kind === "Normal" ? status.model || status.engine || NAME : NAME;
  const engine = [status.engine, status.model].filter(Boolean).join(" · ");
  const tooltip = [status.message ?? "", engine, status.detail ?? "", status.cure ?? ""];
  return {
    text: `$(${icon}) ${label}`,
    tooltip: tooltip.filter((line, index) => line !== "" && tooltip.indexOf(line) === index),
    severity: status.kind === "Error" ? "error" : status.kind === "Warning" ? "warning" : "none",
  };
}
