-- ends: bad-answer
return function(ctx)
  return { verdict = "allow", ["\255"] = 1 }
end
