-- Texts that the organisation writes: a text, or one for each language.

local words = {}

-- `{"en": "...", "de": "..."}` in the person's language, its main language, English or any other.
function words.pick(text, language)
  if type(text) ~= "table" then
    return text
  end
  local known, names = {}, {}
  for name, said in pairs(text) do
    known[string.lower(name)] = said
    names[#names + 1] = string.lower(name)
  end
  table.sort(names)
  language = string.lower(language or "")
  return known[language] or known[string.match(language, "^%a+") or ""] or known.en or known[names[1]]
end

return words
