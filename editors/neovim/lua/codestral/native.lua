--- Ghost text drawn by Neovim itself (0.12 and later).
local M = {}

---@return boolean
function M.is_available()
  return vim.lsp.inline_completion ~= nil
end

---@param client vim.lsp.Client
function M.attach(client)
  vim.lsp.inline_completion.enable(true, { client_id = client.id })
end

---@return boolean done false when none is shown
function M.accept()
  return vim.lsp.inline_completion.get() == true
end

return M
