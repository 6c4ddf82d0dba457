-- Asks the organisation's ticket system. Knows nothing of hooks or texts.

local tickets = {}

-- RFC 3986: everything but unreserved characters.
local function encoded(text)
  return (string.gsub(text, "[^%w%-%._~]", function(char)
    return string.format("%%%02X", string.byte(char))
  end))
end

-- The value at "result[0].status.name" of an answer; the first of a list is 0, as in JSONPath.
local function at(value, path)
  for part in string.gmatch(string.gsub(path, "%[(%d+)%]", ".%1"), "[^%.]+") do
    if type(value) ~= "table" then
      return nil
    end
    local index = tonumber(part)
    value = value[part] or (index and value[index + 1])
  end
  return value
end

local function contains(list, wanted)
  wanted = string.lower(tostring(wanted))
  for _, entry in ipairs(list) do
    if string.lower(tostring(entry)) == wanted then
      return true
    end
  end
  return false
end

local function judge(body, person, settings)
  if settings.state_field then
    local state = at(body, settings.state_field)
    if state == nil then
      return "unknown"
    end
    if not contains(settings.open_states, state) then
      return "closed"
    end
  end
  if settings.person_field and not contains({ person }, at(body, settings.person_field)) then
    return "foreign"
  end
  return "open"
end

-- Where the ticket is asked for.
function tickets.url(ticket, settings)
  return (string.gsub(settings.url, "{ticket}", (string.gsub(encoded(ticket), "%%", "%%%%"))))
end

-- What the ticket system says: "open", "closed", "unknown", "foreign", or "unreachable" and why.
function tickets.look_up(ticket, person, settings)
  local url, options = tickets.url(ticket, settings), { headers = settings.headers, timeout = settings.timeout }
  local asked, answer = pcall(deskhook.http.get, url, options)
  if not asked then
    return "unreachable", answer
  end
  if answer.status == 404 or answer.status == 410 then
    return "unknown"
  end
  if answer.status == 401 or answer.status == 403 then
    return "unreachable", "it refuses the token, status " .. answer.status
  end
  if answer.status ~= 200 then
    return "unreachable", "status " .. answer.status
  end
  local read, body = pcall(deskhook.json.decode, answer.body)
  if not read then
    return "unreachable", body
  end
  return judge(body, person, settings)
end

return tickets
