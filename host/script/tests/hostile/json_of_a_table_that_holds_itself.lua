-- ends: failed
return function(ctx)
  local t = {}
  t.t = t
  return deskhook.json.encode(t) -- here
end
