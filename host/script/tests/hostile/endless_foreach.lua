-- ends: late failed
return function(ctx)
  local t = { 1 }
  table.foreach(t, function(key)
    while true do end -- here
  end)
end
