-- Runs once, when the package is loaded. A hook's function runs each time that the hook is
-- called, and gives back allow, deny, ask, or nil for "no opinion".

local SHORTEST = 5

deskhook.on("session.request", function(ctx)
  local shortest = deskhook.policy.get("NAME.ShortestReason") or SHORTEST
  local reason = ctx.reason or ""
  if #reason < shortest then
    return deskhook.deny{
      code = "reason-missing",
      message = deskhook.text("reason-missing", { count = shortest }),
    }
  end
  return deskhook.allow()
end)
