/// A type as LuaLS writes it, in Luau: the part of LuaLS's notation that the stubs use.
pub(super) fn translated(kind: &str) -> String {
    let mut reader = Reader { rest: kind };
    let luau = reader.union();
    debug_assert!(reader.rest.is_empty(), "{kind} is read to its end");
    luau
}

/// The parameters `a: integer, b?: string`, in Luau.
pub(super) fn parameter(name: &str, kind: &str) -> String {
    match name {
        "..." => "...any".to_owned(),
        name => format!("{name}: {}", translated(kind)),
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn union(&mut self) -> String {
        let mut parts = vec![self.suffixed()];
        while self.eats("|") {
            parts.push(self.suffixed());
        }
        parts.join(" | ")
    }

    /// A type with what stands behind it: `[]` makes a list of it, `?` lets nil stand for it.
    fn suffixed(&mut self) -> String {
        let mut kind = self.single();
        loop {
            if self.eats("[]") {
                kind = format!("{{ {kind} }}");
            } else if self.eats("?") {
                kind = match is_open(&kind) {
                    true => format!("({kind})?"),
                    false => format!("{kind}?"),
                };
            } else {
                return kind;
            }
        }
    }

    fn single(&mut self) -> String {
        if self.eats("(") {
            let inner = self.union();
            self.eats(")");
            return inner;
        }
        if self.eats("fun(") {
            let parameters = self.named(")");
            let returns = match self.eats(": ") {
                true => self.union(),
                false => "()".to_owned(),
            };
            return format!("({parameters}) -> {returns}");
        }
        if self.eats("{") {
            return format!("{{ {} }}", self.named("}"));
        }
        if self.eats("table<string, ") {
            let values = self.union();
            self.eats(">");
            return format!("{{ [string]: {values} }}");
        }
        if self.eats("\"") {
            let (word, rest) = self.rest.split_once('"').unwrap_or((self.rest, ""));
            self.rest = rest;
            return format!("\"{word}\"");
        }
        let word = self.word(|c| c.is_alphanumeric() || "._".contains(c));
        match word {
            "integer" => "number".to_owned(),
            // A table with fields is no `{ [any]: any }` to Luau.
            "table" => "any".to_owned(),
            word => word.replacen("deskhook.", "Deskhook", 1),
        }
    }

    /// Names with their types, up to `end`.
    fn named(&mut self, end: &str) -> String {
        let mut all = vec![];
        while !self.eats(end) && !self.rest.is_empty() {
            let name = self.word(|c| c.is_alphanumeric() || c == '_');
            let may_be_nil = self.eats("?");
            self.eats(": ");
            let kind = self.union();
            self.eats(", ");
            let kind = match may_be_nil && !kind.ends_with('?') {
                true => format!("{kind}?"),
                false => kind,
            };
            all.push(format!("{name}: {kind}"));
        }
        all.join(", ")
    }

    fn eats(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self, fits: fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }
}

/// Whether what stands behind a type would belong to its last part alone.
fn is_open(kind: &str) -> bool {
    let mut depth = 0;
    let outside = kind.chars().filter(|c| {
        depth += i32::from("({".contains(*c)) - i32::from(")}".contains(*c));
        depth == 0
    });
    outside.into_iter().any(|c| "|>".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_the_same_in_luau() {
        for (luals, luau) in [
            ("integer?", "number?"),
            ("deskhook.Time|number", "DeskhookTime | number"),
            ("(\"a\"|\"b\")?", "(\"a\" | \"b\")?"),
            (
                "table<string, string|number>?",
                "{ [string]: string | number }?",
            ),
            ("(fun(a: string))?", "((a: string) -> ())?"),
            ("(string|number)[]", "{ string | number }"),
            ("table<string, string[]>", "{ [string]: { string } }"),
            ("fun(now: string)", "(now: string) -> ()"),
            (
                "fun(ctx: deskhook.TimerInput): (deskhook.A|deskhook.B[])?",
                "(ctx: DeskhookTimerInput) -> (DeskhookA | { DeskhookB })?",
            ),
            (
                "{headers?: table<string, string>, json?: any, title: string}?",
                "{ headers: { [string]: string }?, json: any?, title: string }?",
            ),
        ] {
            assert_eq!(translated(luals), luau);
        }
    }
}
