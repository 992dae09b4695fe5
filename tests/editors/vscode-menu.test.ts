/** The status bar's menu and the walkthrough, in a real VS Code. */

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { pause, scratch, until } from "./lib/places.ts";
import { StandIn } from "./lib/standin.ts";
import { unavailable, Workbench } from "./lib/workbench.ts";

const MODEL = "qwen2.5-coder:0.5b-base";

describe("VS Code's menu", { skip: unavailable }, () => {
  let bench: Workbench;

  before(async () => {
    bench = await Workbench.start("vscode-menu");
  });
  after(() => bench.stop());
  afterEach((test) => bench.close(test as { name: string }));

  test("the status bar's menu is used by keyboard alone: off, on, another engine", async () => {
    const window = await bench.open();
    await window.command("Codestral: Show Menu");
    await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "Turn Off Completions" }).first().waitFor();
    await pause(500); // it fades in
    await window.picture("vscode-menu.png");
    await window.choose("Turn Off Completions");
    await window.says(/Off here: completions are turned off/);
    await window.menu("Turn On Completions");
    await window.says(/codestral through ollama/);
    await window.menu("Switch Engine or Model");
    await window.choose("workspace");
    await window.says(/workspace/);
    await window.menu("Switch Engine or Model");
    await window.choose("ollama");
    await window.choose("codestral:latest"); // what Ollama has
    await window.says(/codestral:latest through ollama/);
  });

  test("pauses: for this language, for a while", async () => {
    const window = await bench.open();
    await window.menu("Turn Off Completions in python");
    await window.says(/Off here: completions are turned off for python/);
    await window.menu("Turn On Completions in python");
    await window.says(/codestral through ollama/);
    await window.menu("Snooze");
    await window.choose("5 minutes");
    await window.says(/Off here: snoozed until/);
    await window.menu("End the Snooze");
    await window.says(/codestral through ollama/);
  });

  test("looks into it: why, what was sent, use and spend, the set-up, the log", async () => {
    const window = await bench.open();
    await window.type("def total(");
    await window.ghostShown();
    await window.press("Tab");
    await window.ghostGone();
    const why = await window.menuPage("Why No Suggestion?", /The last requests/);
    assert.match(why, /python[\s\S]*automatic[\s\S]*shown/);
    const sent = /What was sent, newest first[^]*completion · codestral at 127\.0\.0\.1:\d+ \(this machine\) · .*cart\.py:1-\d/;
    await window.menuPage("What Was Sent?", sent);
    await window.picture("vscode-sent.png");
    await window.menuPage("Use and Spend", /Use and spend[^]*accepted +1 [^]*cost +\S/);
    await window.menuPage("Examine the Set-up", /The set-up[^]*ok +The state folder/);
    await window.picture("vscode-doctor.png");
    assert.equal(await window.page.locator(".editor-group-container").count(), 2, "each page opens a column of its own");
    await window.menu("Show Log");
    await window.page.locator(".part.panel .view-lines", { hasText: /\[info\].codestral_lsp\.server/ }).waitFor();
  });

  test("sets up: a key, the walkthrough, the settings, the server anew", async () => {
    const window = await bench.open();
    await window.menu("Set API Key");
    await window.choose("Mistral");
    await window.answer("another-key");
    await until("the key", () => bench.wire.last("codestral/setKey")?.params.key === "another-key");
    await window.menu("Restart Server");
    await until("another server", () => bench.wire.sent("client", "initialize").length === 2);
    await window.says(/codestral through ollama/);
    await window.menu("Open the Walkthrough");
    await window.page.locator(".getting-started-step", { hasText: "A model on this machine" }).waitFor();
    await window.menu("Settings");
    await window.page.locator(".settings-editor .setting-item-category", { hasText: "Codestral" }).first().waitFor();
    await window.picture("vscode-settings.png");
  });

  test("the walkthrough opens, and names the licence of every model", async () => {
    const window = await bench.open();
    await window.command("Codestral: Open the Walkthrough");
    await window.page.locator(".getting-started-step", { hasText: "A model on this machine" }).click();
    await window.rendered(/Non-Production License/);
    await window.picture("vscode-walkthrough.png");
  });

  test("sets up a model on this machine: the licence before the download, then progress, then it is used", async (context) => {
    const ollama = await StandIn.start(scratch("vscode-pull"), { firstToken: 20, token: 400 }, "empty");
    context.after(() => ollama.stop());
    // Where Ollama is, only the user's own file says.
    const window = await bench.open({ config: `[ollama]\nurl = "${ollama.url}"\n`, machine: { "codestral.ollama.url": undefined } });
    await window.says(/codestral.*ollama pull/);
    await window.command("Codestral: Set Up a Model on This Machine");
    await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "Non-Production" }).waitFor();
    await window.picture("vscode-models.png");
    await window.choose(MODEL);
    const dialog = window.page.locator(".monaco-dialog-box", { hasText: "0.4 GB · Apache-2.0" });
    await dialog.waitFor();
    assert.equal((await ollama.stats()).pulls, 0);
    await dialog.getByRole("button", { name: "Download" }).click();
    await window.notified(/Getting qwen2\.5-coder:0\.5b-base[^]* GB of 12\.6 GB/);
    await window.picture("vscode-download.png");
    await window.notified(/qwen2\.5-coder:0\.5b-base completes from now on/);
    await window.says(/qwen2\.5-coder:0\.5b-base through ollama/);
    assert.equal((await ollama.stats()).pulls, 1);
  });

  test("a download that is broken off goes on where it was", async (context) => {
    const ollama = await StandIn.start(scratch("vscode-pull"), { firstToken: 20, token: 1000 }, "empty");
    context.after(() => ollama.stop());
    const window = await bench.open({ machine: { "codestral.ollama.url": ollama.url } });
    await window.command("Codestral: Set Up a Model on This Machine");
    await window.choose(MODEL);
    await window.page.locator(".monaco-dialog-box").getByRole("button", { name: "Download" }).click();
    const toasts = window.page.locator(".notifications-toasts");
    await window.notified(/[1-9]\.\d GB of 12\.6 GB/);
    await toasts.getByRole("button", { name: "Cancel" }).click();
    await ollama.streamClosed({ ...(await ollama.stats()), aborted: 0 });
    await window.notified(/was stopped\. What was fetched is kept/);
    await window.says(/codestral.*ollama pull/);
    await toasts.getByRole("button", { name: "Go On" }).click();
    await window.notified(/[1-9]\.\d GB of 12\.6 GB/);
    await window.notified(/qwen2\.5-coder:0\.5b-base completes from now on/);
    assert.equal((await ollama.stats()).pulls, 2);
  });

  test("a model that the disk has no room for is not fetched", async (context) => {
    const place = scratch("vscode-pull");
    const ollama = await StandIn.start(place, { firstToken: 20, token: 400 }, "vast");
    context.after(() => ollama.stop());
    const window = await bench.open({ environment: { OLLAMA_MODELS: place }, machine: { "codestral.ollama.url": ollama.url } });
    await window.command("Codestral: Set Up a Model on This Machine");
    await window.choose(MODEL);
    await window.page.locator(".monaco-dialog-box").getByRole("button", { name: "Download" }).click();
    await window.notified(/There is no room for qwen2\.5-coder:0\.5b-base[^]*are free[^]*Free some space/);
    await ollama.streamClosed({ ...(await ollama.stats()), aborted: 0 });
  });

  test("where there is no Ollama, what to do is said", async () => {
    const window = await bench.open({ machine: { "codestral.ollama.url": "http://127.0.0.1:9" } });
    await window.command("Codestral: Set Up a Model on This Machine");
    await window.notified(/Get Ollama[^]*Nothing listens at 127\.0\.0\.1:9/);
  });
});
