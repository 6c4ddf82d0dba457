-- Events that wait, in order, and those that nobody will get any more. One value in the store, so
-- that a change of it happens as a whole.

local queue = {}

local KEY, DEAD = "queue", "dead"
-- A stored value has at most 64 KiB.
local MOST_BYTES = 56 * 1024
local MOST_DEAD = 20

function queue.load()
  return deskhook.store.get(KEY) or { next = 1, failures = 0, due = 0, dead = 0, events = {} }
end

function queue.save(waiting)
  deskhook.store.set(KEY, waiting)
end

-- Takes the first event out and keeps it apart, with the reason; the oldest of those is forgotten.
function queue.bury(waiting, reason)
  local event = table.remove(waiting.events, 1)
  local dead = deskhook.store.get(DEAD) or {}
  dead[#dead + 1] = { reason = reason, event = event }
  if #dead > MOST_DEAD then
    table.remove(dead, 1)
  end
  waiting.dead = waiting.dead + 1
  waiting.last_dead = event.type .. " of " .. event.timestamp .. ": " .. reason
  deskhook.log.error("the event", event.id, "(" .. event.type .. ") will not be delivered:", reason)
  deskhook.store.set(DEAD, dead)
  queue.save(waiting)
end

-- Appends what `make` makes of the next number. Where there is no room the oldest gives way.
function queue.add(make, most)
  local waiting = queue.load()
  waiting.events[#waiting.events + 1] = make(waiting.next)
  waiting.next = waiting.next + 1
  while #waiting.events > most or #deskhook.json.encode(waiting) > MOST_BYTES do
    queue.bury(waiting, "the queue was full")
  end
  queue.save(waiting)
end

return queue
