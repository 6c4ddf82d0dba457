-- ends: bad-answer
return function(ctx)
  return vector.create(1, 2, 3)
end
