import assert from "node:assert/strict";
import { test } from "node:test";
import { behind, previewed } from "../src/preview";
import { grown, type Progressed, shown } from "../src/written";

const step = (at: number, text: string, more: Partial<Progressed> = {}): Progressed => ({
  id: "1",
  kind: "explain",
  title: "Explaining total",
  languageId: "markdown",
  state: "running",
  message: "",
  at,
  text,
  ...more,
});

test("a text grows at its end, and is put right where the model's words were", () => {
  assert.equal(grown("", step(0, "It adds")), "It adds");
  assert.equal(grown("It adds", step(7, " up.")), "It adds up.");
  assert.equal(grown("It adds 🛒 up", step(11, "prices.")), "It adds 🛒 prices.");
});

test("a page says how it goes until there is something to read, and what went wrong", () => {
  assert.equal(shown(step(0, ""), ""), "# Explaining total\n\n*…*\n");
  assert.equal(shown(step(0, "It adds."), "It adds."), "# Explaining total\n\nIt adds.\n");
  assert.equal(shown(step(0, ""), "# total\n\nIt adds."), "# total\n\nIt adds.\n");
  assert.match(shown(step(0, "", { state: "failed", message: "Ollama is gone." }), "It"), /It\n\n\*Ollama is gone\.\*/);
});

test("code that is being written is shown as code", () => {
  const page = shown(step(0, "", { kind: "generate", title: "Writing code", languageId: "python" }), "# one\nx = 1\n");
  assert.equal(page, "# Writing code\n\n~~~~python\n# one\nx = 1\n~~~~\n");
});

test("an edit that is to be previewed has every change of text confirmed", () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const { documentChanges, changeAnnotations } = previewed(
    {
      documentChanges: [{ textDocument: { uri: "file:///a.py", version: 3 }, edits: [{ range, newText: "x" }] }],
      changes: { "file:///b.py": [{ range, newText: "y" }] },
    },
    "Generate",
  );
  assert.deepEqual(Object.values(changeAnnotations ?? {}), [{ label: "Generate", needsConfirmation: true }]);
  const edits = documentChanges!.flatMap((change) => ("edits" in change ? change.edits : []));
  assert.equal(edits.length, 2);
  assert.ok(edits.every((edit) => "annotationId" in edit));
});

test("the cursor belongs behind the code that was written, wherever imports went", () => {
  const at = (line: number, character: number) => ({ line, character });
  const edits = [
    { range: { start: at(4, 4), end: at(4, 8) }, newText: "a = 1\n    return a\n" },
    { range: { start: at(0, 0), end: at(0, 0) }, newText: "import os\n" },
  ];
  const change = { textDocument: { uri: "file:///a.py", version: 3 }, edits };
  assert.deepEqual(behind({ documentChanges: [change] }), { uri: "file:///a.py", position: at(6, 12) });
  const one = [{ range: { start: at(4, 4), end: at(4, 8) }, newText: "return 1" }];
  assert.deepEqual(behind({ changes: { "file:///a.py": one } })?.position, at(4, 12));
  assert.equal(behind({}), undefined);
});
