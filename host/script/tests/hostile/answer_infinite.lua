-- ends: bad-answer
return function(ctx)
  return { verdict = "ask", title = "x", message = "y", timeout = math.huge }
end
