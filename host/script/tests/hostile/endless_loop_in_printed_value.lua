-- ends: late
return function(ctx)
  print(setmetatable({}, { __tostring = function()
    while true do end -- here
  end }))
end
