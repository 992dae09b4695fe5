/** The menu behind the status bar item. */

import * as vscode from "vscode";
import type { Session } from "./session";
import { isEnabled, isEnabledFor, type Snooze } from "./switches";

type Entry = vscode.QuickPickItem & { readonly run?: string };

export async function showMenu(session: Session, snooze: Snooze, state: readonly string[]): Promise<void> {
  const language = vscode.window.activeTextEditor?.document.languageId;
  const turn = (name: string, on: boolean): string => (on ? `Turn Off ${name}` : `Turn On ${name}`);
  const when = (command: string, label: string, run: string): Entry[] => (session.can(command) ? [{ label, run }] : []);
  const part = (label: string): Entry => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const entries: Entry[] = [
    part("suggestions"),
    { label: turn("Completions", isEnabled()), run: "toggle" },
    ...(language ? [{ label: turn(`Completions in ${language}`, isEnabledFor(language)), run: "toggleLanguage" }] : []),
    snooze.until ? { label: "End the Snooze", run: "endSnooze" } : { label: "Snooze…", run: "snooze" },
    part("look into it"),
    ...when("codestral.why", "Why No Suggestion?", "why"),
    ...when("codestral.sent", "What Was Sent?", "sent"),
    ...when("codestral.stats", "Use and Spend", "stats"),
    ...when("codestral.statsPage", "Use and Spend in the Browser", "statsPage"),
    ...when("codestral.doctor", "Examine the Set-up", "doctor"),
    { label: "Show Log", run: "showLog" },
    part("set up"),
    { label: "Switch Engine or Model…", run: "selectEngine" },
    { label: "Set API Key…", run: "setKey" },
    { label: "Open the Walkthrough", run: "walkthrough" },
    { label: "Settings", run: "settings" },
    { label: "Restart Server", run: "restart" },
  ];
  const choice = await vscode.window.showQuickPick(entries, { title: state.join(" · "), placeHolder: "Codestral" });
  if (choice?.run) await vscode.commands.executeCommand(`codestral.ui.${choice.run}`);
}
