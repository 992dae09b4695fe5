/** A program in a real terminal (tmux): keys go in, the screen with its colours comes out. */

import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";
import * as places from "./places.ts";
import { pause, until } from "./places.ts";

/** Text of one look: a colour as CSS names it, undefined for the terminal's own. */
export interface Run {
  readonly text: string;
  readonly color?: string | undefined;
  readonly background?: string | undefined;
  readonly italic?: boolean | undefined;
}

export class Terminal {
  readonly #socket: string;
  readonly #size: { columns: number; rows: number };

  private constructor(socket: string, size: { columns: number; rows: number }) {
    this.#socket = socket;
    this.#size = size;
  }

  /** Starts a command in a folder, in a terminal of its own. */
  static start(
    name: string,
    command: readonly string[],
    folder: string,
    size: { columns: number; rows: number },
  ): Terminal {
    const terminal = new Terminal(`${name}-${process.pid}`, size);
    const shell = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    const geometry = ["-x", `${size.columns}`, "-y", `${size.rows}`];
    const session = ["new-session", "-d", "-s", "main", "-c", folder, ...geometry];
    terminal.#tmux("-f", "/dev/null", ...session, `COLORTERM=truecolor ${shell}`);
    terminal.#tmux("set-option", "-g", "status", "off");
    return terminal;
  }

  /** Presses keys, as tmux names them, with a pause (ms) after each. */
  async press(keys: readonly string[], gap = 50): Promise<void> {
    for (const key of keys) {
      this.#tmux("send-keys", "-t", "main", key);
      await pause(gap);
    }
  }

  /** Types text, key by key. */
  async type(text: string, gap = 50): Promise<void> {
    for (const key of text) {
      this.#tmux("send-keys", "-t", "main", "-l", key);
      await pause(gap);
    }
  }

  /** What the screen shows, a list of runs for each row. */
  screen(): Run[][] {
    const rows = this.#tmux("capture-pane", "-t", "main", "-p", "-e").split("\n");
    return rows.slice(0, this.#size.rows).map(runs);
  }

  /** What the screen shows, without colours and trailing blanks. */
  text(): string {
    const rows = this.screen().map((row) => row.map(({ text }) => text).join("").trimEnd());
    return rows.join("\n");
  }

  async shows(text: string): Promise<void> {
    await until(`${JSON.stringify(text)} on the terminal`, () => this.text().includes(text)).catch((error: Error) => {
      throw new Error(`${error.message}; it shows:\n${this.text()}`);
    });
  }

  /** Where on the screen the cursor is, from 0. */
  cursor(): { column: number; row: number } {
    const [column, row] = this.#tmux("display-message", "-t", "main", "-p", "#{cursor_x} #{cursor_y}").split(" ");
    return { column: Number(column), row: Number(row) };
  }

  /** Writes the screen as a picture. */
  async picture(path: string): Promise<void> {
    const browser = await chromium.launch({ executablePath: places.chromium()!, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage({ deviceScaleFactor: 1.25 });
      await page.setContent(html(this.screen(), this.cursor()));
      await page.locator("pre").screenshot({ path });
    } finally {
      await browser.close();
    }
  }

  stop(): void {
    // tmux goes by itself when the program in it has ended.
    if (this.#isRunning()) this.#tmux("kill-server");
  }

  #isRunning(): boolean {
    try {
      this.#tmux("has-session", "-t", "main");
      return true;
    } catch {
      return false;
    }
  }

  #tmux(...parameters: string[]): string {
    const env = { ...process.env, TERM: "xterm-256color", LC_ALL: "C.UTF-8" };
    return execFileSync("tmux", ["-L", this.#socket, ...parameters], { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] });
  }
}

/** Splits a row with its escape sequences (SGR) into runs of one look. */
function runs(row: string): Run[] {
  const found: Run[] = [];
  let look: Omit<Run, "text"> = {};
  for (const part of row.split(/(\x1b\[[\d;:]*m)/)) {
    if (part.startsWith("\x1b[")) look = restyled(look, part.slice(2, -1).split(/[;:]/).map(Number));
    else if (part !== "") found.push({ ...look, text: part });
  }
  return found;
}

function restyled(look: Omit<Run, "text">, codes: number[]): Omit<Run, "text"> {
  const next = { ...look };
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at]!;
    if (code === 0) Object.assign(next, { color: undefined, background: undefined, italic: undefined });
    else if (code === 3) next.italic = true;
    else if (code === 23) next.italic = undefined;
    else if (code === 39) next.color = undefined;
    else if (code === 49) next.background = undefined;
    else if ((code === 38 || code === 48) && codes[at + 1] === 2) {
      const color = `rgb(${codes.slice(at + 2, at + 5).join(", ")})`;
      if (code === 38) next.color = color;
      else next.background = color;
      at += 4;
    }
  }
  return next;
}

function html(screen: Run[][], cursor: { column: number; row: number }): string {
  const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const span = ({ text, color, background, italic }: Run): string =>
    `<span style="color:${color ?? "inherit"};background:${background ?? "none"};` +
    `font-style:${italic ? "italic" : "normal"}">${escape(text)}</span>`;
  const rows = screen.map((row) => row.map(span).join("")).join("\n");
  return `<pre style="position:relative;display:inline-block;margin:0;padding:12px;background:#14161b;color:#e0e2ea;
    font:15px/20px 'DejaVu Sans Mono',monospace;min-width:80ch">${rows}<i style="position:absolute;
    left:calc(12px + ${cursor.column}ch);top:${12 + 20 * cursor.row}px;width:2px;height:20px;background:#e0e2ea"></i></pre>`;
}
