-- ends: bad-answer
return function()
  return "allow"
end
