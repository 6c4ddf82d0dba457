-- ends: bad-answer
return function(ctx)
  return { verdict = "allow", [{}] = 1 }
end
