//! The checklist on a terminal: the lines by group, below each the rules that stand in its way, and a last line that
//! says how it stands.
use super::super::options::Style;
use super::super::page::Page;
use super::super::text::{self, brief, many_lines};
use super::super::theme::Theme;
use super::words;
use crate::checklist::{Checklist, Line, State};
use crate::finding::{Run, Severity};
use std::io;

/// Where the titles begin.
const TITLE: usize = 18;
/// Where the rules begin.
const RULE: usize = 20;

/// Writes the table.
pub(in super::super) fn render(
    run: &Run,
    checklist: &Checklist,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut page = Page::new(Theme::new(style));
    for group in &checklist.groups {
        page.heading(&group.title, "");
        page.text.pop();
        for line in &group.lines {
            of_line(&mut page, line, run, checklist);
        }
        page.text.push('\n');
    }
    vouching(&mut page, checklist);
    page.text.push_str(&format!("Looked at {}.\n", words::looked_at(run)));
    let failed = checklist.count(State::Failed);
    let standing = words::standing(checklist);
    let standing = if failed == 0 { page.theme.good(&standing) } else { page.theme.strong(&standing) };
    page.text.push_str(&format!("{standing}\n"));
    let unlinted = run.problems.iter().filter(|problem| problem.unlinted).count();
    if unlinted > 0 {
        let told = format!("{} not linted", text::count(unlinted, "input"));
        page.text.push_str(&format!("{}\n", page.theme.severity(Severity::Error, &told)));
    }
    out.write_all(page.text.as_bytes())
}

fn of_line(page: &mut Page, line: &Line, run: &Run, checklist: &Checklist) {
    let (state, pad) = (state(&page.theme, line.state), " ".repeat(TITLE - 2 - line.state.words().len()));
    let title = match line.state {
        State::NotApplicable => page.theme.dim(&brief(&line.title)),
        _ => brief(&line.title),
    };
    page.text.push_str(&format!("  {state}{pad}{title}\n"));
    below(page, &words::behind(line, run, checklist));
    let rules: Vec<_> = words::in_the_way(line).collect();
    let column = rules.iter().map(|rule| text::width(&rule.rule)).max().unwrap_or(0);
    for rule in rules {
        let pad = " ".repeat(column - text::width(&rule.rule));
        let row = format!("{}{pad}  {}", brief(&rule.rule), words::tally(rule.counts));
        page.text.push_str(&format!("{}{row}\n", " ".repeat(RULE)));
    }
}

/// What to add for people to vouch for the lines that no rule looks at, all in one piece.
fn vouching(page: &mut Page, checklist: &Checklist) {
    let entries: Vec<_> =
        checklist.lines().filter_map(|line| line.attest.as_deref()).map(many_lines).collect();
    let Some(first) = entries.first() else { return };
    let head = first.lines().filter(|row| !row.starts_with(' '));
    let rest = entries.iter().flat_map(|yaml| yaml.lines()).filter(|row| row.starts_with(' '));
    page.text.push_str("For people to vouch for what no template shows:\n\n");
    for row in head.chain(rest) {
        page.text.push_str(&format!("  {row}\n"));
    }
    page.text.push('\n');
}

/// A dim sentence below a title.
fn below(page: &mut Page, sentence: &str) {
    let room = page.theme.width().saturating_sub(TITLE);
    for row in text::wrap(&brief(sentence), room) {
        let row = page.theme.dim(&row);
        page.text.push_str(&format!("{}{row}\n", " ".repeat(TITLE)));
    }
}

fn state(theme: &Theme, state: State) -> String {
    match state {
        State::Failed => theme.severity(Severity::Error, state.words()),
        State::Undecided => theme.severity(Severity::Warning, state.words()),
        State::Accepted | State::Attested => theme.severity(Severity::Note, state.words()),
        State::Proven => theme.good(state.words()),
        State::NotApplicable => theme.dim(state.words()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use regex::Regex;

    #[test]
    fn a_terminal_gets_our_own_escapes_and_no_others() {
        let (run, checklist) = samples::hostile();
        let own = Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
        for color in [false, true] {
            let mut out = Vec::new();
            render(&run, &checklist, Style { color, ..Style::PLAIN }, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let text = own.replace_all(&text, "").into_owned();
            assert_eq!(text.lines().find(|line| line.contains(text::hostile)), None);
        }
    }
}
