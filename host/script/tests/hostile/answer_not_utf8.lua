-- ends: bad-answer
return function()
  return { verdict = "deny", code = "x", message = "\255" }
end
