/** The server as long as the editor runs: found or installed, started, started again, and told what it has to know. */

import { join } from "node:path";
import * as vscode from "vscode";
import { type LanguageClient, LSPErrorCodes, ResponseError, State } from "vscode-languageclient/node";
import { createClient, SECTION } from "./client";
import type { Keys } from "./keys";
import { ACTIONS } from "./offer";
import type { Pages } from "./pages";
import { InstallFailed, privateServer } from "./server/environment";
import { ownServer } from "./server/locate";
import { NoPython } from "./server/python";
import { runProgram } from "./server/run";
import type { Status } from "./status";
import type { StatusBar } from "./statusBar";
import type { Snooze } from "./switches";
import type { Progressed } from "./written";

export interface Finished {
  readonly command: string;
  readonly answer: unknown;
}

/** Commands whose edits the user has not seen yet: they are shown before they are made. */
const PREVIEWED = new Set(["codestral.generate"]);

export class Session implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #bar: StatusBar;
  readonly #keys: Keys;
  readonly #snooze: Snooze;
  readonly #pages: Pages;
  readonly #subscriptions: vscode.Disposable[];
  #client: LanguageClient | undefined;
  #starting: Promise<void> = Promise.resolve();
  #previewing = 0;
  readonly #stepped = new vscode.EventEmitter<Progressed>();
  /** Fires as an action goes on. */
  readonly onDidStep = this.#stepped.event;
  readonly #finished = new vscode.EventEmitter<Finished>();
  /** Fires when a command of the server's has been answered, whoever asked for it. */
  readonly onDidFinish = this.#finished.event;

  constructor(
    context: vscode.ExtensionContext,
    log: vscode.LogOutputChannel,
    bar: StatusBar,
    keys: Keys,
    snooze: Snooze,
    pages: Pages,
  ) {
    this.#context = context;
    this.#log = log;
    this.#bar = bar;
    this.#keys = keys;
    this.#snooze = snooze;
    this.#pages = pages;
    this.#subscriptions = [
      keys.onDidChange((backend) => this.#handOver([backend])),
      snooze.onDidChange(() => this.#tellSnooze()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#lookAround()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${SECTION}.ui`)) void this.start();
      }),
    ];
  }

  /** The client of a server that runs. */
  get client(): LanguageClient | undefined {
    return this.#client?.isRunning() ? this.#client : undefined;
  }

  /** Starts the server, in place of the one that runs. Never fails: what is wrong is shown. */
  start(): Promise<void> {
    this.#starting = this.#starting.then(() => this.#start());
    return this.#starting;
  }

  /** Whether the server that runs has a command. */
  can(command: string): boolean {
    const offered = this.client?.initializeResult?.capabilities.executeCommandProvider?.commands;
    return offered?.includes(command) ?? false;
  }

  /** Runs one of the server's commands. What is wrong is shown, and nothing is answered then. */
  async ask<T>(command: string, ...args: unknown[]): Promise<T | undefined> {
    try {
      return await this.run<T>(command, ...args);
    } catch (error) {
      if (!isCancelled(error)) void vscode.window.showErrorMessage(`Codestral: ${reasonOf(error)}`);
      return undefined;
    }
  }

  /** Runs one of the server's commands. @throws Error with what is wrong, for people */
  async run<T>(command: string, ...args: unknown[]): Promise<T> {
    const { client } = this;
    if (!client) throw new Error("the server does not run");
    const params = { command, arguments: args };
    return await this.perform(command, () => client.sendRequest<T>("workspace/executeCommand", params));
  }

  /** Runs a command of the server's: its edits are shown first where the user has not seen them, its answer is told. */
  async perform<T>(command: string, run: () => Promise<T>): Promise<T> {
    const unseen = PREVIEWED.has(command) ? 1 : 0;
    this.#previewing += unseen;
    try {
      const answer = await run();
      this.#finished.fire({ command, answer });
      return answer;
    } finally {
      this.#previewing -= unseen;
    }
  }

  dispose(): void {
    this.#stepped.dispose();
    this.#finished.dispose();
    for (const each of this.#subscriptions) each.dispose();
  }

  async stop(): Promise<void> {
    await this.#client?.dispose().catch((error: unknown) => this.#log.warn(String(error)));
    this.#client = undefined;
  }

  async #start(): Promise<void> {
    this.#bar.starting();
    await this.stop();
    try {
      const command = await this.#command();
      this.#log.info(`Server: ${command.join(" ")}`);
      const client = createClient(this.#context.extension, command, this.#log, {
        onGivenUp: (why) => this.#bar.stopped(why),
        isPreviewing: () => this.#previewing > 0,
        pagesOpened: () => this.#pages.opened(),
        perform: (name, run) => this.perform(name, run),
      });
      this.#client = client;
      client.onNotification("codestral/didChangeStatus", (status: Status) => {
        this.#bar.show(status);
        if (!status.busy) void this.#lookAround();
      });
      client.onNotification("codestral/action", (step: Progressed) => this.#stepped.fire(step));
      client.onDidChangeState(({ newState }) => {
        if (newState === State.Starting) this.#bar.starting(); // until the server says what it found
        if (newState === State.Running) void this.#greet();
      });
      await client.start();
    } catch (error) {
      void this.#explain(error); // waits for the user to read it
    }
  }

  /** What a server has to be told when it is new, whoever started it. */
  async #greet(): Promise<void> {
    await this.#handOver(await this.#keys.backends());
    if (this.#snooze.until) await this.#tellSnooze();
    for (const action of ACTIONS) {
      await vscode.commands.executeCommand("setContext", `codestral.can.${action}`, this.can(`codestral.${action}`));
    }
  }

  /** Has the status bar say whether the server suggests anything where the user is. */
  async #lookAround(): Promise<void> {
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    if (!uri || !this.client) return;
    const params = { command: "codestral.status", arguments: [uri] };
    const answer = await this.client
      .sendRequest<{ here?: string }>("workspace/executeCommand", params)
      .catch((error: unknown) => this.#log.debug(String(error)));
    if (uri === vscode.window.activeTextEditor?.document.uri.toString()) this.#bar.here(answer?.here ?? "");
  }

  async #handOver(backends: readonly string[]): Promise<void> {
    for (const backend of backends) {
      const key = (await this.#keys.get(backend)) ?? null;
      await this.client?.sendNotification("codestral/setKey", { backend, key });
    }
  }

  async #tellSnooze(): Promise<void> {
    if (this.can("codestral.snooze")) await this.ask("codestral.snooze", this.#snooze.minutes);
  }

  async #command(): Promise<string[]> {
    const settings = vscode.workspace.getConfiguration(SECTION);
    const { platform, env } = process;
    const own = await ownServer(settings.get<string[]>("ui.serverCommand", []), env["PATH"] ?? "", platform);
    if (own) return own;
    const python = settings.get<string[]>("ui.python", []);
    const place = {
      wheels: join(this.#context.extensionPath, "wheels"),
      home: join(this.#context.globalStorageUri.fsPath, "server"),
      platform,
    };
    const title = "Codestral: setting up its server (once)";
    return await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, (progress) => {
      const report = (step: string): void => {
        this.#log.info(step);
        progress.report({ message: step });
        this.#bar.starting(`Codestral is being set up: ${step}`);
      };
      return privateServer(place, runProgram, report, python.length > 0 ? [python] : undefined);
    });
  }

  async #explain(error: unknown): Promise<void> {
    const reason = reasonOf(error);
    if (error instanceof InstallFailed) this.#log.error(error.detail);
    const cure = error instanceof NoPython ? ` ${error.cure}` : "";
    const message = /ENOENT/.test(reason)
      ? "The program named in codestral.ui.serverCommand was not found."
      : `The server did not start: ${reason}${cure}`;
    this.#log.error(message);
    this.#bar.stopped(message);
    const choice = await vscode.window.showErrorMessage(`Codestral: ${message}`, "Try Again", "Open Settings", "Show Log");
    if (choice === "Try Again") await this.start();
    if (choice === "Show Log") this.#log.show();
    if (choice === "Open Settings") await vscode.commands.executeCommand("workbench.action.openSettings", `${SECTION}.ui`);
  }
}

/** What is wrong, in words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether a command was broken off by the user, who need not be told of it. */
export function isCancelled(error: unknown): boolean {
  return error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled;
}
