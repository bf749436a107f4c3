//! The checklist as one page that stands alone: nothing is loaded, nothing runs, it can be handed on or printed.
//!
//! First what a manager reads: how many lines stand how, and every line in a few words; then each stack against each
//! line; then the lines again, to be opened for the evidence.
use super::super::text::count;
use super::markup::{Plain, SIGNS, Sign};
use super::{lines, words};
use crate::checklist::{Checklist, Row, State};
use crate::finding::Run;
use std::io;

const STYLE: &str = include_str!("page.css");

/// What a browser may do with the page: show it.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// Writes the page.
pub(in super::super) fn render(run: &Run, checklist: &Checklist, out: &mut dyn io::Write) -> io::Result<()> {
    let verdict = verdict(checklist);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>Production checklist: {verdict}</title>\n<link rel=\"icon\" href=\"data:,\">\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n{SIGNS}"
    )?;
    header(run, checklist, &verdict, out)?;
    writeln!(out, "<main>")?;
    overview(checklist, out)?;
    matrix(checklist, out)?;
    let mut number = 0;
    for (index, group) in checklist.groups.iter().enumerate() {
        let title = Plain(&group.title);
        writeln!(out, "<section aria-labelledby=\"g{index}\">\n<h2 id=\"g{index}\">{title}</h2>")?;
        for line in &group.lines {
            number += 1;
            lines::line(run, checklist, line, number, out)?;
        }
        writeln!(out, "</section>")?;
    }
    writeln!(out, "</main>")?;
    footer(run, out)?;
    writeln!(out, "</body>\n</html>")
}

/// The one sentence that somebody in a hurry reads.
fn verdict(checklist: &Checklist) -> String {
    let all = checklist.lines().count();
    let (failed, undecided) = (checklist.count(State::Failed), checklist.count(State::Undecided));
    match (failed, undecided) {
        (0, 0) => format!("every line is {}", among(checklist)),
        (0, 1) => format!("no line fails, 1 of {all} is undecided"),
        (0, some) => format!("no line fails, {some} of {all} are undecided"),
        (1, _) => format!("1 of {all} lines fails"),
        (some, _) => format!("{some} of {all} lines fail"),
    }
}

/// `proven, attested or not applicable`: the states that there are, of a checklist in which nothing is open.
fn among(checklist: &Checklist) -> String {
    let states = [State::Proven, State::Attested, State::Accepted, State::NotApplicable];
    let states: Vec<&str> =
        states.into_iter().filter(|state| checklist.count(*state) > 0).map(State::words).collect();
    match states.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "not applicable".to_owned(),
    }
}

fn header(run: &Run, checklist: &Checklist, verdict: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let open = [State::Failed, State::Undecided].into_iter().find(|state| checklist.count(*state) > 0);
    let worst = open.unwrap_or(State::Proven);
    let mut first = verdict.chars();
    let sentence: String = first.next().map(|c| c.to_uppercase().chain(first).collect()).unwrap_or_default();
    writeln!(
        out,
        "<header>\n<p class=\"kicker\">stackproof, <time datetime=\"{day}\">{day}</time></p>\n<h1>Production checklist</h1>\n\
         <p class=\"verdict {class}\">{sentence}</p>\n<p class=\"looked\">Looked at {looked}.</p>",
        day = checklist.day,
        class = worst.as_str(),
        looked = words::looked_at(run),
    )?;
    let unlinted = run.problems.iter().filter(|problem| problem.unlinted).count();
    if unlinted > 0 {
        let told = count(unlinted, "input");
        writeln!(
            out,
            "<p class=\"warn\">{told} could not be read, and is not counted here: see the end of the page.</p>"
        )?;
    }
    writeln!(out, "<div class=\"bar\" aria-hidden=\"true\">")?;
    for state in State::ALL.into_iter().filter(|state| checklist.count(*state) > 0) {
        writeln!(
            out,
            "<span class=\"{}\" style=\"flex:{}\"></span>",
            state.as_str(),
            checklist.count(state)
        )?;
    }
    writeln!(out, "</div>\n<ul class=\"legend\">")?;
    for state in State::ALL {
        writeln!(out, "<li>{}<b>{}</b> {}</li>", Sign(state), checklist.count(state), state.words())?;
    }
    writeln!(out, "</ul>\n</header>")
}

/// A card for each group, with its lines.
fn overview(checklist: &Checklist, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(
        out,
        "<section aria-labelledby=\"overview\">\n<h2 id=\"overview\">Overview</h2>\n<div class=\"cards\">"
    )?;
    let mut number = 0;
    for group in &checklist.groups {
        let stands =
            group.lines.iter().filter(|line| matches!(line.state, State::Proven | State::Attested)).count();
        let concerned = group.lines.iter().filter(|line| line.state != State::NotApplicable).count();
        writeln!(
            out,
            "<section class=\"card\">\n<h3>{}<span>{stands} of {concerned} hold</span></h3>\n<ul>",
            Plain(&group.title)
        )?;
        for line in &group.lines {
            number += 1;
            writeln!(
                out,
                "<li><a href=\"#line-{number}\">{}<span class=\"t\"><span class=\"seen\">{}: </span>{}</span></a></li>",
                Sign(line.state),
                line.state.words(),
                Plain(&line.title)
            )?;
        }
        writeln!(out, "</ul>\n</section>")?;
    }
    writeln!(out, "<section class=\"card\">\n<h3>How to read this</h3>\n<ul class=\"key\">")?;
    for state in State::ALL {
        writeln!(out, "<li>{}<span><b>{}</b> {}</span></li>", Sign(state), state.words(), meaning(state))?;
    }
    writeln!(out, "</ul>\n</section>\n</div>\n</section>")
}

/// What a state means, for who reads the page for the first time.
fn meaning(state: State) -> &'static str {
    match state {
        State::Failed => "something in the app falls short",
        State::Undecided => "only the deployment knows, or nobody vouches for it",
        State::Accepted => "it falls short, and people accept that: suppressed, or in the baseline",
        State::Attested => "a person vouches for it, with evidence that still counts",
        State::Proven => "rules looked at it, and found nothing to mend",
        State::NotApplicable => "nothing of the kind is in the app",
    }
}

/// Stacks as rows, lines as columns.
fn matrix(checklist: &Checklist, out: &mut dyn io::Write) -> io::Result<()> {
    if checklist.stacks.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section aria-labelledby=\"stacks\">\n<h2 id=\"stacks\">Stacks</h2>\n<table class=\"matrix\">\n\
         <caption>How each stack stands, line by line. The numbers are those of the lines below.</caption>\n<thead>\n<tr><td \
         class=\"name\" rowspan=\"2\"></td>"
    )?;
    for group in &checklist.groups {
        let (lines, title) = (group.lines.len(), Plain(&group.title));
        writeln!(out, "<th class=\"g\" colspan=\"{lines}\" scope=\"colgroup\">{title}</th>")?;
    }
    writeln!(out, "</tr>\n<tr>")?;
    for (index, line) in checklist.lines().enumerate() {
        let number = index + 1;
        let title = Plain(&line.title);
        writeln!(
            out,
            "<th scope=\"col\"><a href=\"#line-{number}\" title=\"{title}\">{number}<span class=\"seen\"> {title}</span></a></th>"
        )?;
    }
    writeln!(out, "</tr>\n</thead>\n<tbody>")?;
    for row in &checklist.stacks {
        let twins =
            checklist.stacks.iter().filter(|other| (other.app, &other.stack) == (row.app, &row.stack));
        of_stack(row, twins.count() > 1, out)?;
    }
    writeln!(out, "</tbody>\n</table>\n</section>")
}

fn of_stack(row: &Row, has_twin: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let name = match (row.app, row.stack.is_empty()) {
        (true, true) => "The app as a whole".to_owned(),
        (true, false) => format!("{} as a whole", row.stack),
        (false, _) => row.stack.clone(),
    };
    write!(out, "<tr><th class=\"name\" scope=\"row\">{}", Plain(&name))?;
    if has_twin {
        write!(out, "<small>{}</small>", Plain(&row.file))?;
    }
    writeln!(out, "</th>")?;
    for (index, state) in row.states.iter().enumerate() {
        let number = index + 1;
        writeln!(
            out,
            "<td class=\"cell {}\"><span class=\"no\" aria-hidden=\"true\">{number}</span>{}<span class=\"seen\">{}</span></td>",
            state.as_str(),
            Sign(*state),
            state.words()
        )?;
    }
    writeln!(out, "</tr>")
}

fn footer(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<footer>")?;
    let unlinted: Vec<_> = run.problems.iter().filter(|problem| problem.unlinted).collect();
    if !unlinted.is_empty() {
        writeln!(out, "<h2 class=\"failed\">Not read</h2>\n<ul class=\"found\">")?;
        for problem in unlinted {
            let (file, message) = (Plain(&problem.file), Plain(&problem.message));
            writeln!(
                out,
                "<li class=\"error\">{message}<span class=\"where\"><code>{file}</code></span></li>"
            )?;
        }
        writeln!(out, "</ul>")?;
    }
    let version = env!("CARGO_PKG_VERSION");
    writeln!(
        out,
        "<p>Made by stackproof {version} from the templates alone: nothing was deployed or asked.</p>\n</footer>"
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::report::text::hostile;
    use regex::Regex;

    fn page() -> String {
        let (run, checklist) = samples::hostile();
        let mut out = Vec::new();
        render(&run, &checklist, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_page_of_hostile_names_has_no_tag_attribute_or_address_but_ours() {
        let page = page();
        let (_, body) = page.split_once("</style>").unwrap();
        let tag = Regex::new("<(/?)([a-z0-9]*)([^<>]*)>").unwrap();
        let attribute = Regex::new(r#" ([a-zA-Z-]+)(?:="([^"<>]*)")?"#).unwrap();
        let attributes = [
            "href",
            "rel",
            "class",
            "id",
            "style",
            "aria-hidden",
            "aria-labelledby",
            "datetime",
            "scope",
            "colspan",
            "rowspan",
            "title",
            "hidden",
            "width",
            "height",
            "viewBox",
            "d",
        ];
        let mut open = vec!["html", "head"];
        for found in tag.captures_iter(body) {
            let (name, rest) = (found.get(2).unwrap().as_str(), &found[3]);
            if &found[1] == "/" {
                assert_eq!(open.pop(), Some(name), "{}", &found[0]);
                continue;
            }
            assert!(
                !matches!(name, "script" | "img" | "iframe" | "object" | "form" | "style"),
                "{}",
                &found[0]
            );
            if name != "br" {
                open.push(name);
            }
            assert_eq!(attribute.replace_all(rest, ""), "", "{}", &found[0]);
            for one in attribute.captures_iter(rest) {
                assert!(attributes.contains(&&one[1]), "{} in {}", &one[1], &found[0]);
                let value = one.get(2).map_or("", |value| value.as_str());
                let leads = value.starts_with('#') || value.starts_with("https://");
                assert!(&one[1] != "href" || leads, "{}", &found[0]);
            }
        }
        assert!(open.is_empty(), "{open:?}");
        let plain = tag.replace_all(body, "");
        assert!(!plain.contains(['<', '>']), "{:?}", plain.find(['<', '>']));
        assert!(!plain.contains(|c| hostile(c) && c != '\n'));
    }

    #[test]
    fn the_page_loads_nothing() {
        let page = page();
        assert!(page.contains(&format!("content=\"{POLICY}\"")));
        let loads =
            Regex::new(r#"(?i)(\bsrc\s*=\s*["']|url\(|@import|<link rel="(?:stylesheet|preload))"#).unwrap();
        let style = page.split("</style>").next().unwrap();
        assert!(!loads.is_match(style), "{:?}", loads.find(style));
        assert_eq!(page.matches("<link ").count(), 1);
        assert_eq!(page.matches("<link rel=\"icon\" href=\"data:,\">").count(), 1);
    }

    #[test]
    fn what_fails_comes_first_in_every_count_and_nothing_is_left_out() {
        let (run, checklist) = samples::hostile();
        let page = page();
        assert_eq!(page.matches("<details class=\"line\">").count(), checklist.lines().count());
        assert_eq!(page.matches("class=\"cell ").count(), checklist.stacks.len() * checklist.lines().count());
        let told = page.matches("<span class=\"level\">").count();
        // Those of the line that does not concern the app are nobody's.
        let each = run.findings.len() + run.undecided.len() + run.accepted.len();
        assert_eq!(told, (checklist.lines().count() - 1) * each);
    }
}
