use serde_json::Value;

use crate::notation::lines;

/// Beyond this the table of the comparison gets large; then both stand one below the other.
const MOST_LINES: usize = 200;

/// What differs, line by line: `-` was expected, `+` came.
pub(super) fn difference(expected: &Value, actual: &Value) -> String {
    let (expected, actual) = (lines(expected), lines(actual));
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    if old.len() > MOST_LINES || new.len() > MOST_LINES {
        return format!("- {expected}\n+ {actual}");
    }
    let longest = common(&old, &new);
    let (mut i, mut j, mut told) = (0, 0, vec![]);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            told.push(format!("    {}", old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || longest[i + 1][j] >= longest[i][j + 1]) {
            told.push(format!("  - {}", old[i]));
            i += 1;
        } else {
            told.push(format!("  + {}", new[j]));
            j += 1;
        }
    }
    told.join("\n")
}

/// For every pair of tails, how many lines they have in common.
fn common(old: &[&str], new: &[&str]) -> Vec<Vec<usize>> {
    let mut longest = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i][j] = if old[i] == new[j] {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_lines_that_differ_are_marked() {
        let text = difference(&json!({"a": 1, "b": 2}), &json!({"a": 1, "b": 3}));
        assert_eq!(
            text,
            "    {\n      a = 1,\n  -   b = 2,\n  +   b = 3,\n    }"
        );
    }
}
