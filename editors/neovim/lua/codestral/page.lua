--- Pages that are read, not edited: a split beside the code, which may grow while it is read. `q` closes it.
local M = {}

---@class codestral.Page
---@field buf integer
local Page = {}
Page.__index = Page

--- Opens a page under a title, in place of an older one of that title; the cursor stays where it is.
---@param title string
---@param lines string[]
---@return codestral.Page
function M.open(title, lines)
  local name = "codestral://" .. title
  local buf = vim.fn.bufnr("^" .. vim.fn.escape(name, "[]*?") .. "$")
  if buf == -1 then
    buf = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buf, name)
    vim.bo[buf].filetype = "markdown"
    vim.bo[buf].modifiable = false
    vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = buf, desc = "Close" })
  end
  if vim.fn.bufwinid(buf) == -1 then
    local here = vim.api.nvim_get_current_win()
    vim.cmd("botright vsplit")
    local win = vim.api.nvim_get_current_win()
    vim.api.nvim_win_set_buf(win, buf)
    vim.wo[win][0].wrap, vim.wo[win][0].linebreak = true, true
    vim.wo[win][0].number, vim.wo[win][0].conceallevel = false, 2
    vim.api.nvim_set_current_win(here)
  end
  local page = setmetatable({ buf = buf }, Page)
  page:write(lines)
  return page
end

--- Replaces the page's text; nothing happens when it has been closed for good.
---@param lines string[]
function Page:write(lines)
  if vim.api.nvim_buf_is_valid(self.buf) then
    vim.bo[self.buf].modifiable = true
    vim.api.nvim_buf_set_lines(self.buf, 0, -1, false, lines)
    vim.bo[self.buf].modifiable = false
  end
end

--- Any JSON value as lines for a person: nested lists, names before values.
---@param value any
---@param indent? string
---@return string[]
function M.outline(value, indent)
  indent = indent or ""
  if type(value) == "string" and indent == "" then
    return vim.split(value, "\n", { plain = true })
  elseif type(value) ~= "table" then
    return { indent .. "- " .. tostring(value) }
  end
  local lines, is_list = {}, vim.islist(value)
  local names = is_list and {} or vim.tbl_keys(value)
  table.sort(names)
  for index = 1, is_list and #value or #names do
    local name, each = names[index], is_list and value[index] or value[names[index]]
    if type(each) == "table" and next(each) ~= nil then
      lines[#lines + 1] = name and ("%s- %s:"):format(indent, name) or nil
      vim.list_extend(lines, M.outline(each, name and indent .. "  " or indent))
    else
      local text = (each == vim.NIL or type(each) == "table") and "none" or tostring(each):gsub("\n", " ")
      lines[#lines + 1] = indent .. "- " .. (name and name .. ": " or "") .. text
    end
  end
  return lines
end

return M
