--- Ghost text where Neovim does not draw it itself: asks at every change, shows what still agrees at once, and takes
--- over on request. Silent outside plain insert mode: in macros, snippets, and where an entry of a menu is chosen.
local compat = require("codestral.compat")
local menu = require("codestral.menu")
local suggestion = require("codestral.suggestion")

local M = {}

local METHOD = "textDocument/inlineCompletion"
local INVOKED, AUTOMATIC = 1, 2
local namespace = vim.api.nvim_create_namespace("codestral")

---@type { client_id: integer, id: integer }? the request that has no answer yet
local pending
---@type string? where the last request was made, so that one keystroke makes one request
local asked
---@type { buf: integer, suggestion: codestral.Suggestion, choices: codestral.Suggestion[] }?
local shown

---@param buf integer
---@return vim.lsp.Client?
local function client_of(buf)
  return vim.lsp.get_clients({ bufnr = buf, name = "codestral", method = METHOD })[1]
end

---@return boolean
local function is_typing()
  return vim.startswith(vim.api.nvim_get_mode().mode, "i")
    and vim.fn.reg_executing() == ""
    and vim.fn.reg_recording() == ""
    and not menu.has_choice()
    and not vim.snippet.active()
end

---@return integer row, string line, integer cursor
local function place()
  local row, cursor = unpack(vim.api.nvim_win_get_cursor(0))
  return row - 1, vim.api.nvim_get_current_line(), cursor
end

---@param buf integer
---@return string
local function moment(buf)
  local row, _, cursor = place()
  return table.concat({ buf, vim.api.nvim_buf_get_changedtick(buf), row, cursor }, ":")
end

local function cancel()
  local client = pending and vim.lsp.get_client_by_id(pending.client_id)
  if client and pending then
    compat.cancel(client, pending.id)
  end
  pending = nil
end

local function clear()
  if shown and vim.api.nvim_buf_is_valid(shown.buf) then
    vim.api.nvim_buf_clear_namespace(shown.buf, namespace, 0, -1)
  end
  shown = nil
end

---@param buf integer
---@param row integer
---@param cursor integer
---@param drawing codestral.Drawing
local function paint(buf, row, cursor, drawing)
  local tabstop = vim.bo[buf].tabstop
  local function expand(text, col)
    return suggestion.expand(text, tabstop, col and vim.fn.virtcol({ row + 1, col }) or 0)
  end
  vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  for _, piece in ipairs(drawing.inline) do
    vim.api.nvim_buf_set_extmark(buf, namespace, row, piece.col, {
      virt_text = { { expand(piece.text, piece.col), "CodestralGhost" } },
      virt_text_pos = "inline",
    })
  end
  local below = vim.tbl_map(function(line)
    return { { expand(line), "CodestralGhost" } }
  end, drawing.below)
  if drawing.after ~= "" then
    table.insert(below[#below], { drawing.after, "Normal" })
  end
  vim.api.nvim_buf_set_extmark(buf, namespace, row, cursor, {
    virt_text = drawing.cover and { { expand(drawing.cover, cursor), "CodestralGhost" } } or nil,
    virt_text_pos = drawing.cover and "overlay" or nil,
    virt_lines = #below > 0 and below or nil,
  })
end

--- Draws what is left of the suggestion, or takes it away where it no longer agrees with what stands there.
local function redraw()
  if not shown then
    return
  end
  local row, line, cursor = place()
  local rest = suggestion.rest(shown.suggestion, row, line, cursor)
  if not rest or shown.buf ~= vim.api.nvim_get_current_buf() then
    return clear()
  end
  paint(shown.buf, row, cursor, suggestion.layout(shown.suggestion, rest, line, cursor))
end

--- Draws the suggestion that is shown now, and says so to the server.
---@param client vim.lsp.Client
---@param before lsp.InlineCompletionItem? what was shown until now
local function present(client, before)
  redraw()
  local item = shown and shown.suggestion.item
  local is_new = not (before and item and before.command and vim.deep_equal(before.command, item.command))
  if item and is_new then
    compat.notify(client, "textDocument/didShowCompletion", { item = item })
  end
end

---@param buf integer
---@param client vim.lsp.Client
---@param result lsp.InlineCompletionItem[]|lsp.InlineCompletionList|nil
local function receive(buf, client, result)
  local items = result and (result.items or result) or {}
  local before = shown and shown.suggestion.item
  clear()
  if #items == 0 then
    return
  end
  local row, line, cursor = place()
  local choices = vim.tbl_map(function(item)
    return suggestion.new(item, client.id, client.offset_encoding, row, line, cursor)
  end, items)
  shown = { buf = buf, suggestion = choices[1], choices = choices }
  present(client, before)
end

---@param buf integer
---@param kind 1|2
local function request(buf, kind)
  local client, now = client_of(buf), moment(buf)
  if not client or (kind == AUTOMATIC and now == asked) then
    return
  end
  cancel()
  asked = now
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding) --[[@as lsp.InlineCompletionParams]]
  params.context = { triggerKind = kind }
  local sent, id = compat.request(client, METHOD, params, function(_, result)
    pending = nil
    if vim.api.nvim_get_current_buf() == buf and moment(buf) == now and is_typing() then
      receive(buf, client, result)
    end
  end, buf)
  pending = sent and { client_id = client.id, id = id } or nil
end

--- Follows a change of text, cursor or mode.
---@param buf integer
local function follow(buf)
  if is_typing() then
    redraw()
    request(buf, AUTOMATIC)
  else
    cancel()
    clear()
    asked = nil
  end
end

--- Whether a suggestion is on the screen.
---@return boolean
function M.is_visible()
  return shown ~= nil
end

--- Takes over the suggestion that is shown, or its next word or line.
---@param step "all"|"word"|"line"
---@return boolean done false when none is shown
function M.accept(step)
  local row, line, cursor = place()
  local current = shown and shown.suggestion
  local rest = current and suggestion.rest(current, row, line, cursor)
  local client = current and vim.lsp.get_client_by_id(current.client_id)
  if not (shown and current and rest and client) then
    return false
  end
  local buf, piece = shown.buf, suggestion.piece(rest, step)
  local whole = piece == rest
  local lines = vim.split(piece, "\n", { plain = true })
  vim.go.undolevels = vim.go.undolevels -- so that one undo takes back what was accepted, and not what was typed before
  vim.api.nvim_buf_set_text(buf, row, cursor, row, cursor + (whole and #current.tail or 0), lines)
  local column = (#lines == 1 and cursor or 0) + #lines[#lines]
  vim.api.nvim_win_set_cursor(0, { row + #lines, column })
  if whole then
    clear()
    vim.go.undolevels = vim.go.undolevels
    if current.item.command then
      compat.execute(client, current.item.command, buf)
    end
  else
    local accepted = current.text:sub(1, #current.text - #rest + #piece)
    compat.notify(client, "textDocument/didPartiallyAcceptCompletion", {
      item = current.item,
      acceptedLength = suggestion.accepted_length(current, accepted),
    })
    if #lines > 1 then
      local above = accepted:match("^.*\n")
      current.row, current.first = row + #lines - 1, 0
      current.past, current.text = current.past .. above, current.text:sub(#above + 1)
    end
    redraw()
  end
  return true
end

--- Takes the suggestion away and says so to the server, which keeps it away until the text changes.
---@return boolean done false when none is shown
function M.dismiss()
  if not shown then
    return false
  end
  local client = vim.lsp.get_client_by_id(shown.suggestion.client_id)
  if client then
    local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
    compat.notify(client, "codestral/didDismissCompletion", params)
  end
  cancel()
  clear()
  return true
end

--- Shows another suggestion for the same place; asks for one if the server gave only this one.
---@param step 1|-1
---@return boolean done false when none is shown
function M.cycle(step)
  local client = shown and vim.lsp.get_client_by_id(shown.suggestion.client_id)
  if not (shown and client) then
    return false
  elseif #shown.choices == 1 then
    M.trigger()
    return true
  end
  local before, at = shown.suggestion.item, 1
  for index, choice in ipairs(shown.choices) do
    at = choice == shown.suggestion and index or at
  end
  shown.suggestion = shown.choices[(at - 1 + step) % #shown.choices + 1]
  present(client, before)
  return true
end

--- Asks now, as the user's own wish.
function M.trigger()
  local buf = vim.api.nvim_get_current_buf()
  if vim.startswith(vim.api.nvim_get_mode().mode, "i") then
    request(buf, INVOKED)
  end
end

--- Shows ghost text in a buffer that the server is attached to.
---@param buf integer
function M.attach(buf)
  local group = vim.api.nvim_create_augroup("codestral.ghost." .. buf, {})
  local function on(events, run)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = buf, callback = run })
  end
  on({ "InsertEnter", "TextChangedI", "TextChangedP", "CursorMovedI", "CompleteChanged", "CompleteDone", "ModeChanged" }, function()
    -- Not yet: at InsertEnter the mode is still the one that is left.
    vim.schedule(function()
      if vim.api.nvim_get_current_buf() == buf then
        follow(buf)
      end
    end)
  end)
  menu.watch(function()
    vim.schedule(function()
      follow(vim.api.nvim_get_current_buf())
    end)
  end)
  on("InsertLeavePre", function()
    M.dismiss()
    cancel()
  end)
  on({ "BufLeave", "WinLeave" }, function()
    cancel()
    clear()
  end)
end

--- Stops showing ghost text in a buffer.
---@param buf integer
function M.detach(buf)
  pcall(vim.api.nvim_del_augroup_by_name, "codestral.ghost." .. buf)
  if shown and shown.buf == buf then
    clear()
  end
end

return M
