//! Whether a library can be the plugin of its manifest, as far as that shows without running it.

use deskhook_abi::ENTRY_SYMBOL;

use crate::Manifest;

/// What libraries begin with: ELF, PE, Mach-O of 64 bits and of several processors.
const FORMS: [&[u8]; 4] = [b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"];

/// Whether the library has the entry's name in it. A name is no proof, its absence is.
pub(crate) fn names_entry(library: &[u8]) -> bool {
    holds(library, ENTRY_SYMBOL)
}

/// A sentence for id and version each where the library has it nowhere. It says both in its entry, as
/// texts that compilers leave in one piece, so most likely it says something else.
pub(crate) fn unsaid(manifest: &Manifest, library: &[u8]) -> Vec<String> {
    if !FORMS.iter().any(|form| library.starts_with(form)) {
        return vec![
            "the library is none of any system that is known (ELF, PE, Mach-O): was another file named in its place?"
                .to_owned(),
        ];
    }
    let fields = [("id", &manifest.id), ("version", &manifest.version)];
    let absent = fields.into_iter().filter(|(_, said)| !holds(library, said));
    let note = |(field, said): (&str, &String)| {
        format!(
            "the manifest's {field} is {said:?}, which the library has nowhere in it; `deskhook plugin validate` asks it"
        )
    };
    absent.map(note).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    let text = text.as_bytes();
    bytes.windows(text.len()).any(|part| part == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_or_a_version_that_the_library_does_not_have_is_told() {
        let template = r#"{"id": "org.example.zone", "version": "1.2.0", "abi": "1.0",
            "hooks": [], "publisher": "example"}"#;
        let manifest = Manifest::template(template).unwrap();
        let told = |library: &[u8]| unsaid(&manifest, library);
        assert!(told(b"\x7fELF\0org.example.zone\x001.2.0\0").is_empty());
        let notes = told(b"\x7fELF org.example.zone 1.1.0");
        assert_eq!(notes.len(), 1);
        assert!(notes[0].contains("version is \"1.2.0\""), "{notes:?}");
        assert_eq!(told(b"MZ").len(), 2);
        let notes = told(b"/* deskhook_plugin_entry, org.example.zone 1.2.0 */");
        assert!(notes[0].contains("another file"), "{notes:?}");
    }
}
