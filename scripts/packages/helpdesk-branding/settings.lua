-- What the policy says for a device: `Helpdesk`, with the first of its sites over it that one of the
-- device's groups belongs to.

local settings = {}

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
  local policy, chosen = deskhook.policy.get("Helpdesk") or {}, {}
  for name, value in pairs(policy) do
    chosen[name] = value
  end
  for _, site in ipairs(policy.Sites or {}) do
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
