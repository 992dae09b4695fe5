/** What the server can do where the cursor is, and that we show by ourselves what it writes. */

import type { StaticFeature } from "vscode-languageclient/node";

/** Each a command of ours and of the server's. */
export const ACTIONS = ["explain", "findBug", "generate", "document", "writeTests"] as const;
export type Action = (typeof ACTIONS)[number];

/** Says to the server that it need not find a place for what its actions write. */
export const SHOWS_ACTIONS: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), codestral: { actions: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};
