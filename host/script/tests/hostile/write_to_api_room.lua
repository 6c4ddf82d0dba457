-- ends: failed
return function()
  deskhook.json.decode = nil
end
