/** The extension in a new profile of a real VS Code: it brings its own server, and says so when it cannot. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { scratch, VSIX } from "./lib/places.ts";
import { StandIn } from "./lib/standin.ts";
import { CodeServer, type Window } from "./lib/vscode.ts";
import { HEAD, TOTAL, unavailable, writeProject } from "./lib/workbench.ts";

describe("VS Code in a new profile", { skip: unavailable }, () => {
  const folder = scratch("vscode-new");
  /** What pip would have to go through to reach anything. */
  const network = createServer((socket) => {
    reached += 1;
    socket.destroy();
  });
  let reached = 0;
  let code: CodeServer;
  let standIn: StandIn;
  let window: Window;

  before(async () => {
    standIn = await StandIn.start(folder, { firstToken: 60, token: 8 });
    network.listen(0, "127.0.0.1");
    await once(network, "listening");
    const proxy = `http://127.0.0.1:${(network.address() as AddressInfo).port}`;
    const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; // without a server of the user's own
    code = await CodeServer.start(folder, VSIX, { env: { PATH: path, PIP_PROXY: proxy, PIP_INDEX_URL: `${proxy}/simple` } });
  });
  after(async () => {
    network.close();
    await code.stop();
    await standIn.stop();
  });
  afterEach(async (test) => {
    await window.picture(`vscode-${test.name.replaceAll(/\W+/g, "-")}.png`);
    await window.close();
  });

  const ollama = (): Record<string, unknown> => ({ "codestral.backend": "ollama", "codestral.ollama.url": standIn.url });

  test("says what to do when there is no Python", async () => {
    const shop = writeProject(join(folder, "1"), { "cart.py": `${HEAD}def total` });
    code.configure({}, { ...ollama(), "codestral.ui.python": ["/nowhere/python3"] });
    window = await code.open(shop, "cart.py");
    const said = await window.notified(/Python 3\.11 or newer was not found/);
    assert.match(said, /sudo apt install python3 python3-venv/);
    await window.says(/does not run; .*Python 3\.11 or newer was not found/);
    assert.equal(existsSync(join(code.storage, "server")), false);
  });

  test("installs its server from the wheels it carries, asks no network, and runs nothing that lies in the workspace", async () => {
    const trap = "raise SystemExit('this is not the server')\n";
    const files = { "cart.py": HEAD, "codestral_lsp.py": trap, "asyncio.py": trap, "venv.py": trap };
    const shop = writeProject(join(folder, "2"), files);
    standIn.knows(HEAD + TOTAL);
    code.configure({ "codestral.completion.multiline": "always" }, ollama());
    window = await code.open(shop, "cart.py", 180_000);
    await window.says(/codestral/);
    await window.type("def total(");
    await window.ghostShown('prices:\n    """Sum of all prices."""\n    return sum(prices)');
    assert.equal(readdirSync(join(code.storage, "server")).length, 1);
    assert.equal(reached, 0);
  });

  test("the next window uses what is installed", async () => {
    const shop = writeProject(join(folder, "3"), { "cart.py": HEAD });
    standIn.knows(HEAD + TOTAL);
    const [environment] = readdirSync(join(code.storage, "server"));
    window = await code.open(shop, "cart.py");
    await window.type("def total(");
    await window.ghostShown();
    assert.deepEqual(readdirSync(join(code.storage, "server")), [environment]);
  });
});
