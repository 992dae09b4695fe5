-- The command; what it does is loaded when it is used.
vim.api.nvim_create_user_command("Codestral", function(call)
  require("codestral.command").run(call)
end, {
  nargs = "+",
  range = true,
  desc = "Codestral: explain, find bugs, look into it, switch it off and on",
  complete = function(_, line)
    return require("codestral.command").complete(line)
  end,
})
