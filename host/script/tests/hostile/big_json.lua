-- ends: failed
return function()
  return deskhook.json.decode(string.rep("[", 5000))
end
