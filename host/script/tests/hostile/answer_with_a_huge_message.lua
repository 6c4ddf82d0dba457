-- ends: bad-answer
return function(ctx)
  return deskhook.deny({ code = "x", message = string.rep("m", 100000) })
end
