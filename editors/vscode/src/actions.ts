/** Explain, find bugs, generate and their kin: starts them where the user is, and shows what is written as it is written. */

import * as vscode from "vscode";
import type { StaticFeature } from "vscode-languageclient/node";
import type { Pages } from "./pages";
import type { Session } from "./session";
import { grown, type Progressed, shown } from "./written";

/** What the server can do where the cursor is; each a command of ours and of the server's. */
export const ACTIONS = ["explain", "findBug", "generate", "document", "writeTests"] as const;
type Action = (typeof ACTIONS)[number];

/** Says to the server that we show by ourselves what its actions write. */
export const SHOWS_ACTIONS: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), codestral: { actions: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

export class Actions {
  readonly #session: Session;
  readonly #pages: Pages;
  readonly #texts = new Map<string, string>();
  readonly #writers = new Map<string, Promise<(text: string) => void>>();

  constructor(session: Session, pages: Pages) {
    this.#session = session;
    this.#pages = pages;
  }

  /** Takes in how an action goes; what is Markdown is shown from its first words on. */
  progress(step: Progressed): void {
    const text = grown(this.#texts.get(step.id) ?? "", step);
    this.#texts.set(step.id, text);
    if (step.languageId === "markdown" && (text !== "" || step.state !== "running")) {
      if (!this.#writers.has(step.id)) this.#writers.set(step.id, this.#pages.show(step.title, ""));
      void this.#writers.get(step.id)?.then((write) => write(shown(step, text)));
    }
    if (step.state !== "running" && step.state !== "paused") {
      this.#texts.delete(step.id);
      this.#writers.delete(step.id);
    }
  }

  /** Runs an action on the selection, or where the cursor is. */
  async run(action: Action): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) return;
    const place = this.#place(editor);
    switch (action) {
      case "explain":
      case "document":
        await this.#session.ask(`codestral.${action}`, place);
        return;
      case "generate":
        return this.#generate(place);
      case "findBug":
        return this.#findBug(place);
      case "writeTests":
        return this.#writeTests(place, editor.document.languageId);
    }
  }

  async #generate(place: object): Promise<void> {
    const instruction = await vscode.window.showInputBox({
      title: "Codestral: what is to be written here?",
      prompt: "Left empty: what the comment says, or the empty function's name and signature.",
    });
    if (instruction === undefined) return;
    // What comes is shown beside what is there, and only then kept or thrown away.
    await this.#session.previewing(() => this.#session.ask("codestral.generate", { ...place, instruction }));
  }

  async #findBug(place: object): Promise<void> {
    const found = await this.#session.ask<{ findings: readonly unknown[]; note: string }>("codestral.findBug", place);
    if (!found) return;
    const count = found.findings.length;
    const what = count === 0 ? "found no bug here" : count === 1 ? "found one bug" : `found ${count} bugs`;
    const choice = await vscode.window.showInformationMessage(
      ["Codestral", what, found.note].filter(Boolean).join(": "),
      ...(count > 0 ? ["Show"] : []),
    );
    if (choice) await vscode.commands.executeCommand("workbench.actions.view.problems");
  }

  async #writeTests(place: object, language: string): Promise<void> {
    const written = await this.#session.ask<{ code: string; note: string }>("codestral.writeTests", place);
    if (!written) return;
    if (written.note) void vscode.window.showInformationMessage(`Codestral: ${written.note}`);
    const document = await vscode.workspace.openTextDocument({ content: written.code, language });
    await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
  }

  #place({ document, selection }: vscode.TextEditor): object {
    const { line, character } = selection.active;
    const at = (place: vscode.Position): object => ({ line: place.line, character: place.character });
    const range = { start: at(selection.start), end: at(selection.end) };
    return { uri: document.uri.toString(), ...(selection.isEmpty ? { position: { line, character } } : { range }) };
  }
}
