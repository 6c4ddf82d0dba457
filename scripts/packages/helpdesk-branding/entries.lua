-- The help desk's own entries.

local fit = require("./fit")
local shape = require("./shape")
local words = require("./words")

local entries = {}

local LINK = { Text = "text", Target = "text", Icon = "string" }

local function link(id, fields, key, language)
  local text = fit.text(words.pick(fields.Text, language), key .. ".Text", fit.TEXT)
  local target = fit.target(words.pick(fields.Target, language), key .. ".Target")
  return text and target and { id = id, kind = "link", text = text, target = target, icon = fields.Icon }
end

-- The page, more links and the phone number, in this order.
function entries.links(desk, language)
  local list = {}
  if desk.Link then
    local fields = { Text = desk.LinkText or deskhook.text("link"), Target = desk.Link, Icon = desk.LinkIcon }
    list[#list + 1] = link("helpdesk-link", fields, "Helpdesk.Link", language)
  end
  for index, fields in ipairs(desk.Links or {}) do
    local key = "Helpdesk.Links, entry " .. index
    fields = shape.check(fields, key, LINK, fit.leave_out)
    list[#list + 1] = link("helpdesk-link-" .. index, fields, key, language)
  end
  if desk.Phone then
    local number = string.gsub(desk.Phone, "[^%d+]", "")
    local fields = { Text = deskhook.text("phone", { phone = desk.Phone }), Target = "tel:" .. number, Icon = desk.PhoneIcon }
    list[#list + 1] = link("helpdesk-phone", fields, "Helpdesk.Phone", language)
  end
  return list
end

-- A submenu of reasons to start a session with, or nil where there are none.
function entries.reasons(desk, language, after)
  local items = {}
  for index, reason in ipairs(desk.QuickReasons or {}) do
    local text = fit.text(words.pick(reason, language), "Helpdesk.QuickReasons, entry " .. index, fit.TEXT)
    items[#items + 1] = text and { id = "helpdesk-quick-" .. index, kind = "item", text = text }
  end
  if #items == 0 then
    return nil
  end
  return { id = "helpdesk-quick", kind = "submenu", text = deskhook.text("quick"), items = items, after = after }
end

-- The reason behind a picked entry, or nil where it is not ours.
function entries.reason(item, desk, language)
  local index = string.match(item, "^helpdesk%-quick%-(%d+)$")
  return index and words.pick((desk.QuickReasons or {})[tonumber(index)], language)
end

return entries
