/** Explain, find bugs, generate, in a real VS Code. */

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { pause } from "./lib/places.ts";
import { HEAD, TOTAL, unavailable, Workbench } from "./lib/workbench.ts";

describe("VS Code's actions", { skip: unavailable }, () => {
  let bench: Workbench;

  before(async () => {
    bench = await Workbench.start("vscode-actions");
  });
  after(() => bench.stop());
  afterEach((test) => bench.close(test as { name: string }));

  test("explains beside the code, as it is written", async () => {
    const window = await bench.open({ files: { "cart.py": HEAD + TOTAL } });
    await window.goTo(3);
    await window.command("Codestral: Explain This");
    const page = await window.rendered(/returns their sum/);
    assert.match(page, /total\(\)/);
    const steps = bench.wire.sent("server", "codestral/action").map(({ params }) => params);
    assert.ok(steps.length > 2, "it came in one piece");
    assert.equal(steps.at(-1).state, "done");
    await pause(1500); // the view fades in
    await window.picture("vscode-explain.png");
  });

  const BUGGY = 'def total(prices):\n    """Sum of all prices."""\n    return sum(prices[1:])\n';

  test("marks what it finds, and shows the fix before it is made", async () => {
    const window = await bench.open({ files: { "cart.py": HEAD + BUGGY } });
    await window.goTo(4);
    await window.command("Codestral: Find Bugs Here");
    await window.notified(/found one bug/);
    await window.page.locator(".squiggly-warning, .squiggly-error, .squiggly-info").first().waitFor();
    await window.picture("vscode-bug.png");
    await window.press("Control+.");
    const fix = window.page.locator(".action-widget .monaco-list-row", { hasText: "Fix: The first price is left out" });
    await fix.click();
    await window.previewAccepted("vscode-fix.png");
    assert.equal(await window.saved(), HEAD + TOTAL);
  });

  test("marks and fixes what it finds in TypeScript, beside VS Code's own help for it", async () => {
    const text = (sum: string): string => `export function total(prices: number[]): number {\n  return ${sum};\n}\n`;
    const window = await bench.open({
      files: { "cart.ts": text("prices.slice(1).reduce((sum, price) => sum + price, 0)") },
      file: "cart.ts",
    });
    await window.goTo(2);
    await window.command("Codestral: Find Bugs Here");
    await window.notified(/found one bug/);
    await window.page.locator(".squiggly-warning, .squiggly-error, .squiggly-info").first().waitFor();
    await window.press("Control+.");
    await window.page.locator(".action-widget .monaco-list-row", { hasText: "Fix: The first price is left out" }).click();
    await window.previewAccepted("vscode-fix-typescript.png");
    assert.equal(await window.saved(), text("prices.reduce((sum, price) => sum + price, 0)"));
  });

  const HOLE = "def highest(prices):\n    pass\n";

  test("what is written on request can be thrown away", async () => {
    const window = await bench.open({ files: { "cart.py": HEAD + HOLE } });
    await window.goTo(3);
    await window.command("Codestral: Write Code Here");
    await window.answer("the highest price");
    const panel = window.page.locator(".bulk-edit-panel");
    await panel.getByRole("button", { name: "Discard" }).click();
    await panel.waitFor({ state: "hidden" });
    await window.typedBehind("    pass");
    assert.match(await window.saved(), /^ {4}pass#+$/m);
    assert.equal(await window.page.locator(".notification-list-item", { hasText: "Nothing was changed" }).count(), 0);
  });

  test("writes code on request, shown before it is kept", async () => {
    const window = await bench.open({ files: { "cart.py": HEAD + HOLE } });
    await window.goTo(3);
    await window.command("Codestral: Write Code Here");
    await window.answer("the highest price");
    await window.previewAccepted("vscode-generate.png");
    await window.typedBehind("    return max(prices)");
    assert.match(await window.saved(), /^def highest\(prices\):\n {4}return max\(prices\)#+\n$/m);
  });
});
