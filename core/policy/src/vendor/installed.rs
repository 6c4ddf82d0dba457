use serde::Serialize;

use super::Expectations;
use super::legibility::is_plain;
use super::secret::is_secret;
use super::want::Verdict;
use super::want::Want;

/// A place in a client's file, and what became of the value there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    #[serde(skip)]
    pub(super) verdict: Verdict,
    /// The value, as far as people may see it.
    #[serde(skip)]
    pub(super) told: String,
    /// The key, where it is another spelling than the one that is printed.
    #[serde(skip)]
    pub(super) spelling: Option<String>,
}

/// What the files of an installed client say of what policy wants. A value is judged as it is read
/// and then dropped; of a password only the place is kept, and of everything else nothing.
#[derive(Clone, Debug)]
pub struct Installed<'e> {
    pub(super) expected: &'e Expectations,
    /// For each thing that is expected: every place that says something of it.
    pub(super) found: Vec<Vec<Found>>,
    /// Where a password is set.
    pub(super) password: Option<Found>,
}

/// A client's file that is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not text: a client writes UTF-8, or UTF-16 with a byte order mark")]
pub struct NotText;

impl<'e> Installed<'e> {
    /// A client of which no file was read yet.
    pub fn expecting(expected: &'e Expectations) -> Self {
        Self {
            expected,
            found: vec![vec![]; expected.rows.len()],
            password: None,
        }
    }

    /// Reads a file of the client's (`system.conf`, `user.conf`, `service.conf`). Lines are
    /// `key=value`, ended by LF or CRLF; others are read past. Returns how many have a key of the
    /// vendor's.
    ///
    /// # Errors
    /// When the bytes are no text. The error repeats nothing of them.
    pub fn read(&mut self, file: &str, bytes: &[u8]) -> Result<usize, NotText> {
        let text = decoded(bytes)?;
        let mut keys = 0;
        for (number, line) in text.lines().enumerate() {
            let Some((key, value)) = pair(line) else {
                continue;
            };
            keys += 1;
            let place = Found {
                file: file.to_owned(),
                line: number + 1,
                verdict: Verdict::Differs,
                told: String::new(),
                spelling: None,
            };
            if is_password(key) && !value.is_empty() {
                self.password.get_or_insert(place);
            } else if !is_secret(key) {
                self.judge(key, value, &place);
            }
        }
        Ok(keys)
    }

    fn judge(&mut self, key: &str, value: &str, place: &Found) {
        for (row, found) in self.expected.rows.iter().zip(&mut self.found) {
            let mut keys = row.keys.iter();
            let Some(at) = keys.position(|kept| kept.eq_ignore_ascii_case(key)) else {
                continue;
            };
            found.push(Found {
                verdict: row.want.judge(value),
                told: shown(&row.want, value),
                spelling: (at > 0).then(|| row.keys[at].clone()),
                ..place.clone()
            });
        }
    }
}

/// What was found, for people. Of a damaged file a line may hold another one, with another's secret.
fn shown(want: &Want, value: &str) -> String {
    if is_plain(value) {
        want.found(value)
    } else {
        "what is no value of one line".to_owned()
    }
}

/// A key of the vendor's and its value; none for a comment, for a line of a key in PEM form, ...
fn pair(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let ours = key
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("ad."));
    ours.then_some((key, value.trim()))
}

/// Where clients were seen to keep what a password is checked with: `ad.anynet.pwd_hash`, one for
/// each profile, and `ad.security.pwd` of older ones.
fn is_password(key: &str) -> bool {
    let name = key.rsplit('.').next().unwrap_or(key);
    name.eq_ignore_ascii_case("pwd") || name.eq_ignore_ascii_case("pwd_hash")
}

/// A client keeps names of devices and people in its files as well, in whatever encoding they
/// came: a byte that is not UTF-8 spoils its own line alone.
fn decoded(bytes: &[u8]) -> Result<String, NotText> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks(2).map(|pair| match *pair {
            [one, other] => unit([one, other]),
            _ => 0xfffd,
        });
        char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    let text: String = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => String::from_utf8_lossy(rest).into_owned(),
    };
    if text.contains('\0') {
        return Err(NotText);
    }
    Ok(text)
}
