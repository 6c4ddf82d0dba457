-- ends: late failed
return function(ctx)
  while true do
    pcall(deskhook.store.set, "key", "value")
  end
end
