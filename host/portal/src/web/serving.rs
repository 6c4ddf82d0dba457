use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower_service::Service as _;

use crate::web::patience::Patient;

/// Connections at a time: 10,000 devices, and their supporters.
const CONNECTIONS: usize = 16_384;
/// How long a caller may take to send a request's head, or to shake hands.
const HEAD: Duration = Duration::from_secs(15);
/// How long a caller may take nothing of what is written to them.
const TAKES: Duration = Duration::from_secs(60);
/// How long running requests may take once the portal is asked to stop.
const LEAVING: Duration = Duration::from_secs(3);

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Accepts connections until `shutdown`, then lets running requests finish.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let graceful = GracefulShutdown::new();
    let turns = Arc::new(Semaphore::new(CONNECTIONS));
    let mut shutdown = pin!(shutdown);
    // Whoever still talks when this returns is cut off.
    let mut talks = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &turns) => accepted,
            () = &mut shutdown => break,
            Some(_) = talks.join_next() => continue,
        };
        let Some((stream, from, turn)) = accepted else {
            continue;
        };
        let (router, watcher, tls) = (router.clone(), graceful.watcher(), tls.clone());
        talks.spawn(async move {
            let _turn = turn;
            match tls {
                None => converse(stream, from, router, watcher).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(HEAD, tls.accept(stream)).await {
                        converse(stream, from, router, watcher).await;
                    }
                }
            }
        });
    }
    let _ = timeout(LEAVING, graceful.shutdown()).await;
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    turns: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let turn = turns.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, from)) => {
            // Small answers leave at once.
            let _ = stream.set_nodelay(true);
            Some((stream, from, turn))
        }
        Err(error) => {
            // Out of file descriptors, most likely: some come back soon.
            tracing::warn!(%error, "could not accept a connection");
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    from: SocketAddr,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(from.ip()));
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(Patient::new(stream, TAKES)), answer);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
