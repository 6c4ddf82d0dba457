//! What the chain shows: every flipped byte, every dropped, doubled or swapped line, and, with
//! a head kept elsewhere, a cut-off end.

use deskhook_record::{Entry, Head, Record, RecordError, Why, verify};
use serde_json::json;

fn entry(number: usize) -> Entry {
    Entry {
        at: format!("2026-11-22T10:00:{number:02}.000Z"),
        actor: "supporter:Sam".into(),
        action: "session.joined".into(),
        subject: format!("d-{number}"),
        session: number.is_multiple_of(2).then(|| format!("s-{number}")),
        fields: [("reason".to_owned(), json!("printer \u{1F5A8} \"jam\"\n"))].into(),
    }
}

fn written(entries: usize) -> (tempfile::TempDir, Vec<u8>, Head) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("record.jsonl");
    let mut record = Record::open(&path).expect("a new record");
    for number in 1..=entries {
        record.append(&entry(number)).expect("an entry");
    }
    let head = record.head();
    let bytes = std::fs::read(&path).expect("the record");
    (folder, bytes, head)
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

#[test]
fn an_untouched_record_holds_and_an_older_head_fits_it() {
    let (_folder, bytes, head) = written(5);
    let report = verify(bytes.as_slice(), Some(&head)).unwrap();
    assert_eq!((report.head, report.broken), (head, None));
    let older = verify(lines(&bytes)[..3].concat().as_slice(), None).unwrap();
    assert_eq!(older.entries(), 3);
    assert!(verify(bytes.as_slice(), Some(&older.head)).unwrap().holds());
    assert!(verify(&b""[..], None).unwrap().holds());
}

#[test]
fn every_flipped_bit_is_found_on_its_line() {
    let (_folder, bytes, head) = written(4);
    let mut line = 1;
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            let report = verify(changed.as_slice(), Some(&head)).unwrap();
            let broken = report.broken.expect("a flipped bit is found");
            assert_eq!(broken.line, line, "byte {at}, bit {bit}: {broken}");
        }
        line += u64::from(bytes[at] == b'\n');
    }
}

#[test]
fn dropped_doubled_and_swapped_lines_are_found() {
    let (_folder, bytes, _) = written(5);
    let lines = lines(&bytes);
    for first in 0..lines.len() - 1 {
        let mut dropped = lines.clone();
        dropped.remove(first);
        let mut doubled = lines.clone();
        doubled.insert(first, lines[first].clone());
        let mut swapped = lines.clone();
        swapped.swap(first, first + 1);
        for (changed, line) in [
            (dropped, first + 1),
            (doubled, first + 2),
            (swapped, first + 1),
        ] {
            let report = verify(changed.concat().as_slice(), None).unwrap();
            let broken = report.broken.expect("a moved line is found");
            assert_eq!(broken.line, line as u64);
            assert!(matches!(broken.why, Why::Order { .. }), "{broken}");
        }
    }
}

#[test]
fn a_cut_off_end_is_found_with_the_head_that_is_known() {
    let (_folder, bytes, head) = written(5);
    let cut = lines(&bytes)[..3].concat();
    assert!(verify(cut.as_slice(), None).unwrap().holds());
    let broken = verify(cut.as_slice(), Some(&head)).unwrap().broken.unwrap();
    assert_eq!(
        broken.why,
        Why::Truncated {
            expected: 5,
            found: 3
        }
    );
    for length in 1..lines(&bytes)[0].len() {
        let broken = verify(&bytes[..length], None).unwrap().broken.unwrap();
        assert_eq!((broken.line, broken.why), (1, Why::Unfinished), "{length}");
    }
}

#[test]
fn a_record_written_anew_does_not_meet_the_known_head() {
    let (_folder, _, head) = written(3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("anew.jsonl");
    let mut anew = Record::open(&path).unwrap();
    for number in [1, 9, 3, 4] {
        anew.append(&entry(number)).unwrap();
    }
    let report = verify(std::fs::read(&path).unwrap().as_slice(), Some(&head)).unwrap();
    assert_eq!(report.broken.unwrap().why, Why::Rewritten(3));
}

#[test]
fn after_a_crash_at_any_byte_the_record_opens_and_goes_on() {
    let (folder, bytes, _) = written(3);
    let path = folder.path().join("crashed.jsonl");
    let whole = lines(&bytes)[..2].concat().len();
    for length in whole..bytes.len() {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let mut record = Record::open(&path).unwrap();
        assert_eq!(record.dropped(), (length - whole) as u64);
        assert_eq!(record.head().entries, 2);
        let head = record.append(&entry(3)).unwrap();
        let report = verify(std::fs::read(&path).unwrap().as_slice(), Some(&head)).unwrap();
        assert_eq!((report.entries(), report.broken), (3, None));
    }
}

#[test]
fn one_process_writes_a_record_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.jsonl");
    let first = Record::open(&path).unwrap();
    assert!(matches!(Record::open(&path), Err(RecordError::Locked(_))));
    drop(first);
    assert!(Record::open(&path).is_ok());
}

#[test]
fn an_entry_that_is_too_long_leaves_the_record_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.jsonl");
    let mut record = Record::open(&path).unwrap();
    record.append(&entry(1)).unwrap();
    let mut long = entry(2);
    long.subject = "x".repeat(70_000);
    assert!(matches!(record.append(&long), Err(RecordError::Entry(_))));
    record.append(&entry(2)).unwrap();
    assert!(
        verify(std::fs::read(&path).unwrap().as_slice(), None)
            .unwrap()
            .holds()
    );
}

#[test]
fn a_last_line_that_is_no_entry_is_not_built_upon() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.jsonl");
    std::fs::write(&path, "{}\n").unwrap();
    assert!(matches!(
        Record::open(&path),
        Err(RecordError::Unreadable(_))
    ));
    let long = "x".repeat(300_000);
    std::fs::write(&path, format!("{long}\n")).unwrap();
    assert!(matches!(
        Record::open(&path),
        Err(RecordError::Unreadable(_))
    ));
    std::fs::write(&path, long).unwrap();
    assert!(
        verify(std::fs::read(&path).unwrap().as_slice(), None)
            .unwrap()
            .broken
            .is_some()
    );
}
