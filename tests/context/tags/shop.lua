local till = require("acme.till")
local log = require "acme.log"

local LIMIT = 3
local Shop = {}
Shop.__index = Shop

function Shop.new(name)
  local self = setmetatable({}, Shop)
  return self
end

function Shop:open(at)
  local function inner() end
  return true
end

Shop.shut = function(self) end

local function helper(a, b) end

function main() end

local M = {
  size = 1,
  walk = function(x) end,
}
return M
