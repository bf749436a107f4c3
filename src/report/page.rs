//! The page that `human` writes on: headings, fields and rows, each as wide as the terminal.
//!
//! A field is `  name: ` with a text whose further lines stand below its first; rows are places in one column
//! with texts in the other. Whoever writes here has made the texts safe to print.
use super::drawing::Drawing;
use super::places::Places;
use super::text;
use super::theme::Theme;
use crate::finding::{Location, Severity};

/// Where rows begin: behind the colon of a field.
const INDENT: usize = 8;
/// A text gets so many columns even beside a very long place.
const LEAST: usize = 20;

/// What has been written and what is needed to go on.
pub(super) struct Page {
    pub(super) theme: Theme,
    pub(super) text: String,
    places: Places,
}

impl Page {
    pub(super) fn new(theme: Theme) -> Page {
        Page { theme, text: String::new(), places: Places::default() }
    }

    /// A line across the page that starts with a name and what belongs to it.
    pub(super) fn heading(&mut self, name: &str, file: &str) {
        let (name, file) = (text::brief(name), text::brief(file));
        let bar = if self.theme.unicode() { "─" } else { "-" };
        let shown = if file.is_empty() || name == file { String::new() } else { format!(" {bar} {file}") };
        let left = self.theme.width().saturating_sub(text::width(&name) + text::width(&shown) + 1);
        let line = format!("{shown} {}", bar.repeat(left));
        self.text.push_str(&format!("{}{}\n\n", self.theme.strong(&name), self.theme.dim(line.trim_end())));
    }

    /// A message with what hangs below it and, where there is a place, its lines.
    pub(super) fn draw(
        &mut self,
        severity: Severity,
        message: &str,
        hanging: Vec<String>,
        at: Option<(&Location, Option<&str>)>,
    ) {
        let mut drawing = Drawing::new(severity, text::brief(message), hanging);
        if let Some((location, label)) = at {
            drawing = drawing.at(location, label, &self.theme, &mut self.places);
        }
        drawing.draw(&self.theme, &mut self.text);
    }

    /// `  name: ` and a text.
    pub(super) fn field(&mut self, name: &str, value: &str) {
        let room = self.theme.width() - name.len() - 4;
        let mut lines = Vec::new();
        for line in value.lines() {
            match text::width(line) <= room {
                true => lines.push(line.to_owned()),
                false => lines.extend(text::wrap(line, room)),
            }
        }
        let below = format!("\n{}", " ".repeat(name.len() + 4));
        let shown = format!("{name}:");
        let name = if name == "help" { self.theme.strong(&shown) } else { self.theme.dim(&shown) };
        self.text.push_str(&format!("  {name} {}\n", lines.join(&below)));
    }

    /// Places in one column, texts in the other; a text that is too long is cut, or goes on below.
    pub(super) fn rows(&mut self, rows: &[(String, String)], cut: bool) {
        let widest = rows.iter().map(|(place, _)| text::width(place)).max().unwrap_or(0);
        let column = widest.min(self.theme.width() / 2);
        for (place, row) in rows {
            let wide = text::width(place).max(column);
            let pad = " ".repeat(wide - text::width(place));
            let room = self.theme.width().saturating_sub(INDENT + wide + 2).max(LEAST);
            let lines = if cut { vec![text::cut(row, room).into_owned()] } else { text::wrap(row, room) };
            let below = format!("\n{}", " ".repeat(INDENT + wide + 2));
            let place = self.theme.dim(place);
            let row = lines.join(&below);
            self.text.push_str(&format!("{}{place}{pad}  {row}\n", " ".repeat(INDENT)));
        }
    }

    /// `file:line:column`, without the file where it is the one of the heading.
    pub(super) fn place(&mut self, location: &Location, heading: &str) -> String {
        let start = self.places.start(location);
        match location.file() == heading {
            true => start.to_string(),
            false => format!("{}:{start}", text::brief(location.file())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Style;

    fn page(columns: usize) -> Page {
        Page::new(Theme::new(Style { width: columns, ..Style::PLAIN }))
    }

    #[test]
    fn a_heading_crosses_the_page_and_says_nothing_twice() {
        let mut page = page(40);
        page.heading("Api", "cdk.out/Api.json");
        page.heading("t.yaml", "t.yaml");
        page.heading("Input", "");
        insta::assert_snapshot!(page.text, @r#"
        Api - cdk.out/Api.json -----------------

        t.yaml ---------------------------------

        Input ----------------------------------
        "#);
        assert!(page.text.lines().all(|line| line.is_empty() || line.len() == 40));
    }

    #[test]
    fn a_field_keeps_the_lines_of_code_and_wraps_the_rest() {
        let mut page = page(40);
        page.field("help", "new Key(this, {\n  rotate: true,\n})");
        page.field("rule", "a-rule (with a title that is longer than the line)");
        insta::assert_snapshot!(page.text, @r#"
        help: new Key(this, {
                rotate: true,
              })
        rule: a-rule (with a title that is
              longer than the line)
        "#);
    }

    #[test]
    fn rows_stand_in_two_columns() {
        let mut page = page(48);
        let row = |place: &str, row: &str| (place.to_owned(), row.to_owned());
        page.rows(&[row("1:2", "short"), row("a/long/file.ts:100:20", "a text that is much too long")], true);
        page.rows(&[row("1:2", "a text that goes on and on and on, below itself")], false);
        insta::assert_snapshot!(page.text, @r#"
        1:2                    short
        a/long/file.ts:100:20  a text that is mu...
        1:2  a text that goes on and on and on,
             below itself
        "#);
    }
}
