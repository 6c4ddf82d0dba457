-- ends: failed memory late
return function(ctx)
  local t = {}
  for i = 1, 100000 do t[i] = {} end
  return deskhook.json.encode(t)
end
