/// Longer names were meant to be none of ours. Comparing takes time that no budget sees.
const LONGEST: usize = 128;

/// The one of `names` that `wanted` most likely means, if any is near: compared without case, and a
/// third of the letters of the longer one may differ. None is near to what has more than 128 bytes.
pub fn nearest<'a, T>(wanted: &str, names: impl IntoIterator<Item = &'a T>) -> Option<&'a str>
where
    T: AsRef<str> + ?Sized + 'a,
{
    if wanted.len() > LONGEST {
        return None;
    }
    let wanted = wanted.to_lowercase();
    let names = names.into_iter().map(AsRef::as_ref);
    let near = names.filter_map(|name: &str| {
        let letters = wanted.chars().count().max(name.chars().count());
        let distance = strsim::damerau_levenshtein(&wanted, &name.to_lowercase());
        // A third of the letters: enough for `TrayMenuEnglish`, too few for `Foo`.
        (distance <= (letters / 3).max(1)).then_some((distance, name))
    });
    near.min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_named_and_a_stranger_is_not() {
        let names = ["Enabled", "BootstrapperUrl", "TrayMenuTextEnglish"];
        assert_eq!(nearest("enabeld", names), Some("Enabled"));
        assert_eq!(nearest("TrayMenuEnglish", names), names.last().copied());
        for stranger in ["Colour", "", &"Enabled".repeat(99)] {
            assert_eq!(nearest(stranger, names), None, "{stranger}");
        }
    }

    #[test]
    fn the_nearest_of_several_is_the_one_with_the_fewest_changes() {
        assert_eq!(nearest("hook", ["hooked", "hooks"]), Some("hooks"));
        assert_eq!(nearest("hooks", ["hook", "hooks"]), Some("hooks"));
    }
}
