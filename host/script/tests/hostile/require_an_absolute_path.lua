-- ends: failed
return function()
  return require("/etc/passwd")
end
