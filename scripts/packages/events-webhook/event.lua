-- What is told of each hook. What says who somebody is, or may, stands apart under `personal`, each
-- part under the word that switches it on.

local event = {}

-- Bytes of an event in JSON. A longer one is told without what is personal.
local LONGEST = 2048

local function nothing()
  return {}, {}
end

local READERS = {
  ["agent.started"] = nothing,
  ["agent.stopping"] = nothing,
  ["address.reported"] = function(ctx)
    return { client = ctx.client }, { address = ctx.address }
  end,
  ["client.exited"] = function(ctx)
    return { client = ctx.client, code = ctx.code, signal = ctx.signal }, {}
  end,
  ["session.started"] = function(ctx)
    return { session = ctx.session, client = ctx.client, started = ctx.started }, { supporter = ctx.supporter }
  end,
  ["session.ended"] = function(ctx)
    local data = { session = ctx.session, client = ctx.client, started = ctx.started, ended = ctx.ended }
    data.outcome, data.seconds = ctx.outcome, ctx.seconds
    return data, { supporter = ctx.supporter }
  end,
  ["elevation.finished"] = function(ctx)
    return { session = ctx.session, outcome = ctx.outcome }, { program = ctx.program }
  end,
}

event.TYPES = {}
for name in pairs(READERS) do
  event.TYPES[name] = true
end

event.PERSONAL = { person = true, device = true, groups = true, supporter = true, address = true, program = true }

-- Only what the policy switches on.
local function chosen(personal, include)
  local kept = {}
  for word, value in pairs(personal) do
    kept[word] = include[word] and value or nil
  end
  return kept
end

-- The event, with a name that no other has: who gets it twice knows it by that.
function event.new(ctx, sequence, include)
  local data, personal = READERS[ctx.hook](ctx)
  personal.person = { name = ctx.person.name, display_name = ctx.person.display_name }
  personal.device = { name = ctx.device.name }
  personal.groups = ctx.device.groups
  local device = ctx.device
  local name = table.concat({ device.id, device.name, sequence, ctx.hook, ctx.now }, "\n")
  local made = {
    id = "evt_" .. string.sub(deskhook.hash.sha256(name), 1, 32),
    sequence = sequence,
    type = ctx.hook,
    timestamp = ctx.now,
    device = device.id,
    data = data,
    personal = chosen(personal, include),
    kept_at = deskhook.time.now().unix,
  }
  if #deskhook.json.encode(made) > LONGEST then
    made.personal = {}
  end
  return made
end

-- The event as it is sent. What was switched off since it was kept stays here.
function event.body(kept, include)
  local sent = {}
  for field, value in pairs(kept) do
    sent[field] = value
  end
  sent.personal, sent.kept_at = chosen(kept.personal, include), nil
  return deskhook.json.encode(sent)
end

return event
