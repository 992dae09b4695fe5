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

local SIGNS = { Normal = "✦", Warning = "⚠", Error = "✗", Inactive = "⊘" }

---@type codestral.Status?
local current

---@param status codestral.Status?
function M.set(status)
  current = status
  vim.api.nvim_exec_autocmds("User", { pattern = "CodestralStatus", modeline = false })
  vim.cmd.redrawstatus()
end

---@return codestral.Status? status nil until the server has said something
function M.get()
  return current
end

--- All that is known, a line each.
---@return string[]
function M.lines()
  if not current then
    return { "Codestral: the server does not run (:checkhealth codestral)" }
  end
  local engine = vim.trim(("%s %s"):format(current.engine or "", current.model or ""))
  local lines = { "Codestral: " .. (current.message or current.kind) }
  for _, line in ipairs({ engine, current.detail or "", current.cure or "" }) do
    if line ~= "" and not vim.tbl_contains(lines, line) then
      lines[#lines + 1] = line
    end
  end
  return lines
end

--- A statusline component: a sign and the model; empty where the server does not serve the buffer.
---@return string
function M.component()
  local buf = vim.api.nvim_win_get_buf(vim.g.statusline_winid or 0)
  if not current or #vim.lsp.get_clients({ bufnr = buf, name = "codestral" }) == 0 then
    return ""
  end
  local sign = current.busy and "…" or SIGNS[current.kind] or "?"
  local name = current.kind == "Normal" and (current.model or "") ~= "" and current.model or current.engine or ""
  return (vim.trim(sign .. " " .. (name ~= "" and name or "codestral")):gsub("%%", "%%%%"))
end

return M
