/**
 * Which settings are handed to the server: those that the user has set, and no others. A default sent along would
 * look like a choice to the server and silence the user's own file, the project's and the environment.
 */

/** A setting's values by scope, as `WorkspaceConfiguration.inspect` gives them. */
export interface Inspected {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

export interface Tree {
  [name: string]: unknown;
}

/** Settings under this prefix are the extension's own; the server does not know them. */
const OWN = "ui.";

/**
 * The tree of what the user has set.
 *
 * @param keys every setting the extension contributes, without the section's name: `ollama.url`
 * @param inspect tells a setting's values by scope
 */
export function userSettings(keys: Iterable<string>, inspect: (key: string) => Inspected | undefined): Tree {
  const tree: Tree = {};
  for (const key of keys) {
    if (key.startsWith(OWN)) continue;
    const found = inspect(key);
    const scopes = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
    const value = scopes.reduce(narrowed);
    if (value !== undefined) put(tree, key.split("."), value);
  }
  return tree;
}

/** What `section` (`codestral`, `codestral.ollama`) of the settings asks for, null if that is not set or not ours. */
export function pick(tree: Tree, section: string): unknown {
  const [root, ...path] = section.split(".");
  if (root !== "codestral") return null;
  let node: unknown = tree;
  for (const name of path) node = isTree(node) ? node[name] : undefined;
  return node ?? null;
}

/** A value and what a narrower scope says: tables are merged name by name, anything else is replaced. */
function narrowed(wide: unknown, narrow: unknown): unknown {
  if (narrow === undefined) return wide;
  return isTree(wide) && isTree(narrow) ? { ...wide, ...narrow } : narrow;
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) {
    tree[name] = value;
    return;
  }
  const below = tree[name];
  const node: Tree = isTree(below) ? below : {};
  tree[name] = node;
  put(node, rest, value);
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
