/**
 * Opens a page from disk in Chromium and tells what a user gets of it. As a program it prints what it saw as JSON:
 *
 *   node tests/editors/lib/statsPage.ts FILE
 */

import { pathToFileURL } from "node:url";
import { chromium as playwright, type Browser } from "playwright-core";
import { chromium } from "./places.ts";

export interface Opened {
  /** From asking for the page to its first paint, ms. */
  readonly paintedMs: number;
  /** From asking for it to all of it being there, ms. */
  readonly loadedMs: number;
  /** Pixels that the page is wider than the window. */
  readonly overflow: number;
  /** What it asked for besides itself. */
  readonly requests: readonly string[];
  /** What it complained of. */
  readonly complaints: readonly string[];
  readonly ground: string;
  readonly text: string;
}

export function launch(): Promise<Browser> {
  return playwright.launch({ executablePath: chromium()!, args: ["--no-sandbox"] });
}

export async function open(
  browser: Browser,
  file: string,
  { width = 1100, scheme = "light" as "light" | "dark", picture = "" } = {},
): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  const url = pathToFileURL(file).href;
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => request.url() === url || requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  try {
    await page.goto(url);
    const seen = await page.evaluate(async () => {
      const paint = await new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntriesByName("first-contentful-paint")[0]!.startTime)).observe({
          type: "paint",
          buffered: true,
        });
      });
      const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
      return {
        paintedMs: Math.round(paint),
        loadedMs: Math.round(navigation!.loadEventEnd),
        overflow: document.documentElement.scrollWidth - innerWidth,
        ground: getComputedStyle(document.body).backgroundColor,
        text: document.body.innerText,
      };
    });
    if (picture) await page.screenshot({ path: picture, fullPage: true });
    return { ...seen, requests, complaints };
  } finally {
    await page.close();
  }
}

if (process.argv[1] === import.meta.filename) {
  const browser = await launch();
  const { paintedMs, loadedMs } = await open(browser, process.argv[2]!);
  console.log(JSON.stringify({ paintedMs, loadedMs }));
  await browser.close();
}
