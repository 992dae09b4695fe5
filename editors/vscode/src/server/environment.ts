/** The server's own Python environment, made from the wheels that the extension carries. Asks no network. */

import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findPython, type Run } from "./python";

/** The environment could not be made; the message is for the user, `detail` for the log. */
export class InstallFailed extends Error {
  override readonly name = "InstallFailed";
  constructor(
    message: string,
    readonly detail: string,
  ) {
    super(message);
  }
}

/** Written last: an environment without it is half made. */
const DONE = "complete";

export interface Place {
  /** The folder with the wheels; its names say what is in it. */
  readonly wheels: string;
  /** Where environments are kept, one for each set of wheels. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/** The command that serves, from an environment that is made if it is not there; environments of other versions go. */
export async function privateServer(
  place: Place,
  run: Run,
  report: (step: string) => void,
  choices?: readonly (readonly string[])[],
): Promise<string[]> {
  const wheels = (await readdir(place.wheels).catch(() => [])).filter((name) => name.endsWith(".whl")).sort();
  if (wheels.length === 0) throw new InstallFailed("This build of the extension carries no server.", place.wheels);
  const folder = join(place.home, await digest(place.wheels, wheels));
  const python = interpreter(folder, place.platform);
  // Isolated: neither the folder it is started in nor PYTHONPATH may lend it modules.
  const serve = [python, "-I", "-m", "codestral_lsp"];
  if (await isThere(join(folder, DONE))) return serve;

  report("looking for Python");
  const found = await findPython(run, place.platform, choices);
  await rm(place.home, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const step = async (what: string, command: string, args: readonly string[]): Promise<void> => {
    report(what);
    const { status, output } = await run(command, args);
    if (status !== 0) throw new InstallFailed(explain(output, what, found.version), output);
  };
  await step(`making an environment with Python ${found.version}`, found.command, [...found.args, "-m", "venv", folder]);
  const quiet = ["--disable-pip-version-check", "--no-input", "--no-index", "--quiet"];
  const own = ["-m", "pip", "install", ...quiet, "--find-links", place.wheels, "codestral-lsp"];
  await step("installing the server", python, own);
  await writeFile(join(folder, DONE), `${wheels.join("\n")}\n`);
  return serve;
}

/** Another one for other wheels; a server that is built anew may keep its version. */
async function digest(folder: string, wheels: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(wheels.join("\n"));
  for (const own of wheels.filter((name) => name.startsWith("codestral_lsp-"))) hash.update(await readFile(join(folder, own)));
  return hash.digest("hex").slice(0, 16);
}

function interpreter(folder: string, platform: NodeJS.Platform): string {
  return platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

function explain(output: string, what: string, version: string): string {
  if (/No matching distribution|Could not find a version/.test(output)) {
    const missing = /for ([\w.-]+)/.exec(output)?.[1] ?? "a part of it";
    return `This build of the extension carries no ${missing} for Python ${version} on this machine.`;
  }
  return /No space left|ENOSPC/.test(output) ? "There is no space left on the disk." : `${what} failed.`;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
