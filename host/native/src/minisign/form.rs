use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::SignatureError;

/// Bytes of a signature's first base64: its kind, the key's id, the signature itself.
const SIGNATURE: usize = 2 + 8 + 64;
/// Bytes of the second: the signature of the first and the trusted comment.
const WHOLE: usize = 64;

/// Whether a text has the form of a `.minisig` file and nothing beside it; its trusted comment. One
/// text, one signature: what a reader here overlooked, another one might take for something.
pub(super) fn trusted_comment(text: &str) -> Result<&str, SignatureError> {
    if text.is_empty() {
        return Err(SignatureError::Form("it is empty"));
    }
    if text.contains('\r') {
        return Err(SignatureError::Form(
            "its lines end in CR LF, which an editor or Git made of them: copy it anew, unchanged",
        ));
    }
    let lines = text.strip_suffix('\n').unwrap_or(text);
    let lines: Vec<&str> = lines.split('\n').collect();
    let [comment, signature, trusted, whole] = lines.as_slice() else {
        return Err(SignatureError::Form(match lines.len() {
            0..4 => {
                "it has not all of its four lines: a comment, the signature, a trusted comment, and the signature of both"
            }
            _ => "something stands behind its four lines",
        }));
    };
    if !comment.starts_with("untrusted comment:") {
        let wanted = "its first line does not begin with \"untrusted comment:\"";
        return Err(SignatureError::Form(wanted));
    }
    let Some(trusted) = trusted.strip_prefix("trusted comment: ") else {
        let wanted = "its third line does not begin with \"trusted comment: \"";
        return Err(SignatureError::Form(wanted));
    };
    let is_base64 = |line: &str, size| STANDARD.decode(line).is_ok_and(|it| it.len() == size);
    if !is_base64(signature, SIGNATURE) {
        let wanted = "its second line is not the 74 bytes of a signature in base64";
        return Err(SignatureError::Form(wanted));
    }
    if !is_base64(whole, WHOLE) {
        let wanted = "its fourth line is not the 64 bytes of a signature in base64";
        return Err(SignatureError::Form(wanted));
    }
    Ok(trusted)
}

#[cfg(test)]
mod tests {
    use super::super::{PublisherKey, Signer};
    use super::*;

    fn signer() -> Signer {
        Signer::new(&[7; 32], *b"publish1")
    }

    #[test]
    fn what_is_no_signature_s_file_says_what_is_wrong_with_it() {
        let good = signer().sign(b"library", "a comment");
        let lines: Vec<&str> = good.lines().collect();
        let [comment, signature, trusted, whole] = lines[..] else {
            panic!("{good}")
        };
        let of = |lines: [&str; 4]| lines.map(|line| format!("{line}\n")).concat();
        let one = format!("{comment}\n");
        for (text, why) in [
            ("", "it is empty"),
            ("\n", "not all of its four lines"),
            (&one, "not all of its four lines"),
            (&lines[..3].join("\n"), "not all of its four lines"),
            (&good.replace('\n', "\r\n"), "CR LF"),
            (&format!("{good}\n"), "behind its four lines"),
            (&format!("{good}more"), "behind its four lines"),
            (&of([signature, signature, trusted, whole]), "first line"),
            (&of([comment, signature, "no comment", whole]), "third line"),
            (&of([comment, "!!!", trusted, whole]), "second line"),
            (&of([comment, whole, trusted, whole]), "second line"),
            (&of([comment, signature, trusted, "RW"]), "fourth line"),
            (&of([comment, signature, trusted, signature]), "fourth line"),
        ] {
            let key = PublisherKey::read(&signer().public_line()).unwrap();
            let refused = key.check(b"library", text).unwrap_err();
            assert!(matches!(refused, SignatureError::Form(_)), "{text}");
            let refused = refused.to_string();
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }

    #[test]
    fn a_signature_s_file_may_end_without_a_line_end() {
        let good = signer().sign(b"library", "a comment");
        let key = PublisherKey::read(&signer().public_line()).unwrap();
        assert_eq!(key.check(b"library", good.trim_end()), Ok("a comment"));
    }
}
