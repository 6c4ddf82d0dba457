mod group;

use std::path::{Component, Path};
use std::process::Stdio;
use std::time::Duration;

use deskhook_hooks::{ExecAnswer, HostReply};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use group::Group;

use super::failed;

const LARGEST: u64 = 256 * 1024;
const LARGEST_INPUT: usize = 1024 * 1024;
const MOST_SECONDS: u32 = 30;
const USUAL_SECONDS: u32 = 5;
/// How long the rest of what an ended program wrote is waited for.
const LAST_WORDS: Duration = Duration::from_millis(250);

pub(super) struct Program {
    pub(super) path: String,
    pub(super) arguments: Vec<String>,
    pub(super) stdin: Option<String>,
    pub(super) timeout: Option<u32>,
}

/// Runs a program without a shell, with an environment of PATH and LANG alone.
pub(super) async fn run(program: Program) -> HostReply {
    let path = program.path.clone();
    let climbs = Path::new(&path)
        .components()
        .any(|part| part == Component::ParentDir);
    if !Path::new(&path).is_absolute() || climbs {
        return Err(failed(format!(
            "{path} is no absolute path, or has \"..\" in it"
        )));
    }
    if program
        .stdin
        .as_ref()
        .is_some_and(|text| text.len() > LARGEST_INPUT)
    {
        return Err(failed(format!("the input of {path} is larger than 1 MiB")));
    }
    let seconds = program
        .timeout
        .unwrap_or(USUAL_SECONDS)
        .clamp(1, MOST_SECONDS);
    let mut command = Command::new(&path);
    Group::prepare(&mut command);
    let mut child = command
        .args(&program.arguments)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(format!("cannot run {path}: {error}")))?;
    let mut group = Group::of(&child);
    let ended = tokio::time::timeout(
        Duration::from_secs(seconds.into()),
        finish(&mut child, program.stdin),
    )
    .await;
    let answer = ended.map_err(|_| failed(format!("{path} did not end within {seconds} s")))?;
    group.ended();
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
    let (mut stdout, mut stderr) = (vec![], vec![]);
    let status = {
        let talk = async { tokio::join!(give, read(out, &mut stdout), read(err, &mut stderr)) };
        let mut talk = std::pin::pin!(talk);
        tokio::select! {
            _ = &mut talk => child.wait().await?,
            status = child.wait() => {
                // What it started may go on with its pipes: only its own last words are waited for.
                let _ = tokio::time::timeout(LAST_WORDS, talk).await;
                status?
            }
        }
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(ExecAnswer {
        code: status.code().unwrap_or(-1),
        stdout: text(&stdout),
        stderr: text(&stderr),
    })
}

/// The first 256 KiB; the rest is read and dropped, so that the program is not held up.
async fn read(pipe: Option<impl AsyncRead + Unpin>, bytes: &mut Vec<u8>) {
    let Some(mut pipe) = pipe else { return };
    let _ = (&mut pipe).take(LARGEST).read_to_end(bytes).await;
    let _ = tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await;
}

#[cfg(all(test, unix))]
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

    #[tokio::test]
    async fn a_program_knows_nothing_of_the_agent_s_environment() {
        let answer = run(program("/usr/bin/env", &[])).await.unwrap();
        let mut lines: Vec<&str> = answer["stdout"].as_str().unwrap().lines().collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            ["LANG=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        );
    }

    #[tokio::test]
    async fn there_is_no_shell_that_reads_the_arguments() {
        let answer = run(program("/bin/echo", &["$HOME", "; id", "`id`", "*"])).await;
        assert_eq!(answer.unwrap()["stdout"], "$HOME ; id `id` *\n");
    }

    #[tokio::test]
    async fn what_is_no_program_in_full_is_not_run() {
        let folder = tempfile::tempdir().unwrap();
        let plain = folder.path().join("plain");
        std::fs::write(&plain, "#!/bin/sh\n").unwrap();
        for path in [
            "true",
            "./true",
            "bin/true",
            "/bin/../bin/true",
            "/bin/true/../true",
            "",
            "/",
            "/nowhere/true",
            "/bin/true\0x",
            plain.to_str().unwrap(),
        ] {
            let error = run(program(path, &[])).await.unwrap_err().to_string();
            assert!(
                error.contains("path") || error.contains("cannot run"),
                "{error}"
            );
        }
        assert!(run(program("/bin/echo", &["a\0b"])).await.is_err());
    }

    #[tokio::test]
    async fn more_than_a_program_may_say_is_cut_and_it_still_ends() {
        let script = "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; exit 7";
        let answer = run(program("/bin/sh", &["-c", script])).await.unwrap();
        let length = |name: &str| answer[name].as_str().unwrap().len();
        assert_eq!((length("stdout"), length("stderr")), (262_144, 262_144));
        assert_eq!(answer["code"], 7);
        let mut greedy = program("/bin/cat", &[]);
        greedy.stdin = Some("x".repeat(LARGEST_INPUT + 1));
        assert!(run(greedy).await.is_err());
    }

    #[tokio::test]
    async fn what_a_program_started_ends_with_it_when_its_time_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
        let script = format!("sleep 60 9> {} & wait", pipe.display());
        let ended = tokio::spawn(async move { run(program("/bin/sh", &["-c", &script])).await });
        // The pipe is open as long as somebody could write to it.
        let mut pipe = tokio::fs::File::open(&pipe).await.unwrap();
        assert!(ended.await.unwrap().is_err());
        let mut bytes = vec![];
        let rest = pipe.read_to_end(&mut bytes);
        let rest = tokio::time::timeout(Duration::from_secs(20), rest).await;
        assert!(rest.is_ok(), "its child is still there");
    }

    #[tokio::test]
    async fn a_program_that_ended_is_not_waited_for_because_of_what_it_started() {
        let script = "echo done; sleep 3 & exit 3";
        let answer = run(program("/bin/sh", &["-c", script])).await.unwrap();
        assert_eq!(
            (&answer["code"], &answer["stdout"]),
            (&3.into(), &"done\n".into())
        );
    }
}
