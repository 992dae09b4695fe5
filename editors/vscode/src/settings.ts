/**
 * Which settings are handed to the server: those that the user has set, and no others. A default sent along would
 * look like a choice to the server and silence the user's own file, the project's and the environment.
 *
 * A workspace may switch things off and nothing else, for its settings come with whatever was cloned.
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
    const value = [found?.workspaceValue, found?.workspaceFolderValue].reduce(switchedOff, found?.globalValue);
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

/** A value, less what a workspace switches off: a flag, or flags in a table. */
function switchedOff(wide: unknown, workspace: unknown): unknown {
  if (workspace === false) return false;
  if (!isTree(workspace)) return wide;
  const off = Object.entries(workspace).filter(([, flag]) => flag === false);
  return off.length > 0 ? { ...(isTree(wide) ? wide : {}), ...Object.fromEntries(off) } : wide;
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
