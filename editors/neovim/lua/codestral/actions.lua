--- Explain, find bugs, generate and their kin: starts them where the user is, and shows what is written as it is written.
local compat = require("codestral.compat")
local page = require("codestral.page")
local server = require("codestral.server")

local M = {}

---@type table<string, { text: string, page?: codestral.Page }> what runs, by the server's id
local running = {}

local NOTES = { paused = "waiting for the model", failed = "failed", cancelled = "cancelled" }

---@param step { title: string, languageId: string, state: string, message: string }
---@param text string
---@return string[]
local function lines(step, text)
  local is_code = step.languageId ~= "markdown"
  local note = step.state == "running" and text == "" and "…"
    or NOTES[step.state] and (step.message ~= "" and step.message or NOTES[step.state])
  -- The model may have given it a title; code is shown as it will stand.
  local all = (is_code or vim.startswith(text, "#")) and {} or { "# " .. step.title, "" }
  vim.list_extend(all, vim.split(text, "\n", { plain = true }))
  return note and vim.list_extend(all, { "", "*" .. note:gsub("\n", " ") .. "*" }) or all
end

--- Opens code in a window of its own; nothing of it is a file yet.
---@param code string
---@param language string
local function show_code(code, language)
  vim.cmd("botright vnew")
  vim.bo.filetype = language
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(code, "\n", { plain = true }))
end

--- Takes in how an action goes (`codestral/action`); what is Markdown is shown from its first words on.
---@param step { id: string, kind: string, title: string, languageId: string, state: string, message: string, at: integer, text: string }
function M.progress(step)
  local action = running[step.id] or { text = "" }
  running[step.id] = action
  action.text = action.text:sub(1, compat.byteindex(action.text, "utf-16", step.at)) .. step.text
  if (step.languageId == "markdown" or step.kind == "generate") and (action.text ~= "" or step.state ~= "running") then
    if action.page then
      action.page:write(lines(step, action.text))
    else
      action.page = page.open(step.title, lines(step, action.text))
      vim.bo[action.page.buf].filetype = step.languageId
    end
  end
  if step.kind == "write-tests" and step.state == "done" then
    show_code(action.text, step.languageId)
  end
  if step.state ~= "running" and step.state ~= "paused" then
    running[step.id] = nil
  end
end

--- What an action is about: the lines that were given to the command, else where the cursor is.
---@param call { range: integer, line1: integer, line2: integer }
---@return table
local function place(call)
  local client = server.client()
  local params = vim.lsp.util.make_position_params(0, client and client.offset_encoding or "utf-16")
  if call.range == 0 then
    return { uri = params.textDocument.uri, position = params.position }
  end
  local first = { line = call.line1 - 1, character = 0 }
  return { uri = params.textDocument.uri, range = { start = first, ["end"] = { line = call.line2, character = 0 } } }
end

--- Explains; with words, answers them about the code. What was explained before goes along.
---@param words string[]
---@param call table
function M.explain(words, call)
  server.ask("codestral.explain", { vim.tbl_extend("error", place(call), { instruction = table.concat(words, " ") }) })
end

--- Looks for bugs; what is found is a diagnostic, with its fix among the code actions. With the name of a register (`+`
--- is the clipboard) its text is an error: the bug behind it is looked for, and the lines it names are the quickfix list.
---@param words string[]
---@param call table
function M.bugs(words, call)
  local about = place(call)
  if words[1] then
    about = { uri = about.uri, error = vim.fn.getreg(words[1]) }
  end
  server.ask("codestral.findBug", { about }, function(hunt)
    if #hunt.frames > 0 then
      vim.fn.setqflist({}, " ", {
        title = "Codestral: the lines of the error",
        items = vim.tbl_map(function(frame)
          return { filename = vim.uri_to_fname(frame.uri), lnum = frame.line + 1, text = frame["function"] }
        end, hunt.frames),
      })
    end
    local count = #hunt.findings
    local said = count == 0 and "found no bug here" or count == 1 and "found one bug" or ("found %d bugs"):format(count)
    vim.notify("Codestral: " .. said .. ((hunt.note or "") ~= "" and ": " .. hunt.note or ""))
  end)
end

--- Writes code at the cursor: what the words say; with none, what the comment or the empty function there says.
---@param words string[]
---@param call table
function M.generate(words, call)
  server.ask("codestral.generate", { vim.tbl_extend("error", place(call), { instruction = table.concat(words, " ") }) })
end

---@param call table
function M.document(call)
  server.ask("codestral.document", { place(call) })
end

--- Writes tests; they come into a window of their own.
---@param call table
function M.tests(call)
  server.ask("codestral.writeTests", { place(call) })
end

return M
