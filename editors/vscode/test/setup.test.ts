import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { describe, MODELS, recommend } from "../src/models";
import { installed, type Progress, pull } from "../src/ollama";

test("the recommended model fits the memory and may be used for anything", () => {
  assert.equal(recommend(64).name, "qwen2.5-coder:14b-base");
  assert.equal(recommend(16).name, "qwen2.5-coder:7b-base");
  assert.equal(recommend(8).name, "qwen2.5-coder:1.5b-base");
  assert.equal(recommend(1).warning, undefined);
});

test("a licence that forbids production is said beside the model", () => {
  const codestral = MODELS.find(({ name }) => name === "codestral")!;
  assert.match(describe(codestral), /13 GB · Mistral AI Non-Production Licence · not for production/);
});

/** An Ollama that answers one request with these lines. */
async function ollama(lines: readonly object[]): Promise<{ url: string; stop(): void }> {
  const server = createServer((_, answer) => {
    // In two pieces that do not end where the lines end, as they come over a network.
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    answer.write(text.slice(0, 20));
    setTimeout(() => answer.end(text.slice(20)), 20);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}

test("a download tells how far it is", async (context) => {
  const { url, stop } = await ollama([
    { status: "pulling manifest" },
    { status: "pulling 0a", total: 100, completed: 40 },
    { status: "success" },
  ]);
  context.after(stop);
  const seen: Progress[] = [];
  await pull(url, "m", new AbortController().signal, (progress) => seen.push(progress));
  assert.deepEqual(seen[1], { status: "pulling 0a", done: 40, total: 100 });
  assert.equal(seen.length, 3);
});

test("a download that fails says what Ollama said, one that ends early says that", async (context) => {
  const pulling = async (lines: readonly object[]): Promise<void> => {
    const { url, stop } = await ollama(lines);
    context.after(stop);
    await pull(url, "m", new AbortController().signal, () => {});
  };
  await assert.rejects(pulling([{ error: "pull model manifest: file does not exist" }]), /file does not exist/);
  await assert.rejects(pulling([{ status: "pulling 0a", total: 9, completed: 1 }]), /ended early/);
});

test("no Ollama is not an error", async () => {
  assert.equal(await installed("http://127.0.0.1:9"), undefined);
});
