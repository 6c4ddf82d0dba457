-- ends: late
return function(ctx)
  local mt = { __le = function()
    while true do end -- here
  end }
  local t, other = setmetatable({}, mt), setmetatable({}, mt)
  return t <= other
end
