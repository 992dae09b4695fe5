import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Crashes } from "../src/server/crashes";
import { InstallFailed, privateServer } from "../src/server/environment";
import { leveled } from "../src/server/log";
import { ownServer } from "../src/server/locate";
import { findPython, NoPython, type Ran, type Run } from "../src/server/python";

/** A machine with these programs: what each says when it is asked for its version. */
function machine(programs: Record<string, string | Ran>): Run {
  return async (command) => {
    const answer = programs[command];
    if (answer === undefined) return { status: null, output: "spawn ENOENT" };
    return typeof answer === "string" ? { status: 0, output: answer } : answer;
  };
}

test("the first Python that is new enough is taken", async () => {
  const { command, version } = await findPython(machine({ "python3": "3.9\n", "python3.12": "3.12\n" }), "linux");
  assert.deepEqual([command, version], ["python3.12", "3.12"]);
});

test("Windows' launcher is asked for Python 3", async () => {
  assert.deepEqual(await findPython(machine({ py: "3.13\r\n" }), "win32"), { command: "py", args: ["-3"], version: "3.13" });
});

const problem = (programs: Record<string, string | Ran>, platform: NodeJS.Platform = "linux") =>
  findPython(machine(programs), platform).then(
    () => assert.fail("found one"),
    (error: NoPython) => `${error.message} ${error.cure}`,
  );

test("no Python, one that is too old and one without venv are told apart, each with what to do", async () => {
  assert.match(await problem({}), /was not found.*apt install python3 python3-venv/);
  assert.match(await problem({}, "darwin"), /brew install python/);
  assert.match(await problem({ python: "This opens the Store" }, "win32"), /was not found.*winget/);
  assert.match(await problem({ python3: "3.9\n" }), /found: 3\.9.*codestral\.ui\.python/);
  const lame = { status: 1, output: "3.11\nModuleNotFoundError: No module named 'ensurepip'" };
  assert.match(await problem({ python3: lame }), /venv.*apt install python3\.11-venv/);
});

function place() {
  const folder = mkdtempSync(join(tmpdir(), "codestral-server-"));
  const wheels = join(folder, "wheels");
  mkdirSync(wheels);
  writeFileSync(join(wheels, "codestral_lsp-1.0-py3-none-any.whl"), "one");
  return { wheels, home: join(folder, "home"), platform: "linux" as const };
}

/** A machine that makes environments, and writes down what it was told to do. */
function maker(fails?: Ran): { run: Run; told: string[] } {
  const told: string[] = [];
  const run: Run = async (command, args) => {
    if (args.includes("-c")) return { status: 0, output: "3.11\n" };
    told.push([command, ...args].join(" "));
    return (args.includes("pip") && fails) || { status: 0, output: "" };
  };
  return { run, told };
}

const quiet = (): void => {};

test("an environment is made once, from the wheels alone, and serves isolated from where it is started", async () => {
  const where = place();
  const { run, told } = maker();
  const command = await privateServer(where, run, quiet);
  assert.deepEqual(command.slice(1), ["-I", "-m", "codestral_lsp"]);
  assert.equal(told.length, 2);
  assert.match(told[1]!, /--no-index .*--find-links \S*wheels codestral-lsp$/);
  assert.deepEqual(await privateServer(where, run, quiet), command);
  assert.equal(told.length, 2);
});

test("a new server gets a new environment, and the old one goes", async () => {
  const where = place();
  const old = await privateServer(where, maker().run, quiet);
  writeFileSync(join(where.wheels, "codestral_lsp-1.0-py3-none-any.whl"), "two");
  assert.notDeepEqual(await privateServer(where, maker().run, quiet), old);
  assert.equal(readdirSync(where.home).length, 1);
});

test("what was half made is made anew", async () => {
  const where = place();
  const broken = { status: 1, output: "ERROR: No matching distribution found for tree-sitter" };
  await assert.rejects(privateServer(where, maker(broken).run, quiet), /carries no tree-sitter for Python 3\.11/);
  const { run, told } = maker();
  await privateServer(where, run, quiet);
  assert.equal(told.length, 2);
});

test("an extension without wheels says so", async () => {
  await assert.rejects(privateServer({ ...place(), wheels: "/nowhere" }, maker().run, quiet), InstallFailed);
});

test("the user's own server comes first: the setting, then the PATH, but no relative part of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "codestral-path-"));
  const program = join(folder, "codestral-lsp");
  writeFileSync(program, "#!/bin/sh\n");
  chmodSync(program, 0o755);
  assert.ok(existsSync(program));
  assert.deepEqual(await ownServer(["/opt/lsp", "--log-level", "debug"], folder, "linux"), ["/opt/lsp", "--log-level", "debug"]);
  assert.deepEqual(await ownServer([], `/nowhere:${folder}`, "linux"), [program]);
  assert.equal(await ownServer([], "bin:.", "linux"), undefined);
});

test("a server that crashes again and again is left alone, one that crashes now and then is not", () => {
  const often = new Crashes();
  assert.deepEqual([0, 1, 2, 3, 4].map((second) => often.mayRestart(second * 1000)), [true, true, true, true, false]);
  const rarely = new Crashes();
  assert.ok([0, 1, 2, 3, 4, 5, 6].every((hour) => rarely.mayRestart(hour * 3_600_000)));
});

test("a line of the server's log keeps its level, and what is no such line is an error", () => {
  const stamp = "2026-11-24 13:49:00,674";
  assert.deepEqual(leveled(`${stamp} INFO codestral_lsp.server: hello`), ["info", "codestral_lsp.server: hello"]);
  assert.deepEqual(leveled(`${stamp} WARNING a: b`), ["warn", "a: b"]);
  assert.deepEqual(leveled("  File \"x.py\", line 1"), ["error", "  File \"x.py\", line 1"]);
});
