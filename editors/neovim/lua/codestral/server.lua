--- The server: its configuration, starting it, and running its commands.
local compat = require("codestral.compat")

local M = {}

local NAME = "codestral"

--- Starts the server with every file from now on, the ones that are open included.
---@param cmd? string[]|function
---@param settings table
function M.enable(cmd, settings)
  ---@type vim.lsp.ClientConfig|vim.lsp.Config
  local config = { cmd = cmd }
  if not vim.tbl_isempty(settings) then -- an empty Lua table would reach the server as a list
    config.init_options, config.settings = settings, { codestral = settings }
  end
  if compat.has_config then
    vim.lsp.config(NAME, config)
    vim.lsp.enable(NAME)
    return
  end
  local base = dofile(vim.api.nvim_get_runtime_file("lsp/codestral.lua", false)[1])
  config = vim.tbl_deep_extend("force", base, config, { name = NAME })
  config.capabilities = vim.tbl_deep_extend("force", vim.lsp.protocol.make_client_capabilities(), base.capabilities)
  local function start(buf)
    if vim.bo[buf].buftype == "" then
      local root = vim.fs.root(buf, base.root_markers)
      vim.lsp.start(vim.tbl_extend("force", config, { root_dir = root }), { bufnr = buf })
    end
  end
  vim.api.nvim_create_autocmd("FileType", {
    group = vim.api.nvim_create_augroup("codestral.enable", {}),
    callback = function(event)
      start(event.buf)
    end,
  })
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buf) and vim.bo[buf].filetype ~= "" then
      start(buf)
    end
  end
end

--- Starts the server again for all open files, where it has ended.
function M.start_again()
  if compat.has_config then
    vim.lsp.enable(NAME, false)
    vim.lsp.enable(NAME)
    return
  end
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buf) and vim.bo[buf].filetype ~= "" then
      vim.api.nvim_exec_autocmds("FileType", { group = "codestral.enable", buffer = buf, modeline = false })
    end
  end
end

--- The client that serves a buffer, else any.
---@param buf? integer
---@return vim.lsp.Client?
function M.client(buf)
  return vim.lsp.get_clients({ bufnr = buf or 0, name = NAME })[1] or vim.lsp.get_clients({ name = NAME })[1]
end

---@param client vim.lsp.Client
---@param command string
---@return boolean
function M.can(client, command)
  local provider = client.server_capabilities.executeCommandProvider
  return provider ~= nil and vim.tbl_contains(provider.commands or {}, command)
end

--- Runs one of the server's commands; what is wrong is shown, and `done` is not called then.
---@param command string
---@param arguments any[]
---@param done? fun(result: any)
function M.ask(command, arguments, done)
  local client = M.client()
  local function complain(problem)
    vim.notify("Codestral: " .. problem, vim.log.levels.ERROR)
  end
  if not client then
    return complain("the server does not run here (:checkhealth codestral)")
  elseif not M.can(client, command) then
    return complain(("this server has no command %s"):format(command))
  end
  local buf = vim.api.nvim_get_current_buf()
  compat.execute(client, { command = command, arguments = arguments, title = "" }, buf, function(result, problem)
    if problem then
      complain(problem)
    elseif done then
      done(result)
    end
  end)
end

return M
