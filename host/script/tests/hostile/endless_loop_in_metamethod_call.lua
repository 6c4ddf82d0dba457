-- ends: late
return function(ctx)
  local mt = { __call = function()
    while true do end -- here
  end }
  local t, other = setmetatable({}, mt), setmetatable({}, mt)
  t()
end
