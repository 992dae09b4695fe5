--- Menus of completions, Neovim's own and those of plugins. While one is open there is no ghost text.
local M = {}

---@return boolean
function M.is_open()
  if vim.fn.pumvisible() == 1 then
    return true
  end
  local cmp, blink = package.loaded["cmp"], package.loaded["blink.cmp"]
  return (cmp and cmp.visible and cmp.visible()) or (blink and blink.is_menu_visible and blink.is_menu_visible()) or false
end

local watches_cmp = false

--- Calls `run` when a plugin's menu opens or closes; Neovim's own has events that say so.
---@param run fun()
function M.watch(run)
  vim.api.nvim_create_autocmd("User", {
    group = vim.api.nvim_create_augroup("codestral.menu", {}),
    pattern = { "BlinkCmpMenuOpen", "BlinkCmpMenuClose" },
    callback = run,
  })
  local cmp = package.loaded["cmp"]
  if cmp and cmp.event and not watches_cmp then
    watches_cmp = true
    cmp.event:on("menu_opened", run)
    cmp.event:on("menu_closed", run)
  end
end

return M
