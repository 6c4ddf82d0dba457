-- ends: failed
return function(ctx)
  return deskhook.base64.decode(string.rep("!", 1000000)) -- here
end
