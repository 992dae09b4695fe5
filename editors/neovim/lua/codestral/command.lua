--- `:Codestral NAME [ARGUMENT ...]`
local actions = require("codestral.actions")
local page = require("codestral.page")
local server = require("codestral.server")
local status = require("codestral.status")

local M = {}

--- Shows a command's answer as the server puts it for people.
---@param command string
---@param title string
local function show_text(command, title)
  server.ask(command, {}, function(result)
    local lines = vim.split(result.text, "\n", { plain = true })
    page.open(title, vim.list_extend({ "# " .. title, "", "```" }, vim.list_extend(lines, { "```" })))
  end)
end

--- Shows a list of what each has a line for people, the newest first.
---@param command string
---@param title string
---@param heading string
local function show_lines(command, title, heading)
  server.ask(command, { 20 }, function(entries)
    local lines = { "# " .. heading .. ", newest first", "" }
    for index = #entries, 1, -1 do
      lines[#lines + 1] = "- " .. entries[index].line
    end
    page.open(title, lines)
  end)
end

---@type table<string, fun(words: string[], call: table)>
local COMMANDS = {
  explain = function(words, call)
    actions.explain(words, call)
  end,
  bugs = function(words, call)
    actions.bugs(words, call)
  end,
  generate = function(words, call)
    actions.generate(words, call)
  end,
  document = function(_, call)
    actions.document(call)
  end,
  tests = function(_, call)
    actions.tests(call)
  end,
  status = function()
    vim.notify(table.concat(status.lines(), "\n"))
  end,
  why = function()
    show_lines("codestral.why", "why", "The last requests")
  end,
  sent = function()
    show_lines("codestral.sent", "sent", "What was sent")
  end,
  stats = function(words)
    if words[1] == "page" then
      return server.ask("codestral.statsPage", {}) -- the server has Neovim open it
    end
    show_text("codestral.stats", "stats")
  end,
  doctor = function()
    show_text("codestral.doctor", "doctor")
  end,
  toggle = function()
    server.ask("codestral.toggle", {}, function(on)
      vim.notify("Codestral: completions are " .. (on and "on" or "off"))
    end)
  end,
  snooze = function(words)
    local minutes = tonumber(words[1] or "5")
    if not minutes then
      return vim.notify("Codestral: snooze takes a number of minutes", vim.log.levels.ERROR)
    end
    server.ask("codestral.snooze", { minutes }, function()
      vim.notify("Codestral: " .. (minutes > 0 and ("silent for %g minutes"):format(minutes) or "awake"))
    end)
  end,
  engine = function(words)
    server.ask("codestral.selectEngine", { words[1] or "auto" })
  end,
  restart = function()
    if server.client() then
      server.ask("codestral.restart", {})
    else
      server.start_again()
    end
  end,
  trust = function()
    server.ask("codestral.trustWorkspace", {}, function(files)
      vim.notify("Codestral: trusted: " .. (#files > 0 and table.concat(files, ", ") or "there is no .codestral.toml"))
    end)
  end,
  log = function()
    vim.cmd.tabedit(vim.fn.fnameescape(vim.lsp.get_log_path()))
  end,
}

--- What may follow the name, for completion.
local ARGUMENTS = { engine = { "auto", "ollama", "mistral", "llamacpp", "openai", "workspace" }, snooze = { "5", "15", "60", "0" }, stats = { "page" } }

---@param call { fargs: string[], line1: integer, line2: integer, range: integer }
function M.run(call)
  local name = table.remove(call.fargs, 1)
  local run = COMMANDS[name]
  if run then
    run(call.fargs, call)
  else
    vim.notify(("Codestral: there is no %s; there are %s"):format(name, table.concat(M.names(), ", ")), vim.log.levels.ERROR)
  end
end

---@return string[]
function M.names()
  local names = vim.tbl_keys(COMMANDS)
  table.sort(names)
  return names
end

--- What can stand at the end of a command line.
---@param line string
---@return string[]
function M.complete(line)
  local words = vim.split(line:gsub("^.-Codestral%s+", ""), "%s+")
  local choices = #words == 1 and M.names() or ARGUMENTS[words[1]] or {}
  return vim.tbl_filter(function(choice)
    return vim.startswith(choice, words[#words])
  end, choices)
end

return M
