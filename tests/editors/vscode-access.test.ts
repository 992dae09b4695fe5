/** The extension for eyes that need contrast, for ears, and for hands that stay on the keyboard, in a real VS Code. */

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { until } from "./lib/places.ts";
import type { Window } from "./lib/vscode.ts";
import { HEAD, TOTAL, unavailable, Workbench } from "./lib/workbench.ts";

/** What WCAG asks of text at level AA. */
const LEGIBLE = 4.5;

describe("VS Code for everybody", { skip: unavailable }, () => {
  let bench: Workbench;

  before(async () => {
    bench = await Workbench.start("vscode-access");
  });
  after(() => bench.stop());
  afterEach((test) => bench.close(test as { name: string }));

  for (const theme of ["Default High Contrast", "Default High Contrast Light"]) {
    test(`in the theme ${theme} all that we show stands out`, async () => {
      const settings = { "workbench.colorTheme": theme, "codestral.completion.multiline": "always" };
      const window = await bench.open({ settings });
      await window.type("def total(");
      await window.ghostShown('prices:\n    """Sum of all prices."""\n    return sum(prices)');
      const seen = {
        "ghost text": await contrast(window, ".view-lines [class*=ghost-text-decoration]"),
        "the lines below": await contrast(window, ".suggest-preview-text .view-line span span"),
        "the status": await contrast(window, '.statusbar-item[id*="codestral"] a'),
      };
      for (const [what, ratio] of Object.entries(seen)) assert.ok(ratio >= LEGIBLE, `${what}: ${ratio}`);
    });
  }

  test("a problem stands out in high contrast too", async () => {
    const settings = { "workbench.colorTheme": "Default High Contrast" };
    const window = await bench.open({ settings, machine: { "codestral.ollama.url": "http://127.0.0.1:9" } });
    await window.says(/nothing listens/i);
    assert.ok((await contrast(window, '.statusbar-item[id*="codestral"] a')) >= LEGIBLE);
  });

  test("a screen reader is told the suggestion, and can read it line by line", async () => {
    const settings = { "editor.accessibilitySupport": "on", "codestral.completion.multiline": "always" };
    const window = await bench.open({ settings });
    await window.type("def total(");
    await window.ghostShown();
    const told = await until("the announcement", async () => {
      const texts = await window.page.locator(".monaco-aria-container > *").allInnerTexts();
      return texts.find((text) => text.includes("return sum(prices)"));
    });
    assert.match(told, /prices/);
    await window.press("Alt+F2");
    const view = window.page.locator(".accessible-view");
    await view.waitFor();
    await until("the suggestion in the accessible view", async () => /return.sum\(prices\)/.test(await view.innerText()));
  });

  test("a fix is found, looked at and made without a mouse", async () => {
    const buggy = TOTAL.replace("(prices)\n", "(prices[1:])\n");
    const window = await bench.open({ files: { "cart.py": HEAD + buggy } });
    await window.goTo(4);
    await window.command("Codestral: Find Bugs Here");
    await window.notified(/found one bug/);
    await window.command("Go to Next Problem (Error, Warning, Info)");
    await window.page.locator(".peekview-widget, .zone-widget", { hasText: "The first price is left out" }).first().waitFor();
    await window.press("Escape");
    await window.press("Control+.");
    await window.page.locator(".action-widget .monaco-list-row.focused", { hasText: "Fix: The first price" }).waitFor();
    await window.press("Enter");
    const change = window.page.locator(".bulk-edit-panel .monaco-list-row", { hasText: "return sum" });
    await change.waitFor();
    await window.command("Focus on Refactor Preview View");
    await window.press("ArrowDown");
    await window.press("ArrowDown");
    await window.press("Space");
    await change.locator(".monaco-custom-toggle.checked, input:checked").waitFor();
    await window.press("Control+Enter");
    await window.page.locator(".bulk-edit-panel").waitFor({ state: "hidden" });
    await window.command("View: Focus Active Editor Group");
    assert.equal(await window.saved(), HEAD + TOTAL);
  });
});

/** How much an element's text stands out from what is behind it (WCAG: 1 to 21). */
function contrast(window: Window, selector: string): Promise<number> {
  return window.page.locator(selector).first().evaluate((element) => {
    type Color = readonly [number, number, number, number];
    const parse = (css: string): Color => {
      const [red = 0, green = 0, blue = 0, alpha = 1] = (css.match(/[\d.]+/g) ?? []).map(Number);
      return [red, green, blue, alpha];
    };
    const over = ([r, g, b, a]: Color, below: Color): Color => {
      const mix = (top: number, under: number): number => top * a + under * (1 - a);
      return [mix(r, below[0]), mix(g, below[1]), mix(b, below[2]), 1];
    };
    const behind = (at: Element | null): Color => {
      if (!at) return [255, 255, 255, 1];
      const own = parse(getComputedStyle(at).backgroundColor);
      return own[3] === 1 ? own : over(own, behind(at.parentElement));
    };
    const luminance = ([r, g, b]: Color): number => {
      const linear = (part: number): number => (part <= 10.31475 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    };
    let opacity = 1;
    for (let at: Element | null = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    const ground = behind(element);
    const [r, g, b, a] = parse(getComputedStyle(element).color);
    const [one, other] = [luminance(over([r, g, b, a * opacity], ground)), luminance(ground)];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  });
}
