use deskhook_sdk::{Host, Json};

use crate::state::{Protection, State};

const FDESETUP: &str = "/usr/bin/fdesetup";
const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
/// What Explorer shows of a drive, which needs no administrator, as `manage-bde` does.
const PROPERTY: &str = "(New-Object -ComObject Shell.Application).NameSpace($env:SystemDrive).Self.ExtendedProperty('System.Volume.BitLockerProtection')";

/// What FileVault says of a Mac's system disk.
pub(crate) fn file_vault(host: Host) -> State {
    match said(host, FDESETUP, &["status"]) {
        Ok(text) => of_file_vault(&text),
        Err(why) => State::unknown(format!("fdesetup: {why}")),
    }
}

/// What BitLocker says of Windows' system drive.
pub(crate) fn bit_locker(host: Host) -> State {
    let arguments = ["-NoProfile", "-NonInteractive", "-Command", PROPERTY];
    match said(host, POWERSHELL, &arguments) {
        Ok(text) => of_bit_locker(&text),
        Err(why) => State::unknown(format!("BitLocker: {why}")),
    }
}

/// `fdesetup status` begins with a sentence, and tells of work in progress below it.
fn of_file_vault(text: &str) -> State {
    let first = text.lines().next().unwrap_or_default().trim();
    match first {
        "FileVault is On." => State::new(Protection::On, "FileVault is on"),
        "FileVault is Off." => State::new(Protection::Off, "FileVault is off"),
        _ => State::unknown(format!("fdesetup says {first:?}")),
    }
}

/// The shell's property `System.Volume.BitLockerProtection`: 1 is protected; all that is not yet, no
/// longer, or suspended can be read by whoever has the disk.
fn of_bit_locker(text: &str) -> State {
    let off = |detail| State::new(Protection::Off, detail);
    match text.trim() {
        "1" => State::new(Protection::On, "BitLocker is on"),
        "2" => off("BitLocker is off"),
        "3" => off("BitLocker still encrypts"),
        "4" => off("BitLocker decrypts"),
        "5" => off("BitLocker is suspended"),
        "8" => off("BitLocker waits to be activated"),
        other => State::unknown(format!("BitLocker says {other:?}")),
    }
}

/// What a program printed, run by the agent.
fn said(host: Host, path: &str, arguments: &[&str]) -> Result<String, String> {
    let request = serde_json::json!({"call": "exec", "path": path, "arguments": arguments});
    let answer = host.call(&Json::new(request.to_string()));
    let answer = answer.map_err(|error| error.to_string())?;
    let field = |name: &str| answer.as_ref().and_then(|answer| answer.field(name));
    let code = field("code").and_then(|code| code.as_u64());
    let printed = field("stdout").and_then(|text| text.as_string());
    match (code, printed) {
        (Some(0), Some(text)) => Ok(text),
        (Some(code), _) => Err(format!("it ended with the code {code}")),
        _ => Err("a signal ended it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_yes_counts_as_encrypted() {
        for (text, protection) in [
            ("FileVault is On.\n", Protection::On),
            ("FileVault is Off.\n", Protection::Off),
            (
                "FileVault is On.\nDecryption in progress: Percent completed = 12\n",
                Protection::On,
            ),
            (
                "FileVault is Off, but will be enabled after the next restart.\n",
                Protection::Unknown,
            ),
            ("", Protection::Unknown),
            ("Error: FileVault is On.\n", Protection::Unknown),
        ] {
            assert_eq!(of_file_vault(text).protection, protection, "{text}");
        }
        for (text, protection) in [
            ("1\r\n", Protection::On),
            ("2\r\n", Protection::Off),
            ("3", Protection::Off),
            ("5", Protection::Off),
            ("6", Protection::Unknown),
            ("11", Protection::Unknown),
            ("", Protection::Unknown),
            ("True", Protection::Unknown),
        ] {
            assert_eq!(of_bit_locker(text).protection, protection, "{text}");
        }
    }
}
