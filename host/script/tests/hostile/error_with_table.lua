-- ends: failed
return function()
  error({ code = 1 })
end
