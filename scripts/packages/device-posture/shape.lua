-- A section of the policy with the types that its keys have to have, under the names that the
-- package knows: policy keys are compared without case.

local shape = {}

local WANTED = {
  string = "a text",
  number = "a number",
  object = "an object",
  list = "a list",
  text = "a text, or one for each language: {\"en\": \"...\"}",
}

local told = {}

local function is(value, kind)
  if type(value) ~= "table" then
    return type(value) == kind or (kind == "text" and type(value) == "string")
  end
  if next(value) == nil then
    return kind == "object" or kind == "list"
  end
  return (value[1] ~= nil) == (kind == "list") and (kind == "list" or kind == "object" or kind == "text")
end

-- A key that nobody knows is said once: it may be of a newer version of the package, or a slip.
local function unknown(key)
  if not told[key] then
    told[key] = true
    deskhook.log.warn(key .. " is no key of this package, so it does nothing")
  end
end

local function fail(key, why)
  error(key .. " " .. why, 0)
end

-- The section that stands under `key`, checked; empty where there is none. `complain` is told of
-- what has another type, which is then left out; without it that is an error.
function shape.check(section, key, kinds, complain)
  local names, read = {}, {}
  for name in pairs(kinds) do
    names[string.lower(name)] = name
  end
  if section ~= nil and not is(section, "object") then
    (complain or fail)(key, "is " .. WANTED.object)
    section = nil
  end
  for name, value in pairs(section or {}) do
    local known = names[string.lower(name)]
    if not known then
      unknown(key .. "." .. name)
    elseif is(value, kinds[known]) then
      read[known] = value
    else
      (complain or fail)(key .. "." .. known, "is " .. WANTED[kinds[known]])
    end
  end
  return read
end

return shape
