use jiff::Timestamp;

/// Milliseconds since 1970, as the database keeps every time.
pub(crate) type Millis = i64;

pub(crate) const SECOND: Millis = 1_000;
pub(crate) const MINUTE: Millis = 60 * SECOND;
pub(crate) const HOUR: Millis = 60 * MINUTE;
pub(crate) const DAY: Millis = 24 * HOUR;

/// Now.
pub(crate) fn now() -> Millis {
    Timestamp::now().as_millisecond()
}

/// RFC 3339 in UTC with milliseconds.
pub(crate) fn rfc3339(at: Millis) -> String {
    let time = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// `2026-11-22 10:04` in UTC: what a page shows before its script has put it into local time.
pub(crate) fn plain(at: Millis) -> String {
    let time = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// How long something lasts, in the two largest units at most: `42 s`, `3 min`, `2 h 5 min`.
pub(crate) fn span(length: Millis) -> String {
    let length = length.max(0);
    match length {
        l if l < MINUTE => format!("{} s", l / SECOND),
        l if l < HOUR => format!("{} min", l / MINUTE),
        l if l < DAY && (l % HOUR) / MINUTE > 0 => {
            format!("{} h {} min", l / HOUR, (l % HOUR) / MINUTE)
        }
        l if l < DAY => format!("{} h", l / HOUR),
        l if l < 2 * DAY => "1 day".to_owned(),
        l => format!("{} days", l / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_words_that_a_person_would_use() {
        let told = [
            0,
            59_999,
            60_000,
            3_599_000,
            3_600_000,
            7_500_000,
            DAY,
            3 * DAY,
        ]
        .map(span);
        assert_eq!(
            told,
            [
                "0 s",
                "59 s",
                "1 min",
                "59 min",
                "1 h",
                "2 h 5 min",
                "1 day",
                "3 days"
            ]
        );
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(plain(0), "1970-01-01 00:00 UTC");
    }
}
