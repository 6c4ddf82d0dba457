-- ends: late failed
return function(ctx)
  while true do
    print("line") -- here
  end
end
