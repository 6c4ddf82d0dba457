-- ends: failed late memory
return function()
  local function deeper()
    return coroutine.wrap(deeper)()
  end
  return deeper()
end
