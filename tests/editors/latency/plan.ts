/** What is typed, how fast, and which models answer. */

import type { StandIn } from "../lib/standin.ts";

export interface Plan {
  readonly text: string;
  readonly keys: number;
  readonly debounceMs: number;
  /** Between two keys: longer than any of what is measured, and not a whole number of frames. */
  readonly gapMs: number;
  /** Pairs of starts of Neovim. */
  readonly starts: number;
  /** Windows of VS Code whose server is killed, four times each: it would not be started again after a fifth. */
  readonly windows: number;
  /** A model that answers at once. */
  readonly quick: StandIn;
  /** One that never does. */
  readonly hanging: StandIn;
}
