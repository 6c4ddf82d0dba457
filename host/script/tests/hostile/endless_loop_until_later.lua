-- ends: late
return function(ctx)
  local begun = os.clock()
  repeat -- here
  until os.clock() > begun + 3600 -- here
  return deskhook.allow()
end
