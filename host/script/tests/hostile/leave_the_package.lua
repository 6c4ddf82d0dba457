-- ends: failed
return function()
  return require("../../other/init")
end
