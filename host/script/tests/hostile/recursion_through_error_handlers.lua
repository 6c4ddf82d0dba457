-- ends: failed late
return function(ctx)
  local function again(err)
    local _, deeper = xpcall(error, again, err)
    return deeper
  end
  error(again("x"))
end
