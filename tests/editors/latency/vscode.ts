/** VS Code: from a key to its ghost text, from a key to its letter while the model hangs, and a killed server's return. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pause, scratch, VSIX } from "../lib/places.ts";
import type { StandIn } from "../lib/standin.ts";
import { CodeServer, type Window } from "../lib/vscode.ts";
import { Wire } from "../lib/wire.ts";
import { type Figure, figure, letters } from "./figure.ts";
import type { Plan } from "./plan.ts";

const EDITOR = "VS Code 1.139";
/** VS Code's own wait before it asks, ms. */
const OWN_WAIT_MS = 50;
const KILLS = 4;
const PROCESS = "process-id";

export async function vscode(plan: Plan): Promise<Figure[]> {
  const folder = scratch("latency-vscode");
  const code = await CodeServer.start(folder, VSIX);
  const open = (name: string, model: StandIn): Promise<Window> => openShop(code, plan, join(folder, name), model);
  try {
    const { ghost } = await keys(await open("quick", plan.quick), plan);
    const { echo } = await keys(await open("hanging", plan.hanging), plan);
    const returns: number[] = [];
    for (let at = 0; at < plan.windows; at++) {
      const window = await open(`killed-${at}`, plan.quick);
      for (let kill = 0; kill < KILLS; kill++) returns.push(await killed(window, join(folder, `killed-${at}`)));
      await window.close();
    }
    return [
      figure(EDITOR, "key to ghost text", ghost, Math.max(OWN_WAIT_MS, plan.debounceMs) + 40),
      figure(EDITOR, "key to letter while the model hangs", echo),
      figure(EDITOR, "server killed, until a new one says that it is ready", returns, 2000, "longest"),
    ];
  } finally {
    await code.stop();
  }
}

/** Opens a file in a folder of its own, where the server leaves its process's id. */
async function openShop(code: CodeServer, plan: Plan, place: string, model: StandIn): Promise<Window> {
  mkdirSync(join(place, "shop"), { recursive: true });
  writeFileSync(join(place, "shop/cart.py"), plan.text);
  const leavesId = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', join(place, PROCESS)];
  const settings = {
    "codestral.completion.debounceMs": plan.debounceMs,
    "codestral.completion.prefetch": false,
    "codestral.completion.instant": false,
    "codestral.cache.enabled": false,
  };
  const machine = {
    "codestral.ui.serverCommand": [...leavesId, ...new Wire(place).direct],
    "codestral.backend": "ollama",
    "codestral.ollama.url": model.url,
  };
  code.configure(settings, machine);
  return code.open(join(place, "shop"), "cart.py");
}

/** Types letter by letter, each a question of its own. Closes the window. */
async function keys(window: Window, plan: Plan): Promise<{ echo: number[]; ghost: number[] }> {
  await pause(2000);
  await watch(window);
  for (const key of letters(plan.keys)) {
    await window.page.keyboard.press(key);
    await pause(plan.gapMs);
  }
  const found = await window.page.evaluate(
    () => (globalThis as unknown as { measured: { echo: number[]; ghost: number[] } }).measured,
  );
  await window.close();
  return found;
}

/** Notes in the page when a key came, when the line was drawn anew, when a ghost text was. */
function watch(window: Window): Promise<void> {
  return window.page.evaluate(() => {
    const state = { key: 0, echo: [] as number[], ghost: [] as number[], line: "", drawn: "" };
    Object.assign(globalThis, { measured: state });
    const ghost = (): string => [...document.querySelectorAll("[class*=ghost-text-decoration]")].map((each) => each.textContent).join("");
    const line = (): string => document.querySelector(".view-lines")?.textContent ?? "";
    state.drawn = ghost();
    addEventListener("keydown", () => Object.assign(state, { key: performance.now(), line: line(), drawn: "" }), true);
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
}

/** Kills the server; ms until the status bar names the engine that a new one has chosen. */
async function killed(window: Window, place: string): Promise<number> {
  const start = performance.now();
  process.kill(Number(readFileSync(join(place, PROCESS), "utf8")), "SIGKILL");
  await window.says(/is starting/);
  await window.says(/through ollama/, 30_000);
  const took = performance.now() - start;
  await pause(2000); // until what starts in the background has started
  return took;
}
