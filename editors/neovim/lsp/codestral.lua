-- The server's configuration for `vim.lsp.enable("codestral")`. Works without the rest of this plugin where Neovim draws
-- inline completions itself (0.12).
---@type vim.lsp.Config
return {
  cmd = { "codestral-lsp" },
  root_markers = { ".codestral.toml", ".git" },
  capabilities = { textDocument = { inlineCompletion = { dynamicRegistration = false } } },
  handlers = {
    ["codestral/didChangeStatus"] = function(_, status)
      require("codestral.status").set(status)
    end,
  },
}
