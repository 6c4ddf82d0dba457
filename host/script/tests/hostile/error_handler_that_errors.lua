-- ends: failed
return function()
  local _, err = xpcall(error, function()
    error("in the handler")
  end)
  error(err)
end
