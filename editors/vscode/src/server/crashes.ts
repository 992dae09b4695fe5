/** How often a server may crash before it is left alone. */
export class Crashes {
  readonly limit = 4;
  readonly withinMs = 180_000;
  #times: number[] = [];

  /** Notes a crash. @param now ms */
  mayRestart(now: number): boolean {
    this.#times = [...this.#times.filter((time) => now - time < this.withinMs), now];
    return this.#times.length <= this.limit;
  }
}
