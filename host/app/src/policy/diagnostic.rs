use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use deskhook_policy::{Place, Problem, Severity, Source};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use crate::output::{coloured, remark};

/// A policy problem as miette draws it: place, source line underlined, what to write instead.
struct Shown<'a> {
    problem: &'a Problem,
    excerpt: Excerpt<'a>,
}

/// The lines around a place. They are found by their numbers: a file may have thousands of problems.
pub(super) struct Excerpt<'a> {
    pub(super) place: &'a Place,
    /// The file's text as people may see it.
    pub(super) shown: &'a str,
}

/// The texts of the files that problems are in, each covered up once.
#[derive(Default)]
pub(super) struct ShownTexts(HashMap<*const Source, String>);

impl ShownTexts {
    pub(super) fn of(&mut self, place: &Place) -> &str {
        let address = Arc::as_ptr(place.source());
        let text = self.0.entry(address);
        text.or_insert_with(|| place.source().shown())
    }
}

impl SourceCode for Excerpt<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let source = self.place.source();
        let (line, column) = source.position(span.offset());
        let (end, _) = source.position(span.offset() + span.len().saturating_sub(1));
        let first = line.saturating_sub(before).max(1);
        let mut cut = source.lines(first, end + after);
        // Without lines around it the place itself is asked for: the heading names it.
        let column = if before == 0 {
            cut.start = span.offset().min(cut.end);
            column - 1
        } else {
            0
        };
        let bytes = &self.shown.as_bytes()[cut.clone()];
        let count = bytes.iter().filter(|byte| **byte == b'\n').count();
        Ok(Box::new(MietteSpanContents::new_named(
            self.place.file().to_owned(),
            bytes,
            (cut.start, cut.len()).into(),
            first - 1,
            column,
            count,
        )))
    }
}

/// Prints problems on standard error, each with its place and the way out.
pub(super) fn print(problems: &[Problem]) {
    let mut shown = ShownTexts::default();
    for problem in problems {
        let place = &problem.place;
        let shown = shown.of(place);
        let excerpt = Excerpt { place, shown };
        let drawn = draw(&Shown { problem, excerpt });
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
        Some(&self.excerpt)
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
