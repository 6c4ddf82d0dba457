use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use des::Des;
use des::cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};

use crate::patience::PATIENCE;

/// What a VNC server said of itself once it let us in.
#[derive(Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The protocol it speaks: `003.008`.
    pub version: String,
    /// The size of its screen, in pixels.
    pub size: (u16, u16),
    /// The name of its desktop.
    pub name: String,
}

/// VncAuth, RFC 6143 section 7.2.2.
const VNC_AUTH: u8 = 2;

/// Connects as a viewer would, signs in with a password and reads the screen's size and name
/// (RFC 6143, sections 7.1 to 7.3): proof that a reported address is one that works.
///
/// # Errors
/// When nobody answers, it is no VNC server, wants another kind of sign-in, or the password is wrong.
pub fn handshake(address: impl ToSocketAddrs, password: &str) -> Result<Greeting> {
    let address = address
        .to_socket_addrs()?
        .next()
        .context("no such address")?;
    let mut server = TcpStream::connect_timeout(&address, PATIENCE)?;
    server.set_read_timeout(Some(PATIENCE))?;

    let banner =
        String::from_utf8_lossy(&read::<12>(&mut server).context("no banner")?).into_owned();
    let version = banner
        .strip_prefix("RFB ")
        .context("not a VNC server")?
        .trim_end()
        .to_owned();
    ensure!(version == "003.008", "speaks RFB {version}, not 003.008");
    server.write_all(banner.as_bytes())?;

    let offered = read_counted(&mut server).context("no security types")?;
    ensure!(
        offered.contains(&VNC_AUTH),
        "offers {offered:?}, not a password"
    );
    server.write_all(&[VNC_AUTH])?;
    let challenge = read::<16>(&mut server).context("no challenge")?;
    server.write_all(&answer(challenge, password))?;
    if read::<4>(&mut server).context("no security result")? != [0; 4] {
        bail!("the password is refused");
    }

    server.write_all(&[1])?; // shared: others may look on
    let screen = read::<24>(&mut server).context("no screen")?;
    let number = |at: usize| u16::from_be_bytes([screen[at], screen[at + 1]]);
    let length = u32::from_be_bytes([screen[20], screen[21], screen[22], screen[23]]);
    ensure!(length <= 1024, "a name of {length} bytes");
    let mut name = vec![0; usize::try_from(length)?];
    server.read_exact(&mut name)?;
    Ok(Greeting {
        version,
        size: (number(0), number(2)),
        name: String::from_utf8_lossy(&name).into_owned(),
    })
}

/// The key under which every VNC server and viewer keeps passwords in files: it hides them from
/// a glance and protects nothing.
const FILE_KEY: [u8; 8] = [23, 82, 107, 6, 35, 78, 88, 7];

/// The password in the one VNC password file below `folder`.
///
/// # Errors
/// When there is none, or more than one.
pub fn vnc_password(folder: &Path) -> Result<String> {
    let mut found = Vec::new();
    password_files(folder, &mut found);
    ensure!(
        found.len() == 1,
        "{} password files in {}",
        found.len(),
        folder.display()
    );
    let kept: [u8; 8] = found[0]
        .as_slice()
        .try_into()
        .context("a password file has 8 bytes")?;
    let mut block = kept.into();
    Des::new(&FILE_KEY.map(u8::reverse_bits).into()).decrypt_block(&mut block);
    let text = String::from_utf8(block.to_vec())?;
    Ok(text.trim_end_matches('\0').to_owned())
}

fn password_files(folder: &Path, found: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            password_files(&path, found);
        } else if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().contains("passw"))
        {
            found.extend(fs::read(&path).ok());
        }
    }
}

/// The challenge, encrypted with DES under the password's first eight bytes, each with its bits
/// reversed: what every server does since the first one did.
fn answer(mut challenge: [u8; 16], password: &str) -> [u8; 16] {
    let mut key = [0; 8];
    for (slot, byte) in key.iter_mut().zip(password.bytes()) {
        *slot = byte.reverse_bits();
    }
    let cipher = Des::new(&key.into());
    for half in challenge.chunks_exact_mut(8) {
        let block = half.try_into().expect("a half has eight bytes");
        cipher.encrypt_block(block);
    }
    challenge
}

fn read<const N: usize>(server: &mut TcpStream) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    server.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_counted(server: &mut TcpStream) -> Result<Vec<u8>> {
    let [count] = read::<1>(server)?;
    let mut bytes = vec![0; usize::from(count)];
    server.read_exact(&mut bytes)?;
    Ok(bytes)
}
