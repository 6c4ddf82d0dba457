-- ends: failed late
return function(ctx)
  local s = string.rep("[^a-", 100000)
  return string.find(s, s)
end
