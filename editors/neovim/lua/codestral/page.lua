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

return M
