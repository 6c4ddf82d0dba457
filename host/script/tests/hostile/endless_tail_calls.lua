-- ends: failed late memory
return function()
  local function again()
    return again()
  end
  return again()
end
