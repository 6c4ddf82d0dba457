-- ends: late
return function(ctx)
  local function handler(err)
    xpcall(error, handler, err)
    while true do end -- here
  end
  xpcall(error, handler, "x")
  return deskhook.allow()
end
