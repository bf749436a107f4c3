//! The command line: arguments -> settings -> the work -> an exit code.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 clean, 1 findings at or above
//! `--fail-on`, 2 wrong usage or configuration, 3 some input could not be linted; the gravest wins: 2, 3, 1, 0.
//! A reader that goes away (a broken pipe) is a clean end.
mod args;
mod baseline;
mod check;
mod checklist;
mod diff;
mod eval;
mod graph;
mod init;
mod lint;
mod output;
mod parameters;
mod progress;
mod rules;
mod schema;
mod suppressions;
mod watch;

use args::{Cli, Command};
use clap::{CommandFactory, Parser};
use std::io::{self, Write};
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Clean,
    Findings,
    Usage,
    Unlinted,
}

impl From<End> for ExitCode {
    fn from(end: End) -> ExitCode {
        ExitCode::from(match end {
            End::Clean => 0,
            End::Findings => 1,
            End::Usage => 2,
            End::Unlinted => 3,
        })
    }
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = io::BufWriter::new(output::standard());
    let ended = match cli.command {
        Command::Check(args) => check::run(&args, &mut out),
        Command::Checklist(args) => checklist::run(&args, &mut out),
        Command::Diff(args) => diff::run(*args, &mut out),
        Command::Suppressions(args) => suppressions::run(&args, &mut out),
        Command::Baseline(args) => baseline::run(&args, &mut out),
        Command::Eval(args) => eval::run(&args, &mut out),
        Command::Graph(args) => graph::run(&args, &mut out),
        Command::Rules(args) => rules::run(&args, &mut out),
        Command::Init(args) => init::run(&args, &mut out),
        Command::Schema(args) => schema::run(&args, &mut out),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "stackproof", &mut out);
            Ok(End::Clean)
        }
    };
    match ended.and_then(|end| out.flush().map(|()| end)) {
        Ok(end) => end.into(),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => End::Clean.into(),
        Err(error) => {
            complain(&format!("cannot write the results: {error}"), None);
            End::Usage.into()
        }
    }
}

/// Says on standard error what is wrong with the call, and the way out.
fn complain(message: &str, help: Option<&str>) {
    let mut err = io::stderr().lock();
    let help = help.map(|help| format!("\n  help: {help}")).unwrap_or_default();
    // Standard error may be closed; there is nobody left to tell.
    let _ = writeln!(err, "error: {message}{help}");
}
