/** What a terminal showed over a while, as one SVG that moves: rows of text, each drawn once, shown while it stood there. */

import type { Run, Terminal } from "./terminal.ts";

interface Frame {
  /** ms since the start. */
  readonly at: number;
  readonly screen: readonly (readonly Run[])[];
  readonly cursor: { readonly column: number; readonly row: number };
}

const LOOK_EVERY_MS = 40;
const CELL = { width: 8.4, height: 18 };
const MARGIN = 12;
const COLORS = { ink: "#e0e2ea", ground: "#14161b" };

export class Film {
  readonly #frames: Frame[] = [];
  readonly #terminal: Terminal;
  readonly #start = performance.now();
  readonly #timer: NodeJS.Timeout;
  #last = "";

  /** Films a terminal until `end`. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** @returns the SVG, `columns` wide; `alt` says what is to be seen */
  end(columns: number, alt: string): string {
    clearInterval(this.#timer);
    return draw(this.#frames, performance.now() - this.#start, columns, alt);
  }

  #look(): void {
    const frame = { at: performance.now() - this.#start, screen: this.#terminal.screen(), cursor: this.#terminal.cursor() };
    const seen = JSON.stringify([frame.screen, frame.cursor]);
    if (seen !== this.#last) this.#frames.push(frame);
    this.#last = seen;
  }
}

function draw(frames: readonly Frame[], length: number, columns: number, alt: string): string {
  const rows = Math.max(...frames.map(({ screen }) => screen.length));
  const [width, height] = [2 * MARGIN + columns * CELL.width, 2 * MARGIN + rows * CELL.height].map(Math.ceil);
  const percent = (ms: number): string => `${((100 * ms) / length).toFixed(2)}%`;
  const rules: string[] = [];
  const parts: string[] = [];
  /** Something that stands there for a part of the time. */
  const between = (start: number, end: number, content: string): void => {
    const name = `t${rules.length}`;
    const [hidden, shown] = ["{visibility:hidden}", "{visibility:visible}"];
    const always = start === 0 && end >= length;
    rules.push(always ? "" : `@keyframes ${name}{0%${hidden}${percent(start)}${shown}${end < length ? percent(end) + hidden : ""}}`);
    parts.push(always ? `<g>${content}</g>` : `<g style="animation-name:${name}">${content}</g>`);
  };
  for (let row = 0; row < rows; row++) {
    spans(frames.map(({ at, screen }) => ({ at, content: text(screen[row] ?? [], row) })), length, between);
  }
  spans(frames.map(({ at, cursor }) => ({ at, content: caret(cursor) })), length, between);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(alt)}">
<style>
text{font:14px 'DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre;fill:${COLORS.ink}}
g{animation:${(length / 1000).toFixed(2)}s step-end infinite}
${rules.filter(Boolean).join("\n")}
</style>
<rect width="100%" height="100%" rx="6" fill="${COLORS.ground}"/>
${parts.join("\n")}
</svg>
`;
}

/** Calls `between` for every stretch in which the same stood there. */
function spans(
  seen: readonly { at: number; content: string }[],
  length: number,
  between: (start: number, end: number, content: string) => void,
): void {
  for (let from = 0; from < seen.length; ) {
    let to = from + 1;
    while (seen[to]?.content === seen[from]!.content) to++;
    const { at, content } = seen[from]!;
    if (content !== "") between(from === 0 ? 0 : at, seen[to]?.at ?? length, content);
    from = to;
  }
}

function text(runs: readonly Run[], row: number): string {
  const y = MARGIN + (row + 0.75) * CELL.height;
  let column = 0;
  return runs
    .map(({ text, color, background, italic }) => {
      const x = MARGIN + column * CELL.width;
      const wide = text.length * CELL.width;
      column += text.length;
      const box = background
        ? `<rect x="${x.toFixed(1)}" y="${MARGIN + row * CELL.height}" width="${wide.toFixed(1)}" height="${CELL.height}" fill="${background}"/>`
        : "";
      if (text.trim() === "") return box;
      const look = `${color ? ` style="fill:${color}"` : ""}${italic ? ' font-style="italic"' : ""}`;
      return `${box}<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" textLength="${wide.toFixed(1)}"${look}>${escape(text)}</text>`;
    })
    .join("");
}

function caret({ column, row }: Frame["cursor"]): string {
  const [x, y] = [MARGIN + column * CELL.width, MARGIN + row * CELL.height];
  return `<rect x="${x.toFixed(1)}" y="${y}" width="2" height="${CELL.height}" fill="${COLORS.ink}"/>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
