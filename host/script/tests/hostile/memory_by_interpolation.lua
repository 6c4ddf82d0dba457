-- ends: memory
return function(ctx)
  local s = "x"
  while true do
    s = `{s}{s}{s}` -- here
  end
end
