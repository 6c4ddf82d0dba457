-- ends: memory late failed
return function()
  local s = deskhook.base64.encode(string.rep("x", 1e6))
  local all = {}
  while true do
    s = deskhook.base64.encode(s)
    all[#all + 1] = s
  end
end
