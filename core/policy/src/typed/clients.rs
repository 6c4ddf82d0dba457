use std::collections::BTreeMap;

use serde_json::Value;

use super::branch::Branch;
use crate::{
    ClientSpec, Download, Language, LocalText, Place, Problem, Provenance, Source, VncListen,
    schema,
};

/// What a bootstrapper may have where no layer says: 128 MiB.
const MAX_BYTES: u64 = 134_217_728;
/// The text of the start entry where no layer says; RealmJoin's own default.
const START: &str = "Start remote session";

/// The enabled clients, most wanted first, and the text that starts the first of them.
#[derive(Default)]
pub(super) struct Clients {
    pub(super) specs: Vec<ClientSpec>,
    pub(super) start_text: LocalText,
    pub(super) problems: Vec<Problem>,
}

pub(super) fn clients(integration: Branch<'_>, provenance: &Provenance) -> Clients {
    let mut clients = Clients::default();
    let known = [
        ("AnyDesk", anydesk as fn(Branch<'_>) -> Vec<ClientSpec>),
        ("RustDesk", rustdesk),
        ("Vnc", vnc),
    ];
    for (key, specs) in known {
        let section = integration.at(key);
        if section.flag("Enabled") == Some(true) {
            clients.add(section, specs(section));
        }
    }
    for (name, section) in integration.at("Clients").entries() {
        // Who writes a whole client down wants it: only an explicit false turns it off.
        if section.flag("Enabled") == Some(false) {
            continue;
        }
        match own(name, section) {
            Ok(spec) => clients.add(section, vec![spec]),
            Err(missing) => clients.incomplete(name, missing, provenance),
        }
    }
    clients
}

impl Clients {
    fn add(&mut self, section: Branch<'_>, specs: Vec<ClientSpec>) {
        if self.specs.is_empty() {
            self.start_text = start_text(section.at("Ui"));
        }
        self.specs.extend(specs);
    }

    fn incomplete(&mut self, name: &str, missing: &str, provenance: &Provenance) {
        let key = format!("Integration.Clients.{name}");
        let mut winners = provenance
            .under(&key)
            .filter_map(|trail| trail.winner.as_ref());
        let place = match winners.next() {
            Some(setting) => setting.place.clone(),
            None => Place::file_start(&Source::new("", "")),
        };
        let message = format!("the client {name} cannot be used: {missing}");
        self.problems
            .push(Problem::error("client-incomplete", place, message).with_key(key));
    }
}

fn start_text(ui: Branch<'_>) -> LocalText {
    let texts = ui.entries().filter_map(|(key, text)| {
        let language = key.strip_prefix("TrayMenuText")?;
        let tag = Language::parse(language).as_str().to_owned();
        Some((tag, text.raw()?.as_str()?.to_owned()))
    });
    let mut texts: BTreeMap<String, String> = texts.collect();
    texts
        .entry("en".to_owned())
        .or_insert_with(|| START.to_owned());
    LocalText::Many(texts)
}

fn anydesk(section: Branch<'_>) -> Vec<ClientSpec> {
    let suffix = section.text("CustomClientSuffix").unwrap_or_default();
    vec![fetched(section, ClientSpec::anydesk(&suffix))]
}

fn rustdesk(section: Branch<'_>) -> Vec<ClientSpec> {
    vec![fetched(section, ClientSpec::rustdesk())]
}

/// An organisation that brings its own client wants that one, not what happens to be installed.
fn fetched(section: Branch<'_>, spec: ClientSpec) -> ClientSpec {
    let Some(url) = section.text("BootstrapperUrl") else {
        return spec;
    };
    let sums: Vec<String> = section.value("BootstrapperSha256");
    ClientSpec {
        executables: vec![],
        download: Some(Download {
            url,
            sha256: sums.iter().map(|sum| sum.to_ascii_lowercase()).collect(),
            max_bytes: section.number("BootstrapperMaxBytes").unwrap_or(MAX_BYTES),
            allow_unpinned: section.flag("AllowUnpinned").unwrap_or_default(),
        }),
        ..spec
    }
}

fn vnc(section: Branch<'_>) -> Vec<ClientSpec> {
    let listen = match section.text("Listen").as_deref() {
        Some("network") => VncListen::Network,
        _ => VncListen::Loopback,
    };
    let [mut spec, mut other] = [ClientSpec::x11vnc(listen), ClientSpec::x0vncserver(listen)];
    if section.flag("ViewOnly") == Some(true) {
        for spec in [&mut spec, &mut other] {
            let watch = std::mem::take(&mut spec.launch.allowed_arguments);
            spec.launch.arguments.extend(watch);
        }
    }
    spec.otherwise.push(other.clone());
    vec![spec, other]
}

/// A client of the organisation's own; `sample` builds on the built-in sample client.
fn own(name: &str, section: Branch<'_>) -> Result<ClientSpec, &'static str> {
    let base = match name.to_lowercase().as_str() {
        "sample" => ClientSpec::sample(),
        _ => ClientSpec::default(),
    };
    let mut spec = overlaid(&base, section).ok_or("its description is not one of a client")?;
    spec.name = name.to_owned();
    if spec.display_name.is_empty() {
        name.clone_into(&mut spec.display_name);
    }
    if let Some(download) = &mut spec.download {
        if download.max_bytes == 0 {
            download.max_bytes = MAX_BYTES;
        }
        for sum in &mut download.sha256 {
            sum.make_ascii_lowercase();
        }
    }
    spec.download = spec.download.filter(|download| !download.url.is_empty());
    if spec.executables.is_empty() && spec.download.is_none() {
        return Err("it has neither Executables nor a Download.Url");
    }
    if spec.address.is_empty() {
        return Err("it has no Address: nothing says how its address is found");
    }
    if spec.link.template.is_empty() {
        return Err("it has no Link.Template: a supporter could not open it");
    }
    Ok(spec)
}

fn overlaid(base: &ClientSpec, section: Branch<'_>) -> Option<ClientSpec> {
    let mut value = serde_json::to_value(base).ok()?;
    let mut known = schema::known(&schema::CLIENT, section.raw()?);
    let own = known.as_object_mut()?;
    own.remove("Enabled");
    own.remove("Ui");
    overlay(&mut value, known);
    serde_json::from_value(value).ok()
}

/// Objects merge by key, everything else is replaced. Recurses as deep as a layer may be.
fn overlay(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                overlay(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}
