deskhook.on("state.collect", function(ctx)
  return { fields = { ["power-source"] = deskhook.facts.get("power"), language = ctx.person.language } }
end)
