//! The harness itself: a failure here says that a way could not be walked, not that Deskhook is
//! at fault.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use harness::{
    Answer, Browser, Desktop, Display, Fault, FileServer, Home, Link, Look, Process, Scheme,
    free_port, handshake, http_client, need, run, until_some,
};

#[test]
fn a_vnc_server_on_a_private_screen_lets_in_who_has_the_password() -> Result<()> {
    need!("Xvfb", "x11vnc");
    let home = Home::new()?;
    let display = Display::start()?;
    let port = free_port().to_string();
    let password = home.write("password", "secret12\n")?;
    let mut command = home.command("x11vnc");
    command.args([
        "-display",
        display.name(),
        "-rfbport",
        &port,
        "-localhost",
        "-forever",
    ]);
    let _server = Process::start(command.arg("-passwdfile").arg(password))?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse()?));
    let greeting = until_some("the VNC server should answer", || {
        handshake(address, "secret12").ok()
    })?;
    assert_eq!(
        (greeting.version.as_str(), greeting.size),
        ("003.008", (1280, 800))
    );
    let refused = handshake(address, "wrong")
        .err()
        .context("a wrong password lets in")?;
    assert_eq!(refused.to_string(), "the password is refused");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_draws_a_page_as_narrow_and_dark_as_asked() -> Result<()> {
    need!("chromium", "chromedriver", "fonts");
    let server = FileServer::start()?;
    let page = "<!doctype html><meta name=viewport content='width=device-width'><title>Ground</title><p id=p>Hello";
    let address = server.put("/", Answer::File(page.into()));
    let browser = Browser::start(&address).await?;
    browser
        .look(Look {
            width: 390,
            scheme: Scheme::Dark,
        })
        .await?;
    browser.page().goto(&address).await?;
    assert_eq!(browser.page().title().await?, "Ground");
    let seen = "return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]";
    let seen = browser.page().execute(seen, Vec::new()).await?;
    assert_eq!(seen, serde_json::json!([390, true]));
    let picture = std::fs::read(browser.shot("ground-browser").await?)?;
    assert!(
        picture.starts_with(b"\x89PNG"),
        "a screenshot is a PNG file"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_has_a_panel_that_watches_for_tray_icons() -> Result<()> {
    need!("Xvfb", "dbus", "openbox", "xfce4-panel", "imagemagick");
    let mut home = Home::new()?;
    let desktop = Desktop::start(&mut home).await?;
    let picture = std::fs::read(desktop.shot("ground-desktop")?)?;
    assert!(
        picture.starts_with(b"\x89PNG"),
        "a screenshot is a PNG file"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_passes_on_until_it_is_told_to_go_wrong() -> Result<()> {
    let server = FileServer::start()?;
    let direct: SocketAddr = server.put("/f", Answer::File(vec![7; 3000]))["http://".len()..]
        .trim_end_matches("/f")
        .parse()?;
    let link = Link::to(direct)?;
    let url = format!("http://{}/f", link.address());
    let client = http_client();
    let fetch = async || {
        let answer = client
            .get(&url)
            .timeout(Duration::from_secs(2))
            .send()
            .await?;
        anyhow::Ok(answer.bytes().await?.len())
    };
    assert_eq!(fetch().await?, 3000);

    link.set(Fault::Delay(Duration::from_millis(50)));
    let asked = Instant::now();
    assert_eq!(fetch().await?, 3000);
    assert!(
        asked.elapsed() >= Duration::from_millis(100),
        "there and back are both delayed"
    );

    for fault in [
        Fault::Refuse,
        Fault::Swallow,
        Fault::Reset,
        Fault::HalfClose(500),
    ] {
        link.set(fault);
        let outcome = harness::eventually("the fault should be felt", async || fetch().await.err());
        outcome.await.with_context(|| format!("{fault:?}"))?;
    }
    link.set(Fault::None);
    harness::eventually("the link should be whole again", async || {
        fetch().await.ok()
    })
    .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_server_misbehaves_as_told() -> Result<()> {
    let server = FileServer::start()?;
    let client = http_client();
    let there = server.put("/there", Answer::File(b"program".to_vec()));
    let redirect = server.put("/moved", Answer::Redirect(there.clone()));
    assert_eq!(
        client.get(redirect).send().await?.headers()["location"],
        there
    );
    assert_eq!(client.get(there).send().await?.bytes().await?, "program");
    assert_eq!(server.asked(), ["/moved", "/there"]);
    let cut = server.put("/cut", Answer::Truncated(vec![1; 100]));
    ensure!(
        client.get(cut).send().await?.bytes().await.is_err(),
        "half a file is no file"
    );
    let mut endless = client
        .get(server.put("/endless", Answer::Endless))
        .send()
        .await?;
    let mut read = 0;
    while read < 1 << 20 {
        read += endless.chunk().await?.context("it ended")?.len();
    }
    Ok(())
}

#[test]
fn a_process_is_heard_and_ended() -> Result<()> {
    let home = Home::new()?;
    let finished = run(home
        .command("sh")
        .args(["-c", "echo out; echo err >&2; exit 3"]))?;
    assert_eq!(
        (
            finished.code,
            finished.stdout.as_str(),
            finished.stderr.as_str()
        ),
        (Some(3), "out\n", "err\n")
    );
    let process = Process::start(home.command("sh").args(["-c", "echo ready; exec sleep 60"]))?;
    assert_eq!(process.line("ready")?, "ready");
    let entry = std::path::PathBuf::from(format!("/proc/{}", process.id()));
    drop(process);
    assert!(!entry.exists(), "a dropped process is gone");
    Ok(())
}
