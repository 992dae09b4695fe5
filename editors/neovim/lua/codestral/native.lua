--- Ghost text drawn by Neovim itself (0.12 and later): the same functions as the plugin's own drawing has.
local compat = require("codestral.compat")
local suggestion = require("codestral.suggestion")

local M = {}

---@return boolean
function M.is_available()
  return vim.lsp.inline_completion ~= nil
end

---@param _ integer
---@param client vim.lsp.Client
function M.attach(_, client)
  vim.lsp.inline_completion.enable(true, { client_id = client.id })
end

function M.detach() end

--- Whether Neovim draws a suggestion, which only its extmarks tell.
---@return boolean
function M.is_visible()
  local namespace = vim.api.nvim_get_namespaces()["nvim.lsp.inline_completion"]
  return namespace ~= nil and #vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { limit = 1 }) > 0
end

--- Takes over a part of an item that Neovim has just taken off the screen; it asks anew when the text has changed.
---@param item vim.lsp.inline_completion.Item
---@param step "word"|"line"
local function take(item, step)
  local client = vim.lsp.get_client_by_id(item.client_id)
  if not client then
    return
  end
  local row, cursor = unpack(vim.api.nvim_win_get_cursor(0))
  local line, range = vim.api.nvim_get_current_line(), item.range and item.range:to_lsp(client.offset_encoding)
  local raw = { insertText = item.insert_text, range = range, command = item.command }
  local current = suggestion.new(raw, client.id, client.offset_encoding, row - 1, line, cursor)
  local rest = suggestion.rest(current, row - 1, line, cursor)
  if not rest then
    return
  end
  local piece = suggestion.piece(rest, step)
  local whole = piece == rest
  local lines = vim.split(piece, "\n", { plain = true })
  vim.api.nvim_buf_set_text(0, row - 1, cursor, row - 1, cursor + (whole and #current.tail or 0), lines)
  vim.api.nvim_win_set_cursor(0, { row + #lines - 1, (#lines == 1 and cursor or 0) + #lines[#lines] })
  if whole and item.command then
    compat.execute(client, item.command, vim.api.nvim_get_current_buf())
  elseif not whole then
    local length = suggestion.accepted_length(current, current.text:sub(1, #current.text - #rest + #piece))
    compat.notify(client, "textDocument/didPartiallyAcceptCompletion", { item = raw, acceptedLength = length })
  end
end

---@param step "all"|"word"|"line"
---@return boolean done false when none is shown
function M.accept(step)
  local options = step ~= "all" and {
    on_accept = function(item)
      take(item, step)
    end,
  } or nil
  return vim.lsp.inline_completion.get(options) == true
end

---@param step 1|-1
---@return boolean done false when none is shown
function M.cycle(step)
  if not M.is_visible() then
    return false
  end
  vim.lsp.inline_completion.select({ count = step })
  return true
end

---@return boolean done false when none is shown
function M.dismiss()
  local client = vim.lsp.get_clients({ bufnr = 0, name = "codestral" })[1]
  if not client or not M.is_visible() then
    return false
  end
  compat.notify(client, "codestral/didDismissCompletion", vim.lsp.util.make_position_params(0, client.offset_encoding))
  return vim.lsp.inline_completion.get({ on_accept = function() end }) == true
end

--- Has Neovim ask anew. It has no way to say that the user wished it, and waits as long as ever.
function M.trigger()
  vim.api.nvim_exec_autocmds("CursorMovedI", { buffer = vim.api.nvim_get_current_buf(), modeline = false })
end

return M
