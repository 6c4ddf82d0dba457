//! A portal on a free port of the loopback, in a folder of its own.

use std::path::PathBuf;

use deskhook_portal::{Portal, PortalConfig, Role, set_up};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::device::{self, Device};

pub(crate) struct House {
    pub(crate) base: String,
    pub(crate) folder: PathBuf,
    pub(crate) http: Client,
    kept: Option<tempfile::TempDir>,
    _stop: oneshot::Sender<()>,
}

impl House {
    pub(crate) async fn open() -> Self {
        let kept = tempfile::tempdir().expect("a temporary folder");
        let folder = kept.path().join("portal");
        let mut house = Self::at(folder, "127.0.0.1:0").await;
        house.kept = Some(kept);
        house
    }

    pub(crate) async fn at(folder: PathBuf, listen: &str) -> Self {
        let config = PortalConfig {
            data_dir: folder.clone(),
            organization: "Contoso".to_owned(),
            ..PortalConfig::default()
        };
        let portal = Portal::open(config).expect("the portal opens");
        let listener = TcpListener::bind(listen).await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let stopped = async move {
                let _ = stopped.await;
            };
            portal
                .serve(listener, stopped)
                .await
                .expect("the portal serves");
        });
        Self {
            base,
            folder,
            http: device::http(),
            kept: None,
            _stop: stop,
        }
    }

    /// An account of this role with an API key of these scopes.
    pub(crate) fn program(&self, role: Role, scopes: &[&str]) -> Program<'_> {
        let name = format!("{} {}", role.title(), scopes.join(" "));
        let name: String = name.chars().take(64).collect();
        set_up::add_user(&self.folder, name.trim(), role).expect("an account");
        let key = set_up::new_key(&self.folder, "program", name.trim(), scopes).expect("a key");
        Program { house: self, key }
    }

    pub(crate) fn token(&self, group: &str, person: &str) -> String {
        set_up::new_token(&self.folder, Some(group), Some(person)).expect("a token")
    }

    /// A device that is enrolled for this person.
    pub(crate) async fn device(&self, person: &str) -> Device {
        let token = self.token("Berlin", person);
        let mut device = Device::new(&self.base, person);
        device.enrol(&token).await.expect("the device is enrolled");
        device
    }
}

/// A program with an API key.
pub(crate) struct Program<'h> {
    house: &'h House,
    pub(crate) key: String,
}

impl Program<'_> {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.house.base);
        self.house.http.request(method, url).bearer_auth(&self.key)
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        answered(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        answered(self.request(Method::POST, path).json(&body)).await
    }
}

async fn answered(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.expect("the portal answers");
    let status = response.status();
    (status, response.json().await.expect("JSON"))
}
