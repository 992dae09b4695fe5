/** The plugin as a product, in a real Neovim: its command, its help, its neighbours, and what it does elsewhere. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { Neovim } from "./lib/neovim.ts";
import { missing, NEOVIM, pause, ROOT, scratch, SERVER, until } from "./lib/places.ts";
import { Gate } from "./lib/gate.ts";
import { FAMILIAR } from "./lib/shop.ts";
import { StandIn } from "./lib/standin.ts";
import { Wire } from "./lib/wire.ts";

const PLUGIN = join(ROOT, "editors/neovim");
const HEAD = "# What is in the cart, and what it costs.\n";
const TOTAL = 'def total(prices):\n    """Sum of all prices."""\n    return sum(prices)\n';

/** Neovim 0.11 as far as it can play 0.10: what came with 0.11 is taken away, and it says it is older. */
const OLD = `
  local has = vim.fn.has
  vim.fn.has = function(feature) return feature == "nvim-0.11" and 0 or has(feature) end
  vim.lsp.config, vim.lsp.enable = nil, nil
`;

/** Neovim 0.12's own drawing, played: what it keeps, what it draws, and that it takes over a moment later. */
const NATIVE = `
  local namespace = vim.api.nvim_create_namespace("nvim.lsp.inline_completion")
  local current
  local native = { asked = 0 }
  _G.native = native
  function native.offer(client_id, insert_text, first, last)
    local row = vim.api.nvim_win_get_cursor(0)[1] - 1
    local range = { start = { line = row, character = first }, ["end"] = { line = row, character = last } }
    current = { client_id = client_id, insert_text = insert_text, range = { to_lsp = function() return range end } }
    vim.api.nvim_buf_set_extmark(0, namespace, row, 0, { virt_text = { { insert_text } } })
  end
  vim.lsp.inline_completion = {
    enable = function(on, filter) native.enabled = { on, filter } end,
    select = function(options) native.selected = options.count end,
    get = function(options)
      if not current then return false end
      vim.schedule(function()
        local item = current
        current = nil
        vim.api.nvim_buf_clear_namespace(0, namespace, 0, -1)
        if options and options.on_accept then options.on_accept(item) else native.accepted = item.insert_text end
      end)
      return true
    end,
  }
`;

/** A server inside Neovim that always has the same items to offer. */
const SERVES = `
  function _G.serves(texts)
    return function(dispatchers)
      local closing = false
      return {
        request = function(method, params, done)
          local result = vim.NIL
          if method == "initialize" then
            result = { capabilities = { inlineCompletionProvider = vim.empty_dict(), textDocumentSync = 2 } }
          elseif method == "textDocument/inlineCompletion" then
            result = { items = vim.tbl_map(function(text) return { insertText = text } end, texts) }
          end
          vim.schedule(function() done(nil, result) end)
          return true, 1
        end,
        notify = function() return true end,
        is_closing = function() return closing end,
        terminate = function() closing = true end,
      }
    end
  end
`;

describe("Neovim's plugin", { skip: missing(NEOVIM, SERVER[0]) }, () => {
  const folder = scratch("neovim-product");
  let standIn: StandIn;
  let wire: Wire;
  let nvim: Neovim;
  let count = 0;

  before(async () => {
    standIn = await StandIn.start(folder, { firstToken: 20, token: 2 });
  });
  after(() => standIn.stop());
  afterEach(async () => {
    const said = await nvim.messages();
    await nvim.stop();
    assert.doesNotMatch(said, /E\d+:|stack traceback/);
  });

  /** Starts Neovim with a file; \`configure\` is Lua, in which SETUP(settings) sets the plugin up. */
  async function start(configure = "SETUP{}", name = "cart.py", text = HEAD): Promise<void> {
    const place = join(folder, `${(count += 1)}`);
    mkdirSync(place);
    wire = new Wire(place);
    standIn.knows(HEAD + TOTAL);
    const file = join(place, name);
    writeFileSync(file, text);
    const settings = { backend: "ollama", ollama: { url: standIn.url }, completion: { debounceMs: 10, multiline: "always" }, cache: { enabled: false } };
    const init = join(place, "init.lua");
    writeFileSync(
      init,
      `vim.opt.rtp:prepend(${JSON.stringify(PLUGIN)})
       vim.cmd("filetype plugin indent on")
       CMD = vim.json.decode(${JSON.stringify(JSON.stringify(wire.command))})
       SETTINGS = vim.json.decode(${JSON.stringify(JSON.stringify(settings))})
       function SETUP(more) require("codestral").setup(vim.tbl_extend("force", { cmd = CMD, settings = SETTINGS }, more)) end
       ${configure}`,
    );
    nvim = await Neovim.start(init, file);
  }

  const command = (line: string) => nvim.call("nvim_command", line);
  const page = async (name: string): Promise<string> =>
    await until(`the page ${name}`, async () => {
      const lines: string[] = await nvim.lua(
        `local buf = vim.fn.bufnr("codestral://" .. ...) return buf == -1 and {} or vim.api.nvim_buf_get_lines(buf, 0, -1, true)`,
        name,
      );
      return lines.length > 0 ? lines.join("\n") : undefined;
    });

  test("with no model it goes on from the project's own code, and asks nobody", async () => {
    const { completions } = await standIn.stats();
    await start(`SETTINGS.backend = "workspace" vim.o.expandtab = true SETUP{}`, "cart.py", HEAD + FAMILIAR.text);
    await nvim.ready();
    await nvim.type(`GA${FAMILIAR.typed}<CR>`);
    await nvim.ghostShown(FAMILIAR.ghost);
    await nvim.type("<Tab>");
    assert.equal((await nvim.lines()).join("\n"), HEAD + FAMILIAR.whole);
    assert.equal((await standIn.stats()).completions, completions);
  });

  test("with Mistral's API, by a key from the environment", async (context) => {
    const mistral = await StandIn.start(scratch("neovim-mistral"), { firstToken: 20, token: 2 }, "mistral");
    context.after(() => mistral.stop());
    mistral.knows(HEAD + TOTAL);
    const engine = `SETTINGS.backend = "mistral" SETTINGS.mistral = { url = "${mistral.url}" }`;
    await start(`vim.env.CODESTRAL_API_KEY = "key-of-api-mistral-ai" ${engine} SETUP{}`);
    await until("the engine", async () => /through mistral/.test((await nvim.lua(`return vim.inspect(require("codestral").status())`)) as string));
    await nvim.type("Godef total(");
    await nvim.ghostShown();
    await nvim.type("<Tab>");
    assert.deepEqual(await nvim.lines(), (HEAD + TOTAL).trimEnd().split("\n"));
    assert.deepEqual((await mistral.stats()).violations, []);
  });

  test("says which engine answers, for people and for statuslines", async () => {
    await start(`SETUP{} vim.o.laststatus = 2 vim.o.statusline = "%f %{%v:lua.require'codestral'.statusline()%}"`);
    await nvim.ready();
    await command("Codestral status");
    assert.match(await nvim.messages(), /Codestral: codestral.* through ollama/);
    const shown = await until("the statusline", async () => (await nvim.screen(24)).find((row) => /cart\.py.*✦ codestral/.test(row)));
    assert.ok(shown);
    await command("enew | setlocal buftype=nofile");
    assert.equal(await nvim.lua(`return require("codestral").statusline()`), "");
  });

  test("a backend that goes away is said with its cure, and one that comes back is used again", async (context) => {
    const gate = await new Gate(standIn.url).open();
    context.after(() => gate.shut());
    await start(`SETTINGS.ollama.url = "${gate.url}" SETUP{}`);
    await nvim.ready();
    await nvim.type("Godef to");
    await nvim.ghostShown();
    await gate.shut();
    await nvim.type("<CR>x = ");
    const line = (): Promise<string> => nvim.lua(`return require("codestral").statusline()`);
    await until("the statusline to say so", async () => /^[⚠✗]/.test(await line()));
    await nvim.type("<Esc>");
    await command("Codestral status");
    assert.match(await nvim.messages(), /(nothing listens at|cannot be reached)[^]*(Install|Start|Run|Check) /);
    await gate.open();
    await nvim.type("A");
    await until("to be used again", async () => {
      await nvim.type("1 + ");
      await pause(1000);
      return (await line()) === "✦ codestral";
    });
  });

  for (const [version, before] of [["0.11", ""], ["0.11 made to look like 0.10", OLD]] as const) {
    test(`a server that was killed is started again by hand, in ${version}`, async () => {
      await start(`${before} SETUP{}`);
      await nvim.ready();
      process.kill(wire.serverProcess(), "SIGKILL");
      await until("it to be gone", async () => (await nvim.lua(`return #vim.lsp.get_clients({ name = "codestral" })`)) === 0);
      await command("Codestral restart");
      await until("a new one", () => wire.sent("server", "codestral/didChangeStatus").length === 2);
      await nvim.type("Godef total(");
      await nvim.ghostShown();
    });
  }

  test("says why there was no suggestion, beside the code", async () => {
    await start();
    await nvim.ready();
    await nvim.type("Godef total(");
    await nvim.ghostShown();
    await nvim.type("<Esc>");
    await command("Codestral why");
    assert.match(await page("why"), /python · automatic/);
    assert.match(await nvim.lua("return vim.api.nvim_buf_get_name(0)"), /cart\.py$/);
    await command("Codestral why");
    assert.equal(await nvim.lua("return #vim.api.nvim_tabpage_list_wins(0)"), 2);
  });

  test("says what was sent, what it came to, and what works", async () => {
    await start();
    await nvim.ready();
    await nvim.type("Godef total(");
    await nvim.ghostShown();
    await nvim.type("<Esc>");
    await command("Codestral sent");
    assert.match(await page("sent"), /completion · codestral at 127\.0\.0\.1:\d+ \(this machine\) · .*cart\.py:1-\d/);
    await command("Codestral stats");
    assert.match(await page("stats"), /requests +\d[^]*cost +\S/);
    await command("Codestral doctor");
    assert.match(await page("doctor"), /ok +The state folder/);
  });

  test("explains beside the code, as it is written", async () => {
    await start("SETUP{}", "cart.py", HEAD + TOTAL);
    await nvim.ready();
    await nvim.type("3G");
    await command("Codestral explain");
    const shown = await until("the explanation", async () => {
      const text = await page("Explaining total*");
      return /returns their sum/.test(text) ? text : undefined;
    });
    assert.match(shown, /^# total/);
    assert.match(await nvim.lua("return vim.api.nvim_buf_get_name(0)"), /cart\.py$/);
    assert.ok(wire.sent("server", "codestral/action").length > 2, "it came in one piece");
  });

  test("finds a bug, marks it and fixes it", async () => {
    const buggy = TOTAL.replace("(prices)\n", "(prices[1:])\n");
    await start("SETUP{}", "cart.py", HEAD + buggy);
    await nvim.ready();
    await nvim.type("4G");
    await command("Codestral bugs");
    await until("the report", async () => /found one bug/.test(await nvim.messages()));
    const marked = () => nvim.lua("return (vim.diagnostic.get(0)[1] or {}).message");
    assert.match(await until("the mark", marked), /first price is left out/);
    await nvim.lua(`vim.lsp.buf.code_action({ apply = true, filter = function(action) return vim.startswith(action.title, "Fix:") end })`);
    await until("the fix", async () => (await nvim.lines())[3] === "    return sum(prices)");
  });

  test("writes code on request, which one u takes back", async () => {
    await start("SETUP{}", "cart.py", `${HEAD}def highest(prices):\n    pass\n`);
    await nvim.ready();
    await nvim.type("3G");
    await command("Codestral generate the highest price");
    await until("the code", async () => (await nvim.lines())[2] === "    return max(prices)");
    await nvim.type("u");
    assert.equal((await nvim.lines())[2], "    pass");
  });

  test("switches off and on, and is silent for a while", async () => {
    await start();
    await nvim.ready();
    await command("Codestral toggle");
    await until("the switch", async () => /completions are off/.test(await nvim.messages()));
    await nvim.type("Godef total(");
    await pause(400);
    assert.deepEqual(await nvim.ghost(), []);
    await nvim.type("<Esc>");
    await command("Codestral toggle");
    await until("the switch", async () => /completions are on/.test(await nvim.messages()));
    await command("Codestral snooze 5");
    await until("the snooze", async () => /silent for 5 minutes/.test(await nvim.messages()));
    await nvim.type("A");
    await pause(400);
    assert.deepEqual(await nvim.ghost(), []);
    await nvim.type("<Esc>");
    await command("Codestral snooze 0");
    await until("the end of it", async () => /awake/.test(await nvim.messages()));
    await nvim.type("Sdef total(");
    await nvim.ghostShown();
  });

  test("the command completes its words, and names them when one is wrong", async () => {
    await start("");
    assert.deepEqual(await nvim.call("nvim_call_function", "getcompletion", ["Codestral st", "cmdline"]), ["stats", "status"]);
    assert.deepEqual(await nvim.call("nvim_call_function", "getcompletion", ["Codestral engine o", "cmdline"]), ["ollama", "openai"]);
    await nvim.lua(`vim.notify = function(text) SAID = text end`);
    await command("Codestral nonsense");
    assert.match(await nvim.lua("return SAID"), /there is no nonsense; there are .*doctor/);
    await command("Codestral toggle");
    assert.match(await nvim.lua("return SAID"), /the server does not run here/);
  });

  test(":checkhealth says what is there, what runs and what answers", async () => {
    await start();
    await nvim.ready();
    await command("checkhealth codestral");
    const text = (await nvim.lines()).join("\n");
    assert.match(text, /suggestions are drawn by this plugin/);
    assert.match(text, /runs, serves 1 buffers/);
    assert.match(text, /codestral.* through ollama/);
    assert.doesNotMatch(text, /ERROR/);
  });

  test(":checkhealth says when the program is not there", async () => {
    await start(`SETUP{ cmd = { "/nowhere/codestral-lsp" } }`, "cart.txt");
    await command("enew | checkhealth codestral");
    assert.match((await nvim.lines()).join("\n"), /ERROR.*\/nowhere\/codestral-lsp is not there/);
  });

  test("the help has a tag for all that it is asked for", async () => {
    await start("");
    await command(`helptags ${join(PLUGIN, "doc")}`);
    for (const tag of ["codestral", ":Codestral", "codestral-keys", "CodestralStatus"]) await command(`help ${tag}`);
  });

  test("several suggestions for one place are gone through, and round again", async () => {
    await start(`${SERVES} SETUP{ cmd = serves { "one", "two" } }`);
    await nvim.type("Gox = ", 60);
    await nvim.ghostShown("one");
    await nvim.type("<M-]>");
    await nvim.ghostShown("two");
    await nvim.type("<M-]>");
    await nvim.ghostShown("one");
    await nvim.type("<M-[>");
    await nvim.ghostShown("two");
    await nvim.type("<Tab>");
    assert.deepEqual(await nvim.lines(), [HEAD.trimEnd(), "x = two"]);
  });

  test("makes way for an entry chosen in a menu, and comes back", async () => {
    await start(`OPEN = false package.loaded["cmp"] = { visible = function() return OPEN end, get_active_entry = function() return OPEN end } SETUP{}`);
    await nvim.ready();
    await nvim.type("Godef total(");
    await nvim.ghostShown();
    await nvim.lua(`OPEN = true vim.api.nvim_exec_autocmds("User", { pattern = "BlinkCmpMenuOpen" })`);
    await nvim.ghostGone();
    await nvim.lua(`OPEN = false vim.api.nvim_exec_autocmds("User", { pattern = "BlinkCmpMenuClose" })`);
    await nvim.ghostShown();
  });

  test("runs with vim.lsp.enable alone, and then draws nothing before 0.12", async () => {
    await start(`vim.lsp.config("codestral", { cmd = CMD, init_options = SETTINGS }) vim.lsp.enable("codestral")`);
    await nvim.ready();
    await nvim.type("Godef total(");
    await pause(300);
    assert.deepEqual(await nvim.ghost(), []);
    assert.equal(wire.sent("client", "initialize")[0]?.params.initializationOptions.backend, "ollama");
  });

  test("is quiet in scratch, huge and remote buffers", async () => {
    await start();
    await nvim.ready();
    await nvim.lua(
      `local lines = {}
       for at = 1, 200000 do lines[at] = "value = " .. at end
       vim.cmd("enew")
       vim.api.nvim_buf_set_lines(0, 0, -1, false, lines)
       vim.bo.filetype = "python"`,
    );
    await nvim.type("Godef total(<Esc>", 50);
    await command("enew! | file scp://host//cart.py | setlocal buftype=acwrite filetype=python");
    await nvim.type("idef total(<Tab><Esc>");
    await command("enew! | setlocal buftype=nofile filetype=python");
    await nvim.type("idef total(<Tab><Esc>");
    assert.equal(await nvim.lua("return #vim.lsp.get_clients({ bufnr = 0 })"), 0);
  });

  test("works in 0.11 made to look like 0.10", async () => {
    await start(`${OLD} SETUP{}`);
    await nvim.ready();
    await nvim.type("Godef total(");
    await nvim.ghostShown();
    await nvim.type("<M-Right>");
    await until("the report", () => wire.last("textDocument/didPartiallyAcceptCompletion"));
    await nvim.ghostShown();
    await nvim.type("<Tab>");
    assert.deepEqual(await nvim.lines(), (HEAD + TOTAL).trimEnd().split("\n"));
    await until("didAccept", () => wire.last("workspace/executeCommand"));
  });

  test("leaves the drawing to a Neovim that can, and takes over parts of what it draws", async () => {
    await start(`${NATIVE} SETUP{}`);
    await nvim.ready();
    const id = await nvim.lua(`return vim.lsp.get_clients({ name = "codestral" })[1].id`);
    assert.deepEqual(await nvim.lua("return native.enabled"), [true, { client_id: id }]);
    const offer = () => nvim.lua(`native.offer(..., "x = total(prices) * 2", 0, #vim.api.nvim_get_current_line())`, id);
    await nvim.type("Gox = to");
    await offer();
    await nvim.type("<M-Right>");
    await until("the word", async () => (await nvim.lines())[1] === "x = total");
    const { acceptedLength } = wire.last("textDocument/didPartiallyAcceptCompletion")?.params ?? {};
    assert.equal(acceptedLength, "x = total".length);
    await offer();
    await nvim.type("<M-]>");
    assert.equal(await nvim.lua("return native.selected"), 1);
    await nvim.type("<M-C-Right>");
    await until("the line", async () => (await nvim.lines())[1] === "x = total(prices) * 2");
    await offer();
    await nvim.type("<C-]>");
    await until("the dismissal", () => wire.last("codestral/didDismissCompletion"));
    await nvim.type("<Esc>Sx = ");
    await offer();
    await nvim.type("<Tab>");
    assert.equal(await until("all of it", () => nvim.lua("return native.accepted")), "x = total(prices) * 2");
  });

  test("adds little to the time that Neovim takes to start", async (context) => {
    await start("");
    const place = join(folder, "startup");
    mkdirSync(place);
    const log = join(place, "times");
    const took = (setup: string): number => {
      const init = join(place, "init.lua");
      writeFileSync(init, `vim.opt.rtp:prepend(${JSON.stringify(PLUGIN)})\n${setup}`);
      writeFileSync(log, "");
      execFileSync(NEOVIM, ["--headless", "--clean", "-u", init, "--startuptime", log, "+qall"], { stdio: "ignore" });
      return Number(/^(\S+) .*--- NVIM STARTED/m.exec(readFileSync(log, "utf8"))?.[1]);
    };
    // Pairs, one right after the other, for the machine is not equally fast all the time.
    const pairs = Array.from({ length: 25 }, () => [took(""), took(`require("codestral").setup()`)] as const);
    const median = (values: number[]): number => values.sort((one, other) => one - other)[12]!;
    const added = median(pairs.map(([without, having]) => having - without));
    context.diagnostic(`Neovim starts in ${median(pairs.map(([without]) => without)).toFixed(1)} ms, ${added.toFixed(1)} ms more with the plugin`);
    assert.ok(Number.isFinite(added));
  });
});
