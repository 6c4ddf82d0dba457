-- ends: bad-answer
return function(ctx)
  return require("./\0/../attack")
end
