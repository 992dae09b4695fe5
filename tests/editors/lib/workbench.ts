/** A VS Code with the extension, where one project after another is opened, each with a model that knows how it goes on. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, CODE_SERVER, missing, scratch, SERVER, VSIX } from "./places.ts";
import { StandIn } from "./standin.ts";
import { CodeServer, type Window } from "./vscode.ts";
import { Wire } from "./wire.ts";

/** Why there is no VS Code to run here; false if there is. */
export const unavailable = missing(CODE_SERVER, chromium(), VSIX, SERVER[0]);

/** Stands above every text, for a model that knows its text by heart has to find the place in it. */
export const HEAD = "# What is in the cart, and what it costs.\n";
export const TOTAL = 'def total(prices):\n    """Sum of all prices."""\n    return sum(prices)\n';

export interface Project {
  /** Texts by name, over an almost empty cart.py. */
  readonly files?: Record<string, string>;
  /** The file to open, cart.py unless told. */
  readonly file?: string;
  /** What the model knows. */
  readonly knows?: readonly string[];
  readonly settings?: object;
  /** Settings that only the machine may have. */
  readonly machine?: object;
  /** The server's own config.toml. */
  readonly config?: string;
  /** What the server sees in its environment besides. */
  readonly environment?: Record<string, string>;
  /** The folder's own settings. */
  readonly workspace?: object;
  /** Whether the folder is trusted; else VS Code runs in its limited mode, and does not ask. */
  readonly trust?: boolean;
}

/** Writes a folder's files. */
export function writeProject(place: string, files: Record<string, string>): string {
  const folder = join(place, "shop");
  mkdirSync(join(folder, ".vscode"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export class Workbench {
  readonly code: CodeServer;
  readonly standIn: StandIn;
  readonly #folder: string;
  #opened = 0;
  /** What goes over the wire in the window that is open. */
  wire!: Wire;
  window!: Window;

  private constructor(folder: string, code: CodeServer, standIn: StandIn) {
    this.#folder = folder;
    this.code = code;
    this.standIn = standIn;
  }

  static async start(name: string): Promise<Workbench> {
    const folder = scratch(name);
    const standIn = await StandIn.start(folder, { firstToken: 60, token: 8 });
    return new Workbench(folder, await CodeServer.start(folder, VSIX, { trust: true }), standIn);
  }

  async open({ files, file = "cart.py", knows = [HEAD + TOTAL], config, environment = {}, settings, machine, workspace, trust = true }: Project = {}): Promise<Window> {
    const place = join(this.#folder, `${(this.#opened += 1)}`);
    const shop = writeProject(place, { "cart.py": HEAD, ...files });
    writeFileSync(join(shop, ".vscode/settings.json"), JSON.stringify(workspace ?? {}));
    this.standIn.knows(...knows);
    this.wire = new Wire(place);
    if (config !== undefined) this.wire.configure(config);
    const common = {
      "codestral.completion.debounceMs": 30,
      "codestral.cache.enabled": false,
      "security.workspace.trust.startupPrompt": "never",
      "security.workspace.trust.enabled": !trust,
    };
    const here = {
      "codestral.ui.serverCommand": ["env", ...Object.entries(environment).map(([name, value]) => `${name}=${value}`), ...this.wire.command],
      "codestral.backend": "ollama",
      "codestral.ollama.url": this.standIn.url,
    };
    this.code.configure({ ...common, ...settings }, { ...here, ...machine });
    this.window = await this.code.open(shop, file);
    return this.window;
  }

  /** Pictures what a test has left, and closes it. */
  async close(test: { name: string }): Promise<void> {
    await this.window.picture(`vscode-${test.name.replaceAll(/\W+/g, "-")}.png`);
    await this.window.close();
  }

  async stop(): Promise<void> {
    await this.code.stop();
    await this.standIn.stop();
  }
}
