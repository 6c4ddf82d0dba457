-- ends: bad-answer
return function()
  return { verdict = print }
end
