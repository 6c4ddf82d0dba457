use std::fmt::Write;

use super::{TestCase, TestReport};

/// The reports in the form that CI servers read: JUnit XML as the Ant task writes it and its
/// schema has it (github.com/windyroad/JUnit-Schema), which Jenkins, GitLab and others read.
pub fn junit(reports: &[TestReport]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (id, report) in reports.iter().enumerate() {
        xml.push_str(&suite(id, report));
    }
    xml + "</testsuites>\n"
}

fn suite(id: usize, report: &TestReport) -> String {
    let name = escaped(&report.package);
    let micros = report.cases.iter().map(|case| case.micros).sum();
    let (tests, failures, time) = (report.cases.len(), report.failures(), seconds(micros));
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" time=\"{time}\"");
    // The schema's times have no zone.
    let begun = report.begun.trim_end_matches('Z');
    let about =
        format!("id=\"{id}\" package=\"{name}\" timestamp=\"{begun}\" hostname=\"localhost\"");
    let cases: String = report
        .cases
        .iter()
        .map(|case| one(&report.package, case))
        .collect();
    format!(
        "  <testsuite name=\"{name}\" {counts} {about}>\n    <properties/>\n{cases}    <system-out>{}</system-out>\n    <system-err/>\n  </testsuite>\n",
        escaped(&said(report))
    )
}

/// Logs and notes of all tests: the schema has no place for them in each.
fn said(report: &TestReport) -> String {
    let mut text = String::new();
    for case in &report.cases {
        let logs = case.failure.iter().flat_map(|failure| &failure.logs);
        // Writing to a String cannot fail.
        for (level, line) in logs {
            let _ = writeln!(text, "{}: {level:?}: {line}", case.name);
        }
        for note in &case.notes {
            let _ = writeln!(text, "{}: {note}", case.name);
        }
    }
    text
}

fn one(package: &str, case: &TestCase) -> String {
    let name = escaped(&case.name);
    let class = escaped(&format!("{package}.{}", case.file.trim_end_matches(".lua")));
    let time = seconds(case.micros);
    let head = format!("    <testcase name=\"{name}\" classname=\"{class}\" time=\"{time}\"");
    let Some(failure) = &case.failure else {
        return head + "/>\n";
    };
    let place = failure.place.as_ref().unwrap_or(&case.file);
    let line = failure.line.as_ref();
    let line = line.map(|line| format!("\n  {line}")).unwrap_or_default();
    let first = failure.message.lines().next().unwrap_or_default();
    let (first, text) = (
        escaped(first),
        escaped(&format!("{place}: {}{line}", failure.message)),
    );
    format!(
        "{head}>\n      <failure message=\"{first}\" type=\"failure\">{text}</failure>\n    </testcase>\n"
    )
}

fn seconds(micros: u64) -> String {
    format!("{:.6}", micros as f64 / 1e6)
}

/// XML has no way to write most control characters and a few others: they become spaces.
fn escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '"' => made.push_str("&quot;"),
            '\n' | '\t' => made.push(c),
            '\u{fffe}' | '\u{ffff}' => made.push(' '),
            c if c.is_control() => made.push(' '),
            c => made.push(c),
        }
    }
    made
}
