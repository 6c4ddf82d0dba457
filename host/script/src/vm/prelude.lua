-- Runs once in every VM, before the sandbox closes.
local witness, last_witness = ...
local raw_xpcall, raw_resume = xpcall, coroutine.resume

local function watch(ok, ...)
  if ok then
    return true, ...
  end
  return false, witness((...))
end

function pcall(f, ...)
  return raw_xpcall(f, witness, ...)
end

function xpcall(f, handler, ...)
  return raw_xpcall(f, function(err)
    -- The handler is watched too: what fails in it would be no more than "error in error handling".
    local _, result = raw_xpcall(handler, witness, witness(err))
    return result
  end, ...)
end

function coroutine.resume(thread, ...)
  return watch(raw_resume(thread, ...))
end

-- Luau looks at the clock at every call, loop and step of a pattern, but not inside a function of
-- its library. Those that may work for long at a stretch are bounded here, or made of Lua.

-- Bytes looked at by a search for a plain text, and steps through a class like [a-z], at a stretch.
local MOST_BYTES, MOST_STEPS = 2 ^ 30, 2 ^ 26
local find, match, gmatch, gsub, split = string.find, string.match, string.gmatch, string.gsub, string.split
local sort, move, number_of = table.sort, table.move, tonumber
local MOST_MOVES = 2 ^ 21

local function bound(text, pattern, plain)
  if type(text) ~= "string" or type(pattern) ~= "string" or #text * #pattern <= MOST_STEPS then
    return
  end
  local is_plain = plain or not find(pattern, "[", 1, true)
  if not is_plain or #text * #pattern > MOST_BYTES then
    error(`a text of {#text} bytes is too long for a pattern of {#pattern}`, 3)
  end
end

function string.find(text, pattern, init, plain)
  bound(text, pattern, plain)
  return find(text, pattern, init, plain)
end

function string.match(text, pattern, init)
  bound(text, pattern)
  return match(text, pattern, init)
end

function string.gmatch(text, pattern)
  bound(text, pattern)
  return gmatch(text, pattern)
end

function string.gsub(text, pattern, ...)
  bound(text, pattern)
  return gsub(text, pattern, ...)
end

function string.split(text, separator)
  bound(text, separator, true)
  return split(text, separator)
end

-- Texts and natives compare without a look at the clock; a function of Lua does not.
function table.sort(list, less)
  if less == nil then
    return sort(list, function(one, other)
      return one < other
    end)
  elseif type(less) ~= "function" then
    return sort(list, less)
  end
  return sort(list, function(one, other)
    return less(one, other)
  end)
end

-- Whether the library takes a number for itself: others become the least one, or wrap around. NaN
-- is neither less nor more.
local function is_index(number)
  return number >= -2 ^ 31 and number < 2 ^ 31
end

function table.move(from, first, last, to, into)
  -- A text that is a number is taken for one there.
  local one, other = number_of(first), number_of(last)
  if one and other and not (is_index(one) and is_index(other) and other - one <= MOST_MOVES) then
    error("too many elements to move", 2)
  end
  return move(from, first, last, to, into)
end

-- A native that goes through a table and calls another native runs no line of Lua.
function table.foreach(list, visit)
  for key, value in next, list do
    local result = visit(key, value)
    if result ~= nil then
      return result
    end
  end
end

function table.foreachi(list, visit)
  for index = 1, #list do
    local result = visit(index, list[index])
    if result ~= nil then
      return result
    end
  end
end

return function(f, ...)
  return raw_xpcall(f, last_witness, ...)
end
