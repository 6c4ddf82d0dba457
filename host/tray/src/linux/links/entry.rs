/// What has a meaning in an `Exec` line, so that an argument with it in is quoted
/// (Desktop Entry Specification 1.5, "The Exec key").
const RESERVED: &str = " \t\n\"'\\><~|&;$*?#()`";

/// The media types that stand for links of these schemes.
pub(super) fn media_types(schemes: &[String]) -> impl Iterator<Item = String> {
    let named = schemes.iter();
    named.map(|scheme| format!("x-scheme-handler/{scheme}"))
}

/// The desktop entry of a command that follows links of these schemes; none for a command that no
/// entry can name.
pub(super) fn entry(command: &[String], schemes: &[String]) -> Option<String> {
    let (program, arguments) = command.split_first()?;
    let holds = program.starts_with('/') && !program.contains('=');
    let plain = !command.iter().any(|word| word.contains(char::is_control));
    if !holds || !plain {
        return None;
    }
    let words = std::iter::once(program).chain(arguments);
    let words: Vec<String> = words.map(|word| quoted(word)).collect();
    let types: String = media_types(schemes).map(|kind| kind + ";").collect();
    Some(format!(
        "[Desktop Entry]\nType=Application\nName=Deskhook\nExec={} %u\nTerminal=false\n\
         StartupNotify=false\nNoDisplay=true\nMimeType={types}\n",
        words.join(" ")
    ))
}

/// A word as it stands in an `Exec` line. One that needs no quotes has none, because some programs
/// that read such lines do not know them.
fn quoted(word: &str) -> String {
    let word = word.replace('%', "%%");
    if !word.is_empty() && !word.contains(|c| RESERVED.contains(c)) {
        return word;
    }
    let mut inner = String::new();
    for c in word.chars() {
        if "\"`$\\".contains(c) {
            inner.push('\\');
        }
        inner.push(c);
    }
    // A backslash of the value itself is doubled, before anybody looks at the quotes.
    format!("\"{}\"", inner.replace('\\', "\\\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_entry_names_the_program_and_every_scheme() {
        let command = words(&["/usr/bin/deskhook", "open"]);
        let expected = "[Desktop Entry]\nType=Application\nName=Deskhook\n\
            Exec=/usr/bin/deskhook open %u\nTerminal=false\nStartupNotify=false\nNoDisplay=true\n\
            MimeType=x-scheme-handler/deskhook;x-scheme-handler/acme;\n";
        let made = entry(&command, &words(&["deskhook", "acme"]));
        assert_eq!(made.as_deref(), Some(expected));
    }

    #[test]
    fn a_path_is_quoted_as_the_specification_has_it() {
        for (path, expected) in [
            ("/opt/a/b-c_1.2", "/opt/a/b-c_1.2"),
            ("/opt/100%/a", "/opt/100%%/a"),
            ("/opt/my tools/a", r#""/opt/my tools/a""#),
            ("/opt/it's", r#""/opt/it's""#),
            ("/opt/$a`b\"", r#""/opt/\\$a\\`b\\"""#),
            (r"/opt/a\b", r#""/opt/a\\\\b""#),
            ("", r#""""#),
        ] {
            assert_eq!(quoted(path), expected, "{path}");
        }
    }

    #[test]
    fn a_program_that_no_entry_can_name_has_none() {
        for program in [
            "deskhook",
            "./deskhook",
            "",
            "/opt/a=b/deskhook",
            "/opt/a\nb",
        ] {
            assert_eq!(entry(&words(&[program, "open"]), &[]), None, "{program:?}");
        }
        assert_eq!(entry(&[], &[]), None);
        assert_eq!(entry(&words(&["/a", "--socket", "b\nExec=c"]), &[]), None);
    }
}
