/** Starts the server with the editor and puts its commands and its state within reach. */

import * as vscode from "vscode";
import { type LanguageClient, State } from "vscode-languageclient/node";
import { createClient, SECTION } from "./client";
import { face, type Face, STARTING, stopped } from "./status";

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Codestral", { log: true });
  const item = vscode.window.createStatusBarItem("codestral.status", vscode.StatusBarAlignment.Right, 100);
  item.name = "Codestral";
  item.command = "codestral.ui.menu";
  const show = (next: Face): void => {
    item.text = next.text;
    item.tooltip = next.tooltip.join("\n");
    item.accessibilityInformation = { label: ["Codestral", ...next.tooltip].join("; "), role: "button" };
    item.backgroundColor =
      next.severity === "none" ? undefined : new vscode.ThemeColor(`statusBarItem.${next.severity}Background`);
    item.show();
  };
  context.subscriptions.push(log, item);

  const start = async (): Promise<void> => {
    show(STARTING);
    await client?.dispose().catch((error: unknown) => log.warn(String(error)));
    const next = (client = createClient(context.extension, log, (status) => show(face(status))));
    next.onDidChangeState(({ newState }) => {
      if (newState === State.Starting) show(STARTING); // until the server says what it found
      if (newState === State.Stopped) show(stopped("The log says why; restart it from this menu."));
    });
    try {
      await next.start();
    } catch (error) {
      await explainFailure(error, log, show);
    }
  };

  const register = (name: string, run: () => unknown): void => {
    context.subscriptions.push(vscode.commands.registerCommand(`codestral.ui.${name}`, run));
  };
  register("restart", start);
  register("showLog", () => log.show());
  register("menu", showMenu);
  register("toggle", toggle);
  register("toggleLanguage", toggleLanguage);
  register("dismiss", dismiss);
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration(`${SECTION}.ui.serverCommand`)) await start();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.dispose();
}

async function explainFailure(error: unknown, log: vscode.LogOutputChannel, show: (face: Face) => void): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  const missing = /ENOENT/.test(reason);
  const message = missing
    ? "Codestral: the program codestral-lsp was not found. Install it, or say where it is in the setting codestral.ui.serverCommand."
    : `Codestral: the server did not start: ${reason}`;
  log.error(message);
  show(stopped(message));
  const choices = missing ? ["Open Settings", "Show Log"] : ["Show Log"];
  const choice = await vscode.window.showErrorMessage(message, ...choices);
  if (choice === "Show Log") log.show();
  if (choice === "Open Settings") {
    await vscode.commands.executeCommand("workbench.action.openSettings", `${SECTION}.ui.serverCommand`);
  }
}

async function showMenu(): Promise<void> {
  const language = vscode.window.activeTextEditor?.document.languageId;
  const off = (name: string, on: boolean): string => (on ? `Turn Off ${name}` : `Turn On ${name}`);
  const entries = [
    { label: off("Completions", isEnabled()), command: "toggle" },
    ...(language ? [{ label: off(`Completions in ${language}`, isEnabledFor(language)), command: "toggleLanguage" }] : []),
    { label: "Restart Server", command: "restart" },
    { label: "Show Log", command: "showLog" },
  ];
  const choice = await vscode.window.showQuickPick(entries, { title: "Codestral" });
  if (choice) await vscode.commands.executeCommand(`codestral.ui.${choice.command}`);
}

function isEnabled(): boolean {
  return vscode.workspace.getConfiguration(SECTION).get("enabled", true);
}

function isEnabledFor(language: string): boolean {
  const languages = vscode.workspace.getConfiguration(SECTION).get<Record<string, boolean>>("completion.languages", {});
  return languages[language] ?? true;
}

async function toggle(): Promise<void> {
  await vscode.workspace
    .getConfiguration(SECTION)
    .update("enabled", !isEnabled(), vscode.ConfigurationTarget.Global);
}

async function toggleLanguage(): Promise<void> {
  const language = vscode.window.activeTextEditor?.document.languageId;
  if (!language) return;
  const section = vscode.workspace.getConfiguration(SECTION);
  const set = section.inspect<Record<string, boolean>>("completion.languages")?.globalValue;
  const languages = { ...set, [language]: !isEnabledFor(language) };
  await section.update("completion.languages", languages, vscode.ConfigurationTarget.Global);
}

/** Hides the suggestion as Escape does, and tells the server, which VS Code itself cannot do for an extension. */
async function dismiss(): Promise<void> {
  await vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
  const editor = vscode.window.activeTextEditor;
  if (!client?.isRunning() || !editor) return;
  await client.sendNotification("codestral/didDismissCompletion", {
    textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(editor.document),
    position: client.code2ProtocolConverter.asPosition(editor.selection.active),
  });
}
