-- ends: harmless failed
return function(ctx)
  return deskhook.allow(), 1, 2, 3
end
