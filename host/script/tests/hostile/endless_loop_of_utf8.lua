-- ends: late
return function(ctx)
  local s = string.rep("\u{20AC}", 100000)
  while true do -- here
    for _, code in utf8.codes(s) do -- here
      utf8.char(code) -- here
    end
  end
end
