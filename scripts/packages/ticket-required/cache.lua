-- Remembers for a while which tickets were open. On the disk a ticket is a hash, not its number.

local cache = {}

local KEY = "open"
local MOST = 50

local function kept()
  local read, tickets = pcall(deskhook.store.get, KEY)
  return read and tickets or {}
end

-- What was asked, as one word: another address, person or setting is another question.
function cache.name(url, person, settings)
  local states = table.concat(settings.open_states, "\n")
  local parts = { url, person, settings.state_field or "", settings.person_field or "", states }
  return deskhook.hash.sha256(table.concat(parts, "\n\n"))
end

-- Whether it was open within the last `seconds`. What ends later than that was kept under another
-- setting, or before the clock was set back.
function cache.has(name, seconds)
  local now, ends = deskhook.time.now().unix, kept()[name]
  return ends ~= nil and now < ends and ends <= now + seconds
end

function cache.keep(name, seconds)
  local now, tickets, count = deskhook.time.now().unix, {}, 1
  for other, ends in pairs(kept()) do
    if ends > now and count < MOST then
      tickets[other], count = ends, count + 1
    end
  end
  tickets[name] = now + seconds
  -- What cannot be kept is asked for again.
  pcall(deskhook.store.set, KEY, tickets)
end

return cache
