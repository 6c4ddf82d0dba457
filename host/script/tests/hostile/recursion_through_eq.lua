-- ends: failed memory late
return function(ctx)
  local mt = {}
  mt.__eq = function()
    return setmetatable({}, mt) == setmetatable({}, mt)
  end
  return setmetatable({}, mt) == setmetatable({}, mt)
end
