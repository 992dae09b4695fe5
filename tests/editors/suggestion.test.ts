/** The plugin's arithmetic of columns and lengths, in Neovim's own Lua. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Neovim } from "./lib/neovim.ts";
import { missing, NEOVIM, ROOT, scratch } from "./lib/places.ts";

describe("Neovim's suggestions", { skip: missing(NEOVIM) }, () => {
  let nvim: Neovim;

  before(async () => {
    const folder = scratch("suggestion");
    const init = join(folder, "init.lua");
    writeFileSync(init, `vim.opt.rtp:prepend(${JSON.stringify(join(ROOT, "editors/neovim"))})`);
    nvim = await Neovim.start(init, join(folder, "empty"));
  });
  after(() => nvim.stop());

  /** A suggestion for `line`, asked for at column `cursor`, that replaces from `first` to `last` (UTF-16 units). */
  function suggest(line: string, cursor: number, first: number, last: number, insertText: string): Promise<object> {
    const range = { start: { line: 0, character: first }, end: { line: 0, character: last } };
    const code = `return require("codestral.suggestion").new(select(1, ...), 1, "utf-16", 0, select(2, ...))`;
    return nvim.lua(code, { insertText, range }, line, cursor);
  }

  const call = (name: string, ...parameters: unknown[]): Promise<any> =>
    nvim.lua(`return require("codestral.suggestion")[(...)](select(2, ...))`, name, ...parameters);

  test("what is left follows what is typed, on and back, and ends where the text disagrees", async () => {
    const suggestion = await suggest("x = ca", 6, 4, 6, "cart.total()");
    const rest = (line: string, row = 0) => call("rest", suggestion, row, line, line.length);
    assert.equal(await rest("x = ca"), "rt.total()");
    assert.equal(await rest("x = cart."), "total()");
    assert.equal(await rest("x = "), "cart.total()");
    assert.equal(await rest("x = cat"), null);
    assert.equal(await rest("x = cart.total()"), null);
    assert.equal(await rest("x ="), null);
    assert.equal(await rest("x = ca", 1), null);
  });

  test("columns are bytes on this side and UTF-16 units on the other", async () => {
    const line = 'é = "🛒" + ca';
    const suggestion = await suggest(line, Buffer.byteLength(line), 11, 13, "cart");
    assert.equal(await call("rest", suggestion, 0, line, Buffer.byteLength(line)), "rt");
  });

  test("a word takes the blanks before it along, and marks go together", async () => {
    assert.equal(await call("piece", " = total(x)", "word"), " =");
    assert.equal(await call("piece", " total(x)", "word"), " total");
    assert.equal(await call("piece", "):\n    return", "word"), "):");
    assert.equal(await call("piece", "\n    return x", "word"), "\n    return");
    assert.equal(await call("piece", "größe + 1", "word"), "größe");
    assert.equal(await call("piece", "   ", "word"), "   ");
  });

  test("a line ends before the next break, and the next one begins with it", async () => {
    assert.equal(await call("piece", "a:\n    b\n    c", "line"), "a:");
    assert.equal(await call("piece", "\n    b\n    c", "line"), "\n    b");
  });

  test("what was accepted is measured in the item's own text", async () => {
    const plain = await suggest("", 0, 0, 0, "é🛒x\nrest");
    assert.equal(await call("accepted_length", plain, "é🛒x\n"), 5);
    const windows = await suggest("", 0, 0, 0, "é🛒x\r\nrest");
    assert.equal(await call("accepted_length", windows, "é🛒x\n"), 6);
  });

  test("ghost text goes between the closers that stay", async () => {
    const line = "print(total([]))";
    const suggestion = await suggest(line, 13, 0, 16, 'print(total([1, 2]), "in all")');
    const rest = '1, 2]), "in all")';
    const drawing = await call("layout", suggestion, rest, line, 13);
    assert.deepEqual(drawing.inline, [
      { col: 13, text: "1, 2" },
      { col: 15, text: ', "in all"' },
    ]);
    assert.deepEqual([drawing.below, drawing.after, drawing.cover], [[], "", undefined]);
  });

  test("several lines take what stands behind the cursor down with them", async () => {
    const line = "add() # now";
    const suggestion = await suggest(line, 4, 0, 5, "add(\n    1,\n)");
    const drawing = await call("layout", suggestion, "\n    1,\n)", line, 4);
    assert.deepEqual(drawing.below, ["    1,", ")"]);
    assert.equal(drawing.after, " # now");
    assert.equal(drawing.cover, " ".repeat(") # now".length));
  });

  test("tabs become blanks up to the next stop", async () => {
    assert.equal(await call("expand", "a\tb\t", 4, 0), "a   b   ");
    assert.equal(await call("expand", "\tx", 4, 3), " x");
  });
});
