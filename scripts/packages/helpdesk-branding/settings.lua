-- What the policy says for a device: `Helpdesk`, with the first of its sites over it that one of the
-- device's groups belongs to.

local fit = require("./fit")

local settings = {}

local KEY = "Helpdesk"
local KINDS = {
  Name = "text", Icon = "string", Texts = "object", Icons = "object", Hide = "list", Link = "text", LinkText = "text",
  LinkIcon = "string", Links = "list", Phone = "string", PhoneIcon = "string", QuickReasons = "list", AssetTag = "string",
  Fields = "object", Shells = "list", Sites = "list", Groups = "list",
}

local function share(wanted, groups)
  for _, name in ipairs(wanted) do
    for _, group in ipairs(groups) do
      if string.lower(tostring(name)) == string.lower(group) then
        return true
      end
    end
  end
  return false
end

function settings.read(groups)
  local chosen = deskhook.policy.check(deskhook.policy.get(KEY), KEY, KINDS, fit.leave_out)
  for index, entry in ipairs(chosen.Sites or {}) do
    local site = deskhook.policy.check(entry, KEY .. ".Sites, entry " .. index, KINDS, fit.leave_out)
    if share(site.Groups or {}, groups) then
      for name, value in pairs(site) do
        chosen[name] = value
      end
      break
    end
  end
  return chosen
end

return settings
