-- ends: failed late
return function(ctx)
  local function again()
    return (string.gsub("x", "x", again))
  end
  return again()
end
