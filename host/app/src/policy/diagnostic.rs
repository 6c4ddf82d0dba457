use std::fmt;

use deskhook_policy::{Problem, Severity};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode,
};

use crate::output::{coloured, remark};

/// A policy problem as miette draws it: place, source line underlined, what to write instead.
struct Shown<'a> {
    problem: &'a Problem,
    source: NamedSource<String>,
}

/// Prints problems on standard error, each with its place and the way out.
pub(super) fn print(problems: &[Problem]) {
    for problem in problems {
        let place = &problem.place;
        let source = NamedSource::new(place.file(), place.source().text().to_owned());
        let drawn = draw(&Shown { problem, source });
        let drawn = drawn.map(|text| format!("\n{text}")).unwrap_or_default();
        remark(format!("{place}: {}{drawn}", problem.message));
    }
}

/// A diagnostic with its lines of source; none where it cannot be drawn.
pub(super) fn draw(diagnostic: &impl Diagnostic) -> Option<String> {
    let theme = if coloured() {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(80);
    let mut text = String::new();
    let drawn = handler.render_report(&mut text, diagnostic);
    drawn.is_ok().then_some(text)
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        Some(Box::new(self.problem.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.problem.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.problem.place.span();
        let label = self.problem.key.clone();
        Some(Box::new(std::iter::once(LabeledSpan::new(
            label,
            span.start,
            span.len(),
        ))))
    }
}
