//! What is wrong with a text that the strict parser refused.
//!
//! A tolerant scanner that goes on after each mistake, so that a person sees all of them in
//! one run. It never decides whether a text is accepted; it only explains a refusal.

mod cursor;
mod texts;
mod walk;

use std::ops::Range;
use std::sync::Arc;

use super::json::Refusal;
use crate::{Place, Problem, Source};

/// More than these are noise: what follows is most likely an echo.
const MOST_FINDINGS: usize = 20;

/// A mistake, in bytes of the text that is looked at.
pub(super) struct Finding {
    span: Range<usize>,
    code: &'static str,
    message: String,
    help: Option<String>,
}

/// Everything that is wrong with the refused JSON in `range`; never empty.
pub(super) fn diagnose(
    source: &Arc<Source>,
    range: Range<usize>,
    refusal: Refusal,
) -> Vec<Problem> {
    let mut findings = walk::Walk::over(&source.text()[range.clone()]);
    if findings.is_empty() {
        findings.push(Finding {
            span: refusal.span,
            code: "json-syntax",
            message: refusal.message,
            help: None,
        });
    }
    let problem = |finding: Finding| {
        let span = finding.span.start + range.start..finding.span.end + range.start;
        let problem = Problem::error(finding.code, Place::new(source, span), finding.message);
        Problem {
            help: finding.help,
            ..problem
        }
    };
    findings.into_iter().map(problem).collect()
}
