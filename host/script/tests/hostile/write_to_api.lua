-- ends: failed
return function()
  deskhook.policy = { get = function() return true end }
end
