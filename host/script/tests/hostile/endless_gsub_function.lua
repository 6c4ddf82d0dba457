-- ends: late
return function()
  string.gsub("aaa", "a", function()
    while true do
    end
  end)
end
