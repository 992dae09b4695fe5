/** The extension in a real VS Code with each kind of engine: your own code, Mistral's API, a real model. */

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { scratch, until } from "./lib/places.ts";
import { FAMILIAR, SHOP, shopFiles } from "./lib/shop.ts";
import { StandIn } from "./lib/standin.ts";
import { HEAD, TOTAL, unavailable, Workbench } from "./lib/workbench.ts";

/** The key that the stand-in takes. */
const KEY = "key-of-api-mistral-ai";
/** A llama-server with a real model. */
const LLAMA = process.env["CODESTRAL_TEST_LLAMA_URL"] ?? "";

describe("VS Code with every engine", { skip: unavailable }, () => {
  let bench: Workbench;

  before(async () => {
    bench = await Workbench.start("vscode-engines");
  });
  after(() => bench.stop());
  afterEach((test) => bench.close(test as { name: string }));

  test("with no model it goes on from the project's own code, and asks nobody", async () => {
    const window = await bench.open({
      files: { "cart.py": HEAD + FAMILIAR.text },
      machine: { "codestral.backend": "workspace" },
    });
    await window.says(/Completing from your workspace/);
    await window.type(FAMILIAR.typed);
    await window.press("Enter");
    await window.ghostShown(FAMILIAR.ghost);
    await window.picture("vscode-embedded.png");
    await window.press("Tab");
    await window.ghostGone();
    assert.equal(await window.saved(), HEAD + FAMILIAR.whole);
    assert.equal((await bench.standIn.stats()).completions, 0);
  });

  test("with Mistral's API: the key is asked for and kept, and what was sent and spent is told", async (context) => {
    const mistral = await StandIn.start(scratch("vscode-mistral"), { firstToken: 40, token: 5 }, "mistral");
    context.after(() => mistral.stop());
    mistral.knows(HEAD + TOTAL);
    const window = await bench.open({
      settings: { "codestral.completion.multiline": "always" },
      machine: { "codestral.backend": "auto", "codestral.ollama.url": "http://127.0.0.1:9", "codestral.mistral.url": mistral.url },
    });
    await window.says(/Completing from your workspace/);
    await window.command("Codestral: Set Up Mistral's API");
    await window.answer(KEY);
    await window.says(/codestral-\S+ through mistral/);
    await window.command("View: Focus Active Editor Group");
    await window.type("def total(");
    await window.ghostShown('prices:\n    """Sum of all prices."""\n    return sum(prices)');
    await window.press("Tab");
    await window.ghostGone();
    assert.equal(await window.saved(), HEAD + TOTAL.trimEnd());
    assert.deepEqual((await mistral.stats()).violations, []);
    await window.menu("What Was Sent?");
    await window.rendered(/completion · codestral-\S+ at 127\.0\.0\.1:\d+/);
    assert.ok(!bench.code.written().includes(KEY), "the key lies in the open");
  });

  test("a key that the API does not take is said, with what to do", async (context) => {
    const mistral = await StandIn.start(scratch("vscode-mistral"), { firstToken: 40, token: 5 }, "mistral");
    context.after(() => mistral.stop());
    const window = await bench.open({ machine: { "codestral.backend": "mistral", "codestral.mistral.url": mistral.url } });
    await window.command("Codestral: Set API Key");
    await window.choose("Mistral");
    await window.answer("wrong-key");
    await window.says(/key/i);
    await window.picture("vscode-wrong-key.png");
  });

  test("with a real model", { skip: !LLAMA && "CODESTRAL_TEST_LLAMA_URL is not set" }, async () => {
    const window = await bench.open({
      files: shopFiles(),
      settings: { "workbench.colorTheme": "Default Dark Modern" },
      machine: { "codestral.backend": "llamacpp", "codestral.llamacpp.url": LLAMA },
    });
    await window.goTo(SHOP.line);
    await window.type(SHOP.typed);
    await window.press("Enter");
    await window.command("Trigger Inline Suggestion");
    const offered = await until("a suggestion", () => bench.wire.offeredByHand());
    await window.ghostShown(offered.trim());
    await window.picture("vscode.png");
    await window.press("Tab");
    await window.ghostGone();
    assert.ok((await window.saved()).includes(offered));
  });
});
