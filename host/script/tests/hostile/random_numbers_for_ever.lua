-- ends: late
return function(ctx)
  while math.random() >= 0 do -- here
    math.randomseed(1) -- here
  end
end
