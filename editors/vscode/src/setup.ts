/** The walkthrough's two ways to Codestral: a model on this machine, or Mistral's API. */

import * as vscode from "vscode";
import { SECTION } from "./client";
import type { Keys } from "./keys";
import { choices, describe, type Models } from "./models";
import { isCancelled, reasonOf, type Session } from "./session";

export const WALKTHROUGH = "codestral-lsp.codestral-lsp#start";

async function choose(values: Record<string, unknown>): Promise<void> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  for (const [name, value] of Object.entries(values)) {
    await settings.update(name, value, vscode.ConfigurationTarget.Global);
  }
}

/** Finds Ollama, offers a model, fetches it if it is not there, and uses it from then on. */
export async function setUpLocal(session: Session): Promise<void> {
  let models: Models;
  try {
    models = await session.run<Models>("codestral.models");
  } catch (error) {
    const choice = await vscode.window.showWarningMessage(`Codestral: ${reasonOf(error)}`, "Get Ollama", "Try Again");
    if (choice === "Get Ollama") await vscode.env.openExternal(vscode.Uri.parse("https://ollama.com/download"));
    if (choice === "Try Again") await setUpLocal(session);
    return;
  }
  const title = "Codestral: which model? The licence stands beside it";
  const choice = await vscode.window.showQuickPick(choices(models.offers), { title, matchOnDescription: true, ignoreFocusOut: true });
  if (!choice) return;
  const { offer } = choice;
  if (!offer.installed) {
    const question = `Download ${offer.name}: ${describe(offer)}?`;
    const answer = await vscode.window.showInformationMessage(question, { modal: true }, "Download");
    if (answer !== "Download" || !(await download(session, offer.name))) return;
  }
  await choose({ backend: "ollama", "ollama.model": offer.name });
  void vscode.window.showInformationMessage(`Codestral: ${offer.name} completes from now on.`);
}

/** Has the server fetch a model, as often as the user wants to go on with it. Tells whether it is there. */
async function download(session: Session, model: string): Promise<boolean> {
  for (;;) {
    try {
      await session.run("codestral.pull", model);
      return true;
    } catch (error) {
      const said = isCancelled(error) ? `The download of ${model} was stopped. What was fetched is kept.` : reasonOf(error);
      if ((await vscode.window.showWarningMessage(`Codestral: ${said}`, "Go On")) !== "Go On") return false;
    }
  }
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
export async function selectEngine(session: Session): Promise<void> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const now = settings.get("backend", "auto");
  const items = ENGINES.map((engine) => ({ ...engine, ...(engine.label === now ? { detail: "used now" } : {}) }));
  const engine = await vscode.window.showQuickPick(items, { title: "Codestral: engine", matchOnDescription: true });
  if (!engine) return;
  const name = `${engine.label}.model`;
  const values: Record<string, unknown> = { backend: engine.label };
  if (settings.inspect(name)?.defaultValue !== undefined) {
    const model = await askModel(session, engine.label, settings.get<string | null>(name) ?? "");
    if (model === undefined) return;
    if (model !== "") values[name] = model;
  }
  await choose(values);
}

async function askModel(session: Session, engine: string, now: string): Promise<string | undefined> {
  const title = `Codestral: model for ${engine}`;
  const here = engine === "ollama" ? await session.run<Models>("codestral.models").catch(() => undefined) : undefined;
  if (here && here.installed.length > 0) return vscode.window.showQuickPick(here.installed, { title });
  return vscode.window.showInputBox({ title, value: now });
}
