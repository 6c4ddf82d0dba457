use std::fmt::Write;

use super::{TestCase, TestReport};

/// The reports in the form that CI servers read (JUnit XML, as the Ant task writes it).
pub fn junit(reports: &[TestReport]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for report in reports {
        let (name, tests) = (escaped(&report.package), report.cases.len());
        let micros = report.cases.iter().map(|case| case.micros).sum();
        let (failures, time) = (report.failures(), seconds(micros));
        let counts = format!("tests=\"{tests}\" failures=\"{failures}\" time=\"{time}\"");
        // Writing to a String cannot fail.
        let _ = writeln!(xml, "  <testsuite name=\"{name}\" {counts}>");
        for case in &report.cases {
            xml.push_str(&one(&report.package, case));
        }
        xml.push_str("  </testsuite>\n");
    }
    xml + "</testsuites>\n"
}

fn one(package: &str, case: &TestCase) -> String {
    let (name, file) = (escaped(&case.name), escaped(&case.file));
    let class = escaped(&format!("{package}.{}", case.file.trim_end_matches(".lua")));
    let time = seconds(case.micros);
    let head = format!(
        "    <testcase name=\"{name}\" classname=\"{class}\" file=\"{file}\" time=\"{time}\""
    );
    let Some(failure) = &case.failure else {
        return head + "/>\n";
    };
    let place = failure.place.clone().unwrap_or_default();
    let first = failure.message.lines().next().unwrap_or_default();
    let (first, text) = (
        escaped(first),
        escaped(&format!("{place}: {}", failure.message)),
    );
    format!("{head}>\n      <failure message=\"{first}\">{text}</failure>\n    </testcase>\n")
}

fn seconds(micros: u64) -> String {
    format!("{:.6}", micros as f64 / 1e6)
}

/// XML has no way to write most control characters: they become spaces.
fn escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '"' => made.push_str("&quot;"),
            '\n' | '\t' => made.push(c),
            c if c.is_control() => made.push(' '),
            c => made.push(c),
        }
    }
    made
}
