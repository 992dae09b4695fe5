/** From what is shown beside the code back to the code. */

import * as vscode from "vscode";
import type { WorkspaceEdit } from "vscode-languageclient/node";
import { behind } from "./preview";

/**
 * Notes where the user is before an edit is shown. What is given back takes them there again: behind what was written
 * if the edit is made.
 */
export function wayBack(edit: WorkspaceEdit): (isMade: boolean) => Promise<void> {
  const place = behind(edit);
  const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === place?.uri);
  if (!place || !editor) return async () => {};
  const { document, viewColumn, selection: before } = editor;
  return async (isMade) => {
    const at = new vscode.Position(place.position.line, place.position.character);
    const selection = isMade ? new vscode.Range(at, at) : before;
    await vscode.window.showTextDocument(document, { ...(viewColumn && { viewColumn }), selection });
  };
}
