-- ends: failed
return function(ctx)
  local mt = {}
  local t = setmetatable({}, mt)
  mt.__call = t
  return t() -- here
end
