--- Menus of completions, Neovim's own and those of plugins. Ghost text stays beside one until an entry of it is chosen.
local M = {}

--- Whether an entry is chosen in a menu that is open: what is typed next is about it, not about the ghost text.
---@return boolean
function M.has_choice()
  if vim.fn.pumvisible() == 1 then
    return vim.fn.complete_info({ "selected" }).selected ~= -1
  end
  local cmp, blink = package.loaded["cmp"], package.loaded["blink.cmp"]
  if cmp and cmp.visible and cmp.visible() then
    return cmp.get_active_entry() ~= nil -- not one that is only marked before the user has chosen
  end
  if blink and blink.is_menu_visible and blink.is_menu_visible() then
    return require("blink.cmp.completion.list").is_explicitly_selected
  end
  return false
end

local watches_cmp = false

--- Calls `run` when a plugin's menu opens, closes, or has another entry chosen; Neovim's own has events that say so.
---@param run fun()
function M.watch(run)
  vim.api.nvim_create_autocmd("User", {
    group = vim.api.nvim_create_augroup("codestral.menu", {}),
    pattern = { "BlinkCmpMenuOpen", "BlinkCmpMenuClose", "BlinkCmpListSelect" },
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
