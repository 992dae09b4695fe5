/** VS Code in a browser: code-server with the extension installed in a fresh profile, and Chromium to type into it. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import * as places from "./places.ts";
import { PATIENCE_MS, pause, until } from "./places.ts";

/** What makes VS Code quiet: no tips, no updates, no shop, no AI of its own. */
const QUIET = {
  "telemetry.telemetryLevel": "off",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "update.mode": "none",
  "extensions.autoUpdate": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "chat.disableAIFeatures": true,
  "files.autoSave": "off",
  "git.enabled": false,
  "editor.accessibilitySupport": "off",
  "editor.minimap.enabled": false,
  "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" },
};

export class CodeServer {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #data: string;
  readonly #browser: BrowserContext;

  private constructor(url: string, process: ChildProcess, data: string, browser: BrowserContext) {
    this.url = url;
    this.#process = process;
    this.#data = data;
    this.#browser = browser;
  }

  /**
   * Installs the extension into a new profile under `folder` and starts server and browser.
   *
   * @param options.trust whether VS Code asks if it may trust a folder; without it all are trusted
   * @param options.env what VS Code sees in its environment besides this process's
   */
  static async start(folder: string, vsix: string, options: { trust?: boolean; env?: Record<string, string> } = {}): Promise<CodeServer> {
    const data = join(folder, "data");
    const profile = ["--user-data-dir", data, "--extensions-dir", join(folder, "extensions")];
    // No shop to ask: nothing in these tests leaves the machine.
    const gallery = JSON.stringify({ serviceUrl: "", itemUrl: "", resourceUrlTemplate: "" });
    const inherited = { ...process.env, ...options.env };
    const env = {
      ...inherited,
      PATH: `${dirname(places.NODE)}:${inherited["PATH"]}`,
      EXTENSIONS_GALLERY: gallery,
      // What a server of the extension's own keeps.
      ...Object.fromEntries(["CACHE", "CONFIG", "DATA", "STATE"].map((kind) => [`XDG_${kind}_HOME`, join(folder, "home", kind)])),
    };
    execFileSync(places.CODE_SERVER, [...profile, "--install-extension", vsix], { env, stdio: "ignore" });
    const port = await freePort();
    const quiet = ["--auth=none", "--disable-telemetry", "--disable-update-check", ...(options.trust ? [] : ["--disable-workspace-trust"])];
    const looks = ["--disable-getting-started-override", "--disable-proxy", "--ignore-last-opened"];
    const server = spawn(places.CODE_SERVER, [`--bind-addr=127.0.0.1:${port}`, ...quiet, ...looks, ...profile], {
      env,
      stdio: "ignore",
      detached: true, // a group of its own, which ends as one
    });
    const url = `http://127.0.0.1:${port}`;
    await until("code-server to listen", () => fetch(`${url}/healthz`).then(({ ok }) => ok, () => false));
    const browser = await chromium.launchPersistentContext(join(folder, "chromium"), {
      executablePath: places.chromium()!,
      viewport: { width: 1100, height: 620 },
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
      ],
    });
    return new CodeServer(url, server, data, browser);
  }

  /** Replaces all settings. What only a machine may say goes where VS Code looks for it on a remote machine. */
  configure(settings: Record<string, unknown>, machine: Record<string, unknown>): void {
    for (const [scope, values] of Object.entries({ User: { ...QUIET, ...settings }, Machine: machine })) {
      mkdirSync(join(this.#data, scope), { recursive: true });
      writeFileSync(join(this.#data, scope, "settings.json"), JSON.stringify(values, null, 2));
    }
  }

  /** Where the extension keeps what it installs. */
  get storage(): string {
    return join(this.#data, "User/globalStorage/codestral-lsp.codestral-lsp");
  }

  /** All settings files and what else VS Code has written for the user, as one text. */
  written(): string {
    const files = readdirSync(join(this.#data, "User"), { recursive: true, encoding: "utf8" })
      .map((name) => join(this.#data, "User", name))
      .filter((path) => statSync(path).isFile() && !path.includes("globalStorage/codestral-lsp"));
    return files.map((path) => readFileSync(path, "latin1")).join("\n");
  }

  /** Opens a folder with one of its files in the editor, the cursor after the file's last character, the server up. */
  async open(folder: string, file: string, ms = PATIENCE_MS): Promise<Window> {
    const page = await this.#browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const window = new Window(page, join(folder, file));
    const payload = JSON.stringify([["openFile", `vscode-remote://${this.url.slice(7)}${join(folder, file)}`]]);
    const query = new URLSearchParams({ folder, payload });
    await page.goto(`${this.url}/?${query}`, { waitUntil: "domcontentloaded" });
    await page.locator(".monaco-editor .view-lines").click();
    await page.keyboard.press("Control+End");
    // Until the server has said what it found, VS Code does not ask it for anything.
    await until("the server to be ready", () => window.isReady(), ms);
    return window;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    process.kill(-this.#process.pid!);
    await once(this.#process, "exit");
  }
}

/** One VS Code window with one file open. */
export class Window {
  readonly page: Page;
  readonly #file: string;

  constructor(page: Page, file: string) {
    this.page = page;
    this.#file = file;
  }

  /** What the extension's status bar item says: its text, and what screen readers are told. */
  async status(): Promise<{ text: string; label: string }> {
    const item = this.page.locator('.statusbar-item[id*="codestral"]');
    const button = item.locator("a");
    return { text: (await item.innerText()).trim(), label: (await button.getAttribute("aria-label")) ?? "" };
  }

  async isReady(): Promise<boolean> {
    const item = this.page.locator('.statusbar-item[id*="codestral"]');
    return (await item.count()) > 0 && !/is (starting|being set up)/.test((await this.status()).label);
  }

  /** Waits until the status bar says something, to the eye or to a screen reader. */
  async says(what: RegExp, ms = PATIENCE_MS): Promise<void> {
    let seen = "";
    const look = async (): Promise<boolean> => {
      const { text, label } = await this.status().catch(() => ({ text: "", label: "" }));
      seen = `${text}; ${label}`;
      return what.test(seen);
    };
    await until(`the status bar to say ${what}`, look, ms).catch((error: Error) => {
      throw new Error(`${error.message}; it says: ${seen}`);
    });
  }

  /** Waits for a notification, and gives its text. */
  async notified(what: RegExp): Promise<string> {
    const toast = this.page.locator(".notifications-toasts .notification-list-item", { hasText: what }).first();
    await toast.waitFor();
    return toast.innerText();
  }

  /** Chooses an entry of the list that is open, by the keyboard: types a part of it, then Enter. */
  async choose(text: string, timeout = PATIENCE_MS): Promise<void> {
    const input = this.page.locator(".quick-input-widget input.input");
    await input.fill(text, { timeout });
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first().waitFor({ timeout });
    await this.press("Enter");
  }

  /** Chooses an entry of the status bar's menu. */
  async menu(entry: string): Promise<void> {
    const find = async (): Promise<true> => {
      await this.command("Codestral: Show Menu");
      await this.choose(entry, 15_000);
      return true;
    };
    await until(`${entry} in the menu`, () => find().catch(() => false)); // what takes the focus closes it
  }

  /** Chooses an entry of the status bar's menu that opens a page, and gives the page's text. */
  async menuPage(entry: string, what: RegExp): Promise<string> {
    const find = async (): Promise<string> => {
      await this.menu(entry);
      return this.rendered(what, 20_000);
    };
    // A page that comes to be drawn takes the focus, which closes the next menu.
    return until(`${entry} of the menu to open a page`, () => find().catch(() => undefined));
  }

  /** Answers the input box that is open. */
  async answer(text: string): Promise<void> {
    await this.page.locator(".quick-input-widget input.input").fill(text);
    await this.press("Enter");
  }

  /** Makes the changes that VS Code's refactoring preview asks about, once they are shown. */
  async previewAccepted(name: string): Promise<void> {
    const panel = this.page.locator(".bulk-edit-panel");
    await panel.locator(".monaco-list-row").first().waitFor();
    await pause(1000); // the diff is drawn a little later
    await this.picture(name);
    await panel.locator("input[type=checkbox], .monaco-custom-toggle, .edit-checkbox").first().click(); // not ticked until the user does
    await panel.getByRole("button", { name: "Apply" }).click();
    await panel.waitFor({ state: "hidden" });
  }

  /** Types # until it stands behind a line's text: until the focus is where the user goes on. */
  async typedBehind(text: string): Promise<void> {
    const types = async (): Promise<boolean> => {
      await this.type("#");
      return (await this.screen()).includes(`${text}#`);
    };
    await until(`what is typed to stand behind ${text}`, types);
  }

  /** The text of a rendered Markdown page that is open, once it says something. */
  async rendered(what: RegExp, ms = PATIENCE_MS): Promise<string> {
    let seen = "";
    const look = async (): Promise<boolean> => {
      const pages = this.page.frames().filter((frame) => frame.url().includes("fake.html")); // as VS Code names its views
      const texts = await Promise.all(pages.map((frame) => frame.evaluate("document.body.innerText").catch(() => "")));
      seen = texts.join("\n");
      return what.test(seen);
    };
    await until(`a page that says ${what}`, look, ms).catch((error: Error) => {
      throw new Error(`${error.message}; last seen: ${seen.slice(0, 2000)}`);
    });
    return seen;
  }

  /** Presses one key or chord, as Playwright names it. */
  press(key: string): Promise<void> {
    return this.page.keyboard.press(key);
  }

  /** Types text with a pause (ms) after each key. */
  type(text: string, gap = 80): Promise<void> {
    return this.page.keyboard.type(text, { delay: gap });
  }

  /** Puts the cursor at the end of a line, counted from 1. */
  async goTo(line: number): Promise<void> {
    await this.press("Control+g");
    const input = this.page.locator(".quick-input-widget input");
    await input.fill(`:${line}`);
    await this.press("Enter");
    await input.waitFor({ state: "hidden" });
    await this.press("End");
  }

  /** Writes what the window shows into the folder for screenshots, if there is one. */
  async picture(name: string): Promise<void> {
    const path = places.screenshot(name);
    if (path) await this.page.screenshot({ path });
  }

  /** Runs a command from the palette by its title. */
  async command(title: string): Promise<void> {
    const row = this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first();
    const find = async (): Promise<true> => {
      await this.press("F1");
      await this.page.locator(".quick-input-widget input").fill(`>${title}`, { timeout: 15_000 });
      await row.waitFor({ timeout: 15_000 });
      return true;
    };
    // Whatever takes the focus while it opens closes it.
    await until(`${title} in the palette`, () => find().catch(() => false));
    await this.press("Enter");
  }

  /** The ghost text on the screen: what is drawn into the cursor's line, then the lines below it. */
  ghost(): Promise<string> {
    return this.page.evaluate(() => {
      const text = (element: Element): string => (element.textContent ?? "").replaceAll("\u00a0", " ");
      const inline = [...document.querySelectorAll(".view-lines [class*=ghost-text-decoration]")].map(text).join("");
      const below = [...document.querySelectorAll(".suggest-preview-text .view-line")].map(text);
      return [inline, ...below].join("\n");
    });
  }

  /** What the editor's lines look like from top to bottom, ghost text included. */
  screen(): Promise<string> {
    return this.page.evaluate(() => {
      const lines = [...document.querySelectorAll(".view-lines > .view-line, .suggest-preview-text > .view-line")];
      return lines
        .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? "" }))
        .sort((one, other) => one.top - other.top)
        .map(({ text }) => text.replaceAll("\u00a0", " "))
        .join("\n");
    });
  }

  /** Waits for a ghost text; with `text`, for this one. */
  async ghostShown(text?: string, ms = PATIENCE_MS): Promise<string> {
    let seen = "";
    const look = async (): Promise<string | null> => {
      seen = await this.ghost();
      return (text === undefined ? seen !== "" : seen === text) ? seen : null;
    };
    return await until(`the ghost text ${text ?? ""}`, look, ms).catch(async (error: Error) => {
      throw new Error(`${error.message}; last seen: ${JSON.stringify(seen)}, screen:\n${await this.screen()}`);
    });
  }

  async ghostGone(): Promise<void> {
    await until("the ghost text to go", async () => (await this.ghost()) === "");
  }

  /** Saves, and gives what is on the disk then. */
  async saved(): Promise<string> {
    const dirty = this.page.locator(".tab.active.dirty");
    if ((await dirty.count()) > 0) {
      const before = statSync(this.#file).mtimeMs;
      await this.press("Control+s");
      await until("the file to be saved", () => statSync(this.#file).mtimeMs > before);
      await dirty.waitFor({ state: "detached" });
    }
    return readFileSync(this.#file, "utf8");
  }

  close(): Promise<void> {
    return this.page.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
