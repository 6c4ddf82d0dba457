use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use deskhook_hooks::{ExecAnswer, HostReply};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::failed;

const LARGEST: u64 = 256 * 1024;
const MOST_SECONDS: u32 = 30;
const USUAL_SECONDS: u32 = 5;

pub(super) struct Program {
    pub(super) path: String,
    pub(super) arguments: Vec<String>,
    pub(super) stdin: Option<String>,
    pub(super) timeout: Option<u32>,
}

/// Runs a program without a shell, with an environment of PATH and LANG alone.
pub(super) async fn run(program: Program) -> HostReply {
    let path = program.path.clone();
    if !Path::new(&path).is_absolute() {
        return Err(failed(format!("{path} is no absolute path")));
    }
    let seconds = program
        .timeout
        .unwrap_or(USUAL_SECONDS)
        .clamp(1, MOST_SECONDS);
    let mut child = Command::new(&path)
        .args(&program.arguments)
        .env_clear()
        .envs([
            ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            ("LANG", "C.UTF-8"),
        ])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(format!("cannot run {path}: {error}")))?;
    let ended = tokio::time::timeout(
        Duration::from_secs(seconds.into()),
        finish(&mut child, program.stdin),
    )
    .await;
    let answer = ended.map_err(|_| failed(format!("{path} did not end within {seconds} s")))?;
    let answer = answer.map_err(|error| failed(format!("cannot run {path}: {error}")))?;
    serde_json::to_value(answer).map_err(|error| failed(error.to_string()))
}

async fn finish(child: &mut Child, stdin: Option<String>) -> std::io::Result<ExecAnswer> {
    let (mut input, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let give = async {
        if let (Some(input), Some(text)) = (&mut input, stdin) {
            // A program that does not read its input is none of our trouble.
            let _ = input.write_all(text.as_bytes()).await;
        }
        drop(input.take());
    };
    let ((), stdout, stderr) = tokio::join!(give, text_of(out), text_of(err));
    let status = child.wait().await?;
    Ok(ExecAnswer {
        code: status.code().unwrap_or(-1),
        stdout,
        stderr,
    })
}

/// The first 256 KiB; the rest is read and dropped, so that the program is not held up.
async fn text_of(pipe: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut pipe) = pipe else {
        return String::new();
    };
    let mut bytes = vec![];
    let _ = (&mut pipe).take(LARGEST).read_to_end(&mut bytes).await;
    let _ = tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(path: &str, arguments: &[&str]) -> Program {
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        Program {
            path: path.to_owned(),
            arguments,
            stdin: Some("in".to_owned()),
            timeout: Some(1),
        }
    }

    #[tokio::test]
    async fn a_program_gets_its_input_and_gives_code_and_text() {
        let answer = run(program("/bin/cat", &[])).await.unwrap();
        assert_eq!(
            (answer["code"].as_i64(), answer["stdout"].as_str()),
            (Some(0), Some("in"))
        );
        assert_eq!(run(program("/bin/false", &[])).await.unwrap()["code"], 1);
    }

    #[tokio::test]
    async fn a_program_that_does_not_end_is_ended() {
        let error = run(program("/bin/sleep", &["60"])).await.unwrap_err();
        assert!(error.to_string().contains("within 1 s"), "{error}");
        assert!(run(program("true", &[])).await.is_err());
    }
}
