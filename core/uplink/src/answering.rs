//! A portal of canned answers, for tests.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// One answer: status and body; none hangs up without one.
pub(crate) type Answer = Option<(u16, String)>;

/// Answers one request after the other, each on a connection of its own. Its address, and what it
/// was asked.
pub(crate) async fn portal(answers: Vec<Answer>) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (asked, requests) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            // A test that has seen enough hangs up.
            let _ = asked.send(request(&mut stream).await);
            if let Some((status, body)) = answer {
                let head = format!("HTTP/1.1 {status} -\r\nconnection: close\r\n");
                let told = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
                stream.write_all(told.as_bytes()).await.unwrap();
            }
        }
    });
    (address, requests)
}

/// A request's head and body.
async fn request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    loop {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await.unwrap();
        text.push_str(std::str::from_utf8(&part[..read]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        if body.len() >= length || read == 0 {
            return text;
        }
    }
}
