-- ends: late
return function(ctx)
  local text = deskhook.json.encode({ 1, 2, { a = "b" } })
  while true do -- here
    deskhook.json.decode(text) -- here
  end
end
