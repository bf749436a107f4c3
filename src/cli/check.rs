//! `stackproof check`: arguments -> settings -> a run -> its report.
use super::args::{CheckArgs, When};
use super::lint::Wanted;
use super::{End, output, watch};
use crate::finding::Run;
use crate::report::{self, Style, Tree};
use std::io::{self, IsTerminal, Write};
use std::time::Instant;

/// Runs the command.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(args: &CheckArgs, out: &mut dyn Write) -> io::Result<End> {
    if !output::possible(&args.format) {
        return Ok(End::Usage);
    }
    if args.watch {
        return watch::run(args, out);
    }
    let started = Instant::now();
    let places_only = !args.format.iter().any(|output| output.format.shows_lines());
    let wanted = Wanted { places_only, ..Wanted::default() };
    let Some((run, asked)) = args.lint.run(wanted) else { return Ok(End::Usage) };
    let written = print(&run, args, started, out)?;
    let end = if written { end(&run, args) } else { End::Usage };
    // The process ends here: what it holds goes with it.
    std::mem::forget((run, asked));
    Ok(end)
}

/// Writes the reports of a run; false after a complaint about a file.
pub(super) fn print(run: &Run, args: &CheckArgs, started: Instant, out: &mut dyn Write) -> io::Result<bool> {
    let elapsed = started.elapsed();
    let explains = args.format.iter().any(|output| output.format.explains());
    let rules = if explains { args.lint.rule_texts() } else { Vec::new() };
    let tree = std::env::current_dir().ok().map(|here| Tree::of(&here));
    let options = report::Options {
        style: style(args.color),
        show: args.show.iter().copied().collect(),
        place: args.location,
        elapsed: Some(elapsed),
        fail_on: args.fail_on.severity(),
        rules: &rules,
        tree: tree.as_ref(),
    };
    output::write(run, &args.format, &options, out)
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
