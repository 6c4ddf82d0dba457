-- ends: late
return function(ctx)
  local mt = { __iter = function()
    while true do end -- here
  end }
  local t, other = setmetatable({}, mt), setmetatable({}, mt)
  for _ in t do end
end
