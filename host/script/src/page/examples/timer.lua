deskhook.on("timer", function(ctx)
  if deskhook.facts.get("power") == "battery" then
    deskhook.request.notify{ title = "Power", message = "Please plug in the power supply." }
  end
end)
