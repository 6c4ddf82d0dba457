use std::cell::RefCell;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::Context as _;
use clap::Args;
use deskhook_script::{Repl, Reply};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::trial;
use crate::output::{Colour, Exit, Outcome, paint, remark, say};
use crate::places;

/// How many inputs the history keeps, and how many bytes of one.
const MOST_INPUTS: usize = 1000;
const LONGEST_INPUT: usize = 4096;

/// `script repl`.
#[derive(Args)]
pub(crate) struct ReplArgs {
    /// The package's folder
    dir: PathBuf,
}

/// On a terminal with editing, completion and history; from a pipe line by line, where an error
/// makes the answer a no.
pub(super) fn run(args: &ReplArgs) -> Outcome {
    super::readable(&args.dir)?;
    let repl = Repl::open(&args.dir)?;
    if std::io::stdin().is_terminal() {
        Ok(talk(repl)?)
    } else {
        Ok(read(repl)?)
    }
}

fn read(mut repl: Repl) -> anyhow::Result<Exit> {
    let (mut input, mut exit) = (String::new(), Exit::Done);
    for line in std::io::stdin().lock().lines() {
        input += &line.context("cannot read standard input")?;
        if !repl.is_complete(&input) {
            input.push('\n');
            continue;
        }
        match answer(&mut repl, &std::mem::take(&mut input)) {
            Next::Left => return Ok(exit),
            Next::Failed => exit = Exit::No,
            Next::Went => {}
        }
    }
    // What was never finished is an error of its own.
    match answer(&mut repl, &input) {
        Next::Failed => Ok(Exit::No),
        Next::Left | Next::Went => Ok(exit),
    }
}

fn talk(repl: Repl) -> anyhow::Result<Exit> {
    let repl = Rc::new(RefCell::new(repl));
    greet(&repl.borrow());
    let config = Config::builder()
        .max_history_size(MOST_INPUTS)?
        .history_ignore_dups(true)?
        .completion_type(CompletionType::List)
        .build();
    let mut editor: Editor<Assistant, FileHistory> = Editor::with_config(config)?;
    editor.set_helper(Some(Assistant(Rc::clone(&repl))));
    let history = history();
    if let Some(history) = &history {
        // The first time there is none.
        let _ = editor.load_history(history);
    }
    loop {
        match editor.readline("> ") {
            Ok(input) => {
                if input.len() <= LONGEST_INPUT {
                    editor.add_history_entry(input.trim())?;
                }
                if matches!(answer(&mut repl.borrow_mut(), &input), Next::Left) {
                    break;
                }
            }
            // Ctrl-C gives the line up, Ctrl-D leaves.
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(error).context("cannot read from the terminal"),
        }
    }
    if let Some(history) = &history
        && let Err(error) = editor.save_history(history)
    {
        remark(format!("cannot keep {}: {error}", history.display()));
    }
    Ok(Exit::Done)
}

fn greet(repl: &Repl) {
    let manifest = repl.package().manifest();
    let hooks: Vec<&str> = manifest.hooks.iter().map(|hook| hook.name()).collect();
    say(format!(
        "{} {}: {}",
        paint(&manifest.name, Colour::Bold),
        manifest.version,
        hooks.join(", ")
    ));
    say(paint(
        ":help names the commands, Tab completes, Ctrl-D leaves",
        Colour::Dim,
    ));
}

/// Its folder is made where it is not there; without one nothing is kept.
fn history() -> Option<PathBuf> {
    let folder = places::state();
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("repl-history"))
}

/// What follows an input.
enum Next {
    Went,
    Failed,
    Left,
}

fn answer(repl: &mut Repl, input: &str) -> Next {
    let reply = repl.take(input);
    for (level, line) in repl.logs() {
        remark(paint(&format!("log {level:?}: {line}"), Colour::Dim));
    }
    match reply {
        Reply::Nothing => Next::Went,
        Reply::Shown(text) => {
            say(text);
            Next::Went
        }
        Reply::Failed(text) => {
            remark(format!("{} {text}", paint("error:", Colour::Red)));
            Next::Failed
        }
        Reply::Ran(result) => {
            trial::warn(&result);
            trial::print(&result);
            match result.answer {
                Ok(_) => Next::Went,
                Err(_) => Next::Failed,
            }
        }
        Reply::Left => Next::Left,
    }
}

/// What the editor asks while somebody types.
struct Assistant(Rc<RefCell<Repl>>);

impl Completer for Assistant {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.0.borrow().complete(line, position))
    }
}

impl Validator for Assistant {
    /// An empty line ends an input that is not whole: somebody wants to see what is wrong.
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let input = context.input();
        Ok(
            match self.0.borrow().is_complete(input) || input.ends_with("\n\n") {
                true => ValidationResult::Valid(None),
                false => ValidationResult::Incomplete,
            },
        )
    }
}

impl Hinter for Assistant {
    type Hint = String;
}

impl Highlighter for Assistant {}

impl Helper for Assistant {}
