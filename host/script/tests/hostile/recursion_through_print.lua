-- ends: failed late
return function(ctx)
  local t = setmetatable({}, {})
  getmetatable(t).__tostring = function(self)
    print(self)
    return ""
  end
  print(t)
end
