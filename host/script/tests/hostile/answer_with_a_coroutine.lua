-- ends: bad-answer
return function(ctx)
  return { verdict = coroutine.create(print) }
end
