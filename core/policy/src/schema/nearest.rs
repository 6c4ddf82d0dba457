/// The one of `names` that `wanted` most likely means, if any is near: a third of its letters may
/// differ.
pub fn nearest(wanted: &str, names: &[String]) -> Option<String> {
    let wanted = wanted.to_lowercase();
    // A third of the letters may differ: enough for `TrayMenuEnglish`, too few for `Foo`.
    let most = (wanted.chars().count() / 3).max(1);
    let distance = |name: &String| strsim::damerau_levenshtein(&wanted, &name.to_lowercase());
    let (distance, name) = names
        .iter()
        .filter(|name| name.len().abs_diff(wanted.len()) <= 2 * most)
        .map(|name| (distance(name), name))
        .min()?;
    (distance <= most).then(|| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_named_and_a_stranger_is_not() {
        let names = ["Enabled", "BootstrapperUrl", "TrayMenuTextEnglish"].map(str::to_owned);
        assert_eq!(nearest("enabeld", &names).as_deref(), Some("Enabled"));
        let text = nearest("TrayMenuEnglish", &names);
        assert_eq!(text.as_deref(), Some("TrayMenuTextEnglish"));
        assert_eq!(nearest("Colour", &names), None);
        assert_eq!(nearest("", &names), None);
    }
}
