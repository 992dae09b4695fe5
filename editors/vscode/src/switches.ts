/** On and off: everywhere, for a language, for a while. */

import * as vscode from "vscode";

const SECTION = "codestral";

export function isEnabled(): boolean {
  return vscode.workspace.getConfiguration(SECTION).get("enabled", true);
}

export function isEnabledFor(language: string): boolean {
  const languages = vscode.workspace.getConfiguration(SECTION).get<Record<string, boolean>>("completion.languages", {});
  return languages[language] ?? true;
}

export async function toggle(): Promise<void> {
  const on = !isEnabled();
  await vscode.workspace.getConfiguration(SECTION).update("enabled", on, vscode.ConfigurationTarget.Global);
}

export async function toggleLanguage(): Promise<void> {
  const language = vscode.window.activeTextEditor?.document.languageId;
  if (!language) return;
  const section = vscode.workspace.getConfiguration(SECTION);
  const set = section.inspect<Record<string, boolean>>("completion.languages")?.globalValue;
  const languages = { ...set, [language]: !isEnabledFor(language) };
  await section.update("completion.languages", languages, vscode.ConfigurationTarget.Global);
}

/** A pause that ends by itself. The server is told anew when it had to be restarted. */
export class Snooze implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #until: Date | undefined;
  #timer: NodeJS.Timeout | undefined;

  get until(): Date | undefined {
    return this.#until;
  }

  /** Minutes that are left, 0 when there is no pause. */
  get minutes(): number {
    return this.#until ? Math.max(0, (this.#until.getTime() - Date.now()) / 60_000) : 0;
  }

  /** Starts a pause; 0 ends it. */
  set(minutes: number): void {
    clearTimeout(this.#timer);
    this.#until = minutes > 0 ? new Date(Date.now() + minutes * 60_000) : undefined;
    if (this.#until) this.#timer = setTimeout(() => this.set(0), minutes * 60_000);
    void vscode.commands.executeCommand("setContext", "codestral.isSnoozed", this.#until !== undefined);
    this.#changed.fire();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }
}

/** Asks how long; undefined when the user has thought better of it. */
export async function askMinutes(): Promise<number | undefined> {
  const choices = [5, 15, 60].map((minutes) => ({ label: minutes < 60 ? `${minutes} minutes` : "1 hour", minutes }));
  return (await vscode.window.showQuickPick(choices, { title: "Codestral: no suggestions for" }))?.minutes;
}
