--- A suggestion as the server gave it, against a line that goes on changing: whether the two still agree, what is left
--- to show, and where on the screen it goes. Nothing here touches a buffer. Columns are bytes, counted from 0.
local compat = require("codestral.compat")

local M = {}

---@class codestral.Suggestion
---@field client_id integer
---@field item lsp.InlineCompletionItem
---@field row integer
---@field first integer column of the line where the suggestion's text begins
---@field text string what stands from there once all is accepted; line breaks are "\n"
---@field past string what has been accepted above this row
---@field tail string what the range covers to the right of the cursor

--- Makes a suggestion from an item that was asked for at a cursor.
---@param item lsp.InlineCompletionItem
---@param client_id integer
---@param encoding "utf-8"|"utf-16"|"utf-32" of the positions in `item`
---@param row integer
---@param line string the row's text
---@param cursor integer column
---@return codestral.Suggestion
function M.new(item, client_id, encoding, row, line, cursor)
  local first, last = cursor, cursor
  if item.range then
    first = compat.byteindex(line, encoding, item.range.start.character)
    last = compat.byteindex(line, encoding, item.range["end"].character)
  end
  local text = type(item.insertText) == "table" and item.insertText.value or item.insertText --[[@as string]]
  return {
    client_id = client_id,
    item = item,
    row = row,
    first = math.min(first, cursor),
    text = (text:gsub("\r\n?", "\n")),
    past = "",
    tail = line:sub(cursor + 1, last),
  }
end

--- What is left of the text at this cursor; nil when what stands there is something else, or nothing is left.
---@param suggestion codestral.Suggestion
---@param row integer
---@param line string
---@param cursor integer
---@return string?
function M.rest(suggestion, row, line, cursor)
  local typed = line:sub(suggestion.first + 1, cursor)
  local agrees = row == suggestion.row
    and cursor >= suggestion.first
    and vim.startswith(suggestion.text, typed)
    and vim.startswith(line:sub(cursor + 1), suggestion.tail)
  local rest = agrees and suggestion.text:sub(#typed + 1) or ""
  return rest ~= "" and rest ~= suggestion.tail and rest or nil
end

--- How much of `rest` one step accepts.
---@param rest string
---@param step "all"|"word"|"line"
---@return string piece a beginning of `rest`
function M.piece(rest, step)
  if step == "word" then
    -- Bytes above 127 belong to letters of other scripts.
    return rest:match("^%s*[%w_\128-\255]+") or rest:match("^%s*[^%w%s_\128-\255]+") or rest
  elseif step == "line" then
    return rest:match("^\n*[^\n]*")
  end
  return rest
end

--- Length in UTF-16 units of the beginning of the item's own text that has been accepted, line ends as the item has them.
---@param suggestion codestral.Suggestion
---@param accepted string with "\n" for line breaks
---@return integer
function M.accepted_length(suggestion, accepted)
  local text = suggestion.past .. accepted
  local raw = suggestion.item.insertText
  local _, breaks = text:gsub("\n", "")
  local crlf = type(raw) == "string" and raw:find("\r\n", 1, true) ~= nil
  return compat.utf16_length(text) + (crlf and breaks or 0)
end

---@class codestral.Drawing
---@field inline { col: integer, text: string }[] pieces that push the line's own text to the right
---@field cover? string text over the line from the cursor on; it hides what stands there
---@field below string[] lines under the cursor's
---@field after string what `cover` hid that belongs behind the last line below

--- Where the rest of a suggestion goes on the screen.
---@param suggestion codestral.Suggestion
---@param rest string
---@param line string
---@param cursor integer
---@return codestral.Drawing
function M.layout(suggestion, rest, line, cursor)
  local below = vim.split(rest, "\n", { plain = true })
  local head = table.remove(below, 1)
  local tail = suggestion.tail
  local inline, left = M.interleave(head, tail, cursor)
  local after = line:sub(cursor + #tail + 1)
  if #below == 0 or (left == "" and after == "") then
    return { inline = inline, below = below, after = "" }
  end
  -- The line is broken in two: what stands behind the cursor leaves, and comes back behind the last line.
  local hidden = vim.fn.strdisplaywidth(tail .. after) - vim.fn.strdisplaywidth(head)
  return { inline = {}, cover = head .. (" "):rep(hidden), below = below, after = after }
end

--- Splits `head` into the pieces that go between the characters of `tail`, which stay where they are.
---@param head string
---@param tail string
---@param cursor integer
---@return { col: integer, text: string }[] pieces
---@return string left of `tail`, where `head` does not have all its characters in order
function M.interleave(head, tail, cursor)
  local pieces, from, done = {}, 1, 0
  while done < #tail do
    local char = tail:sub(done + 1):match("^[%z\1-\127\194-\244][\128-\191]*") or tail:sub(done + 1, done + 1)
    local at = head:find(char, from, true)
    if not at then
      break
    end
    if at > from then
      pieces[#pieces + 1] = { col = cursor + done, text = head:sub(from, at - 1) }
    end
    from, done = at + #char, done + #char
  end
  if from <= #head then
    pieces[#pieces + 1] = { col = cursor + done, text = head:sub(from) }
  end
  return pieces, tail:sub(done + 1)
end

--- Text with its tabs as blanks, for virtual text does not expand them.
---@param text string
---@param tabstop integer
---@param width integer cells to the left of it
---@return string
function M.expand(text, tabstop, width)
  return (text:gsub("([^\t]*)\t", function(before)
    width = width + vim.fn.strdisplaywidth(before)
    local blanks = tabstop - width % tabstop
    width = width + blanks
    return before .. (" "):rep(blanks)
  end))
end

return M
