--- `:checkhealth codestral`
local server = require("codestral.server")
local status = require("codestral.status")

local M = {}

---@param command string[]
---@return string? output nil when the program cannot be run
local function output(command)
  local ok, ran = pcall(function()
    return vim.system(command, { text = true }):wait(5000)
  end)
  return ok and ran.code == 0 and vim.trim(ran.stdout) or nil
end

---@return string[]
local function command_line()
  local client = server.client()
  local cmd = client and client.config.cmd or vim.lsp.config and vim.lsp.config.codestral and vim.lsp.config.codestral.cmd
  return type(cmd) == "table" and cmd or { "codestral-lsp" }
end

local function check_neovim()
  vim.health.start("Neovim")
  if vim.fn.has("nvim-0.10") == 0 then
    vim.health.error("Neovim 0.10 or later is needed")
  elseif vim.lsp.inline_completion then
    vim.health.ok("draws suggestions itself")
  else
    vim.health.ok("suggestions are drawn by this plugin")
  end
end

local function check_server()
  vim.health.start("Server")
  local cmd = command_line()
  local path = vim.fn.exepath(cmd[1])
  if path == "" then
    vim.health.error(cmd[1] .. " is not there", { "pip install the wheel, or name the program: setup { cmd = { ... } }" })
    return
  end
  -- A command that wraps the server cannot be asked for its version.
  vim.health.ok(path .. " " .. (#cmd == 1 and output({ path, "--version" }) or ""))
  local client = server.client()
  if client then
    vim.health.ok(("runs, serves %d buffers"):format(vim.tbl_count(client.attached_buffers or {})))
  else
    vim.health.warn("does not run", { 'require("codestral").setup(), then open a file', ":Codestral log" })
  end
end

local function check_engine()
  vim.health.start("Engine")
  local now = status.get()
  if not now then
    return vim.health.info("nothing is known until the server runs")
  end
  local lines = status.lines()
  local report = ({ Normal = vim.health.ok, Inactive = vim.health.info, Warning = vim.health.warn })[now.kind] or vim.health.error
  report(table.concat(lines, "\n"))
end

function M.check()
  check_neovim()
  check_server()
  check_engine()
end

return M
