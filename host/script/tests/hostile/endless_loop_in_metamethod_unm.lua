-- ends: late
return function(ctx)
  local mt = { __unm = function()
    while true do end -- here
  end }
  local t, other = setmetatable({}, mt), setmetatable({}, mt)
  return -t
end
