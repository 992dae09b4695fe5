--- What the server last said of itself, for statuslines. Each change fires `User CodestralStatus`.
local M = {}

---@class codestral.Status
---@field kind "Normal"|"Error"|"Warning"|"Inactive"
---@field message? string
---@field busy? boolean
---@field engine? string the backend that answers
---@field model? string
---@field detail? string
---@field cure? string what the user can do about it

---@type codestral.Status?
local current

---@param status codestral.Status
function M.set(status)
  current = status
  vim.api.nvim_exec_autocmds("User", { pattern = "CodestralStatus", modeline = false })
end

---@return codestral.Status? status nil until the server has said something
function M.get()
  return current
end

return M
