-- Neovim with the plugin of this project: editors/neovim, or its archive.
require("codestral").setup {
  settings = { backend = "auto" },
}
