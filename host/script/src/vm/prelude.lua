-- Runs once in every VM, before the sandbox closes.
local witness, last_witness = ...
local raw_xpcall, raw_resume = xpcall, coroutine.resume

local function watch(ok, ...)
  if ok then
    return true, ...
  end
  return false, witness((...))
end

function pcall(f, ...)
  return raw_xpcall(f, witness, ...)
end

function xpcall(f, handler, ...)
  return raw_xpcall(f, function(err)
    return handler(witness(err))
  end, ...)
end

function coroutine.resume(thread, ...)
  return watch(raw_resume(thread, ...))
end

return function(f, ...)
  return raw_xpcall(f, last_witness, ...)
end
