-- What the host takes of a menu. A patch is taken as a whole or not at all, so what does not fit is
-- left out beforehand: one wrong link costs no other entry its place.

local fit = {}

-- Bytes.
fit.TEXT = 256
fit.TARGET = 2048

local told = {}

-- Says once what the policy has wrong: a menu is made anew again and again.
function fit.leave_out(key, why)
  if not told[key] then
    told[key] = true
    deskhook.log.warn(key, why)
  end
end

-- The text, or nil where it does not fit.
function fit.text(text, key, longest)
  if type(text) == "string" and text ~= "" and #text <= longest then
    return text
  end
  fit.leave_out(key, "is no text of at most " .. longest .. " bytes")
  return nil
end

-- The target of a link, or nil where it does not fit.
function fit.target(target, key)
  target = fit.text(target, key, fit.TARGET)
  local scheme = target and string.match(target, "^(%a+):")
  if not target or scheme == "mailto" or scheme == "tel" or string.find(target, "^https?://") then
    return target
  end
  fit.leave_out(key, "is no https, http, mailto or tel link")
  return nil
end

return fit
