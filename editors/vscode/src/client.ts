/** The language client: which documents the server serves, and which settings it is given. */

import { homedir } from "node:os";
import * as vscode from "vscode";
import {
  CloseAction,
  DidChangeConfigurationNotification,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  ResponseError,
  RevealOutputChannelOn,
  State,
  TransportKind,
  WorkDoneProgressCancelNotification,
} from "vscode-languageclient/node";
import { wayBack } from "./wayBack";
import { SHOWS_ACTIONS } from "./offer";
import { previewed } from "./preview";
import { Progresses } from "./progress";
import { Crashes } from "./server/crashes";
import { pick, type Tree, userSettings } from "./settings";
import { logLines } from "./server/log";

export const SECTION = "codestral";

/** Text that a user writes. Left out: output channels, the two sides of a diff, and other views of text. */
const DOCUMENTS = [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-notebook-cell" }, { scheme: "vscode-vfs" }];

/** Every setting the extension contributes, without the section's name. */
function settingNames(extension: vscode.Extension<unknown>): string[] {
  const manifest = extension.packageJSON as { contributes: { configuration: { properties: Record<string, unknown> } } };
  return Object.keys(manifest.contributes.configuration.properties).map((name) => name.slice(SECTION.length + 1));
}

/** What the client asks of the session it belongs to. */
export interface Owner {
  /** Told why a server that keeps crashing is not started again. */
  onGivenUp(why: string): void;
  /** Whether edits are to be shown before they are made. */
  isPreviewing(): boolean;
  /** Resolves when no page is about to take the focus. */
  pagesOpened(): Promise<void>;
  /** Runs a command of the server's that VS Code was asked for, from a quick fix say. */
  perform<T>(command: string, run: () => Promise<T>): Promise<T>;
}

/** Makes a client, not started yet. */
export function createClient(
  extension: vscode.Extension<unknown>,
  [command = "", ...args]: readonly string[],
  log: vscode.LogOutputChannel,
  owner: Owner,
): LanguageClient {
  const names = settingNames(extension);
  const settings = (scope?: vscode.Uri): Tree => {
    const section = vscode.workspace.getConfiguration(SECTION, scope ?? null);
    return userSettings(names, (name) => section.inspect(name));
  };
  let handedOver = "";
  const crashes = new Crashes();
  const progresses = new Progresses((token) => void client.sendNotification(WorkDoneProgressCancelNotification.type, { token }));
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    stdioOptions: { stdout: () => undefined, stderr: (stream) => logLines(stream, log) },
    initializationOptions: () => {
      const now = settings();
      handedOver = JSON.stringify(now);
      return now;
    },
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }), // a broken pipe is closed right after
      closed: () => {
        if (crashes.mayRestart(Date.now())) return { action: CloseAction.Restart, handled: true };
        const why = `It crashed ${crashes.limit + 1} times within ${crashes.withinMs / 60_000} minutes.`;
        owner.onGivenUp(why);
        return { action: CloseAction.DoNotRestart, handled: true, message: why };
      },
    },
    middleware: {
      handleWorkDoneProgress: (token, step, next) => progresses.step(token, step, () => next(token, step)),
      executeCommand: (command, args, next) => owner.perform(command, async () => next(command, args)),
      workspace: {
        handleApplyEdit: async (params, next) => {
          const { token } = new vscode.CancellationTokenSource();
          if (!owner.isPreviewing()) return next(params, token);
          const { label = "Codestral", edit } = params;
          const goBack = wayBack(edit);
          const result = await next({ ...params, edit: previewed(edit, label) }, token);
          await owner.pagesOpened();
          await goBack(!(result instanceof ResponseError) && result.applied);
          return result;
        },
        configuration: (params) =>
          params.items.map(({ section, scopeUri }) =>
            pick(settings(scopeUri ? vscode.Uri.parse(scopeUri) : undefined), section ?? SECTION),
          ),
        didChangeConfiguration: async () => {
          // The client tells us of every change, of anybody's settings.
          const now = JSON.stringify(settings());
          if (now === handedOver) return;
          handedOver = now;
          await client.sendNotification(DidChangeConfigurationNotification.type, { settings: { [SECTION]: settings() } });
        },
      },
    },
  };
  // Not the workspace, which is where the client would start it: a program looks for its parts where it is started.
  const executable = { command, args, transport: TransportKind.stdio, options: { cwd: homedir() } };
  const client = new LanguageClient(SECTION, "Codestral", executable, options);
  client.registerFeature(SHOWS_ACTIONS);
  client.onDidChangeState(({ newState }) => {
    if (newState !== State.Running) progresses.clear();
  });
  return client;
}
