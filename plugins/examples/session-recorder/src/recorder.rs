use deskhook_sdk::{Failure, Hook, Host, Level, Plugin};

use crate::event;
use crate::journal::Journal;
use crate::settings::Settings;

/// Writes each event as a line.
pub struct SessionRecorder;

impl Plugin for SessionRecorder {
    const ID: &'static str = "org.deskhook.session-recorder";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const ABI_MINOR: u16 = 1;
    const HOOKS: &'static [Hook] = &[
        Hook::SessionStarted,
        Hook::SessionEnded,
        Hook::AddressReported,
        Hook::ElevationFinished,
        Hook::ClientExited,
    ];

    fn new(_: Host) -> Result<Self, Failure> {
        Ok(Self)
    }

    fn session_started(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        record(input, host)
    }

    fn session_ended(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        record(input, host)
    }

    fn address_reported(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        record(input, host)
    }

    fn elevation_finished(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        record(input, host)
    }

    fn client_exited(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        record(input, host)
    }
}

fn record(input: &str, host: Host) -> Result<(), Failure> {
    let settings = Settings::read(host)?;
    let folder = host.folder()?;
    let folder = folder.ok_or_else(|| Failure::new("the host has no folder for the record"))?;
    let line = event::line(input, &settings.fields)?;
    let shown = folder.display().to_string();
    let torn = Journal::in_folder(folder)
        .append(&line, settings.most)
        .map_err(|error| Failure::new(format!("cannot record in {shown}: {error}")))?;
    if torn > 0 {
        let line = format!("{torn} bytes of a line that was never finished were cut off");
        host.log(Level::Warn, &line);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use deskhook_sdk::Json;
    use deskhook_sdk::testing::Trial;

    use super::*;
    use crate::journal::{CURRENT, PREVIOUS};

    struct Desk(tempfile::TempDir);

    impl Desk {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn trial(&self) -> Trial<SessionRecorder> {
            Trial::new().folder(self.0.path())
        }

        fn lines(&self, name: &str) -> Vec<serde_json::Value> {
            let text = std::fs::read_to_string(self.0.path().join(name)).unwrap_or_default();
            text.lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect()
        }
    }

    fn told(trial: &Trial<SessionRecorder>, hook: Hook, input: &str) -> Result<(), Failure> {
        trial.call(hook, &Json::new(input)).map(|answer| {
            assert_eq!(answer, None, "who observes says nothing");
        })
    }

    const STARTED: &str = r#"{"hook":"session.started","now":"2026-11-27T18:00:00Z","session":"s1",
        "client":"anydesk","supporter":{"name":"Kim","organisation":"Acme"}}"#;
    const EXITED: &str = r#"{"hook":"client.exited","now":"2026-11-27T18:01:00Z","client":"anydesk",
        "code":0,"signal":null}"#;

    #[test]
    fn each_event_is_one_line_in_order() {
        let desk = Desk::new();
        let trial = desk.trial();
        told(&trial, Hook::SessionStarted, STARTED).unwrap();
        told(&trial, Hook::ClientExited, EXITED).unwrap();
        let lines = desk.lines(CURRENT);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["supporter"], "Kim, Acme");
        assert_eq!(
            (&lines[1]["event"], &lines[1]["code"]),
            (&"client.exited".into(), &0.into())
        );
    }

    #[test]
    fn the_policy_lists_the_fields_and_unknown_ones_are_told_of() {
        let desk = Desk::new();
        let fields = Json::new(r#"["session", "sesion"]"#);
        let trial = desk.trial().policy("SessionRecorder.Fields", fields);
        told(&trial, Hook::SessionStarted, STARTED).unwrap();
        let line = &desk.lines(CURRENT)[0];
        assert_eq!(line.as_object().unwrap().len(), 3, "{line}");
        assert!(trial.lines().iter().any(|line| line.contains("\"sesion\"")));
    }

    #[test]
    fn a_policy_that_cannot_be_read_records_nothing_and_says_so() {
        for (key, value) in [
            ("MaxMiB", "0"),
            ("MaxMiB", "61"),
            ("MaxMiB", "\"8\""),
            ("Fields", "\"session\""),
            ("Fields", "[1]"),
        ] {
            let desk = Desk::new();
            let trial = desk
                .trial()
                .policy(&format!("SessionRecorder.{key}"), Json::new(value));
            let why = told(&trial, Hook::SessionStarted, STARTED).unwrap_err();
            assert!(
                why.message().contains(key) && why.message().contains(value),
                "{why:?}"
            );
            assert!(desk.lines(CURRENT).is_empty());
        }
    }

    #[test]
    fn a_line_that_a_crash_tore_is_mended_and_told_of() {
        let desk = Desk::new();
        std::fs::write(desk.0.path().join(CURRENT), "{\"event\":\"a\"}\n{\"ev").unwrap();
        let trial = desk.trial();
        told(&trial, Hook::SessionStarted, STARTED).unwrap();
        assert_eq!(desk.lines(CURRENT).len(), 2);
        assert!(trial.lines().iter().any(|line| line.starts_with("4 bytes")));
    }

    #[test]
    fn a_file_of_its_size_is_rotated() {
        let desk = Desk::new();
        let full = format!("{{\"pad\":\"{}\"}}\n", "x".repeat((1 << 20) - 20));
        std::fs::write(desk.0.path().join(CURRENT), full).unwrap();
        let trial = desk
            .trial()
            .policy("SessionRecorder.MaxMiB", Json::new("1"));
        told(&trial, Hook::SessionStarted, STARTED).unwrap();
        assert_eq!(desk.lines(CURRENT).len(), 1);
        assert!(desk.lines(PREVIOUS)[0]["pad"].is_string());
    }

    #[test]
    fn without_a_folder_it_fails() {
        let why = told(&Trial::new(), Hook::SessionStarted, STARTED).unwrap_err();
        assert!(why.message().contains("no folder"), "{why:?}");
    }
}
