-- ends: bad-answer
return function()
  return { verdict = "deny", code = "x", message = string.rep("x", 2e6) }
end
