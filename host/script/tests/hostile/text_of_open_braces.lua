-- ends: failed
return function()
  return deskhook.text(string.rep("{", 1e7), {})
end
