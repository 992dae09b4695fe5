-- Neovim 0.12 without a plugin: ~/.config/nvim/after/plugin/codestral.lua
-- Before 0.12 nothing draws the suggestions this way: use the plugin (codestral-lsp init neovim).
vim.lsp.config("codestral", {
  cmd = { "codestral-lsp" },
  root_markers = { ".codestral.toml", ".git" },
  -- the server's settings: init_options = { codestral = { backend = "ollama" } },
})
vim.lsp.enable("codestral")
vim.lsp.inline_completion.enable()
vim.keymap.set("i", "<Tab>", function()
  return vim.lsp.inline_completion.get() and "" or "<Tab>"
end, { expr = true, desc = "Accept the suggestion" })
