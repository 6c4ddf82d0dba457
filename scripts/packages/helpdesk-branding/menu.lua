-- What the help desk changes in the menu.

local entries = require("./entries")
local fit = require("./fit")

local menu = {}

-- The person's way to stop and to answer: it is there, and called what it always is.
local KEPT = { stop = true, question = true }

-- The entry of that id, unless it, or what it is in, is gone.
local function find(items, id, gone)
  for _, item in ipairs(items) do
    if not gone[item.id] then
      local found = item.id == id and item or find(item.items or {}, id, gone)
      if found then
        return found
      end
    end
  end
  return nil
end

local function hide(items, names)
  local gone, list = {}, {}
  for _, id in ipairs(names) do
    if KEPT[id] then
      fit.leave_out("Helpdesk.Hide", "names \"" .. id .. "\", which nobody can hide")
    elseif find(items, id, gone) then
      gone[id] = true
      list[#list + 1] = id
    end
  end
  return gone, list
end

-- Texts and icons of entries that are there.
local function dress(items, desk, gone)
  local set = {}
  for id, text in pairs(desk.Texts or {}) do
    text = fit.text(deskhook.policy.text(text), "Helpdesk.Texts." .. id, fit.TEXT)
    if text and not KEPT[id] and find(items, id, gone) then
      set[id] = { text = text }
    end
  end
  for id, icon in pairs(desk.Icons or {}) do
    if fit.text(icon, "Helpdesk.Icons." .. id, fit.TEXT) and find(items, id, gone) then
      set[id] = set[id] or {}
      set[id].icon = icon
    end
  end
  return set
end

-- Whether new entries may stand behind the one that starts a session.
local function has_start(items, gone)
  for _, item in ipairs(items) do
    if item.id == "start" then
      return not gone.start
    end
  end
  return false
end

-- The patch, or nil where the policy changes nothing.
function menu.patch(desk, ctx)
  local items = ctx.menu.items
  local gone, remove = hide(items, desk.Hide or {})
  local patch = { remove = remove, set = dress(items, desk, gone), add = entries.links(desk) }
  patch.tooltip = desk.Name and fit.text(deskhook.policy.text(desk.Name), "Helpdesk.Name", fit.TEXT)
  if ctx.session.phase == "idle" then
    -- Other states have icons of their own, which people have to see.
    patch.icon = desk.Icon and fit.text(desk.Icon, "Helpdesk.Icon", fit.TEXT)
    local reasons = entries.reasons(desk, has_start(items, gone) and "start" or nil)
    if reasons then
      table.insert(patch.add, 1, reasons)
    end
  end
  if #patch.add == 0 and #remove == 0 and next(patch.set) == nil and not (patch.tooltip or patch.icon) then
    return nil
  end
  return patch
end

return menu
