/** Which program serves: the one that the user names, the one on the PATH, or the extension's own. */

import { access, constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

const PROGRAM = "codestral-lsp";

/**
 * The user's own server: the setting's command, else what is on the PATH, else nothing.
 *
 * Only absolute entries of the PATH are looked at: a relative one would run what lies in the workspace.
 */
export async function ownServer(
  setting: readonly string[],
  path: string,
  platform: NodeJS.Platform,
): Promise<string[] | undefined> {
  if (setting.length > 0) return [...setting];
  const name = platform === "win32" ? `${PROGRAM}.exe` : PROGRAM;
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const file = join(folder, name);
    if (await access(file, constants.X_OK).then(() => true, () => false)) return [file];
  }
  return undefined;
}
