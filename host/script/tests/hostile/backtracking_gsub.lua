-- ends: late
return function()
  while true do
    string.gsub(string.rep("a", 30000), ".-b", "")
  end
end
