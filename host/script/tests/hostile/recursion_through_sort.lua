-- ends: failed late
return function(ctx)
  local function again()
    table.sort({ 3, 2, 1 }, again)
    return false
  end
  again()
end
