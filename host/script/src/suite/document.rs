use serde_json::{Value, json};

use super::{TestCase, TestReport};

impl TestReport {
    /// The report for programs: `package`, `begun`, and in `tests` of each `name`, `file`, `passed`,
    /// `micros`, `place`, `line`, `message`, `logs` (`level`, `message`) and `notes`.
    pub fn to_document(&self) -> Value {
        let tests: Vec<Value> = self.cases.iter().map(one).collect();
        json!({"package": self.package, "begun": self.begun, "tests": tests})
    }
}

fn one(case: &TestCase) -> Value {
    let failure = case.failure.as_ref();
    let logs = failure.into_iter().flat_map(|failure| &failure.logs);
    let logs = logs.map(|(level, message)| json!({"level": level, "message": message}));
    json!({
        "name": case.name, "file": case.file, "passed": failure.is_none(), "micros": case.micros,
        "place": failure.and_then(|failure| failure.place.as_ref()),
        "line": failure.and_then(|failure| failure.line.as_ref()),
        "message": failure.map(|failure| &failure.message),
        "logs": logs.collect::<Vec<_>>(), "notes": case.notes,
    })
}
