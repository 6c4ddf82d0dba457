-- ends: bad-answer
return function(ctx)
  return { verdict = "ask", title = "x", message = "y", timeout = 0 / 0 }
end
