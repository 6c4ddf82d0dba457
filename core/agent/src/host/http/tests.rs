use std::net::SocketAddr;
use std::sync::Arc;

use deskhook_hooks::Grants;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;

/// For `localhost`, signed by itself until 2126.
const CERTIFICATE: &str = include_str!("self-signed.pem");

/// A server on the loopback: its port, and the requests that came, head and body as text.
struct Server {
    port: u16,
    requests: mpsc::UnboundedReceiver<String>,
}

impl Server {
    /// Answers everything with `answer`, then closes.
    async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let (listener, port) = listen().await;
        let (tell, requests) = mpsc::unbounded_channel();
        let answer: Arc<Vec<u8>> = Arc::new(answer.into());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (tell, answer) = (tell.clone(), Arc::clone(&answer));
                tokio::spawn(async move {
                    let _ = tell.send(request(&mut stream).await);
                    let _ = stream.write_all(&answer).await;
                });
            }
        });
        Self { port, requests }
    }

    /// Answers with `head`, and then with one `part` after the other until nobody listens.
    async fn without_end(head: &'static str, part: &'static str) -> Self {
        let (listener, port) = listen().await;
        let (tell, requests) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = tell.send(request(&mut stream).await);
                let mut written = stream.write_all(head.as_bytes()).await;
                while written.is_ok() {
                    written = stream.write_all(part.as_bytes()).await;
                    tokio::task::yield_now().await;
                }
            }
        });
        Self { port, requests }
    }

    fn heard(&mut self) -> Option<String> {
        self.requests.try_recv().ok()
    }
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

async fn request(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> String {
    let mut bytes = vec![];
    let mut chunk = [0; 4096];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&chunk[..count]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

const FINE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine";

fn to(location: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
}

fn get(url: &str) -> Outgoing {
    Outgoing {
        method: "GET".to_owned(),
        url: url.to_owned(),
        headers: BTreeMap::new(),
        body: None,
        timeout: Some(20),
    }
}

/// As the agent judges a package whose manifest asks for every host.
fn granted(grants: &[&str]) -> impl Fn(&str) -> Reach {
    let texts = grants.iter().map(|grant| (*grant).to_owned());
    let grants = Grants::new(
        &["net:*".to_owned(), "net:*.lan:*".to_owned()],
        &texts.collect::<Vec<_>>(),
    );
    move |capability: &str| match (grants.names(capability), grants.allows(capability)) {
        (true, _) => Reach::Named,
        (_, true) => Reach::Public,
        _ => Reach::Nowhere,
    }
}

async fn refusal(outgoing: Outgoing, grants: &[&str]) -> String {
    send(outgoing, granted(grants))
        .await
        .unwrap_err()
        .to_string()
}

/// Ways to write this machine, its networks and what knows its secrets.
const PRIVATE: [&str; 29] = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "127.0.0.1.",
    "\u{2460}\u{2461}\u{2466}.0.0.1",
    "localhost",
    "LocalHost",
    "0",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "192.168.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[ff02::1]",
];

#[tokio::test]
async fn a_private_address_is_for_those_alone_whose_grant_names_it() {
    let mut server = Server::answering(FINE).await;
    let port = server.port;
    let wide = ["net:*", "net:*.lan:*"];
    for host in PRIVATE {
        let url = format!("http://{host}:{port}/latest/meta-data?secret");
        let said = refusal(get(&url), &wide).await;
        assert!(said.contains("no public address"), "{host}: {said}");
        assert!(said.contains("net:") && !said.contains("secret"), "{said}");
    }
    assert_eq!(server.heard(), None);
    for host in ["127.0.0.1", "localhost"] {
        let named = format!("net:{host}:{port}");
        let answer = send(get(&format!("http://{host}:{port}/")), granted(&[&named])).await;
        assert_eq!(answer.unwrap()["body"], "fine");
        assert!(server.heard().unwrap().starts_with("GET / HTTP/1.1"));
    }
    let other = format!("net:localhost:{port}");
    let said = refusal(get(&format!("http://127.0.0.1:{port}/")), &[&other]).await;
    assert!(said.contains("not granted"), "{said}");
}

#[tokio::test]
async fn every_hop_of_a_redirect_needs_a_grant_of_its_own() {
    let mut inner = Server::answering(FINE).await;
    let inside = format!("http://127.0.0.1:{}/admin", inner.port);
    let outer = Server::answering(to(&inside)).await;
    let start = format!("http://localhost:{}/", outer.port);
    let named = format!("net:localhost:{}", outer.port);
    let said = refusal(get(&start), &[&named]).await;
    assert!(said.contains("not granted"), "{said}");
    let said = refusal(get(&start), &[&named, "net:*"]).await;
    assert!(said.contains("no public address"), "{said}");
    assert_eq!(inner.heard(), None);
    let both = format!("net:127.0.0.1:{}", inner.port);
    let mut outgoing = get(&start);
    outgoing.method = "POST".to_owned();
    outgoing.body = Some("secret".to_owned());
    for (name, value) in [
        ("Authorization", "Bearer secret"),
        ("X-Api-Key", "secret"),
        ("Accept", "text/kept"),
    ] {
        outgoing.headers.insert(name.to_owned(), value.to_owned());
    }
    let answer = send(outgoing, granted(&[&named, &both])).await.unwrap();
    let heard = inner.heard().unwrap().to_lowercase();
    assert_eq!(answer["body"], "fine");
    assert!(
        heard.starts_with("get /admin") && heard.contains("text/kept"),
        "{heard}"
    );
    assert!(
        !heard.contains("secret"),
        "what is for one site is not for another: {heard}"
    );
}

#[tokio::test]
async fn a_redirect_leads_in_circles_and_to_other_schemes_in_vain() {
    for (location, expected) in [
        ("/again", "redirects more than 5 times"),
        ("file:///etc/passwd", "neither https nor http"),
        ("http://kim:secret@localhost/", "not granted"),
        ("http://[", "leads nowhere"),
    ] {
        let server = Server::answering(to(location)).await;
        let named = format!("net:localhost:{}", server.port);
        let url = format!("http://localhost:{}/", server.port);
        let said = refusal(get(&url), &[&named]).await;
        assert!(
            said.contains(expected) && !said.contains("secret"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn an_answer_has_its_size_and_its_time() {
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    let endless = Server::without_end(
        head,
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    )
    .await;
    let headers = Server::without_end("HTTP/1.1 200 OK\r\n", "x-more: xxxxxxxxxxxxxxxx\r\n").await;
    let short = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await;
    let garbage = Server::answering("SSH-2.0-OpenSSH_9.6\r\n").await;
    for (port, expected) in [
        (endless.port, "larger than 1 MiB"),
        (headers.port, "does not answer"),
        (short.port, "broke off"),
        (garbage.port, "does not answer"),
    ] {
        let named = format!("net:localhost:{port}");
        let url = format!("http://localhost:{port}/?token=secret");
        let said = refusal(get(&url), &[&named]).await;
        assert!(
            said.contains(expected) && !said.contains("secret"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_server_that_drips_or_says_nothing_is_given_up_in_time() {
    let (silent, port) = listen().await;
    let dripping = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let drips = dripping.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut beat = tokio::time::interval(Duration::from_millis(50));
        while let Ok((mut stream, _)) = dripping.accept().await {
            request(&mut stream).await;
            let mut written = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            while written.is_ok() {
                beat.tick().await;
                written = stream.write_all(b"x").await;
            }
        }
    });
    for port in [port, drips] {
        let outgoing = Outgoing {
            timeout: Some(1),
            ..get(&format!("http://localhost:{port}/"))
        };
        let said = refusal(outgoing, &[&format!("net:localhost:{port}")]).await;
        assert_eq!(said, "localhost did not answer within 1 s");
    }
    drop(silent);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_ends_it() {
    let (listener, port) = listen().await;
    let chain = CertificateDer::pem_slice_iter(CERTIFICATE.as_bytes());
    let key = PrivateKeyDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.map(Result::unwrap).collect(), key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let shaken = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        acceptor.accept(stream).await.is_ok()
    });
    let named = format!("net:localhost:{port}");
    let said = refusal(get(&format!("https://localhost:{port}/?secret")), &[&named]).await;
    assert!(
        said.contains("certificate") && !said.contains("secret"),
        "{said}"
    );
    assert!(!shaken.await.unwrap(), "nothing was sent to it");
}

#[tokio::test]
async fn headers_that_frame_a_request_are_not_a_package_s_to_set() {
    let mut server = Server::answering(FINE).await;
    let named = format!("net:localhost:{}", server.port);
    let url = format!("http://localhost:{}/", server.port);
    for (name, value) in [
        ("Host", "other.example"),
        ("content-LENGTH", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "close"),
        ("Keep-Alive", "timeout=5"),
        ("Proxy-Authorization", "Basic secret"),
        ("Proxy-Anything", "x"),
        ("TE", "trailers"),
        ("Trailer", "x"),
        ("Upgrade", "websocket"),
        ("Expect", "100-continue"),
        ("X: y\r\nHost", "x"),
        ("X-Split", "a\r\nHost: secret"),
        ("", "x"),
    ] {
        let mut outgoing = get(&url);
        outgoing.headers.insert(name.to_owned(), value.to_owned());
        let said = refusal(outgoing, &[&named]).await;
        assert!(
            said.contains("header") && !said.contains("secret"),
            "{said}"
        );
    }
    assert_eq!(server.heard(), None);
    let mut outgoing = get(&url);
    outgoing.method = "DELETE".to_owned();
    let said = refusal(outgoing, &[&named]).await;
    assert!(said.contains("neither GET nor POST"), "{said}");
    let body = Some("x".repeat(LARGEST + 1));
    let said = refusal(Outgoing { body, ..get(&url) }, &[&named]).await;
    assert!(said.contains("larger than 1 MiB"), "{said}");
}

#[tokio::test]
async fn a_host_that_is_away_says_why_and_nothing_of_the_request() {
    let (listener, port) = listen().await;
    drop(listener);
    let named = format!("net:127.0.0.1:{port}");
    let url = format!("http://127.0.0.1:{port}/path?token=secret");
    let said = refusal(get(&url), &[&named]).await;
    assert!(said.contains("127.0.0.1 does not answer: "), "{said}");
    assert!(said.to_lowercase().contains("refused"), "{said}");
    assert!(
        !said.contains("secret") && !said.contains("/path"),
        "{said}"
    );
    let nowhere: SocketAddr = ([127, 0, 0, 1], port).into();
    assert!(tokio::net::TcpStream::connect(nowhere).await.is_err());
}
