/** Starts the server with the editor and puts its commands and its state within reach. */

import * as vscode from "vscode";
import { Actions } from "./actions";
import { showSent, showText, showWhy } from "./inspect";
import { Keys } from "./keys";
import { showMenu } from "./menu";
import { ACTIONS } from "./offer";
import { Pages } from "./pages";
import { Session } from "./session";
import { selectEngine, setUpLocal, setUpMistral, WALKTHROUGH } from "./setup";
import { StatusBar } from "./statusBar";
import { askMinutes, Snooze, toggle, toggleLanguage } from "./switches";

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Codestral", { log: true });
  const keys = new Keys(context.secrets);
  const snooze = new Snooze();
  const bar = new StatusBar(snooze);
  const pages = new Pages();
  const server = (session = new Session(context, log, bar, keys, snooze, pages));
  const actions = new Actions(server, pages);
  context.subscriptions.push(log, keys, snooze, bar, pages, server);
  server.onDidStep((step) => actions.progress(step));
  server.onDidFinish((what) => actions.finished(what));

  const commands: Record<string, () => unknown> = {
    menu: () => showMenu(server, snooze, bar.lines),
    restart: () => server.start(),
    showLog: () => log.show(),
    settings: () => vscode.commands.executeCommand("workbench.action.openSettings", "@ext:codestral-lsp.codestral-lsp"),
    walkthrough: () => vscode.commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH),
    toggle,
    toggleLanguage,
    snooze: async () => snooze.set((await askMinutes()) ?? snooze.minutes),
    endSnooze: () => snooze.set(0),
    dismiss: () => dismiss(server),
    acceptWord: () => vscode.commands.executeCommand("editor.action.inlineSuggest.acceptNextWord"),
    acceptLine: () => vscode.commands.executeCommand("editor.action.inlineSuggest.acceptNextLine"),
    setUpLocal: () => setUpLocal(server),
    setUpMistral: () => setUpMistral(keys),
    setKey: () => keys.ask(),
    selectEngine: () => selectEngine(server),
    why: () => showWhy(server, pages),
    sent: () => showSent(server, pages),
    stats: () => showText(server, pages, "codestral.stats", "Use and spend"),
    statsPage: () => server.ask("codestral.statsPage"),
    doctor: () => showText(server, pages, "codestral.doctor", "The set-up"),
    trustWorkspace: () => trustWorkspace(server),
    ask: () => actions.question(),
    findBugOfError: () => actions.blame(),
    ...Object.fromEntries(ACTIONS.map((action) => [action, () => actions.run(action)])),
  };
  for (const [name, run] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(`codestral.ui.${name}`, run));
  }
  await server.start();
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}

/** Hides the suggestion as Escape does, and tells the server, which VS Code itself cannot do for an extension. */
async function dismiss(server: Session): Promise<void> {
  await vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
  const { client } = server;
  const editor = vscode.window.activeTextEditor;
  if (!client || !editor) return;
  await client.sendNotification("codestral/didDismissCompletion", {
    textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(editor.document),
    position: client.code2ProtocolConverter.asPosition(editor.selection.active),
  });
}

/** Lets the project's own .codestral.toml have a say; not before the editor itself is told to trust the workspace. */
async function trustWorkspace(server: Session): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    await vscode.commands.executeCommand("workbench.trust.manage");
    return;
  }
  const files = await server.ask<readonly string[]>("codestral.trustWorkspace");
  if (!files) return;
  const what = files.length > 0 ? `${files.join(", ")} has a say from now on.` : "There is no .codestral.toml in this workspace.";
  void vscode.window.showInformationMessage(`Codestral: ${what}`);
}
