-- ends: late
return function(ctx)
  -- Each level goes through all of the next, and none of them runs a line of Lua.
  local level, visit = { [{}] = rawequal }, rawequal
  for _ = 1, 8 do
    local above = {}
    for _ = 1, 50 do
      local copy = {}
      for key in level do
        copy[key] = visit
      end
      above[copy] = visit
    end
    level, visit = above, table.foreach
  end
  table.foreach(level, table.foreach) -- here
end
