-- The help desk's own entries.

local fit = require("./fit")

local entries = {}

local LINK = { Text = "text", Target = "text", Icon = "string" }

local function link(id, fields, key)
  local text = fit.text(deskhook.policy.text(fields.Text), key .. ".Text", fit.TEXT)
  local target = fit.target(deskhook.policy.text(fields.Target), key .. ".Target")
  return text and target and { id = id, kind = "link", text = text, target = target, icon = fields.Icon }
end

-- The page, more links and the phone number, in this order.
function entries.links(desk)
  local list = {}
  if desk.Link then
    local fields = { Text = desk.LinkText or deskhook.text("link"), Target = desk.Link, Icon = desk.LinkIcon }
    list[#list + 1] = link("helpdesk-link", fields, "Helpdesk.Link")
  end
  for index, fields in ipairs(desk.Links or {}) do
    local key = "Helpdesk.Links, entry " .. index
    fields = deskhook.policy.check(fields, key, LINK, fit.leave_out)
    list[#list + 1] = link("helpdesk-link-" .. index, fields, key)
  end
  if desk.Phone then
    local number = string.gsub(desk.Phone, "[^%d+]", "")
    local fields = { Text = deskhook.text("phone", { phone = desk.Phone }), Target = "tel:" .. number, Icon = desk.PhoneIcon }
    list[#list + 1] = link("helpdesk-phone", fields, "Helpdesk.Phone")
  end
  return list
end

-- A submenu of reasons to start a session with, or nil where there are none.
function entries.reasons(desk, after)
  local items = {}
  for index, reason in ipairs(desk.QuickReasons or {}) do
    local text = fit.text(deskhook.policy.text(reason), "Helpdesk.QuickReasons, entry " .. index, fit.TEXT)
    items[#items + 1] = text and { id = "helpdesk-quick-" .. index, kind = "item", text = text }
  end
  if #items == 0 then
    return nil
  end
  return { id = "helpdesk-quick", kind = "submenu", text = deskhook.text("quick"), items = items, after = after }
end

-- The reason behind a picked entry, or nil where it is not ours.
function entries.reason(item, desk)
  local index = string.match(item, "^helpdesk%-quick%-(%d+)$")
  return index and deskhook.policy.text((desk.QuickReasons or {})[tonumber(index)])
end

return entries
