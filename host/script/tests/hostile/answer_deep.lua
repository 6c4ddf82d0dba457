-- ends: bad-answer
return function(ctx)
  local t = { verdict = "allow" }
  for _ = 1, 100 do
    t = { t = t }
  end
  return t
end
