/** A Neovim in a process of its own, driven over its API: keys go in as if typed, the screen's text comes out. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { decodeMultiStream, encode } from "@msgpack/msgpack";
import { NEOVIM, PATIENCE_MS, pause, until } from "./places.ts";

interface Waiting {
  resolve(value: any): void;
  reject(error: Error): void;
}

export class Neovim {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  private constructor(process: ChildProcess) {
    this.#process = process;
    void this.#listen();
  }

  /** Starts Neovim with `init` as its whole configuration. */
  static async start(init: string, file: string): Promise<Neovim> {
    const flags = ["--embed", "--headless", "--clean", "-n", "-u", init];
    const nvim = new Neovim(spawn(NEOVIM, [...flags, file], { stdio: ["pipe", "pipe", "inherit"] }));
    await nvim.call("nvim_set_option_value", "columns", 100, {});
    await nvim.call("nvim_set_option_value", "lines", 24, {});
    return nvim;
  }

  /** Calls an API function. */
  call(name: string, ...parameters: unknown[]): Promise<any> {
    const id = ++this.#last;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#process.stdin!.write(encode([0, id, name, parameters]));
    return answer;
  }

  /** Runs Lua; `...` in it are the arguments. */
  lua(code: string, ...parameters: unknown[]): Promise<any> {
    return this.call("nvim_exec_lua", code, parameters);
  }

  /** Types keys in Neovim's notation, one after the other, with a pause (ms) after each. */
  async type(keys: string, gap = 30): Promise<void> {
    for (const key of keys.match(/<[\w-]+[^<>\s]?>|[^]/gu) ?? []) {
      await this.call("nvim_input", key === "<" ? "<lt>" : key);
      await pause(gap);
    }
  }

  lines(): Promise<string[]> {
    return this.call("nvim_buf_get_lines", 0, 0, -1, true);
  }

  /** What the screen's first rows show, without what is blank at the end. */
  async screen(rows = 8): Promise<string[]> {
    return await this.lua(
      `vim.cmd.redraw()
       local rows = {}
       for row = 1, ... do
         local cells = {}
         for column = 1, vim.o.columns do cells[column] = vim.fn.screenstring(row, column) end
         rows[row] = (table.concat(cells):gsub("%s+$", ""))
       end
       return rows`,
      rows,
    );
  }

  /** The ghost text on the screen, a line each: virtual text of our highlight group, in the order it is drawn. */
  async ghost(): Promise<string[]> {
    return await this.lua(
      `local lines = { "" }
       local namespace = vim.api.nvim_create_namespace("codestral")
       for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
         for _, chunk in ipairs(mark[4].virt_text or {}) do lines[1] = lines[1] .. chunk[1] end
         for _, line in ipairs(mark[4].virt_lines or {}) do
           local text = ""
           for _, chunk in ipairs(line) do text = text .. chunk[1] end
           lines[#lines + 1] = text
         end
       end
       return (#lines == 1 and lines[1] == "") and {} or lines`,
    );
  }

  /** Waits for a ghost text; with `text`, for this one. */
  async ghostShown(text?: string, ms = PATIENCE_MS): Promise<string> {
    let seen = "";
    const look = async (): Promise<string | null> => {
      seen = (await this.ghost()).join("\n");
      return (text === undefined ? seen !== "" : seen === text) ? seen : null;
    };
    return await until(`the ghost text ${text ?? ""}`, look, ms).catch(async (error: Error) => {
      throw new Error(`${error.message}; last seen: ${JSON.stringify(seen)}, screen: ${(await this.screen()).join("\n")}`);
    });
  }

  async ghostGone(): Promise<void> {
    await until("the ghost text to go", async () => (await this.ghost()).length === 0);
  }

  /** Waits until the server has said that it is ready. */
  async ready(): Promise<void> {
    await until("the server to be ready", () => this.lua(`return require("codestral").status() ~= nil`));
  }

  /** What Neovim has had to say, errors included. */
  async messages(): Promise<string> {
    return await this.lua(`return vim.fn.execute("messages")`);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.stdin!.write(encode([2, "nvim_command", ["qall!"]]));
    const killed = setTimeout(() => this.#process.kill("SIGKILL"), 5_000);
    await once(this.#process, "exit");
    clearTimeout(killed);
  }

  async #listen(): Promise<void> {
    for await (const message of decodeMultiStream(this.#process.stdout!)) {
      const [type, id, error, result] = message as [number, number, [number, string] | null, unknown];
      if (type !== 1) continue;
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) waiting?.reject(new Error(error[1]));
      else waiting?.resolve(result);
    }
    for (const { reject } of this.#waiting.values()) reject(new Error("Neovim has gone"));
  }
}
