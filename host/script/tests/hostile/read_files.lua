-- ends: failed
return function()
  return io.open("/etc/passwd")
end
