use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper bounds of the commit histogram, in microseconds.
const BOUNDS: [u64; 7] = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];

/// What the portal counts since it started.
#[derive(Default)]
pub(crate) struct Metrics {
    requests: [AtomicU64; 5],
    commits: [AtomicU64; BOUNDS.len() + 1],
    commit_micros: AtomicU64,
    writes: AtomicU64,
}

impl Metrics {
    /// A request was answered with this status.
    pub(crate) fn answered(&self, status: u16) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.requests[class].fetch_add(1, Relaxed);
    }

    /// A commit took this long and carried so many writes.
    pub(crate) fn committed(&self, took: Duration, writes: usize) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.iter().position(|bound| micros <= *bound);
        self.commits[bucket.unwrap_or(BOUNDS.len())].fetch_add(1, Relaxed);
        self.commit_micros.fetch_add(micros, Relaxed);
        self.writes.fetch_add(writes as u64, Relaxed);
    }

    /// All of it in Prometheus's text format 0.0.4.
    pub(crate) fn text(&self, online: usize) -> String {
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, about: &str, samples: String| {
            // Writing to a string does not fail.
            let _ = write!(
                text,
                "# HELP {name} {about}\n# TYPE {name} {kind}\n{samples}"
            );
        };
        let about = "Devices that are online.";
        let sample = format!("deskhook_devices_online {online}\n");
        family("deskhook_devices_online", "gauge", about, sample);
        let about = "Requests by class of the answer.";
        let name = "deskhook_requests_total";
        let samples = self.requests.iter().zip(1..).map(|(count, class)| {
            format!("{name}{{class=\"{class}xx\"}} {}\n", count.load(Relaxed))
        });
        family(name, "counter", about, samples.collect());
        let about = "Writes that were committed or refused.";
        let sample = format!("deskhook_writes_total {}\n", self.writes.load(Relaxed));
        family("deskhook_writes_total", "counter", about, sample);
        let about = "How long a commit to disk takes.";
        family(
            "deskhook_commit_seconds",
            "histogram",
            about,
            self.commit_samples(),
        );
        text
    }

    fn commit_samples(&self) -> String {
        let mut samples = String::new();
        let mut sum = 0;
        for (count, bound) in self.commits.iter().zip(BOUNDS) {
            sum += count.load(Relaxed);
            let bound = bound as f64 / 1e6;
            let _ = writeln!(
                samples,
                "deskhook_commit_seconds_bucket{{le=\"{bound}\"}} {sum}"
            );
        }
        sum += self.commits[BOUNDS.len()].load(Relaxed);
        let seconds = self.commit_micros.load(Relaxed) as f64 / 1e6;
        let _ = writeln!(
            samples,
            "deskhook_commit_seconds_bucket{{le=\"+Inf\"}} {sum}"
        );
        let _ = writeln!(samples, "deskhook_commit_seconds_sum {seconds}");
        let _ = writeln!(samples, "deskhook_commit_seconds_count {sum}");
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buckets_of_the_histogram_add_up() {
        let metrics = Metrics::default();
        metrics.committed(Duration::from_micros(500), 2);
        metrics.committed(Duration::from_secs(5), 1);
        metrics.answered(204);
        let text = metrics.text(3);
        for line in [
            "deskhook_devices_online 3",
            "deskhook_requests_total{class=\"2xx\"} 1",
            "deskhook_commit_seconds_bucket{le=\"0.001\"} 1",
            "deskhook_commit_seconds_bucket{le=\"+Inf\"} 2",
            "deskhook_commit_seconds_count 2",
            "deskhook_writes_total 3",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
    }
}
