/** Explain, find bugs, generate and their kin: starts them where the user is, and shows what is written as it is written. */

import * as vscode from "vscode";
import type { Action } from "./offer";
import type { Pages } from "./pages";
import type { Finished, Session } from "./session";
import { grown, type Progressed, shown } from "./written";

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
    if ((step.languageId === "markdown" || step.kind === "generate") && (text !== "" || step.state !== "running")) {
      if (!this.#writers.has(step.id)) this.#writers.set(step.id, this.#pages.show(step.title, ""));
      void this.#writers.get(step.id)?.then((write) => write(shown(step, text)));
    }
    if (step.kind === "write-tests" && step.state === "done") void open(text, step.languageId);
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
    const instruction = action === "generate" ? await askInstruction() : "";
    if (instruction !== undefined) await this.#session.ask(`codestral.${action}`, { ...place, instruction });
  }

  /** Asks something about the selection, or about what is at the cursor; what was explained before goes along. */
  async question(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) return;
    const place = this.#place(editor);
    const instruction = await vscode.window.showInputBox({ title: "Codestral: what do you want to know about this?" });
    if (instruction) await this.#session.ask("codestral.explain", { ...place, instruction });
  }

  /** Looks for the bug behind the error on the clipboard, in the file where it was raised. */
  async blame(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const error = (await vscode.env.clipboard.readText()).trim();
    if (!editor) return;
    if (error === "") {
      void vscode.window.showInformationMessage("Codestral: copy an error or a traceback first.");
      return;
    }
    const uri = editor.document.uri.toString();
    const hunt = await this.#session.ask<Outcome>("codestral.findBug", { uri, error });
    const guilty = hunt?.frames?.[0];
    if (!guilty || guilty.uri === uri || (hunt.findings?.length ?? 0) > 0) return;
    const place = new vscode.Position(guilty.line, 0);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(guilty.uri));
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(place, place) });
    await this.#session.ask("codestral.findBug", { uri: document.uri.toString(), error });
  }

  /** Says what came of an action where that is not to be seen. */
  async finished({ command, answer }: Finished): Promise<void> {
    if (!isOutcome(answer)) return;
    const { id, findings, note = "" } = answer;
    if (id === "") return; // nothing was looked for here: whoever asked goes where the error was raised
    if (command !== "codestral.findBug" && note === "") return;
    const count = findings?.length ?? 0;
    const bugs = count === 0 ? "found no bug here" : count === 1 ? "found one bug" : `found ${count} bugs`;
    const said = ["Codestral", ...(command === "codestral.findBug" ? [bugs] : []), note].filter(Boolean).join(": ");
    const choice = await vscode.window.showInformationMessage(said, ...(count > 0 ? ["Show"] : []));
    if (choice) await vscode.commands.executeCommand("workbench.actions.view.problems");
  }

  #place({ document, selection }: vscode.TextEditor): object {
    const { line, character } = selection.active;
    const at = (place: vscode.Position): object => ({ line: place.line, character: place.character });
    const range = { start: at(selection.start), end: at(selection.end) };
    return { uri: document.uri.toString(), ...(selection.isEmpty ? { position: { line, character } } : { range }) };
  }
}

/** What the server answers about an action, as far as it is told here. */
interface Outcome {
  /** Empty if no action was begun. */
  readonly id: string;
  readonly findings?: readonly unknown[];
  /** The workspace's lines that an error names, the one most likely to blame first. */
  readonly frames?: readonly { readonly uri: string; readonly line: number }[];
  /** What the user should be told; empty if nothing. */
  readonly note?: string;
}

function isOutcome(answer: unknown): answer is Outcome {
  return typeof answer === "object" && answer !== null && "id" in answer;
}

function askInstruction(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: "Codestral: what is to be written here?",
    prompt: "Left empty: what the comment says, or the empty function's name and signature.",
  });
}

async function open(content: string, language: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ content, language });
  await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
}
