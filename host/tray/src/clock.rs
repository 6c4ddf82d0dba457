use deskhook_agent::Snapshot;
use deskhook_session::Moment;

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// The local time of a moment, to the minute: `14:05`. Empty where the snapshot has no clock.
pub(crate) fn minute(snapshot: &Snapshot, moment: Moment) -> String {
    let full = second(snapshot, moment);
    full.rsplit_once(':')
        .map_or_else(String::new, |(short, _)| short.to_owned())
}

/// The local time of a moment, to the second: `14:05:09`. Empty where the snapshot has no clock.
pub(crate) fn second(snapshot: &Snapshot, moment: Moment) -> String {
    let Some(now) = second_of_day(&snapshot.clock) else {
        return String::new();
    };
    let ahead = moment.since(snapshot.now) / 1000;
    let ago = snapshot.now.since(moment) / 1000;
    let signed = |span: u64| i64::try_from(span % DAY.unsigned_abs()).unwrap_or_default();
    let at = (now + signed(ahead) - signed(ago)).rem_euclid(DAY);
    format!("{:02}:{:02}:{:02}", at / 3600, at / 60 % 60, at % 60)
}

/// Of `2026-11-22T14:05:09+01:00` (RFC 3339), the seconds since midnight.
fn second_of_day(clock: &str) -> Option<i64> {
    let (_, time) = clock.split_once('T')?;
    let mut numbers = time.get(..8)?.split(':').map(str::parse::<i64>);
    let mut next = || numbers.next()?.ok();
    let (hours, minutes, seconds) = (next()?, next()?, next()?);
    Some(hours * 3600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_before_or_after_the_snapshot_has_its_local_time() {
        let snapshot = Snapshot {
            now: Moment(100_000),
            clock: "2026-11-22T00:00:30+01:00".to_owned(),
            ..Snapshot::default()
        };
        assert_eq!(second(&snapshot, Moment(160_000)), "00:01:30");
        assert_eq!(second(&snapshot, Moment(40_000)), "23:59:30");
        assert_eq!(minute(&snapshot, Moment(40_000)), "23:59");
        assert_eq!(minute(&Snapshot::default(), Moment(0)), "");
    }
}
