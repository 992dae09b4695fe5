/** How what the server does for a while goes on: where it can be broken off, in a notification that says so. */

import * as vscode from "vscode";
import type { ProgressToken, WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport } from "vscode-languageclient/node";

type Step = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** Steps of one progress that are still to be drawn, and who waits for them. */
class Notice {
  #percent = 0;
  #progress: vscode.Progress<{ message?: string; increment?: number }> | undefined;
  #last: WorkDoneProgressBegin | WorkDoneProgressReport;
  #end!: () => void;
  readonly ended = new Promise<void>((resolve) => (this.#end = resolve));

  constructor(first: WorkDoneProgressBegin) {
    this.#last = first;
  }

  /** VS Code is ready to draw, some time after it was asked to. */
  draw(progress: vscode.Progress<{ message?: string; increment?: number }>): void {
    this.#progress = progress;
    this.step(this.#last);
  }

  step(step: Step): void {
    if (step.kind === "end") return this.#end();
    this.#last = step;
    const { message, percentage } = step;
    const increment = Math.max(0, (percentage ?? this.#percent) - this.#percent);
    if (!this.#progress) return;
    this.#percent += increment;
    this.#progress.report({ ...(message === undefined ? {} : { message }), ...(percentage === undefined ? {} : { increment }) });
  }
}

export class Progresses {
  readonly #notices = new Map<ProgressToken, Notice>();
  readonly #cancel: (token: ProgressToken) => void;

  /** @param cancel called when the user breaks one off */
  constructor(cancel: (token: ProgressToken) => void) {
    this.#cancel = cancel;
  }

  /** Takes in a step; `next` does what the client does with it, which is to draw it where no button breaks it off. */
  step(token: ProgressToken, step: Step, next: () => void): void {
    if (step.kind === "begin" && step.cancellable) this.#begin(token, step);
    else next();
    this.#notices.get(token)?.step(step);
    if (step.kind === "end") this.#notices.delete(token);
  }

  /** Takes all of them away: the server that they were of has gone. */
  clear(): void {
    for (const notice of this.#notices.values()) notice.step({ kind: "end" });
    this.#notices.clear();
  }

  #begin(token: ProgressToken, first: WorkDoneProgressBegin): void {
    const notice = new Notice(first);
    this.#notices.set(token, notice);
    const options = { location: vscode.ProgressLocation.Notification, title: `Codestral: ${first.title}`, cancellable: true };
    void vscode.window.withProgress(options, (progress, cancellation) => {
      cancellation.onCancellationRequested(() => this.#cancel(token));
      notice.draw(progress);
      return notice.ended;
    });
  }
}
