-- ends: bad-answer
return function(ctx)
  local t = { "x" }
  for _ = 1, 40 do
    t = { t, t }
  end
  return t
end
