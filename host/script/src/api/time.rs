use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use mlua::{Lua, Table, Value};

use crate::stage::Stage;
use crate::vm::{Complaint, native};

const PATTERN: &str = "%Y-%m-%d %H:%M";
const LONGEST_PATTERN: usize = 256;

/// `deskhook.time.{now, parse, format}`. A time is a table: `year`, `month`, `day`, `hour`,
/// `minute`, `second`, `weekday` (1 is Monday), `yearday`, `unix` (seconds), `zone`, `offset`
/// (seconds), `date` (`2026-11-22`), `text` (RFC 3339). `now` is the time of the call.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    let now = native(
        lua,
        stage,
        "deskhook.time.now",
        |lua, stage, zone: Option<String>| table(lua, &in_zone(now(stage)?, zone.as_deref())?),
    )?;
    room.raw_set("now", now)?;
    let parse = native(
        lua,
        stage,
        "deskhook.time.parse",
        |lua, stage, (text, zone): (String, Option<String>)| {
            table(lua, &parse(stage, &text, zone.as_deref())?)
        },
    )?;
    room.raw_set("parse", parse)?;
    type Arguments = (Value, Option<String>, Option<String>);
    let format = native(
        lua,
        stage,
        "deskhook.time.format",
        |_, stage, (time, pattern, zone): Arguments| {
            let zoned = in_zone(read(stage, &time)?, zone.as_deref())?;
            let pattern = pattern.as_deref().unwrap_or(PATTERN);
            if pattern.len() > LONGEST_PATTERN {
                return Err("the pattern is longer than 256 bytes".into());
            }
            let text = jiff::fmt::strtime::format(pattern, &zoned);
            text.map_err(|error| Complaint::Said(format!("the pattern {pattern:?}: {error}")))
        },
    )?;
    room.raw_set("format", format)
}

fn now(stage: &Stage) -> Result<Zoned, Complaint> {
    let now = stage.turn().map(|turn| turn.now).unwrap_or_default();
    if now.is_empty() {
        return Ok(Zoned::now());
    }
    with_offset(&now).ok_or_else(|| Complaint::Said(format!("the host's time {now:?} is no time")))
}

/// `seconds` after the time `text`, RFC 3339, in its offset.
pub(crate) fn later(text: &str, seconds: f64) -> Result<String, String> {
    let time =
        with_offset(text).ok_or_else(|| format!("the clock shows {text:?}, which is no time"))?;
    let span = jiff::SignedDuration::try_from_secs_f64(seconds);
    let span = span.map_err(|_| format!("{seconds} is no number of seconds"))?;
    let time = time.checked_add(span);
    let time = time.map_err(|_| format!("{seconds} seconds lead out of the calendar"))?;
    let text = time.timestamp().display_with_offset(time.offset());
    Ok(text.to_string())
}

/// RFC 3339, in the offset that it names.
fn with_offset(text: &str) -> Option<Zoned> {
    let pieces = jiff::fmt::temporal::Pieces::parse(text).ok()?;
    let offset = pieces.to_numeric_offset()?;
    let instant: Timestamp = text.parse().ok()?;
    Some(instant.to_zoned(TimeZone::fixed(offset)))
}

fn zone(name: &str) -> Result<TimeZone, Complaint> {
    let found = TimeZone::get(name);
    found.map_err(|_| {
        Complaint::Said(format!(
            "there is no time zone {name:?}; one is \"Europe/Berlin\""
        ))
    })
}

fn in_zone(time: Zoned, name: Option<&str>) -> Result<Zoned, Complaint> {
    match name {
        Some(name) => Ok(time.with_time_zone(zone(name)?)),
        None => Ok(time),
    }
}

fn parse(stage: &Stage, text: &str, name: Option<&str>) -> Result<Zoned, Complaint> {
    if let Some(time) = with_offset(text) {
        return in_zone(time, name);
    }
    let civil = text
        .parse::<DateTime>()
        .or_else(|_| text.parse::<Date>().map(DateTime::from));
    let civil =
        civil.map_err(|_| format!("{text:?} is no time; one is \"2026-11-22T10:00:00\""))?;
    let zone = match name {
        Some(name) => zone(name)?,
        None => now(stage)?.time_zone().clone(),
    };
    let zoned = civil.to_zoned(zone);
    zoned.map_err(|error| Complaint::Said(format!("{text:?}: {error}")))
}

/// A time as a script gives it: a table of ours, or seconds since 1970.
fn read(stage: &Stage, time: &Value) -> Result<Zoned, Complaint> {
    if let Value::Table(table) = time
        && let Ok(text) = table.raw_get::<String>("text")
    {
        return parse(stage, &text, None);
    }
    let seconds = match time {
        Value::Integer(seconds) => Some(*seconds as f64),
        Value::Number(seconds) => Some(*seconds),
        _ => None,
    };
    let instant = seconds.and_then(|seconds| Timestamp::from_second(seconds as i64).ok());
    let instant = instant.ok_or("argument 1 is a time or seconds since 1970")?;
    Ok(instant.to_zoned(now(stage)?.time_zone().clone()))
}

fn table(lua: &Lua, time: &Zoned) -> Result<Table, Complaint> {
    let table = lua.create_table()?;
    for (name, value) in [
        ("year", i64::from(time.year())),
        ("month", i64::from(time.month())),
        ("day", i64::from(time.day())),
        ("hour", i64::from(time.hour())),
        ("minute", i64::from(time.minute())),
        ("second", i64::from(time.second())),
        ("weekday", i64::from(time.weekday().to_monday_one_offset())),
        ("yearday", i64::from(time.day_of_year())),
        ("unix", time.timestamp().as_second()),
        ("offset", i64::from(time.offset().seconds())),
    ] {
        table.raw_set(name, value)?;
    }
    let zone = time.time_zone().iana_name().map(str::to_owned);
    table.raw_set("zone", zone.unwrap_or_else(|| time.offset().to_string()))?;
    table.raw_set("date", time.date().to_string())?;
    let text = time
        .timestamp()
        .display_with_offset(time.offset())
        .to_string();
    table.raw_set("text", text)?;
    Ok(table)
}
