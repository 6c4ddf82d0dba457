-- Asks the organisation's ticket system. Knows nothing of hooks or texts.

local tickets = {}

-- RFC 3986: everything but unreserved characters.
local function encoded(text)
  return (string.gsub(text, "[^%w%-%._~]", function(char)
    return string.format("%%%02X", string.byte(char))
  end))
end

-- The value at "fields.status.name" of an answer.
local function at(value, path)
  for part in string.gmatch(path, "[^%.]+") do
    if type(value) ~= "table" then
      return nil
    end
    value = value[part]
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

-- What the ticket system says: "open", "closed", "unknown", "foreign", or "unreachable" and why.
function tickets.look_up(ticket, person, settings)
  local url = string.gsub(settings.Url, "{ticket}", (string.gsub(encoded(ticket), "%%", "%%%%")))
  local asked, answer = pcall(deskhook.http.get, url, { headers = settings.Headers, timeout = settings.TimeoutSeconds })
  if not asked then
    return "unreachable", answer
  end
  if answer.status == 404 then
    return "unknown"
  end
  if answer.status ~= 200 then
    return "unreachable", "status " .. answer.status
  end
  local read, body = pcall(deskhook.json.decode, answer.body)
  if not read then
    return "unreachable", body
  end
  if settings.StateField and not contains(settings.OpenStates or { "open" }, at(body, settings.StateField)) then
    return "closed"
  end
  if settings.PersonField and not contains({ person }, at(body, settings.PersonField)) then
    return "foreign"
  end
  return "open"
end

return tickets
