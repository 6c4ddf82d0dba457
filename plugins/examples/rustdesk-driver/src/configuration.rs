use toml::Table;

use crate::printed::{Ids, is_id};

/// The ID in RustDesk's own file `RustDesk.toml`, or why there is none. The file has secrets beside
/// it: none of its text is ever repeated.
pub(crate) fn id(text: &str, ids: Ids) -> Result<String, String> {
    let file: Table = text
        .parse()
        .map_err(|_| "RustDesk's configuration is no TOML".to_owned())?;
    let field = |name: &str| {
        file.get(name)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
    };
    match (field("id"), field("enc_id")) {
        // Since 1.1.9 it is kept encrypted, with a key that only RustDesk makes from the machine.
        ("", "") => Err("RustDesk's configuration has no ID yet".to_owned()),
        ("", _) => Err("the ID in RustDesk's configuration is encrypted".to_owned()),
        (id, _) if is_id(id, ids) => Ok(id.to_owned()),
        _ => Err("what RustDesk's configuration has as its ID is none".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_where_it_stands_in_plain() {
        let text = "id = '123456789'\npassword = '00secret'\nsalt = 'abc'\nkey_pair = [[1, 2], [3]]\n\n[keys_confirmed]\nrs-ny = true\n";
        assert_eq!(id(text, Ids::Numbers).as_deref(), Ok("123456789"));
        let text = "id = 'helpdesk-01'\nenc_id = '00x'\n";
        assert_eq!(id(text, Ids::Chosen).as_deref(), Ok("helpdesk-01"));
    }

    #[test]
    fn nothing_else_is_taken_for_one_and_no_secret_is_repeated() {
        for (text, why) in [
            (
                "enc_id = '00k3Jz+PVtNRVj7v'\npassword = 'secret'\n",
                "encrypted",
            ),
            ("", "no ID yet"),
            ("id = ''\n", "no ID yet"),
            ("id = 123456789\npassword = 'secret'\n", "no ID yet"),
            ("id = 'secret'\n", "is none"),
            ("id = '123 456 789'\n", "is none"),
            ("[id]\nid = '123456789'\n", "no ID yet"),
            ("password = 'secret\nid = '123456789'\n", "no TOML"),
        ] {
            let told = id(text, Ids::Numbers).unwrap_err();
            assert!(
                told.contains(why) && !told.contains("secret"),
                "{text:?}: {told}"
            );
        }
    }
}
