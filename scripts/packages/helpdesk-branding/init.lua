-- The help desk's face on the device. See README.md for the policy.

local shells = require("./shells")

local QUICK = "helpdesk-quick-"

local function settings()
  return deskhook.policy.get("Helpdesk") or {}
end

local function quick_reasons(reasons)
  local items = {}
  for index, reason in ipairs(reasons) do
    items[#items + 1] = { id = QUICK .. index, kind = "item", text = reason }
  end
  return items
end

deskhook.on("tray.menu", function(ctx)
  local desk, add = settings(), {}
  local idle = ctx.session.phase == "idle"
  if idle and desk.QuickReasons and #desk.QuickReasons > 0 then
    add[#add + 1] = {
      id = "helpdesk-quick",
      kind = "submenu",
      text = deskhook.text("quick"),
      items = quick_reasons(desk.QuickReasons),
      after = "start",
    }
  end
  if desk.Link then
    local text = desk.LinkText or deskhook.text("link")
    add[#add + 1] = { id = "helpdesk-link", kind = "link", text = text, target = desk.Link }
  end
  if desk.Phone then
    local number = string.gsub(desk.Phone, "[^%d+]", "")
    local text = deskhook.text("phone", { phone = desk.Phone })
    add[#add + 1] = { id = "helpdesk-phone", kind = "link", text = text, target = "tel:" .. number }
  end
  if #add == 0 and not desk.Name then
    return nil
  end
  return { tooltip = desk.Name, add = add }
end)

deskhook.on("menu.click", function(ctx)
  local index = string.match(ctx.item, "^" .. string.gsub(QUICK, "%-", "%%-") .. "(%d+)$")
  local reasons = settings().QuickReasons or {}
  local reason = reasons[tonumber(index)]
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

deskhook.on("address.report", function()
  local desk, fields = settings(), {}
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
  local shell = shells.find(ctx.program, settings().Shells)
  if shell then
    return deskhook.deny{ code = "shell", message = deskhook.text("shell", { program = shell }) }
  end
end)
