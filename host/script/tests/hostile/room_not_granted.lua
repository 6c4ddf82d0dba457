-- ends: failed
return function(ctx)
  return deskhook.http.get("http://localhost/") -- here
end
