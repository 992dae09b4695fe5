--- Keys that act on a suggestion while one is shown, and do what they did before when none is.
local M = {}

---@type table<string, fun()> what each key did before, where that was a function
local before = {}

--- What a key did before, as keys to type.
---@param key string
---@param old table<string, any> as `maparg` gives it, empty when the key was free
---@return string
local function otherwise(key, old)
  if old.callback and old.expr == 1 then
    return old.callback() or ""
  elseif old.callback then
    before[key] = old.callback
    return ("<Cmd>lua require('codestral.keys').before(%q)<CR>"):format(key)
  elseif old.rhs then
    return old.expr == 1 and vim.api.nvim_eval(old.rhs) or old.rhs
  end
  return key
end

---@param key string
---@param desc string
---@param act fun(): string? what to type instead when the key is the suggestion's now, nil when it is not
function M.map(key, desc, act)
  local old = vim.fn.maparg(key, "i", false, true)
  vim.keymap.set("i", key, function()
    return act() or otherwise(key, old)
  end, { expr = true, silent = true, remap = old.noremap == 0, desc = "Codestral: " .. desc })
end

--- Does what a key did before.
---@param key string
function M.before(key)
  before[key]()
end

return M
