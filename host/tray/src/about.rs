use deskhook_agent::Snapshot;
use deskhook_policy::Language;

use crate::clean;
use crate::menu::organisation_name;
use crate::text::Texts;

const LONGEST: usize = 120;

/// What this program is and whom it works for, one fact a line.
pub fn about(snapshot: &Snapshot, language: &Language) -> String {
    let texts = Texts::of(language);
    let line = |key: &str, name: &str, value: &str| {
        texts.fill(key, &[(name, &clean::line(value, LONGEST))])
    };
    let device = snapshot.device.as_ref().map(|device| {
        let named = format!("{} {}", device.name, device.id);
        line("about.device", "device", &named)
    });
    let person = snapshot.person.as_ref().map(|person| {
        let key = if person.verified {
            "about.person"
        } else {
            "about.person-unverified"
        };
        line(key, "person", &person.display_name)
    });
    let portal = match &snapshot.portal {
        Some(portal) => line("about.portal", "portal", portal),
        None => texts.get("about.no-portal").to_owned(),
    };
    let lines = [
        Some(line("about.version", "version", env!("CARGO_PKG_VERSION"))),
        Some(line(
            "about.organisation",
            "organisation",
            &organisation_name(snapshot),
        )),
        device,
        person,
        Some(portal),
        Some(line("about.policy", "policy", &snapshot.policy.version)),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}
