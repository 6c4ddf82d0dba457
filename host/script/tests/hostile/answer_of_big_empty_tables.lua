-- ends: late bad-answer
return function(ctx)
  -- Each is empty, and still takes long to walk through.
  local big, all = table.create(800000), {}
  for i = 1, 19000 do
    all[i] = big
  end
  return { remove = all }
end
