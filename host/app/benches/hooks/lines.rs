use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A program that answers a line with a line.
pub(crate) struct Lines {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Lines {
    pub(crate) fn start(program: &str, script: &str) -> Self {
        let mut child = Command::new(program)
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it is installed");
        let input = child.stdin.take().expect("it has an input");
        let output = child.stdout.take().expect("it has an output");
        Self {
            child,
            input,
            output: BufReader::new(output),
        }
    }

    pub(crate) fn exchange(&mut self, line: &str) -> String {
        let line = format!("{line}\n");
        let written = self.input.write_all(line.as_bytes());
        written.expect("it reads");
        let mut answer = String::new();
        let read = self.output.read_line(&mut answer);
        read.expect("it answers");
        answer
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
