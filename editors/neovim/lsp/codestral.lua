-- The server's configuration for `vim.lsp.enable("codestral")`. Works without the rest of this plugin where Neovim draws
-- inline completions itself (0.12).
---@type vim.lsp.Config
return {
  cmd = { "codestral-lsp" },
  root_markers = { ".codestral.toml", ".git" },
  capabilities = {
    textDocument = { inlineCompletion = { dynamicRegistration = false } },
    experimental = { codestral = { actions = true } }, -- what actions write is shown by this plugin
  },
  handlers = {
    ["codestral/didChangeStatus"] = function(_, status)
      require("codestral.status").set(status)
    end,
    ["codestral/action"] = function(_, step)
      require("codestral.actions").progress(step)
    end,
  },
}
