use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use crate::PortalConfig;
use crate::budgets::Budgets;
use crate::clock;
use crate::desk::Desk;
use crate::endings;
use crate::folds::Folds;
use crate::hub::Hub;
use crate::key::{self, KeyError};
use crate::metrics::Metrics;
use crate::password::Passwords;
use crate::routes;
use crate::store::{Store, StoreError, devices, one_time};
use crate::tls::{self, TlsError};
use crate::verification::Verification;
use crate::web::{outcome, serving};

/// How often devices that went away are looked for.
const SWEEP: Duration = Duration::from_secs(5);
/// How often sessions are looked for of which the device stays away.
const MISS: Duration = Duration::from_secs(300);
/// How long after its start the portal waits for devices to come back before it misses any: twice
/// the longest pause of an agent.
const RETURN: Duration = Duration::from_secs(30 * 60);
/// How often what ran out is forgotten.
const FORGET: Duration = Duration::from_secs(3600);

/// The support staff's server, ready to serve.
pub struct Portal {
    desk: Arc<Desk>,
    tls: Option<TlsAcceptor>,
}

/// Why a portal could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// The database.
    #[error("could not open the portal's database")]
    Store(#[from] StoreError),
    /// The key that signs elevation orders.
    #[error("could not open the portal's key")]
    Key(#[from] KeyError),
    /// Certificate and key.
    #[error("could not set up TLS")]
    Tls(#[from] TlsError),
    /// Serving itself.
    #[error("could not serve")]
    Serve(#[source] io::Error),
}

impl Portal {
    /// Opens the database and the key in the data folder, or makes them, and reads the TLS files.
    /// Blocks for some milliseconds.
    pub fn open(config: PortalConfig) -> Result<Self, PortalError> {
        let (hub, metrics) = (Arc::new(Hub::new()), Arc::new(Metrics::default()));
        let tls = config.tls.as_ref().map(tls::acceptor).transpose()?;
        let store = Store::open(&config.data_dir, hub.clone(), metrics.clone())?;
        let key = key::load_or_make(&config.data_dir)?;
        let desk = Desk {
            config,
            store,
            hub,
            metrics,
            passwords: Passwords::new(),
            verification: Verification::default(),
            folds: Folds::default(),
            budgets: Budgets::default(),
            streams: Arc::default(),
            key,
        };
        Ok(Self {
            desk: Arc::new(desk),
            tls,
        })
    }

    /// Serves people, programs and agents on `listener` until `shutdown` is ready; running requests
    /// then have three seconds.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), PortalError> {
        self.recall_devices().await?;
        let caretaker = tokio::spawn(care(self.desk.clone()));
        let hub = self.desk.hub.clone();
        let shutdown = async move {
            shutdown.await;
            hub.close();
        };
        let served = serving::serve(listener, self.tls.clone(), self.router(), shutdown).await;
        caretaker.abort();
        if let Err(error) = self.desk.close_folds(clock::Millis::MAX).await {
            tracing::warn!(%error, "could not record how often something was refused");
        }
        served.map_err(PortalError::Serve)
    }

    pub(crate) fn router(&self) -> Router {
        let table = routes::table(self.desk.clone());
        table
            .into_router()
            .layer(from_fn_with_state(self.desk.clone(), outcome::finish))
            .with_state(self.desk.clone())
    }

    #[cfg(test)]
    pub(crate) fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    #[cfg(test)]
    pub(crate) fn places(&self) -> Vec<crate::web::table::Place> {
        routes::table(self.desk.clone()).places().to_vec()
    }

    /// A device that was heard of just before a restart of the portal is not offline.
    async fn recall_devices(&self) -> Result<(), PortalError> {
        for (device, at) in self.desk.store.read(devices::last_seen).await? {
            if clock::now() - at < crate::hub::GRACE {
                self.desk.hub.seen(&device, at);
            }
        }
        Ok(())
    }
}

async fn care(desk: Arc<Desk>) {
    let mut sweep = tokio::time::interval(SWEEP);
    // Devices that could not reach this portal while it was away come back first.
    let mut miss = tokio::time::interval_at(Instant::now() + RETURN, MISS);
    let mut forget = tokio::time::interval(FORGET);
    loop {
        tokio::select! {
            _ = sweep.tick() => {
                let now = clock::now();
                desk.hub.sweep(now);
                if let Err(error) = desk.close_folds(now).await {
                    tracing::warn!(%error, "could not record how often something was refused");
                }
            }
            _ = miss.tick() => {
                if let Err(error) = endings::end_lost(&desk, clock::now()).await {
                    tracing::warn!(%error, "could not end the sessions of devices that stay away");
                }
            }
            _ = forget.tick() => {
                let then = clock::now() - 30 * clock::DAY;
                let forgotten = desk.store.write(move |unit| one_time::forget(unit, then)).await;
                if let Err(error) = forgotten {
                    tracing::warn!(%error, "could not forget old one-time links");
                }
            }
        }
    }
}
