-- ends: memory
return function(ctx)
  xpcall(error, function()
    local t = {}
    while true do
      t[#t + 1] = {} -- here
    end
  end)
  return deskhook.allow()
end
