-- Programs that run whatever they are told: with them, a permit for one program is one for all.

local shells = {}

local KNOWN = {
  "sh", "bash", "dash", "ash", "zsh", "fish", "ksh", "csh", "tcsh", "busybox", "su", "sudo", "env",
  "cmd.exe", "powershell.exe", "powershell_ise.exe", "pwsh", "pwsh.exe", "wscript.exe", "cscript.exe",
  "mshta.exe", "rundll32.exe", "osascript",
}

-- The program's name, if it is a shell; `more` are names that the organisation adds.
function shells.find(program, more)
  local name = string.lower(string.match(program, "([^/\\]+)$") or "")
  for _, list in ipairs{ KNOWN, more or {} } do
    for _, shell in ipairs(list) do
      if name == string.lower(shell) then
        return name
      end
    end
  end
  return nil
end

return shells
