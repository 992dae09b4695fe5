/** Finds the user's Python, without anything of VS Code: what is run is told, so that tests can answer for it. */

export interface Ran {
  /** Exit status; null when the program could not be started at all. */
  readonly status: number | null;
  readonly output: string;
}

export type Run = (command: string, args: readonly string[]) => Promise<Ran>;

/** A Python that can make the server's environment. */
export interface Python {
  readonly command: string;
  readonly args: readonly string[];
  /** `3.12` */
  readonly version: string;
}

/** What stands in the way, in the user's words, and what to do about it. */
export class NoPython extends Error {
  override readonly name = "NoPython";
  constructor(
    cause: string,
    readonly cure: string,
  ) {
    super(cause);
  }
}

const OLDEST = [3, 11] as const;

/** Says which Python it is, or fails where it could not make an environment. */
const PROBE = "import sys; print('%d.%d' % sys.version_info[:2]); import venv, ensurepip";

/** Where a Python may be, the surest first. */
export function candidates(platform: NodeJS.Platform): readonly (readonly string[])[] {
  const unix = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"].map((name) => [name]);
  return platform === "win32" ? [["py", "-3"], ["python"], ["python3"]] : unix;
}

/**
 * The first Python that is new enough and can make environments.
 *
 * @param choices commands to try, in order
 * @throws NoPython with the reason that is nearest to a cure
 */
export async function findPython(run: Run, platform: NodeJS.Platform, choices = candidates(platform)): Promise<Python> {
  const old = new Set<string>();
  const lame = new Set<string>();
  for (const [command = "", ...args] of choices) {
    const { status, output } = await run(command, [...args, "-c", PROBE]);
    const version = /^(\d+)\.(\d+)/.exec(output);
    if (!version) continue; // not there, or the shop that Windows opens for it
    const [major, minor] = [Number(version[1]), Number(version[2])];
    if (major !== OLDEST[0] || minor < OLDEST[1]) old.add(version[0]);
    else if (status !== 0) lame.add(version[0]);
    else return { command, args, version: version[0] };
  }
  const needed = `Python ${OLDEST.join(".")} or newer`;
  if (lame.size > 0) {
    const found = [...lame].join(", ");
    const packages = platform === "linux" ? ` (Debian, Ubuntu: sudo apt install python${[...lame][0]}-venv)` : "";
    throw new NoPython(`Python ${found} cannot make environments: it has no venv module.`, `Install it${packages}.`);
  }
  const where = { win32: "winget install Python.Python.3.13", darwin: "brew install python", linux: "sudo apt install python3 python3-venv" };
  const cure = `Install ${needed} (${where[platform as keyof typeof where] ?? "python.org"}), or name one in codestral.ui.python.`;
  throw new NoPython(old.size > 0 ? `${needed} is needed; found: ${[...old].join(", ")}.` : `${needed} was not found.`, cure);
}
