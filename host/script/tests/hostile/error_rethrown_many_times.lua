-- ends: failed late
return function(ctx)
  local err = "x"
  for _ = 1, 10000 do
    local _, again = pcall(error, err, 1)
    err = again
  end
  error(err)
end
