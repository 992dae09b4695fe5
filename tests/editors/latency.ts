/**
 * How long a user waits, in the editors themselves: from a key to the ghost text it leads to, with a model that answers
 * at once; and from a key to its letter on the screen, while a model hangs. Prints a table, and JSON with --json FILE.
 *
 *   tests/editors/run.sh latency.ts [--json FILE]
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Neovim } from "./lib/neovim.ts";
import { chromium, CODE_SERVER, missing, NEOVIM, pause, ROOT, scratch, SERVER, VSIX } from "./lib/places.ts";
import { StandIn } from "./lib/standin.ts";
import { CodeServer, type Window } from "./lib/vscode.ts";
import { Wire } from "./lib/wire.ts";

const KEYS = 100;
const DEBOUNCE_MS = 30;
const HANGS_MS = 600_000;
/** Longer than any of what is measured, and not a whole number of frames. */
const GAP_MS = 403;
const TEXT = "# What is in the cart.\ntotal = ";

interface Figure {
  readonly editor: string;
  readonly what: string;
  readonly keys: number;
  readonly p50: number;
  readonly p99: number;
  /** What the p50 is to stay below, ms; none: only told. */
  readonly goal?: number;
}

function figure(editor: string, what: string, values: readonly number[], goal?: number): Figure {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): number => Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(1));
  return { editor, what, keys: values.length, p50: at(0.5), p99: at(0.99), ...(goal === undefined ? {} : { goal }) };
}

/** Letters that no suggestion goes on with. */
function* letters(): Generator<string> {
  for (;;) yield* "qzwx";
}

const settings = (url: string): object => ({
  backend: "ollama",
  ollama: { url },
  completion: { debounceMs: DEBOUNCE_MS, prefetch: false, instant: false },
  cache: { enabled: false },
});

async function neovim(): Promise<Figure[]> {
  /** In Neovim: when a key came, when its letter was in the text, when a ghost was drawn. */
  const watch = `
    local now = function() return vim.uv.hrtime() / 1e6 end
    KEY, ECHO, GHOST = nil, {}, {}
    vim.on_key(function() KEY = now() SEEN = false end)
    vim.api.nvim_create_autocmd("TextChangedI", { callback = function() ECHO[#ECHO + 1] = now() - KEY end })
    local set, ours = vim.api.nvim_buf_set_extmark, vim.api.nvim_create_namespace("codestral")
    vim.api.nvim_buf_set_extmark = function(buf, namespace, ...)
      if namespace == ours and KEY and not SEEN then SEEN = true GHOST[#GHOST + 1] = now() - KEY end
      return set(buf, namespace, ...)
    end`;
  const measure = async (standIn: StandIn): Promise<{ echo: number[]; ghost: number[] }> => {
    const place = scratch("latency-neovim");
    const file = join(place, "cart.py");
    writeFileSync(file, TEXT);
    const init = join(place, "init.lua");
    const setup = JSON.stringify(JSON.stringify({ cmd: new Wire(place).direct, settings: settings(standIn.url) }));
    writeFileSync(init, `vim.opt.rtp:prepend(${JSON.stringify(join(ROOT, "editors/neovim"))}) require("codestral").setup(vim.json.decode(${setup}))`);
    const nvim = await Neovim.start(init, file);
    await nvim.ready();
    await nvim.type("GA");
    await pause(1000);
    await nvim.lua(watch);
    let typed = 0;
    for (const key of letters()) {
      if (++typed > KEYS) break;
      await nvim.call("nvim_input", key);
      await pause(GAP_MS);
    }
    const found = { echo: await nvim.lua("return ECHO"), ghost: await nvim.lua("return GHOST") };
    await nvim.stop();
    return found;
  };
  const [quick, hanging] = [await StandIn.instant(), await StandIn.instant(HANGS_MS)];
  try {
    const { ghost } = await measure(quick);
    const { echo } = await measure(hanging);
    return [
      figure("Neovim 0.11", "key to ghost text", ghost, DEBOUNCE_MS + 25),
      figure("Neovim 0.11", "key to letter while the model hangs", echo),
    ];
  } finally {
    await quick.stop();
    await hanging.stop();
  }
}

async function vscode(): Promise<Figure[]> {
  const folder = scratch("latency-vscode");
  const code = await CodeServer.start(folder, VSIX);
  /** In the page: when a key came, when the line was redrawn, when a ghost text was. */
  const watch = (window: Window): Promise<void> =>
    window.page.evaluate(() => {
      const state = { key: 0, echo: [] as number[], ghost: [] as number[], line: "", drawn: "" };
      Object.assign(globalThis, { measured: state });
      const ghost = (): string => [...document.querySelectorAll("[class*=ghost-text-decoration]")].map((each) => each.textContent).join("");
      const line = (): string => document.querySelector(".view-lines")?.textContent ?? "";
      state.drawn = ghost();
      window.addEventListener("keydown", () => Object.assign(state, { key: performance.now(), line: line(), drawn: "" }), true);
      new MutationObserver(() => {
        if (state.line !== "" && line() !== state.line) {
          state.echo.push(performance.now() - state.key);
          state.line = "";
        }
        const now = ghost();
        const number = /result_\d+/.exec(now)?.[0] ?? "";
        if (state.key > 0 && number !== "" && number !== state.drawn) {
          state.ghost.push(performance.now() - state.key);
          state.key = 0;
        }
        if (number !== "") state.drawn = number;
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
  const measure = async (standIn: StandIn, name: string): Promise<{ echo: number[]; ghost: number[] }> => {
    const place = join(folder, name);
    mkdirSync(join(place, "shop"), { recursive: true });
    writeFileSync(join(place, "shop/cart.py"), TEXT);
    const flat = { "codestral.completion.debounceMs": DEBOUNCE_MS, "codestral.completion.prefetch": false, "codestral.completion.instant": false };
    code.configure({ ...flat, "codestral.cache.enabled": false }, {
      "codestral.ui.serverCommand": new Wire(place).direct,
      "codestral.backend": "ollama",
      "codestral.ollama.url": standIn.url,
    });
    const window = await code.open(join(place, "shop"), "cart.py");
    await pause(2000);
    await watch(window);
    let typed = 0;
    for (const key of letters()) {
      if (++typed > KEYS) break;
      await window.page.keyboard.press(key);
      await pause(GAP_MS);
    }
    const found = await window.page.evaluate(() => (globalThis as unknown as { measured: { echo: number[]; ghost: number[] } }).measured);
    await window.close();
    return found;
  };
  const [quick, hanging] = [await StandIn.instant(), await StandIn.instant(HANGS_MS)];
  try {
    const { ghost } = await measure(quick, "quick");
    const { echo } = await measure(hanging, "hanging");
    return [
      figure("VS Code 1.139", "key to ghost text", ghost, Math.max(50, DEBOUNCE_MS) + 40),
      figure("VS Code 1.139", "key to letter while the model hangs", echo),
    ];
  } finally {
    await code.stop();
    await quick.stop();
    await hanging.stop();
  }
}

const figures: Figure[] = [];
const parts = [
  { run: neovim, gone: missing(NEOVIM, SERVER[0]) },
  { run: vscode, gone: missing(CODE_SERVER, chromium(), VSIX, SERVER[0]) },
];
for (const { run, gone } of parts) {
  if (gone) console.error(`SKIPPED: ${run.name}: ${gone}`);
  else figures.push(...(await run()));
}
console.log(`debounce ${DEBOUNCE_MS} ms; times in ms`);
console.table(figures);
const json = process.argv.indexOf("--json");
if (json > 0) writeFileSync(process.argv[json + 1]!, `${JSON.stringify({ debounceMs: DEBOUNCE_MS, figures }, null, 2)}\n`);
