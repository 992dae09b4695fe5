/** The walkthrough's two ways to Codestral: a model on this machine, or Mistral's API. */

import { totalmem } from "node:os";
import * as vscode from "vscode";
import { SECTION } from "./client";
import type { Keys } from "./keys";
import { describe, MODELS, recommend } from "./models";
import { installed, pull } from "./ollama";

export const WALKTHROUGH = "codestral-lsp.codestral-lsp#start";

async function choose(values: Record<string, unknown>): Promise<void> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  for (const [name, value] of Object.entries(values)) {
    await settings.update(name, value, vscode.ConfigurationTarget.Global);
  }
}

/** Finds Ollama, offers a model, fetches it if it is not there, and uses it from then on. */
export async function setUpLocal(): Promise<void> {
  const url = vscode.workspace.getConfiguration(SECTION).get("ollama.url", "http://127.0.0.1:11434");
  const here = await installed(url);
  if (!here) {
    const message = `Codestral: no Ollama answers at ${url}. Install it, start it, and try again.`;
    const choice = await vscode.window.showWarningMessage(message, "Get Ollama", "Try Again");
    if (choice === "Get Ollama") await vscode.env.openExternal(vscode.Uri.parse("https://ollama.com/download"));
    if (choice === "Try Again") await setUpLocal();
    return;
  }
  const memory = totalmem() / 1e9;
  const best = recommend(memory);
  const has = (name: string): boolean => here.includes(name) || here.includes(`${name}:latest`);
  const offers = MODELS.map((model) => ({
    label: model.name,
    description: describe(model),
    detail: [
      has(model.name) ? "already here" : "to be downloaded",
      ...(model === best ? [`recommended for this machine (${memory.toFixed(0)} GB of memory)`] : []),
    ].join(", "),
    model,
  })).sort((one, other) => Number(other.model === best) - Number(one.model === best));
  const title = "Codestral: which model? The licence stands beside it";
  const choice = await vscode.window.showQuickPick(offers, { title, matchOnDescription: true, ignoreFocusOut: true });
  if (!choice) return;
  const { model } = choice;
  if (!has(model.name)) {
    const question = `Download ${model.name}: ${describe(model)}?`;
    const answer = await vscode.window.showInformationMessage(question, { modal: true }, "Download");
    if (answer !== "Download" || !(await download(url, model.name))) return;
  }
  await choose({ backend: "ollama", "ollama.model": model.name });
  void vscode.window.showInformationMessage(`Codestral: ${model.name} completes from now on.`);
}

async function download(url: string, model: string): Promise<boolean> {
  const location = vscode.ProgressLocation.Notification;
  const title = `Codestral: downloading ${model}`;
  return await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const aborted = new AbortController();
    token.onCancellationRequested(() => aborted.abort());
    let percent = 0;
    try {
      await pull(url, model, aborted.signal, ({ status, done, total }) => {
        const now = done !== undefined && total ? (done / total) * 100 : percent;
        const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);
        const message = done !== undefined && total ? `${mb(done)} of ${mb(total)} MB` : status;
        progress.report({ message, increment: Math.max(0, now - percent) });
        percent = Math.max(percent, now);
      });
      return true;
    } catch (error) {
      if (!aborted.signal.aborted) void vscode.window.showErrorMessage(`Codestral: the download failed: ${String(error)}`);
      return false;
    }
  });
}

/** Asks for a key and uses Mistral's API from then on. */
export async function setUpMistral(keys: Keys): Promise<void> {
  if (!(await keys.ask("mistral")) || !(await keys.get("mistral"))) return;
  await choose({ backend: "mistral" });
}

const ENGINES = [
  { label: "auto", description: "the best that is there: Ollama, llama-server, Mistral's API with a key, your own code" },
  { label: "ollama", description: "a model on this machine" },
  { label: "llamacpp", description: "a model on this machine, through llama-server" },
  { label: "mistral", description: "Mistral's API" },
  { label: "openai", description: "any server with OpenAI's completions API" },
  { label: "workspace", description: "your own code, no model" },
];

/** Asks for an engine, then for its model where it has several. */
export async function selectEngine(): Promise<void> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const now = settings.get("backend", "auto");
  const items = ENGINES.map((engine) => ({ ...engine, ...(engine.label === now ? { detail: "used now" } : {}) }));
  const engine = await vscode.window.showQuickPick(items, { title: "Codestral: engine", matchOnDescription: true });
  if (!engine) return;
  const name = `${engine.label}.model`;
  const values: Record<string, unknown> = { backend: engine.label };
  if (settings.inspect(name)?.defaultValue !== undefined) {
    const model = await askModel(engine.label, settings.get<string | null>(name) ?? "");
    if (model === undefined) return;
    if (model !== "") values[name] = model;
  }
  await choose(values);
}

async function askModel(engine: string, now: string): Promise<string | undefined> {
  const title = `Codestral: model for ${engine}`;
  const here = engine === "ollama" ? await installed(vscode.workspace.getConfiguration(SECTION).get("ollama.url", "")) : [];
  if (here && here.length > 0) return vscode.window.showQuickPick(here, { title });
  return vscode.window.showInputBox({ title, value: now });
}
