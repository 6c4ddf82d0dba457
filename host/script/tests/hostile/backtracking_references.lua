-- ends: late failed
return function(ctx)
  return string.find(string.rep("a", 300), "(a*)(a*)(a*)(a*)(a*)%1%2%3%4%5b") -- here
end
