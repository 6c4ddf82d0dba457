-- Texts that the organisation writes: a text, or one for each language.

local words = {}

-- `{"en": "...", "de": "..."}` in the person's language, its main language, English or any other.
function words.pick(text, language)
  if type(text) ~= "table" then
    return text
  end
  language = string.lower(language or "")
  local found = text[language] or text[string.match(language, "^%a+") or ""] or text.en
  if found then
    return found
  end
  local names = {}
  for name in pairs(text) do
    names[#names + 1] = name
  end
  table.sort(names)
  return text[names[1]]
end

return words
