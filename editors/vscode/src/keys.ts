/** API keys in the editor's secret store: never a setting, handed to the server over the protocol. */

import * as vscode from "vscode";

/** The backends that may want a key, by the names that users know. */
const SERVICES = [
  { label: "Mistral", description: "api.mistral.ai or codestral.mistral.ai, whichever takes the key", backend: "mistral" },
  { label: "Another server", description: "with OpenAI's API: codestral.openai.url", backend: "openai" },
  { label: "llama-server", description: "started with --api-key", backend: "llamacpp" },
] as const;

const PREFIX = "key.";

export class Keys implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #changed = new vscode.EventEmitter<string>();
  /** Fires with the name of the backend whose key is another one now; in every window. */
  readonly onDidChange = this.#changed.event;
  readonly #subscription: vscode.Disposable;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    this.#subscription = secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) this.#changed.fire(key.slice(PREFIX.length));
    });
  }

  get(backend: string): Thenable<string | undefined> {
    return this.#secrets.get(PREFIX + backend);
  }

  /** The backends that a key is stored for. */
  async backends(): Promise<string[]> {
    const names = SERVICES.map(({ backend }) => backend);
    const stored = await Promise.all(names.map((name) => this.get(name)));
    return names.filter((_, index) => stored[index] !== undefined);
  }

  /** Asks for a key and stores it; for which backend is asked too unless it is given. An empty answer removes it. */
  async ask(backend?: string): Promise<boolean> {
    const service =
      SERVICES.find((each) => each.backend === backend) ??
      (await vscode.window.showQuickPick(SERVICES, { title: "Codestral: a key for" }));
    if (!service) return false;
    const key = await vscode.window.showInputBox({
      title: `Codestral: API key for ${service.label}`,
      prompt: "Kept in the editor's secret store, given to the server only. Leave it empty to remove the key.",
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (/^[\x21-\x7e]*$/.test(text.trim()) ? null : "A key is one word of letters and digits."),
    });
    if (key === undefined) return false;
    if (key.trim() === "") await this.#secrets.delete(PREFIX + service.backend);
    else await this.#secrets.store(PREFIX + service.backend, key.trim());
    return true;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
