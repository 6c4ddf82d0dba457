-- ends: memory
-- calls: 4
return function(ctx)
  kept = kept or {}
  for _ = 1, 20000 do
    kept[#kept + 1] = { {}, {} }
  end
  return deskhook.allow()
end
