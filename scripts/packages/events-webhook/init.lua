-- Tells a server of the organisation's what happened. See README.md for the policy.

local delivery = require("./delivery")
local event = require("./event")
local queue = require("./queue")
local settings = require("./settings")

-- Runs with the policy; a policy that nobody can read is said in the log and on the device's page.
-- It raises nothing: an extension that fails again and again is switched off, and loses events.
local function with_policy(run, complain)
  local section = deskhook.policy.get("EventsWebhook")
  local ran, why = pcall(function()
    run(settings.read(section, complain))
  end)
  if not ran then
    deskhook.log.error(why)
  end
end

-- Keeps what happened; nothing is sent while a hook runs.
local function keep(ctx)
  with_policy(function(policy)
    local wanted = settings.to_keep(policy)
    if wanted and wanted.events[ctx.hook] then
      queue.add(function(sequence)
        return event.new(ctx, sequence, wanted.include)
      end, wanted.most)
    end
  end, deskhook.log.error)
end

deskhook.on("agent.started", keep)
deskhook.on("agent.stopping", keep)
deskhook.on("address.reported", keep)
deskhook.on("client.exited", keep)
deskhook.on("session.started", keep)
deskhook.on("session.ended", keep)
deskhook.on("elevation.finished", keep)

deskhook.on("timer", function()
  with_policy(function(policy)
    if policy.Url and queue.load().events[1] then
      delivery.run(settings.to_send(policy))
    end
  end)
end)

deskhook.on("state.collect", function()
  local section = deskhook.policy.get("EventsWebhook")
  local read, why = pcall(function()
    local policy = settings.read(section)
    return settings.to_keep(policy) and settings.to_send(policy)
  end)
  if read and not why then
    return nil
  end
  local waiting = queue.load()
  return {
    fields = {
      webhook_waiting = #waiting.events,
      webhook_dead = waiting.dead,
      webhook_last_dead = waiting.last_dead,
      webhook_error = not read and why or waiting.error,
    },
  }
end)
