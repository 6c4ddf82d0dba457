//! `portal.toml`, and the same keys as flags and variables.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use deskhook_portal::{AnyDesk, ApiPassword, PortalConfig, TlsFiles, set_up};

use crate::output::Failure;
use crate::places;
use crate::portal::address;
use crate::settings::read_toml;

/// The portal's settings. A flag outweighs its variable, a variable the file, the file the default.
#[derive(Args, Clone, Debug)]
pub(crate) struct PortalSettings {
    /// Settings file (default: portal.toml in the user's or the system's configuration folder)
    #[arg(long, env = "DESKHOOK_PORTAL_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to listen
    #[arg(long, env = "DESKHOOK_PORTAL_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Where the database and the portal's key live
    #[arg(long, env = "DESKHOOK_PORTAL_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The address that people and agents type, where it differs
    #[arg(
        long,
        env = "DESKHOOK_PORTAL_PUBLIC_URL",
        value_name = "URL",
        value_parser = deskhook_portal::public_url
    )]
    public_url: Option<url::Url>,
    /// The organisation's name
    #[arg(long, env = "DESKHOOK_PORTAL_ORGANIZATION", value_name = "NAME")]
    organization: Option<String>,
    /// A link scheme that Connect may open; may be given more than once
    #[arg(
        long = "link-scheme",
        env = "DESKHOOK_PORTAL_LINK_SCHEMES",
        value_name = "SCHEME",
        value_delimiter = ','
    )]
    link_schemes: Option<Vec<String>>,
    /// Take a caller's address from the last hop of X-Forwarded-For (default: false)
    #[arg(long, env = "DESKHOOK_PORTAL_TRUST_FORWARDED_FOR", value_name = "BOOL")]
    trust_forwarded_for: Option<bool>,
    /// The certificate with its chain, as PEM
    #[arg(long, env = "DESKHOOK_PORTAL_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, as PEM
    #[arg(long, env = "DESKHOOK_PORTAL_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// The contract with the vendor of AnyDesk
    #[arg(long, env = "DESKHOOK_PORTAL_ANYDESK_CONTRACT_ID", value_name = "ID")]
    anydesk_contract_id: Option<String>,
    /// The licence of AnyDesk
    #[arg(long, env = "DESKHOOK_PORTAL_ANYDESK_LICENSE_ID", value_name = "ID")]
    anydesk_license_id: Option<String>,
}

/// The password of the vendor's API comes by this variable or the file. There is no flag: others on
/// the machine can read a command line.
const API_PASSWORD: &str = "DESKHOOK_PORTAL_ANYDESK_API_PASSWORD";

impl PortalSettings {
    /// What the flags, the variables and the file say together.
    pub(super) fn config(&self) -> Result<PortalConfig, Failure> {
        let path = self
            .config
            .clone()
            .or_else(|| places::settings("portal.toml"));
        let mut config: PortalConfig = match &path {
            Some(path) => read_toml(path)?,
            None => PortalConfig::default(),
        };
        config.listen = self.listen.unwrap_or(config.listen);
        config.data_dir = self.data_dir.clone().unwrap_or(config.data_dir);
        config.public_url = self.public_url.clone().or(config.public_url);
        config.organization = self.organization.clone().unwrap_or(config.organization);
        config.link_schemes = self.link_schemes.clone().unwrap_or(config.link_schemes);
        let trusted = config.trust_forwarded_for;
        config.trust_forwarded_for = self.trust_forwarded_for.unwrap_or(trusted);
        config.tls = self.tls(config.tls)?;
        let file = config.anydesk;
        config.anydesk = AnyDesk {
            contract_id: self.anydesk_contract_id.clone().or(file.contract_id),
            license_id: self.anydesk_license_id.clone().or(file.license_id),
            api_password: std::env::var(API_PASSWORD)
                .ok()
                .map(ApiPassword::new)
                .or(file.api_password),
        };
        Ok(config)
    }

    /// Where people and agents reach the portal of these settings: where the settings say it, as
    /// they do; else where a portal on the same data folder was reached last.
    pub(super) fn reached(&self, config: &PortalConfig) -> String {
        let says = self.listen.is_some()
            || config.public_url.is_some()
            || config.listen != PortalConfig::default().listen;
        let remembered = (!says).then(|| set_up::remembered_address(&config.data_dir));
        remembered
            .flatten()
            .unwrap_or_else(|| address(config, config.listen))
    }

    fn tls(&self, file: Option<TlsFiles>) -> Result<Option<TlsFiles>, Failure> {
        let (cert, key) = file.map(|file| (file.cert, file.key)).unzip();
        match (self.tls_cert.clone().or(cert), self.tls_key.clone().or(key)) {
            (Some(cert), Some(key)) => Ok(Some(TlsFiles { cert, key })),
            (None, None) => Ok(None),
            _ => {
                let told = "TLS needs both --tls-cert and --tls-key";
                Err(Failure::Usage(anyhow::anyhow!(told)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        settings: PortalSettings,
    }

    fn config(file: &str, flags: &[&str]) -> Result<PortalConfig, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("portal.toml");
        std::fs::write(&path, file).expect("a settings file");
        let named = format!("--config={}", path.display());
        let line = ["portal", &named].into_iter().chain(flags.iter().copied());
        let line = Line::try_parse_from(line).map_err(|error| error.to_string())?;
        let config = line.settings.config();
        config.map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn every_key_of_the_file_is_a_flag_as_well_and_the_flag_outweighs_it() {
        let file = r#"
            listen = "127.0.0.1:1"
            link_schemes = ["file"]
            tls = { cert = "a.pem", key = "a.key" }
            [anydesk]
            contract_id = "c-1"
            license_id = "l-1"
            api_password = "canary-1741"
        "#;
        let flags = [
            "--link-scheme=one",
            "--link-scheme=two",
            "--trust-forwarded-for=true",
            "--tls-cert=b.pem",
            "--anydesk-license-id=l-2",
            "--public-url=https://help.example",
        ];
        let config = config(file, &flags).expect("good settings");
        assert_eq!(config.link_schemes, ["one", "two"]);
        assert!(config.trust_forwarded_for);
        let tls = config.tls.expect("both files");
        assert_eq!((tls.cert, tls.key), ("b.pem".into(), "a.key".into()));
        let (contract, license) = (config.anydesk.contract_id, config.anydesk.license_id);
        assert_eq!(
            (contract.as_deref(), license.as_deref()),
            (Some("c-1"), Some("l-2"))
        );
        assert!(config.anydesk.api_password.is_some());
    }

    #[test]
    fn a_portal_is_reached_where_it_ran_last_unless_the_settings_say_where() {
        let data = tempfile::tempdir().expect("a temporary folder");
        let reached = |file: &str, flags: &[&str]| {
            let own = format!("--data-dir={}", data.path().display());
            let path = data.path().join("portal.toml");
            std::fs::write(&path, file).expect("a settings file");
            let named = format!("--config={}", path.display());
            let line = ["portal", &own, &named].into_iter();
            let line = Line::try_parse_from(line.chain(flags.iter().copied()));
            let settings = line.expect("good flags").settings;
            settings.reached(&settings.config().expect("good settings"))
        };
        assert_eq!(reached("", &[]), "http://127.0.0.1:8460");
        set_up::remember_address(data.path(), "http://127.0.0.1:9000").expect("a folder");
        assert_eq!(reached("", &[]), "http://127.0.0.1:9000");
        let flag = reached("", &["--listen=127.0.0.1:8460"]);
        assert_eq!(flag, "http://127.0.0.1:8460");
        let file = reached("public_url = \"https://help.example\"", &[]);
        assert_eq!(file, "https://help.example");
        let file = reached("listen = \"127.0.0.1:7000\"", &[]);
        assert_eq!(file, "http://127.0.0.1:7000");
    }

    #[test]
    fn a_flag_is_judged_as_the_file_is_and_half_of_tls_is_none() {
        let path = config("", &["--public-url=https://help.example/portal"]).unwrap_err();
        assert!(path.contains("without a path"), "{path}");
        let half = config("", &["--tls-cert=a.pem"]).unwrap_err();
        assert!(half.contains("Usage"), "{half}");
    }

    #[test]
    fn a_mistyped_key_is_told_with_its_place_and_without_what_stands_there() {
        let file = "listen = \"127.0.0.1:1\"\n[anydesk]\napi_pasword = \"canary-1741\"\n";
        let told = config(file, &[]).unwrap_err();
        assert!(
            told.contains("portal.toml:3:1") && told.contains("api_pasword"),
            "{told}"
        );
        assert!(!told.contains("canary"), "{told}");
    }
}
