-- ends: memory
return function(ctx)
  local kept = {}
  local t = setmetatable({}, { __index = function(_, key)
    kept[#kept + 1] = string.rep("x", 100000) .. key -- here
  end })
  for i = 1, 1e9 do
    pcall(function() return t[i] end)
  end
end
