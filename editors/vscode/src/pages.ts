/** Pages that are read, not edited: rendered Markdown beside the code, which may grow while it is read. */

import * as vscode from "vscode";

const SCHEME = "codestral";

export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #texts = new Map<string, string>();
  #opening: Promise<unknown> = Promise.resolve();
  readonly #registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? "";
  }

  /** Resolves when the page that was shown last has been opened, which takes the focus. */
  async opened(): Promise<void> {
    await this.#opening;
  }

  /** Shows a page under a title, in place of an older one of that title. Gives what replaces its text later on. */
  async show(title: string, text: string): Promise<(text: string) => void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title}.md` });
    const write = (next: string): void => {
      this.#texts.set(uri.path, next);
      this.#changed.fire(uri);
    };
    write(text);
    this.#opening = this.#open(uri);
    await this.#opening;
    return write;
  }

  async #open(uri: vscode.Uri): Promise<void> {
    // Beside the code, where an older page makes room: beside that one there would soon be a row of them.
    const isReading = vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview;
    if (isReading) await vscode.commands.executeCommand("workbench.action.focusPreviousGroup");
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
  }

  dispose(): void {
    this.#registered.dispose();
    this.#changed.dispose();
  }
}

/** Text that Markdown shows as it is. */
export function plain(text: unknown): string {
  return String(text ?? "").replaceAll(/[\\`*_{}[\]<>()#+!|~-]/g, "\\$&").replaceAll(/\s+/g, " ");
}

/** Text as a block that Markdown leaves alone. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map((row) => line(row.map(plain)))].join("\n");
}
