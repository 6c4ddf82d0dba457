-- ends: late
return function(ctx)
  local s = string.rep("a", 1000)
  while true do -- here
    bit32.bxor(#s, 7) -- here
    utf8.len(s) -- here
    string.format("%s %q %5.2f", s, s, 1.5) -- here
    math.floor(1.5) -- here
  end
end
