-- ends: late
return function(ctx)
  local mt = { __tostring = function()
    while true do end -- here
  end }
  local t, other = setmetatable({}, mt), setmetatable({}, mt)
  return tostring(t)
end
