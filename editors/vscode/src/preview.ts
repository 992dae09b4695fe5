/** Has an edit shown before it is made: VS Code asks about each change that wants to be confirmed. */

import type { TextEdit, WorkspaceEdit } from "vscode-languageclient/node";

const ANNOTATION = "codestral";

/** The same edit, every change of text in it to be confirmed. */
export function previewed(edit: WorkspaceEdit, label: string): WorkspaceEdit {
  const annotate = (each: TextEdit) => ({ ...each, annotationId: ANNOTATION });
  const changes = Object.entries(edit.changes ?? {}).map(([uri, edits]) => ({
    textDocument: { uri, version: null },
    edits: edits.map(annotate),
  }));
  const documentChanges = (edit.documentChanges ?? []).map((change) =>
    "edits" in change
      ? { ...change, edits: change.edits.map((each) => ("range" in each && "newText" in each ? annotate(each) : each)) }
      : change,
  );
  return {
    changeAnnotations: { ...edit.changeAnnotations, [ANNOTATION]: { label, needsConfirmation: true } },
    documentChanges: [...documentChanges, ...changes],
  };
}
