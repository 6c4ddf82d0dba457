-- ends: late
return function(ctx)
  local name = setmetatable({}, { __tostring = function()
    while true do end -- here
  end })
  return deskhook.text("{name}", { name = name })
end
