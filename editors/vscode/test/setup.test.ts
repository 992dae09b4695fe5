import assert from "node:assert/strict";
import { test } from "node:test";
import { choices, type Offer } from "../src/models";

const OFFERS: readonly Offer[] = [
  { name: "codestral", bytes: 12.6e9, licence: "Non-Production", installed: true, recommended: false },
  { name: "small", bytes: 1e9, licence: "Apache-2.0", installed: false, recommended: true },
  { name: "tiny", bytes: 4e8, licence: "Apache-2.0", installed: false, recommended: false },
];

test("the recommended model stands first, and each tells its size and its licence", () => {
  assert.deepEqual(
    choices(OFFERS).map(({ label, description, detail }) => [label, description, detail]),
    [
      ["small", "1 GB · Apache-2.0", "to be downloaded, recommended for this machine"],
      ["codestral", "12.6 GB · Non-Production", "already here"],
      ["tiny", "0.4 GB · Apache-2.0", "to be downloaded"],
    ],
  );
});
