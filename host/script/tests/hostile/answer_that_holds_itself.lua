-- ends: bad-answer
return function()
  local t = {}
  t.message = t
  return t
end
