-- ends: failed
return function()
  error(setmetatable({}, { __tostring = function()
    error(setmetatable({}, { __tostring = function()
      error("again")
    end }))
  end }))
end
