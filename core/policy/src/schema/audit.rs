//! The keys under `Audit`: what an organisation has decided otherwise than the security guide.

use super::checks;
use super::shape::{Dots, Kind, Names, Openness, Section, Shape, closed, field, leaf};

/// Other products may keep settings of this name as well.
pub(super) static AUDIT: Section = Section {
    fields: &[field("Exceptions", Shape::Names(&EXCEPTIONS))],
    openness: Openness::Shared,
    language_prefix: None,
};

static EXCEPTIONS: Names = Names {
    value: Shape::Section(&EXCEPTION),
    dots: Dots::Part,
};

static EXCEPTION: Section = closed(&[
    leaf("Reason", Kind::Text(reason)),
    leaf("Until", Kind::Text(date)),
]);

/// A sentence that says something.
fn reason(text: &str) -> Result<(), String> {
    checks::caption(text)?;
    if text.trim().is_empty() {
        return Err("a reason says why".to_owned());
    }
    Ok(())
}

/// A day of the calendar, as RFC 3339 writes one.
fn date(text: &str) -> Result<(), String> {
    let digits = |at: usize, b: u8| b.is_ascii_digit() || (b == b'-' && (at == 4 || at == 7));
    let written = text.len() == 10 && text.bytes().enumerate().all(|(at, b)| digits(at, b));
    if written && text.parse::<jiff::civil::Date>().is_ok() {
        return Ok(());
    }
    Err("a day is written YYYY-MM-DD, such as 2027-06-30".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_of_the_calendar() {
        for text in ["2027-06-30", "2028-02-29", "0000-01-01"] {
            assert_eq!(date(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "2027-02-29",
            "2027-13-01",
            "2027-6-30",
            "30.06.2027",
            "2027-06-30T00:00:00",
            "20270630",
            "+002027-06-30",
            "2027-06-3x",
            "----------",
            "２０２７-06-30",
        ] {
            assert!(date(text).is_err(), "{text}");
        }
    }
}
