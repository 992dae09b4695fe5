/** Has an edit shown before it is made: VS Code asks about each change that wants to be confirmed. */

import type { Position, TextEdit, WorkspaceEdit } from "vscode-languageclient/node";

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

/** Where the cursor belongs once an edit is made: behind what is written lowest in its first document. */
export function behind(edit: WorkspaceEdit): { uri: string; position: Position } | undefined {
  const [document] = [
    ...(edit.documentChanges ?? []).flatMap((change) =>
      "edits" in change ? [{ uri: change.textDocument.uri, edits: change.edits.filter((each) => "newText" in each) }] : [],
    ),
    ...Object.entries(edit.changes ?? {}).map(([uri, edits]) => ({ uri, edits })),
  ];
  const edits = [...(document?.edits ?? [])].sort((one, other) => one.range.start.line - other.range.start.line);
  const last = edits.pop();
  if (!document || !last) return undefined;
  const { start } = last.range;
  const written = last.newText.trimEnd().split("\n");
  const added = edits.map(({ range, newText }) => newText.split("\n").length - 1 - (range.end.line - range.start.line));
  const line = added.reduce((sum, lines) => sum + lines, start.line) + written.length - 1;
  const character = written.at(-1)!.length + (written.length === 1 ? start.character : 0);
  return { uri: document.uri, position: { line, character } };
}
