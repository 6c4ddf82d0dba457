-- Starts a session only for a ticket that is open in the organisation's ticket system. See
-- README.md for the policy.

local cache = require("./cache")
local settings = require("./settings")
local tickets = require("./tickets")

local function no(code, values)
  return deskhook.deny{ code = code, message = deskhook.text(code, values) }
end

-- The text without what header lines say behind their last space: a token is nobody's business.
local function without_secrets(text, headers)
  for _, line in pairs(headers) do
    local secret = string.match(line, "(%S+)%s*$")
    if secret then
      text = string.gsub(text, (string.gsub(secret, "%W", "%%%0")), "***")
    end
  end
  return text
end

local function unreachable(why, desk, values)
  deskhook.log.warn("the ticket system gave no answer:", without_secrets(why, desk.headers))
  if desk.when_unreachable == "ask" then
    return deskhook.ask{
      title = deskhook.text("unreachable-title"),
      message = deskhook.text("unreachable-ask", values),
    }
  end
  return no("ticket-not-checked", values)
end

local function judge(ticket, person, desk, values)
  local name = cache.name(tickets.url(ticket, desk), person, desk)
  if cache.has(name, desk.cache) then
    return deskhook.allow()
  end
  local state, why = tickets.look_up(ticket, person, desk)
  if state == "unreachable" then
    return unreachable(why, desk, values)
  end
  if state ~= "open" then
    return no("ticket-" .. state, values)
  end
  if desk.cache > 0 then
    cache.keep(name, desk.cache)
  end
  return deskhook.allow()
end

deskhook.on("session.request", function(ctx)
  local desk = settings.read(deskhook.policy.get("TicketRequired"))
  local ticket = ctx.ticket or ""
  local values = { ticket = ticket, example = desk.example }
  if ticket == "" then
    return no("ticket-missing", values)
  end
  if not settings.fits(ticket, desk) then
    return no("ticket-malformed", values)
  end
  if not desk.url then
    return deskhook.allow()
  end
  return judge(ticket, ctx.person.name, desk, values)
end)
