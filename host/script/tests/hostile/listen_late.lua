-- ends: failed
return function()
  deskhook.on("tray.menu", function() end)
end
