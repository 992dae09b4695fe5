/** Neovim: from a key to its ghost text, from a key to its letter while the model hangs, and what starting up costs. */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Neovim } from "../lib/neovim.ts";
import { NEOVIM, pause, ROOT, scratch } from "../lib/places.ts";
import type { StandIn } from "../lib/standin.ts";
import { Wire } from "../lib/wire.ts";
import { type Figure, figure, letters } from "./figure.ts";
import type { Plan } from "./plan.ts";

const EDITOR = "Neovim 0.11";
const PLUGIN = `vim.opt.rtp:prepend(${JSON.stringify(join(ROOT, "editors/neovim"))})\n`;

/** Notes when a key came, when its letter was in the text, when a ghost was drawn. */
const WATCH = `
  local now = function() return vim.uv.hrtime() / 1e6 end
  KEY, ECHO, GHOST = nil, {}, {}
  vim.on_key(function() KEY = now() SEEN = false end)
  vim.api.nvim_create_autocmd("TextChangedI", { callback = function() ECHO[#ECHO + 1] = now() - KEY end })
  local set, ours = vim.api.nvim_buf_set_extmark, vim.api.nvim_create_namespace("codestral")
  vim.api.nvim_buf_set_extmark = function(buf, namespace, ...)
    if namespace == ours and KEY and not SEEN then SEEN = true GHOST[#GHOST + 1] = now() - KEY end
    return set(buf, namespace, ...)
  end`;

export async function neovim(plan: Plan): Promise<Figure[]> {
  const { ghost } = await keys(plan, plan.quick);
  const { echo } = await keys(plan, plan.hanging);
  return [
    figure(EDITOR, "key to ghost text", ghost, plan.debounceMs + 25),
    figure(EDITOR, "key to letter while the model hangs", echo),
    figure(EDITOR, "added to the start by the plugin", startup(plan.starts), 3),
  ];
}

/** Types letter by letter, each a question of its own. */
async function keys(plan: Plan, model: StandIn): Promise<{ echo: number[]; ghost: number[] }> {
  const place = scratch("latency-neovim");
  const file = join(place, "cart.py");
  writeFileSync(file, plan.text);
  const settings = {
    backend: "ollama",
    ollama: { url: model.url },
    completion: { debounceMs: plan.debounceMs, prefetch: false, instant: false },
    cache: { enabled: false },
  };
  const setup = JSON.stringify(JSON.stringify({ cmd: new Wire(place).direct, settings }));
  const init = join(place, "init.lua");
  writeFileSync(init, `${PLUGIN}require("codestral").setup(vim.json.decode(${setup}))`);
  const nvim = await Neovim.start(init, file);
  await nvim.ready();
  await nvim.type("GA");
  await pause(1000);
  await nvim.lua(WATCH);
  for (const key of letters(plan.keys)) {
    await nvim.call("nvim_input", key);
    await pause(plan.gapMs);
  }
  const found = { echo: await nvim.lua("return ECHO"), ghost: await nvim.lua("return GHOST") };
  await nvim.stop();
  return found;
}

/** By how much each start with the plugin took longer than one without right before it: the machine's pace changes. */
function startup(pairs: number): number[] {
  const place = scratch("latency-neovim-start");
  const log = join(place, "times");
  const took = (setup: string): number => {
    const init = join(place, "init.lua");
    writeFileSync(init, PLUGIN + setup);
    writeFileSync(log, "");
    execFileSync(NEOVIM, ["--headless", "--clean", "-u", init, "--startuptime", log, "+qall"], { stdio: "ignore" });
    return Number(/^(\S+) .*--- NVIM STARTED/m.exec(readFileSync(log, "utf8"))?.[1]);
  };
  return Array.from({ length: pairs }, () => {
    const without = took("");
    return took(`require("codestral").setup()`) - without;
  });
}
