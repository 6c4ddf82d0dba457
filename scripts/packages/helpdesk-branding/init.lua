-- The help desk's face on the device. See README.md for the policy.

local entries = require("./entries")
local menu = require("./menu")
local settings = require("./settings")
local shells = require("./shells")

deskhook.on("tray.menu", function(ctx)
  return menu.patch(settings.read(ctx.device.groups), ctx)
end)

deskhook.on("menu.click", function(ctx)
  local reason = entries.reason(ctx.item, settings.read(ctx.device.groups))
  if reason then
    return { request = "start_session", reason = reason }
  end
end)

-- The tag that the policy gives, else the one that was written to the device when it was set up.
local function asset_tag(desk)
  if desk.AssetTag then
    return desk.AssetTag
  end
  local read, text = pcall(function()
    return deskhook.fs.read("/etc/deskhook/asset-tag")
  end)
  local tag = read and string.match(text, "^%s*(%S+)")
  return tag or nil
end

deskhook.on("address.report", function(ctx)
  local desk, fields = settings.read(ctx.device.groups), {}
  for name, value in pairs(desk.Fields or {}) do
    fields[name] = value
  end
  fields.asset_tag = asset_tag(desk)
  if next(fields) == nil then
    return nil
  end
  return { fields = fields }
end)

deskhook.on("session.ended", function(ctx)
  local totals = deskhook.store.get("totals") or { sessions = 0, seconds = 0 }
  totals.sessions = totals.sessions + 1
  totals.seconds = totals.seconds + ctx.seconds
  deskhook.store.set("totals", totals)
  local who = ctx.supporter and ctx.supporter.name or "nobody"
  deskhook.log.info("session", ctx.session, "ended:", ctx.outcome, "after", ctx.seconds, "s with", who)
end)

deskhook.on("elevation.request", function(ctx)
  local shell = shells.find(ctx.program, settings.read(ctx.device.groups).Shells)
  if shell then
    return deskhook.deny{ code = "shell", message = deskhook.text("shell", { program = shell }) }
  end
end)
