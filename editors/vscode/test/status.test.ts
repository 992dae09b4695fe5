import assert from "node:assert/strict";
import { test } from "node:test";
import { face, stopped } from "../src/status";

test("a healthy server shows which model answers, and which engine when there is no model", () => {
  assert.equal(face({ kind: "Normal", engine: "ollama", model: "codestral" }).text, "$(sparkle) codestral");
  assert.equal(face({ kind: "Normal", engine: "workspace" }).text, "$(sparkle) workspace");
});

test("work in progress spins", () => {
  assert.equal(face({ kind: "Normal", engine: "workspace", busy: true }).text, "$(loading~spin) workspace");
});

test("a problem comes with its cause and its cure", () => {
  const shown = face({ kind: "Error", message: "Ollama is not running.", cure: "Run `ollama serve`.", engine: "ollama" });
  assert.equal(shown.severity, "error");
  assert.equal(shown.text, "$(error) Codestral");
  assert.deepEqual(shown.tooltip, ["Ollama is not running.", "ollama", "Run `ollama serve`."]);
});

test("nothing is said twice, and nothing empty is said", () => {
  assert.deepEqual(face({ kind: "Warning", message: "Busy.", detail: "Busy.", cure: null }).tooltip, ["Busy."]);
});

test("a server that is gone is an error", () => {
  assert.equal(stopped("It crashed.").severity, "error");
});

test("off in this document says why, and what would answer", () => {
  const shown = face({ kind: "Normal", engine: "ollama", model: "codestral" }, "completions are turned off for go");
  assert.equal(shown.text, "$(circle-slash) Codestral");
  assert.deepEqual(shown.tooltip, ["Off here: completions are turned off for go", "ollama · codestral"]);
});

test("a problem is shown wherever the user is", () => {
  assert.equal(face({ kind: "Error", message: "Ollama is not running." }, "snoozed").severity, "error");
});
