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

test("the narrower scope wins, false and null included", () => {
  assert.deepEqual(set({ enabled: { globalValue: true, workspaceValue: false } }), { enabled: false });
  assert.deepEqual(set({ "ollama.url": { globalValue: "http://gpu:1", workspaceFolderValue: null } }), { ollama: { url: null } });
});

test("tables are merged over the scopes, lists are replaced", () => {
  assert.deepEqual(
    set({
      "completion.languages": { globalValue: { markdown: true, go: false }, workspaceValue: { go: true } },
      "privacy.ignore": { globalValue: ["*.key"], workspaceValue: ["secrets/"] },
    }),
    { completion: { languages: { markdown: true, go: true } }, privacy: { ignore: ["secrets/"] } },
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
