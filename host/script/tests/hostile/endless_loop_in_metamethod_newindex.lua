-- ends: late
return function(ctx)
  local mt = { __newindex = function()
    while true do end -- here
  end }
  local t, other = setmetatable({}, mt), setmetatable({}, mt)
  t.x = 1
end
