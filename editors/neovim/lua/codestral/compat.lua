--- What differs between Neovim 0.10 and later ones.
local M = {}

local is_new = vim.fn.has("nvim-0.11") == 1

--- Whether `vim.lsp.config` is there; it came with 0.11.
M.has_config = vim.lsp.config ~= nil

---@param client vim.lsp.Client
---@return boolean sent, integer? id
function M.request(client, method, params, handler, buf)
  if is_new then
    return client:request(method, params, handler, buf)
  end
  return client.request(method, params, handler, buf)
end

---@param client vim.lsp.Client
function M.notify(client, method, params)
  if is_new then
    client:notify(method, params)
  else
    client.notify(method, params)
  end
end

---@param client vim.lsp.Client
---@param id integer
function M.cancel(client, id)
  if is_new then
    client:cancel_request(id)
  else
    client.cancel_request(id)
  end
end

--- Runs one of the server's commands.
---@param client vim.lsp.Client
---@param command lsp.Command
---@param buf integer
---@param done? fun(result: any, error?: string)
function M.execute(client, command, buf, done)
  local params = { command = command.command, arguments = command.arguments }
  M.request(client, "workspace/executeCommand", params, function(problem, result)
    if done then
      done(result, problem and problem.message)
    elseif problem then
      vim.notify("Codestral: " .. problem.message, vim.log.levels.ERROR)
    end
  end, buf)
end

--- Bytes before the character that is the `index`th, counted as the encoding counts; all of them past the end.
---@param line string
---@param encoding "utf-8"|"utf-16"|"utf-32"
---@param index integer
---@return integer
function M.byteindex(line, encoding, index)
  if is_new then
    return vim.str_byteindex(line, encoding, index, false)
  elseif encoding == "utf-8" then
    return math.min(index, #line)
  end
  local ok, bytes = pcall(vim.str_byteindex, line, index, encoding == "utf-16")
  return ok and bytes or #line
end

--- Length in UTF-16 units.
---@param text string
---@return integer
function M.utf16_length(text)
  if is_new then
    return vim.str_utfindex(text, "utf-16")
  end
  local _, units = vim.str_utfindex(text)
  return units
end

---@param name string
---@param value any
---@param kind string|string[]
---@param optional? boolean
function M.validate(name, value, kind, optional)
  if is_new then
    vim.validate(name, value, kind, optional)
  else
    vim.validate({ [name] = { value, kind, optional } })
  end
end

return M
