-- Neovim with the plugin of this project: editors/neovim, or its archive.
require("codestral").setup {
  -- the server's settings: settings = { backend = "ollama" },
}
