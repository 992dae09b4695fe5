--- Codestral in Neovim: starts the server with every file and shows its suggestions as ghost text.
local ghost = require("codestral.ghost")
local keys = require("codestral.keys")
local native = require("codestral.native")
local status = require("codestral.status")

local M = {}

---@class codestral.Keys
---@field accept? string|false
---@field accept_word? string|false
---@field accept_line? string|false
---@field dismiss? string|false
---@field trigger? string|false

---@class codestral.Options
---@field cmd? string[] the program that serves, and its arguments
---@field settings? table the server's settings, as its documentation names them
---@field keys? codestral.Keys insert mode keys; false leaves one alone

---@type codestral.Options
local DEFAULTS = {
  settings = {},
  keys = {
    accept = "<Tab>",
    accept_word = "<M-Right>",
    accept_line = "<M-C-Right>",
    dismiss = "<C-]>",
    trigger = "<M-\\>",
  },
}

---@param chosen codestral.Keys
local function map_keys(chosen)
  ---@param name string a key of codestral.Keys, and a function of this module
  ---@param desc string
  ---@param applies fun(): boolean
  local function map(name, desc, applies)
    if chosen[name] then
      keys.map(chosen[name], desc, function()
        return applies() and ("<Cmd>lua require('codestral').%s()<CR>"):format(name) or nil
      end)
    end
  end
  if not native.is_available() then
    map("accept", "accept the suggestion", ghost.is_visible)
    map("accept_word", "accept the next word", ghost.is_visible)
    map("accept_line", "accept the next line", ghost.is_visible)
    map("dismiss", "dismiss the suggestion", ghost.is_visible)
    map("trigger", "ask for a suggestion", function()
      return true
    end)
  elseif chosen.accept then
    keys.map(chosen.accept, "accept the suggestion", function()
      return native.accept() and "" or nil
    end)
  end
end

--- Starts the server with every file from now on, shows its suggestions and maps the keys.
---@param options? codestral.Options
function M.setup(options)
  options = vim.tbl_deep_extend("force", DEFAULTS, options or {})
  vim.validate("cmd", options.cmd, "table", true)
  vim.validate("settings", options.settings, "table")
  vim.validate("keys", options.keys, "table")
  vim.api.nvim_set_hl(0, "CodestralGhost", { link = "NonText", default = true })

  local config = { init_options = options.settings, settings = { codestral = options.settings } }
  if vim.tbl_isempty(options.settings) then
    config = {} -- an empty Lua table would reach the server as a list
  end
  config.cmd = options.cmd
  vim.lsp.config("codestral", config)

  local group = vim.api.nvim_create_augroup("codestral", {})
  vim.api.nvim_create_autocmd("LspAttach", {
    group = group,
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if not client or client.name ~= "codestral" then
        return
      elseif native.is_available() then
        native.attach(client)
      else
        ghost.attach(event.buf)
      end
    end,
  })
  vim.api.nvim_create_autocmd("LspDetach", {
    group = group,
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == "codestral" then
        ghost.detach(event.buf)
      end
    end,
  })

  map_keys(options.keys)
  vim.lsp.enable("codestral")
end

--- Takes over the suggestion that is shown.
---@return boolean done false when none is shown
function M.accept()
  if native.is_available() then
    return native.accept()
  end
  return ghost.accept("all")
end

--- Takes over the next word of the suggestion that is shown.
---@return boolean done false when none is shown
function M.accept_word()
  return ghost.accept("word")
end

--- Takes over the next line of the suggestion that is shown.
---@return boolean done false when none is shown
function M.accept_line()
  return ghost.accept("line")
end

--- Takes the suggestion away; it stays away until the text changes.
---@return boolean done false when none is shown
function M.dismiss()
  return ghost.dismiss()
end

--- Asks for a suggestion now.
function M.trigger()
  ghost.trigger()
end

--- What the server last said of itself; nil until it has.
---@return codestral.Status?
function M.status()
  return status.get()
end

return M
