//! What people and programs get to see of a run.
//!
//! In goes a [`Run`] that is final: sorted, levelled, suppressed. Out come bytes, in one of ten forms behind one seam,
//! [`render`]; of a [`Checklist`] in one of four, behind [`render_checklist`]. A format decides order, words and layout; it never decides what
//! counts, and says how many it has not shown. Nothing of the input reaches a terminal unescaped.
mod accepted;
mod answer;
mod catalogue;
mod checklist;
mod compact;
mod concise;
mod diff;
mod drawing;
mod entry;
mod excerpt;
mod exchange;
mod format;
mod graph;
mod group;
mod human;
mod json;
mod literal;
mod mend;
mod options;
mod page;
mod places;
mod program;
#[cfg(test)]
mod samples;
mod summary;
mod text;
mod theme;
mod tree;

pub use accepted::BaselineLine;
pub use answer::{render_answer, render_answer_json};
pub use catalogue::RuleText;
pub use exchange::merge as merge_cdk;
pub use format::Format;
pub use graph::{GraphFormat, render_graph};
pub use options::{ChecklistFormat, DiffFormat, Options, Place, Show, Shown, Style};
pub use text::one_line;
pub use tree::Tree;

use crate::checklist::Checklist;
use crate::finding::{Difference, Run};
use std::io;

/// Writes the run in that format. The same run and options give the same bytes.
///
/// # Errors
///
/// Only those of `out`, a broken pipe among them.
pub fn render(run: &Run, format: Format, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    match format {
        Format::Human => human::render(run, options, &mut out)?,
        Format::Concise => concise::render(run, options, &mut out)?,
        // These come in large pieces, which need not be gathered.
        Format::Json => json::render(run, out.get_mut())?,
        Format::Ndjson => exchange::ndjson(run, out.get_mut())?,
        Format::Sarif => exchange::sarif(run, options, &mut out)?,
        Format::Junit => exchange::junit(run, options, &mut out)?,
        Format::Github => exchange::github(run, options, &mut out)?,
        Format::Gitlab => exchange::gitlab(run, options, &mut out)?,
        Format::Markdown => exchange::markdown(run, options, &mut out)?,
        Format::Cdk => exchange::cdk(run, options, &mut out)?,
    }
    io::Write::flush(&mut out)
}

/// Writes how the lines of the checklist stand; the run is the one that the checklist was made from.
///
/// # Errors
///
/// Only those of `out`, a broken pipe among them.
pub fn render_checklist(
    run: &Run,
    checklist: &Checklist,
    format: ChecklistFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    match format {
        ChecklistFormat::Human => checklist::human(run, checklist, style, &mut out)?,
        ChecklistFormat::Markdown => checklist::markdown(run, checklist, &mut out)?,
        ChecklistFormat::Html => checklist::html(run, checklist, &mut out)?,
        ChecklistFormat::Json => checklist::json(run, checklist, &mut out)?,
    }
    io::Write::flush(&mut out)
}

/// Writes all suppressions of a run, for people.
///
/// # Errors
///
/// Only those of `out`.
pub fn render_suppressions(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    accepted::suppressions(run, out)
}

/// The same for programs.
///
/// # Errors
///
/// Only those of `out`.
pub fn render_suppressions_json(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    accepted::suppressions_json(run, out)
}

/// Writes the lines of a baseline, for people.
///
/// # Errors
///
/// Only those of `out`.
pub fn render_baseline(file: &str, lines: Vec<BaselineLine<'_>>, out: &mut dyn io::Write) -> io::Result<()> {
    accepted::baseline(file, lines, out)
}

/// The same for programs.
///
/// # Errors
///
/// Only those of `out`.
pub fn render_baseline_json(
    file: &str,
    lines: Vec<BaselineLine<'_>>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    accepted::baseline_json(file, lines, out)
}

/// Writes what changed between two runs.
///
/// # Errors
///
/// Only those of `out`.
pub fn render_diff(difference: &Difference, format: DiffFormat, out: &mut dyn io::Write) -> io::Result<()> {
    diff::render(difference, format, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_that_breaks_is_an_error_of_the_pipe() {
        struct Broken;
        impl io::Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for format in Format::ALL {
            let error = render(&samples::payments(), format, &Options::default(), &mut Broken);
            assert_eq!(error.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        }
    }
}
