use std::path::PathBuf;

/// What the `{...}` of a client's description stand for in one launch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    pub(crate) display: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) password_file: Option<PathBuf>,
    pub(crate) state: PathBuf,
    pub(crate) own_program: PathBuf,
}

/// The names that are replaced in arguments and environment values.
pub(crate) const NAMES: [&str; 5] = [
    "{display}",
    "{port}",
    "{password_file}",
    "{state}",
    "{self}",
];

impl Fields {
    /// `text` with every name replaced, in one pass: what comes out is not looked at again.
    /// A name without a value stays as it is.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            filled.push_str(&rest[..at]);
            rest = &rest[at..];
            let known = NAMES.iter().find(|name| rest.starts_with(**name));
            match known.and_then(|name| Some((name, self.value(name)?))) {
                Some((name, value)) => {
                    filled.push_str(&value);
                    rest = &rest[name.len()..];
                }
                None => {
                    filled.push('{');
                    rest = &rest[1..];
                }
            }
        }
        filled + rest
    }

    fn value(&self, name: &str) -> Option<String> {
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        match name {
            "{display}" => self.display.clone(),
            "{port}" => self.port.map(|port| port.to_string()),
            "{password_file}" => self.password_file.as_ref().map(text),
            "{state}" => Some(text(&self.state)),
            _ => Some(text(&self.own_program)),
        }
    }
}

/// Whether any of `texts` has `name` in it.
pub(crate) fn any_has<'a>(mut texts: impl Iterator<Item = &'a String>, name: &str) -> bool {
    texts.any(|text| text.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_replaced_once_and_nothing_else() {
        let fields = Fields {
            display: Some(":1{port}".into()),
            port: Some(5901),
            state: "/s".into(),
            own_program: "/bin/deskhook".into(),
            ..Fields::default()
        };
        let text = "{self} {display} -p={port} {state}/{x} {password_file} {";
        assert_eq!(
            fields.fill(text),
            "/bin/deskhook :1{port} -p=5901 /s/{x} {password_file} {"
        );
    }
}
