use std::io::{self, Write as _};
use std::path::Path;

use des::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use tempfile::NamedTempFile;

/// Characters of a password: no two that look alike.
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRSTUVWXYZ2345679";
/// VncAuth looks at the first 8 bytes of a password and no more (RFC 6143, section 7.2.2).
const LENGTH: usize = 8;

/// The fixed key of every VNC password file, {23, 82, 107, 6, 35, 78, 88, 7} in the source of
/// every VNC since AT&T's, with the bits of each byte reversed as VNC's own DES does. It hides a
/// password from a glance and from nothing else: the file's mode is what protects it.
const FILE_KEY: [u8; 8] = [0xe8, 0x4a, 0xd6, 0x60, 0xc4, 0x72, 0x1a, 0xe0];

/// A fresh random password in a private file, in the form that `x11vnc -rfbauth` and
/// `x0vncserver -PasswordFile` read. The file goes when this value goes.
pub(crate) struct Password {
    text: String,
    file: NamedTempFile,
}

impl Password {
    /// Makes one, its file in `folder`.
    pub(crate) fn make(folder: &Path) -> io::Result<Self> {
        let text = random_text()?;
        let mut file = tempfile::Builder::new()
            .prefix("password-")
            .tempfile_in(folder)?;
        file.write_all(&obfuscated(&text))?;
        file.flush()?;
        Ok(Self { text, file })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }
}

fn random_text() -> io::Result<String> {
    // Bytes past the last whole multiple are thrown away, so that no character is likelier.
    let fair = 256 / ALPHABET.len() * ALPHABET.len();
    let mut text = String::with_capacity(LENGTH);
    while text.len() < LENGTH {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let fitting = bytes
            .iter()
            .map(|byte| usize::from(*byte))
            .filter(|byte| *byte < fair);
        let missing = LENGTH - text.len();
        text.extend(
            fitting
                .map(|byte| char::from(ALPHABET[byte % ALPHABET.len()]))
                .take(missing),
        );
    }
    Ok(text)
}

fn obfuscated(password: &str) -> [u8; LENGTH] {
    let mut block = [0; LENGTH];
    for (place, byte) in block.iter_mut().zip(password.bytes()) {
        *place = byte;
    }
    let mut block = block.into();
    des::Des::new(&FILE_KEY.into()).encrypt_block(&mut block);
    block.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `vncpasswd` and `x11vnc -storepasswd` write for the same word.
    #[test]
    fn the_file_is_what_other_vnc_programs_write() {
        let known = [0xdb, 0xd8, 0x3c, 0xfd, 0x72, 0x7a, 0x14, 0x58];
        assert_eq!(obfuscated("password"), known);
    }

    #[test]
    #[cfg(unix)]
    fn the_file_is_private_and_goes_with_the_password() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let password = Password::make(folder.path()).unwrap();
        let path = password.path().to_owned();
        assert_eq!(std::fs::read(&path).unwrap(), obfuscated(password.text()));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(password);
        assert!(!path.exists());
    }

    #[test]
    fn two_passwords_are_never_the_same() {
        assert_ne!(random_text().unwrap(), random_text().unwrap());
        assert_eq!(random_text().unwrap().len(), LENGTH);
    }
}
