-- ends: failed late memory
return function()
  local function again()
    pcall(again)
    return again()
  end
  return again()
end
