-- ends: bad-answer
return function()
  return true
end
