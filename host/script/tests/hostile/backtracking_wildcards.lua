-- ends: late
return function()
  return string.find(string.rep("a", 400), ".-.-.-.-.-.-.-.-b")
end
