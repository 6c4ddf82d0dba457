-- ends: failed
return function(ctx)
  return setfenv(print, {}) -- here
end
