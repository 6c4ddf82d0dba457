-- ends: failed late
return function(ctx)
  local t = setmetatable({}, {})
  getmetatable(t).__tostring = function(self)
    return deskhook.text("{t}", { t = self })
  end
  return deskhook.text("{t}", { t = t })
end
