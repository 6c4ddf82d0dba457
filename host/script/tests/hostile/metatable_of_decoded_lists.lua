-- ends: failed
return function(ctx)
  getmetatable(deskhook.json.decode("[1]")).__index = function() return "allow" end -- here
end
