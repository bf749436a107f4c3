//! `stackproof check`: arguments -> settings -> a run -> its report.
use super::args::{CheckArgs, When};
use super::parameters::complain_of;
use super::{End, complain, progress};
use crate::engine;
use crate::finding::{Run, Severity};
use crate::intake;
use crate::report::{self, Show, Style};
use crate::rule::RuleSet;
use std::io::{self, IsTerminal, Write};
use std::time::Instant;

/// Runs the command.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(args: &CheckArgs, out: &mut dyn Write) -> io::Result<End> {
    let started = Instant::now();
    let Some(rules) = rule_set(args) else { return Ok(End::Usage) };
    let Some(values) = args.values.settings() else { return Ok(End::Usage) };
    if args.threads == Some(0) {
        complain("--threads must be at least 1", Some("leave it out for one thread for each processor"));
        return Ok(End::Usage);
    }
    if let Some(threads) = args.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let pool = if threads == 1 { pool.use_current_thread() } else { pool };
        // A second pool in one process is not possible; the first one stays, and the result is the same.
        let _ = pool.build_global();
    }
    let settings = intake::Settings { one_app: args.one_app, project_root: args.project_root.clone() };
    let discovery = intake::discover(&args.paths, &settings);
    let judging = engine::Settings { profile: args.profile, today: args.today.unwrap_or_default(), ..values };
    let bar = progress::bar(discovery.inputs.len());
    let run = engine::check(&discovery, &rules.rules, &judging, &|| bar.inc(1));
    bar.finish_and_clear();
    // What could not be read may declare it.
    if !run.incomplete() && complain_of(&run.undeclared) {
        return Ok(End::Usage);
    }
    let options = report::Options {
        style: style(args.color),
        show: show(&args.show),
        place: args.location,
        elapsed: Some(started.elapsed()),
        fail_on: args.fail_on.severity().unwrap_or(Severity::Error),
    };
    report::render(&run, args.format, &options, out)?;
    Ok(end(&run, args))
}

/// The built-in rules and the user's own, as far as they were chosen; none after a complaint.
fn rule_set(args: &CheckArgs) -> Option<RuleSet> {
    let mut set = RuleSet::builtin();
    if !super::rules::add_folders(&mut set, &args.rules) {
        return None;
    }
    if let Err(message) = set.choose(&args.only, &args.skip) {
        complain(&message, None);
        return None;
    }
    Some(set)
}

fn end(run: &Run, args: &CheckArgs) -> End {
    let failed =
        args.fail_on.severity().is_some_and(|least| run.findings.iter().any(|f| f.severity >= least));
    if run.incomplete() {
        End::Unlinted
    } else if failed {
        End::Findings
    } else {
        End::Clean
    }
}

/// What several `--show` add up to.
fn show(wanted: &[Show]) -> Show {
    let notes = wanted.iter().any(|show| show.notes());
    let undecided = wanted.iter().any(|show| show.undecided());
    match (notes, undecided) {
        (false, false) => Show::Findings,
        (true, false) => Show::Notes,
        (false, true) => Show::Undecided,
        (true, true) => Show::All,
    }
}

/// What the terminal can show; nothing special where there is none.
pub(super) fn style(color: When) -> Style {
    let terminal = io::stdout().is_terminal();
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
    let color = match color {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal && wanted,
    };
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)).filter(|_| terminal);
    let width = columns.or(measured).unwrap_or(100);
    let utf8 = |name: &str| {
        std::env::var(name).is_ok_and(|value| value.to_ascii_lowercase().replace('-', "").contains("utf8"))
    };
    let unicode = terminal && (utf8("LC_ALL") || utf8("LC_CTYPE") || utf8("LANG"));
    Style { color, unicode, width, links: color && terminal }
}
