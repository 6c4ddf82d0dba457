-- ends: failed
return function()
  getmetatable("").__index = nil
end
