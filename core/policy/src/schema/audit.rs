//! The keys under `Audit`: what an organisation has decided otherwise than the security guide.

use super::forms;
use super::shape::{Dots, Kind, Names, Needed, Openness, Section, Shape, closed, field, leaf};

/// Other products may keep settings of this name as well.
pub(super) static AUDIT: Section = Section {
    fields: &[field("Exceptions", Shape::Names(&EXCEPTIONS))
        .about("deviations that are meant, by the rule's id")],
    openness: Openness::Shared,
    language_prefix: None,
};

static EXCEPTIONS: Names = Names {
    value: Shape::Section(&EXCEPTION),
    dots: Dots::Part,
};

static EXCEPTION: Section = closed(&[
    leaf("Reason", Kind::Text(&forms::REASON))
        .about("why it is so")
        .needed(Needed::All),
    leaf("Until", Kind::Text(&forms::DATE))
        .about("the last day that the exception holds: YYYY-MM-DD")
        .needed(Needed::All),
]);
