/** Runs a program to its end. No shell: nothing in an argument is anything but itself. */

import { spawn } from "node:child_process";
import type { Ran } from "./python";

/** @param ms how long it may take before it is ended and counts as failed */
export function runProgram(command: string, args: readonly string[], ms = 300_000): Promise<Ran> {
  return new Promise((resolve) => {
    const process = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: ms, windowsHide: true });
    let output = "";
    const take = (data: Buffer): void => {
      output += data.toString();
    };
    process.stdout.on("data", take);
    process.stderr.on("data", take);
    process.on("error", (error) => resolve({ status: null, output: String(error) }));
    process.on("close", (status) => resolve({ status: status ?? 1, output }));
  });
}
