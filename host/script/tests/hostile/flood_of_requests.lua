-- ends: late
-- host: prompt
return function(ctx)
  while true do
    deskhook.request.notify({ message = "again" })
  end
end
