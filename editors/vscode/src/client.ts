/** The language client: which program serves, which documents it serves, and which settings it is given. */

import * as vscode from "vscode";
import {
  DidChangeConfigurationNotification,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  TransportKind,
} from "vscode-languageclient/node";
import { pick, type Tree, userSettings } from "./settings";
import type { Status } from "./status";

export const SECTION = "codestral";

/** Text that a user writes. Left out: output channels, the two sides of a diff, and other views of text. */
const DOCUMENTS = [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-notebook-cell" }, { scheme: "vscode-vfs" }];

/** Every setting the extension contributes, without the section's name. */
function settingNames(extension: vscode.Extension<unknown>): string[] {
  const manifest = extension.packageJSON as { contributes: { configuration: { properties: Record<string, unknown> } } };
  return Object.keys(manifest.contributes.configuration.properties).map((name) => name.slice(SECTION.length + 1));
}

/** Makes a client, not started yet. */
export function createClient(
  extension: vscode.Extension<unknown>,
  log: vscode.LogOutputChannel,
  onStatus: (status: Status) => void,
): LanguageClient {
  const names = settingNames(extension);
  const settings = (scope?: vscode.Uri): Tree => {
    const section = vscode.workspace.getConfiguration(SECTION, scope ?? null);
    return userSettings(names, (name) => section.inspect(name));
  };
  const [command = "codestral-lsp", ...args] = vscode.workspace
    .getConfiguration(SECTION)
    .get<string[]>("ui.serverCommand", []);
  let handedOver = "";
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: () => {
      const now = settings();
      handedOver = JSON.stringify(now);
      return now;
    },
    middleware: {
      workspace: {
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
  const client = new LanguageClient(SECTION, "Codestral", { command, args, transport: TransportKind.stdio }, options);
  client.onNotification("codestral/didChangeStatus", onStatus);
  return client;
}
