//! The pages of the reference, as Markdown.

mod api;
mod example;
mod hook;

pub use api::api_page;
pub use hook::hooks_page;

const HEAD: &str = "<!-- Made by `deskhook schema docs` from the code. Do not edit. -->\n\n";

/// A table: what its columns are called, and its rows.
fn table(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let heads: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    let rule = format!("|{}\n", "---|".repeat(columns.len()));
    let rows: String = rows.into_iter().map(|row| line(&row)).collect();
    format!("{}{rule}{rows}\n", line(&heads))
}

/// Names, types and sentences; `kind` writes a type.
fn fields<'a>(
    of: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>,
    kind: fn(&str) -> String,
) -> String {
    let row =
        |(name, of, doc): (&str, &str, &str)| vec![format!("`{name}`"), kind(of), doc.to_owned()];
    table(&["name", "type", "meaning"], of.into_iter().map(row))
}

/// A type of the stubs as it stands.
fn code(kind: &str) -> String {
    format!("`{kind}`")
}

/// A type of the stubs in words, each name a link to where it is described.
fn linked(kind: &str) -> String {
    if let Some(inner) = kind.strip_suffix('?') {
        return format!("{} or nil", linked(bare(inner)));
    }
    if let Some(values) = kind
        .strip_prefix("table<string, ")
        .and_then(|rest| rest.strip_suffix('>'))
    {
        return format!("table, by name: {}", linked(values));
    }
    if let Some((first, rest)) = kind.split_once('|').filter(|_| !kind.starts_with('(')) {
        return format!("{} or {}", linked(first), linked(rest));
    }
    if let Some(inner) = kind.strip_suffix("[]") {
        return format!("list of {}", linked(bare(inner)));
    }
    match kind.strip_prefix("deskhook.") {
        Some(name) => format!("[{name}](#{})", name.to_lowercase()),
        None => code(kind),
    }
}

/// A type without the brackets around it.
fn bare(kind: &str) -> &str {
    let inner = kind
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    inner.unwrap_or(kind)
}

#[cfg(test)]
mod tests;
