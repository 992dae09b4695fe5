/** The page of statistics in Chromium: light and dark, wide and narrow, with much in it and with nothing. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { chromium, missing, PYTHON, ROOT, scratch, screenshot } from "./lib/places.ts";
import { launch, open } from "./lib/statsPage.ts";

describe("The page of statistics", { skip: missing(chromium()) }, () => {
  let browser: Browser;
  const folder = scratch("stats-page");

  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  /** A page of so many made-up requests. */
  function made(count: number): string {
    const file = join(folder, `${count}.html`);
    execFileSync(PYTHON, ["-m", "benchmarks.histories", String(count), file], { cwd: ROOT });
    return file;
  }

  for (const count of [0, 3, 5000]) {
    for (const width of [320, 768, 1440]) {
      test(`${count} requests, ${width} pixels wide`, async () => {
        const file = made(count);
        const grounds = [];
        for (const scheme of ["light", "dark"] as const) {
          const picture = screenshot(`stats-${count}-${width}-${scheme}.png`) ?? "";
          const seen = await open(browser, file, { width, scheme, picture });
          assert.deepEqual(seen.requests, []);
          assert.deepEqual(seen.complaints, []);
          assert.ok(seen.overflow <= 0, `${seen.overflow} pixels stand out`);
          assert.match(seen.text, count ? /taken over/ : /Nothing was asked yet/);
          grounds.push(seen.ground);
        }
        assert.notEqual(grounds[0], grounds[1]);
      });
    }
  }
});
