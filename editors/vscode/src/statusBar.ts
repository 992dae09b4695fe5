/** The status bar item: what the server does, and whether it does it in the document that is looked at. */

import * as vscode from "vscode";
import { isEnabled, isEnabledFor, type Snooze } from "./switches";
import { face, type Face, starting, type Status, stopped } from "./status";

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("codestral.status", vscode.StatusBarAlignment.Right, 100);
  readonly #snooze: Snooze;
  readonly #subscriptions: vscode.Disposable[];
  #fixed: Face | undefined;
  #status: Status | undefined;
  #here = "";

  constructor(snooze: Snooze) {
    this.#snooze = snooze;
    this.#item.name = "Codestral";
    this.#item.command = "codestral.ui.menu";
    const refresh = (): void => this.#refresh();
    this.#subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(refresh),
      vscode.workspace.onDidChangeConfiguration(refresh),
      snooze.onDidChange(refresh),
    ];
    this.starting();
  }

  /** What the status bar says now, a line each. */
  get lines(): readonly string[] {
    return this.#face().tooltip;
  }

  starting(step?: string): void {
    this.#fix(starting(step));
  }

  stopped(why: string): void {
    this.#fix(stopped(why));
  }

  /** The server runs, and says this of itself. */
  show(status: Status): void {
    this.#status = status;
    this.#fixed = undefined;
    this.#refresh();
  }

  /** Why the server suggests nothing in the document that is looked at; empty if it does. */
  here(reason: string): void {
    this.#here = reason;
    this.#refresh();
  }

  dispose(): void {
    for (const each of [this.#item, ...this.#subscriptions]) each.dispose();
  }

  #fix(shown: Face): void {
    this.#fixed = shown;
    this.#refresh();
  }

  #face(): Face {
    return this.#fixed ?? (this.#status ? face(this.#status, this.#off()) : starting());
  }

  /** Why nothing is suggested where the user is. */
  #off(): string | undefined {
    const document = vscode.window.activeTextEditor?.document;
    if (!isEnabled()) return "completions are turned off";
    if (this.#snooze.until) return `snoozed until ${this.#snooze.until.toLocaleTimeString([], { timeStyle: "short" })}`;
    if (document && !isEnabledFor(document.languageId)) return `completions are turned off for ${document.languageId}`;
    return this.#here || undefined;
  }

  #refresh(): void {
    const { text, tooltip, severity } = this.#face();
    this.#item.text = text;
    this.#item.tooltip = tooltip.join("\n");
    this.#item.accessibilityInformation = { label: ["Codestral", ...tooltip].join("; "), role: "button" };
    this.#item.backgroundColor =
      severity === "none" ? undefined : new vscode.ThemeColor(`statusBarItem.${severity}Background`);
    this.#item.show();
  }
}
