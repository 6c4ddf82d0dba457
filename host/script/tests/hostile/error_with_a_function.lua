-- ends: failed
return function(ctx)
  error(function() end) -- here
end
