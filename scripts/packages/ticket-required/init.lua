-- Starts a session only for a ticket that is open in the organisation's ticket system. See
-- README.md for the policy.

local tickets = require("./tickets")

local DEFAULT_PATTERN = "^%S+$"

local function no(code, values)
  return deskhook.deny{ code = code, message = deskhook.text(code, values) }
end

local function unreachable(why, settings, values)
  deskhook.log.warn("the ticket system gave no answer:", why)
  if settings.WhenUnreachable == "ask" then
    return deskhook.ask{
      title = deskhook.text("unreachable-title"),
      message = deskhook.text("unreachable-ask", values),
    }
  end
  return no("ticket-not-checked", values)
end

deskhook.on("session.request", function(ctx)
  local settings = deskhook.policy.get("TicketRequired") or {}
  local ticket = ctx.ticket or ""
  local values = { ticket = ticket, example = settings.Example or "INC0012345" }
  if ticket == "" then
    return no("ticket-missing", values)
  end
  if not string.find(ticket, settings.Pattern or DEFAULT_PATTERN) then
    return no("ticket-malformed", values)
  end
  if not settings.Url then
    return deskhook.allow()
  end
  local state, why = tickets.look_up(ticket, ctx.person.name, settings)
  if state == "open" then
    return deskhook.allow()
  end
  if state == "unreachable" then
    return unreachable(why, settings, values)
  end
  return no("ticket-" .. state, values)
end)
