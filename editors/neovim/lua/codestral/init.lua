--- Codestral in Neovim: starts the server with every file and shows its suggestions as ghost text.
---
--- Neovim's language client and most of this plugin are loaded once Neovim has started: the user sees the text first.
local M = {}

---@class codestral.Keys
---@field accept? string|false
---@field accept_word? string|false
---@field accept_line? string|false
---@field next? string|false
---@field prev? string|false
---@field dismiss? string|false
---@field trigger? string|false

---@class codestral.Options
---@field cmd? string[]|fun(dispatchers: vim.lsp.rpc.Dispatchers): vim.lsp.rpc.PublicClient the program and its arguments
---@field settings? table the server's settings, as its documentation names them
---@field keys? codestral.Keys insert mode keys; false leaves one alone

---@type codestral.Options
local DEFAULTS = {
  settings = {},
  keys = {
    accept = "<Tab>",
    accept_word = "<M-Right>",
    accept_line = "<M-C-Right>",
    next = "<M-]>",
    prev = "<M-[>",
    dismiss = "<C-]>",
    trigger = "<M-\\>",
  },
}

local MEANINGS = {
  accept = "accept the suggestion",
  accept_word = "accept the next word",
  accept_line = "accept the next line",
  next = "next suggestion",
  prev = "previous suggestion",
  dismiss = "dismiss the suggestion",
  trigger = "ask for a suggestion",
}

--- What draws here: Neovim itself, or this plugin.
local function drawing()
  local native = require("codestral.native")
  return native.is_available() and native or require("codestral.ghost")
end

local has_begun = false

---@param chosen codestral.Keys
local function map_keys(chosen)
  for name, desc in pairs(MEANINGS) do
    if chosen[name] then
      require("codestral.keys").map(chosen[name], desc, function()
        local is_ours = has_begun and (name == "trigger" or drawing().is_visible())
        local close_menu = vim.fn.pumvisible() == 1 and "<C-e>" or ""
        return is_ours and ("%s<Cmd>lua require('codestral').%s()<CR>"):format(close_menu, name) or nil
      end)
    end
  end
end

---@param options codestral.Options
local function begin(options)
  local compat, draws = require("codestral.compat"), drawing()
  compat.validate("cmd", options.cmd, { "table", "function" }, true)
  compat.validate("settings", options.settings, "table")
  local group = vim.api.nvim_create_augroup("codestral", {})
  local function on(event, run)
    vim.api.nvim_create_autocmd(event, {
      group = group,
      callback = function(args)
        local client = vim.lsp.get_client_by_id(args.data.client_id)
        if client and client.name == "codestral" then
          run(args.buf, client)
        end
      end,
    })
  end
  on("LspAttach", draws.attach)
  on("LspDetach", draws.detach)
  has_begun = true
  require("codestral.server").enable(options.cmd, options.settings)
end

--- Starts the server with every file from now on, shows its suggestions and maps the keys.
---@param options? codestral.Options
function M.setup(options)
  options = vim.tbl_deep_extend("force", DEFAULTS, options or {})
  vim.api.nvim_set_hl(0, "CodestralGhost", { link = "NonText", default = true })
  map_keys(options.keys)
  local function soon()
    vim.schedule(function()
      begin(options)
    end)
  end
  if vim.v.vim_did_enter == 1 then
    soon()
  else
    vim.api.nvim_create_autocmd("VimEnter", { once = true, callback = soon })
  end
end

--- Takes over the suggestion that is shown.
---@return boolean done false when none is shown
function M.accept()
  return drawing().accept("all")
end

--- Takes over the next word of the suggestion that is shown.
---@return boolean done false when none is shown
function M.accept_word()
  return drawing().accept("word")
end

--- Takes over the next line of the suggestion that is shown.
---@return boolean done false when none is shown
function M.accept_line()
  return drawing().accept("line")
end

--- Shows the next suggestion for this place.
---@return boolean done false when none is shown
function M.next()
  return drawing().cycle(1)
end

--- Shows the suggestion before.
---@return boolean done false when none is shown
function M.prev()
  return drawing().cycle(-1)
end

--- Takes the suggestion away; it stays away until the text changes.
---@return boolean done false when none is shown
function M.dismiss()
  return drawing().dismiss()
end

--- Asks for a suggestion now.
function M.trigger()
  drawing().trigger()
end

--- What the server last said of itself; nil until it has.
---@return codestral.Status?
function M.status()
  return require("codestral.status").get()
end

--- A component for statuslines: `%{%v:lua.require'codestral'.statusline()%}`.
---@return string
function M.statusline()
  return require("codestral.status").component()
end

return M
