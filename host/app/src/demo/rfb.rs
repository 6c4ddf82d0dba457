use std::io;

use anyhow::bail;
use des::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What a VNC server says of its screen once a viewer is in (RFC 6143, section 7.3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RfbScreen {
    /// Pixels across.
    pub(crate) width: u16,
    /// Pixels down.
    pub(crate) height: u16,
}

const VERSION: &[u8; 12] = b"RFB 003.008\n";
/// VncAuth (RFC 6143, section 7.2.2).
const VNC_AUTH: u8 = 2;
/// Goes into a VNC server as a viewer does, with its password, as far as its screen's size: the
/// proof that an address is one that a supporter can use. Then hangs up.
pub(crate) async fn handshake(address: &str, password: &str) -> anyhow::Result<RfbScreen> {
    let mut server = TcpStream::connect(address).await?;
    let banner: [u8; 12] = read(&mut server).await?;
    if banner != *VERSION {
        let text = String::from_utf8_lossy(&banner);
        bail!("what answers speaks no RFB 3.8: {text:?}");
    }
    server.write_all(VERSION).await?;
    let count = server.read_u8().await?;
    let mut offered = vec![0; usize::from(count)];
    server.read_exact(&mut offered).await?;
    if !offered.contains(&VNC_AUTH) {
        bail!("the VNC server asks for no password");
    }
    server.write_u8(VNC_AUTH).await?;
    let challenge = read(&mut server).await?;
    server.write_all(&response(challenge, password)).await?;
    if server.read_u32().await? != 0 {
        bail!("the VNC server refuses the password");
    }
    // Others may look on.
    server.write_u8(1).await?;
    screen(&mut server).await
}

async fn screen(server: &mut TcpStream) -> anyhow::Result<RfbScreen> {
    let (width, height) = (server.read_u16().await?, server.read_u16().await?);
    Ok(RfbScreen { width, height })
}

async fn read<const N: usize>(server: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    server.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// The challenge under the password's first eight bytes as a DES key, each with its bits reversed.
fn response(mut challenge: [u8; 16], password: &str) -> [u8; 16] {
    let mut key = [0; 8];
    for (place, byte) in key.iter_mut().zip(password.bytes()) {
        *place = byte.reverse_bits();
    }
    let cipher = des::Des::new(&key.into());
    let (blocks, _) = challenge.as_chunks_mut::<8>();
    for block in blocks {
        let mut hidden = (*block).into();
        cipher.encrypt_block(&mut hidden);
        *block = hidden.into();
    }
    challenge
}
