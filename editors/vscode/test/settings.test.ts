import assert from "node:assert/strict";
import { test } from "node:test";
import { type Inspected, pick, userSettings } from "../src/settings";

const KEYS = ["ui.serverCommand", "enabled", "ollama.url", "ollama.model", "completion.languages", "privacy.ignore"];

function set(values: Record<string, Inspected>) {
  return userSettings(KEYS, (key) => values[key]);
}

test("a user who has set nothing hands over nothing, defaults least of all", () => {
  const untouched = { defaultValue: "codestral" } as Inspected;
  assert.deepEqual(set({ "ollama.model": untouched, "enabled": untouched }), {});
});

test("dotted names become the server's tree", () => {
  assert.deepEqual(
    set({ "ollama.url": { globalValue: "http://gpu:11434" }, "ollama.model": { globalValue: "qwen" }, "enabled": { globalValue: true } }),
    { enabled: true, ollama: { url: "http://gpu:11434", model: "qwen" } },
  );
});

test("a workspace switches off", () => {
  assert.deepEqual(set({ enabled: { globalValue: true, workspaceValue: false } }), { enabled: false });
  assert.deepEqual(
    set({ "completion.languages": { globalValue: { markdown: true, go: true }, workspaceValue: { go: false } } }),
    { completion: { languages: { markdown: true, go: false } } },
  );
});

test("a workspace does nothing else, whatever its settings say", () => {
  assert.deepEqual(set({ enabled: { globalValue: false, workspaceValue: true } }), { enabled: false });
  assert.deepEqual(
    set({
      "ollama.url": { workspaceValue: "http://evil:1" },
      "ollama.model": { globalValue: "codestral", workspaceFolderValue: "huge:cloud" },
      "completion.languages": { globalValue: { go: false }, workspaceValue: { go: true, markdown: true } },
      "privacy.ignore": { globalValue: ["*.key"], workspaceValue: [] },
    }),
    { ollama: { model: "codestral" }, completion: { languages: { go: false } }, privacy: { ignore: ["*.key"] } },
  );
});

test("the extension's own settings stay in the extension", () => {
  assert.deepEqual(set({ "ui.serverCommand": { globalValue: ["/opt/codestral-lsp"] } }), {});
});

test("the server may ask for the section, for a part of it, or for what is not ours", () => {
  const tree = { ollama: { url: "http://gpu:1" } };
  assert.deepEqual(pick(tree, "codestral"), tree);
  assert.equal(pick(tree, "codestral.ollama.url"), "http://gpu:1");
  assert.equal(pick(tree, "codestral.mistral.url"), null);
  assert.equal(pick(tree, "python"), null);
});
