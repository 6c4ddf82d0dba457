-- ends: late
return function(ctx)
  return deskhook.deny({ [setmetatable({}, { __tostring = function()
    while true do end -- here
  end })] = 1 })
end
