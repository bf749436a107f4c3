//! `check --watch`: lints, waits until what it read has changed, and lints again.
//!
//! Findings go to standard output in the chosen format; on standard error a line says that a run begins and a line that it
//! ended, for the background matchers of editors. A synth under way (CDK's `synth.lock`) is waited for; input that was
//! rewritten with the same bytes is no change. Input that cannot be read whole leaves the last result standing, and says so.
mod ground;
mod notice;

use super::args::CheckArgs;
use super::lint::Wanted;
use super::{End, check, complain};
use crate::finding::{Run, Severity};
use crate::report::one_line;
use ground::Ground;
use notice::{Notice, Notices};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Nothing more has changed for so long: what wrote is done.
const SETTLED: Duration = Duration::from_millis(250);
/// How often a lock is looked at again, in case that its owner died.
const LOCKED: Duration = Duration::from_secs(1);

/// Runs the command until somebody stops it.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(args: &CheckArgs, out: &mut dyn Write) -> io::Result<End> {
    if args.lint.paths.iter().any(|path| path == "-") {
        complain("standard input cannot be watched", Some("name a file or a folder"));
        return Ok(End::Usage);
    }
    let mut notices = match Notices::begin() {
        Ok(notices) => notices,
        Err(message) => {
            complain(&message, None);
            return Ok(End::Usage);
        }
    };
    let mut watch = Watch { args, seen: None, standing: false, baseline: None, found_baseline: false };
    loop {
        // What changes from here on is noticed, and so is looked at again.
        let mut ground = Ground::of(&args.lint, watch.baseline.as_deref());
        notices.watch(&ground.folders());
        if ground.locked() && !settle(&notices.receiver, &ground) {
            return Ok(End::Clean);
        }
        if !watch.look(&ground, out)? {
            return Ok(End::Usage);
        }
        if watch.found_baseline {
            ground = Ground::of(&args.lint, watch.baseline.as_deref());
            notices.watch(&ground.folders());
            watch.seen = Some(ground.identity());
            watch.found_baseline = false;
        }
        if !changed(&notices.receiver, &ground) || !settle(&notices.receiver, &ground) {
            return Ok(End::Clean);
        }
    }
}

/// Waits for a change; false where somebody stops it.
fn changed(receiver: &Receiver<Notice>, ground: &Ground) -> bool {
    loop {
        match receiver.recv() {
            Ok(Notice::Changed(paths)) if paths.iter().any(|path| ground.concerns(path)) => return true,
            Ok(Notice::Changed(_)) => {}
            Ok(Notice::Stop) | Err(_) => return false,
        }
    }
}

/// Waits until nothing changes any more, and no synth is under way; false where somebody stops it.
fn settle(receiver: &Receiver<Notice>, ground: &Ground) -> bool {
    let mut wait = SETTLED;
    loop {
        match receiver.recv_timeout(wait) {
            Ok(Notice::Changed(_)) => wait = SETTLED,
            Err(RecvTimeoutError::Timeout) if ground.locked() => wait = LOCKED,
            Err(RecvTimeoutError::Timeout) => return true,
            Ok(Notice::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

struct Watch<'a> {
    args: &'a CheckArgs,
    /// What was read when it was last linted.
    seen: Option<u64>,
    /// Whether a whole result was shown.
    standing: bool,
    /// Where the last run looked for a baseline, and whether that is another place than before.
    baseline: Option<PathBuf>,
    found_baseline: bool,
}

impl Watch<'_> {
    /// Lints if anything is new; false where the call itself is wrong.
    fn look(&mut self, ground: &Ground, out: &mut dyn Write) -> io::Result<bool> {
        let now = ground.identity();
        if self.seen == Some(now) {
            return Ok(true);
        }
        let first = self.seen.is_none();
        self.seen = Some(now);
        if ground.nothing() {
            let what = if self.standing { "any more; the last result stands" } else { "yet" };
            tell(&format!("{} is not there {what}; waiting for changes", ground.names()));
            return Ok(true);
        }
        let started = Instant::now();
        let Some((run, asked)) = self.args.lint.run(Wanted::default()) else {
            if !first {
                tell("the last result stands; waiting for changes");
            }
            return Ok(!first);
        };
        let baseline = Some(asked.baseline).filter(|_| !self.args.lint.no_baseline);
        self.found_baseline = baseline != self.baseline;
        self.baseline = baseline;
        if self.standing && run.incomplete() {
            tell(&format!("{}; the last result stands; waiting for changes", broken(&run)));
            return Ok(true);
        }
        self.standing |= !run.incomplete();
        tell(&format!("linting {}", ground.names()));
        check::print(&run, self.args, started, out)?;
        out.flush()?;
        let count = |severity: Severity, word: &str| match run.count(severity) {
            1 => format!("1 {word}"),
            count => format!("{count} {word}s"),
        };
        let (errors, warnings) = (count(Severity::Error, "error"), count(Severity::Warning, "warning"));
        tell(&format!("{errors}, {warnings}; waiting for changes"));
        Ok(true)
    }
}

/// What keeps the input from being read whole.
fn broken(run: &Run) -> String {
    let first = run.problems.iter().find(|problem| problem.unlinted);
    first
        .map(|problem| one_line(&format!("{}: {}", problem.file, problem.message)).into())
        .unwrap_or_default()
}

/// A line on standard error, as editors know it.
fn tell(message: &str) {
    // Standard error may be closed; there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "stackproof: {message}");
}
