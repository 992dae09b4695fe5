/** Where things are, and what every test needs of the machine. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

export const HERE = join(import.meta.dirname, "..");
export const ROOT = join(HERE, "../..");
export const PYTHON = process.env["PYTHON"] ?? join(ROOT, ".venv/bin/python");

/** Where setup.sh puts the editors. */
export const EDITORS =
  process.env["CODESTRAL_EDITORS_DIR"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "codestral-lsp-editors");
export const NEOVIM = join(EDITORS, "neovim/nvim");
export const CODE_SERVER = join(EDITORS, "code-server/node_modules/.bin/code-server");
export const NODE = join(EDITORS, "node/node_modules/.bin/node");
export const VSIX = process.env["CODESTRAL_VSIX"] ?? "";

/** The server's command line; CODESTRAL_TEST_SERVER names another than the one in the development environment. */
export const SERVER = process.env["CODESTRAL_TEST_SERVER"]?.split(" ") ?? [join(ROOT, ".venv/bin/codestral-lsp")];

/** A new folder for one run's files; the name says whose they are. run.sh removes it when all went well. */
export function scratch(name: string): string {
  return mkdtempSync(join(tmpdir(), `codestral-${name}-`));
}

/** Where screenshots go: CODESTRAL_SCREENSHOTS, or nowhere. */
export function screenshot(name: string): string | undefined {
  const folder = process.env["CODESTRAL_SCREENSHOTS"];
  if (!folder) return undefined;
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

export function chromium(): string | undefined {
  return ["chromium", "chromium-browser", "google-chrome"].map(which).find((path) => path !== undefined);
}

/** Why a part cannot run here; false when it can. */
export function missing(...needs: readonly (string | undefined)[]): string | false {
  const gone = needs.filter((need) => !need || !(existsSync(need) || which(need)));
  return gone.length > 0 && `not on this machine: ${gone.map((need) => need || "Chromium").join(", ")} (see setup.sh)`;
}

function which(program: string): string | undefined {
  try {
    return execFileSync("which", [program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** How long a test waits for what has to come. The machine may be busy with other things: only a failure takes so long. */
export const PATIENCE_MS = 120_000;

/** Waits until `probe` gives something that is not false, null or undefined, and gives that back. */
export async function until<T>(what: string, probe: () => T | Promise<T>, ms = PATIENCE_MS): Promise<NonNullable<T>> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== false && found !== null && found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await pause(15);
  }
}
