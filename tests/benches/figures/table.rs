use std::fmt;
use std::time::Duration;

use harness::Memory;

/// Times of one way that was gone several times.
#[derive(Default)]
pub(crate) struct Series(Vec<Duration>);

impl Series {
    pub(crate) fn push(&mut self, time: Duration) {
        self.0.push(time);
        self.0.sort();
    }

    pub(crate) fn extend(&mut self, time: Option<Duration>) {
        time.into_iter().for_each(|time| self.push(time));
    }

    /// The middle one; of an even number, the mean of both in the middle.
    fn median(&self) -> Option<Duration> {
        let (count, half) = (self.0.len(), self.0.len() / 2);
        match count % 2 {
            _ if count == 0 => None,
            0 => Some((self.0[half - 1] + self.0[half]) / 2),
            _ => Some(self.0[half]),
        }
    }
}

/// What is printed: a line a figure.
#[derive(Default)]
pub(crate) struct Table(Vec<String>);

impl Table {
    /// A time: the median, the least and the most of several.
    pub(crate) fn time(&mut self, what: &str, series: &Series) {
        let Some(median) = series.median() else {
            return;
        };
        let span = series.0.first().zip(series.0.last());
        let span = span.map(|(least, most)| format!("{} to {}", millis(*least), millis(*most)));
        let span = span.unwrap_or_default();
        self.line(what, &format!("{:>9}   ({span})", millis(median)));
    }

    /// How much longer the first takes than the second, by their medians.
    pub(crate) fn beyond(&mut self, what: &str, (whole, part): (&Series, &Series)) {
        if let Some((whole, part)) = whole.median().zip(part.median()) {
            let beyond = whole.saturating_sub(part);
            self.line(what, &format!("{:>9}", millis(beyond)));
        }
    }

    /// A process's memory.
    pub(crate) fn memory(&mut self, what: &str, memory: Memory) {
        let [resident, share, private] =
            [memory.resident, memory.share, memory.private].map(|kib| kib as f64 / 1024.0);
        let told = format!("{resident:>5.1} MiB   (share {share:.1}, private {private:.1})");
        self.line(what, &told);
    }

    fn line(&mut self, what: &str, told: &str) {
        self.0.push(format!("{what:<44}{told}"));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
