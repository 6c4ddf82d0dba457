-- ends: failed
return function()
  error("\255\254\253")
end
