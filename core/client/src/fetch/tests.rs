//! A small server on the loopback that misbehaves in every way that matters.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const BODY: &[u8] = b"#!/bin/sh\necho hello\n";

/// What the server does with a visitor.
#[derive(Clone)]
enum Way {
    /// Sends this, and closes.
    Send(Vec<u8>),
    /// Sends this, then `x` without end.
    Endless(Vec<u8>),
    /// Sends this, then nothing.
    Silent(Vec<u8>),
    /// Sends on to `/` of itself, for ever.
    Circle,
}

struct Server {
    address: SocketAddr,
    visits: Arc<AtomicU32>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    async fn with(way: Way) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let visits = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&visits);
        let task = tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let way = way.clone();
                tokio::spawn(async move { serve(visitor, way).await });
            }
        });
        Self {
            address,
            visits,
            task,
        }
    }

    async fn sending(body: &[u8]) -> Self {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        Self::with(Way::Send([head.as_bytes(), body].concat())).await
    }

    fn download(&self, sha256: &[&str]) -> Download {
        Download {
            url: format!("http://{}/clients/AnyDesk.exe", self.address),
            sha256: sha256.iter().map(ToString::to_string).collect(),
            max_bytes: 1 << 20,
            allow_unpinned: false,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut visitor: TcpStream, way: Way) {
    let mut asked = vec![0; 4096];
    let _asked = visitor.read(&mut asked).await;
    match way {
        Way::Send(bytes) => {
            let _left = visitor.write_all(&bytes).await;
            let _left = visitor.shutdown().await;
        }
        Way::Endless(head) => {
            let _left = visitor.write_all(&head).await;
            while visitor.write_all(&[b'x'; 16 * 1024]).await.is_ok() {}
        }
        Way::Silent(head) => {
            let _left = visitor.write_all(&head).await;
            std::future::pending::<()>().await;
        }
        Way::Circle => {
            let head = "HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _left = visitor.write_all(head.as_bytes()).await;
        }
    }
}

fn sum(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}

fn sent_on(to: &str) -> Way {
    Way::Send(
        format!(
            "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
        .into_bytes(),
    )
}

const SHORT: FetchLimits = FetchLimits {
    total: Duration::from_secs(20),
    idle: Duration::from_millis(200),
};

/// Nothing of a failed download is left.
fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

#[tokio::test]
async fn the_right_file_is_kept_private_and_runnable_and_not_fetched_again() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::sending(BODY).await);
    let root = folder.path().join("fetched");
    let download = server.download(&["00", &sum(BODY).to_uppercase()]);
    let told = AtomicU64::new(0);
    let progress = |bytes, total| {
        assert_eq!(total, Some(BODY.len() as u64));
        told.store(bytes, Ordering::SeqCst);
    };
    let fetched = fetch(&download, &root, progress).await.unwrap();
    assert_eq!(fetched.path, root.join(sum(BODY)).join("AnyDesk.exe"));
    assert_eq!(std::fs::read(&fetched.path).unwrap(), BODY);
    assert_eq!(
        (fetched.origin, fetched.bytes),
        (Origin::Pinned, BODY.len() as u64)
    );
    assert_eq!(told.load(Ordering::SeqCst), BODY.len() as u64);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&fetched.path), mode(&root)), (0o500, 0o700));

    let again = fetch(&download, &root, |_, _| {}).await.unwrap();
    assert_eq!(
        (again.origin, server.visits.load(Ordering::SeqCst)),
        (Origin::Kept, 1)
    );
}

#[tokio::test]
async fn a_kept_file_that_has_changed_is_fetched_again() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::sending(BODY).await);
    let download = server.download(&[&sum(BODY)]);
    let fetched = fetch(&download, folder.path(), |_, _| {}).await.unwrap();
    std::fs::remove_file(&fetched.path).unwrap();
    std::fs::write(&fetched.path, "something else").unwrap();
    let again = fetch(&download, folder.path(), |_, _| {}).await.unwrap();
    assert_eq!(again.origin, Origin::Pinned);
    assert_eq!(std::fs::read(&again.path).unwrap(), BODY);
}

#[tokio::test]
async fn what_a_broken_off_download_left_is_taken_away_and_one_under_way_stays() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::sending(BODY).await);
    let [left, running] = [".fetching-1", ".fetching-2"].map(|name| folder.path().join(name));
    std::fs::write(&running, "x").unwrap();
    let before = std::time::SystemTime::now() - 2 * FetchLimits::default().total;
    let file = std::fs::File::create(&left).unwrap();
    file.set_modified(before).unwrap();
    let download = server.download(&[&sum(BODY)]);
    fetch(&download, folder.path(), |_, _| {}).await.unwrap();
    assert_eq!((left.exists(), running.exists()), (false, true));
}

#[tokio::test]
async fn another_file_than_the_policys_is_not_kept() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::sending(BODY).await);
    let error = fetch(
        &server.download(&[&sum(b"other")]),
        folder.path(),
        |_, _| {},
    )
    .await;
    assert!(matches!(error, Err(FetchError::Hash { computed, .. }) if computed == sum(BODY)));
    assert!(is_empty(folder.path()));
}

#[tokio::test]
async fn without_a_sum_nothing_is_kept_and_the_computed_one_is_told() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::sending(BODY).await);
    let error = fetch(&server.download(&[]), folder.path(), |_, _| {})
        .await
        .unwrap_err();
    let FetchError::NotPinned { sha256, bytes, .. } = error else {
        panic!("{error}")
    };
    assert_eq!((sha256, bytes), (sum(BODY), BODY.len() as u64));
    assert!(is_empty(folder.path()));

    let pinned = pin(&server.download(&[]).url, 0, |_, _| {}).await.unwrap();
    for name in ["anydesk", "AnyDesk"] {
        assert_eq!(
            pinned.line(name),
            format!(
                "\"Integration.AnyDesk.BootstrapperSha256\": \"{}\"",
                sum(BODY)
            )
        );
    }
    assert_eq!(
        pinned.line("acme"),
        format!(
            "\"Integration.Clients.acme.Download.Sha256\": [\"{}\"]",
            sum(BODY)
        )
    );
}

#[tokio::test]
async fn an_unpinned_file_is_kept_where_the_policy_allows_it() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::sending(BODY).await);
    let download = Download {
        allow_unpinned: true,
        ..server.download(&[])
    };
    for _ in 0..2 {
        let fetched = fetch(&download, folder.path(), |_, _| {}).await.unwrap();
        assert_eq!(
            (fetched.origin, fetched.sha256),
            (Origin::Unpinned, sum(BODY))
        );
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_whatever_its_header_says() {
    let folder = tempfile::tempdir().unwrap();
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
        format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            u64::MAX / 2
        ),
    ] {
        let server = Server::with(Way::Endless(head.into_bytes())).await;
        let error = fetch(&server.download(&[&sum(BODY)]), folder.path(), |_, _| {}).await;
        assert!(matches!(
            error,
            Err(FetchError::TooLarge {
                most: 1_048_576,
                ..
            })
        ));
    }
    assert!(is_empty(folder.path()));
}

#[tokio::test]
async fn a_body_that_ends_too_early_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let cut = [b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", BODY].concat();
    let server = Server::with(Way::Send(cut)).await;
    let error = fetch(&server.download(&[&sum(BODY)]), folder.path(), |_, _| {}).await;
    assert!(matches!(error, Err(FetchError::Network { .. })));
    assert!(is_empty(folder.path()));
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left() {
    let folder = tempfile::tempdir().unwrap();
    for head in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc"] {
        let server = Server::with(Way::Silent(head.into())).await;
        let error = fetch_within(
            SHORT,
            &server.download(&[&sum(BODY)]),
            folder.path(),
            |_, _| {},
        )
        .await;
        assert!(matches!(error, Err(FetchError::Stalled { .. })));
    }
    let drip = FetchLimits {
        total: Duration::from_millis(200),
        ..FetchLimits::default()
    };
    let server = Server::with(Way::Silent(vec![])).await;
    let error = fetch_within(
        drip,
        &server.download(&[&sum(BODY)]),
        folder.path(),
        |_, _| {},
    )
    .await;
    assert!(matches!(error, Err(FetchError::Late { .. })));
    assert!(is_empty(folder.path()));
}

#[tokio::test]
async fn every_hop_is_judged_like_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let target = Server::sending(BODY).await;
    let wanted = [sum(BODY)];
    let wanted = [wanted[0].as_str()];

    let good = Server::with(sent_on(&target.download(&[]).url)).await;
    assert!(
        fetch(&good.download(&wanted), folder.path(), |_, _| {})
            .await
            .is_ok()
    );

    let other = tempfile::tempdir().unwrap();
    for to in [
        "http://download.example/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "https://me:secret@127.0.0.1/x",
    ] {
        let server = Server::with(sent_on(to)).await;
        let error = fetch(&server.download(&wanted), other.path(), |_, _| {}).await;
        // What is no web address at all is not even looked at as a hop.
        let refused = matches!(
            error,
            Err(FetchError::Redirect { .. } | FetchError::Status { status: 302, .. })
        );
        assert!(refused, "{to}: {error:?}");
    }
    let circle = Server::with(Way::Circle).await;
    let error = fetch(&circle.download(&wanted), other.path(), |_, _| {}).await;
    assert!(matches!(error, Err(FetchError::Redirect { .. })));
    assert!(circle.visits.load(Ordering::SeqCst) < 10);
    assert!(is_empty(other.path()));
}

#[tokio::test]
async fn a_page_that_is_not_there_and_a_place_that_is_not_safe_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let gone = Server::with(Way::Send(
        b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(),
    ))
    .await;
    let error = fetch(&gone.download(&[]), folder.path(), |_, _| {}).await;
    assert!(matches!(error, Err(FetchError::Status { status: 404, .. })));
    let unsafe_place = Download {
        url: "http://download.example/x".into(),
        ..Download::default()
    };
    let error = fetch(&unsafe_place, folder.path(), |_, _| {}).await;
    assert!(matches!(error, Err(FetchError::Url { .. })));
}

#[tokio::test]
async fn a_stranger_in_the_place_of_the_file_is_never_run_or_overwritten_through() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::sending(BODY).await);
    let precious = folder.path().join("precious");
    std::fs::write(&precious, "mine").unwrap();
    let root = folder.path().join("fetched");
    std::fs::create_dir_all(root.join(sum(BODY))).unwrap();
    std::os::unix::fs::symlink(&precious, root.join(sum(BODY)).join("AnyDesk.exe")).unwrap();
    let fetched = fetch(&server.download(&[&sum(BODY)]), &root, |_, _| {}).await;
    assert!(matches!(fetched, Err(FetchError::Disk { .. })));
    assert_eq!(std::fs::read_to_string(&precious).unwrap(), "mine");
}
