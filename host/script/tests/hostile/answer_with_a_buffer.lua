-- ends: bad-answer
return function(ctx)
  return { verdict = "deny", code = "x", message = buffer.create(8) }
end
