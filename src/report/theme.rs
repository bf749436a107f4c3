//! How a report is drawn: colours, frames and links, each only where the terminal can.
//!
//! One palette for all of it. Colour carries severity, weight carries order: a stack's name is bold, what is
//! said for reference only is dim.
use super::options::Style;
use super::text;
use crate::finding::Severity;
use miette::{GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};
use std::fmt::Write;
use std::path::Path;

/// On narrower terminals lines run over the edge rather than become unreadable.
const NARROWEST: usize = 40;
/// Wider lines are hard to read.
const WIDEST: usize = 120;

/// Everything needed to draw.
pub(super) struct Theme {
    style: Style,
    handlers: [GraphicalReportHandler; 3],
}

impl Theme {
    pub(super) fn new(style: Style) -> Theme {
        let style = Style { width: style.width.clamp(NARROWEST, WIDEST), ..style };
        Theme { style, handlers: Severity::ALL.map(|severity| handler(style, severity)) }
    }

    /// Columns of the terminal, within reason.
    pub(super) fn width(&self) -> usize {
        self.style.width
    }

    /// Whether frames are box-drawing characters.
    pub(super) fn unicode(&self) -> bool {
        self.style.unicode
    }

    /// The drawer of diagnostics of that severity.
    pub(super) fn handler(&self, severity: Severity) -> &GraphicalReportHandler {
        let index = Severity::ALL.iter().position(|&one| one == severity);
        &self.handlers[index.expect("invariant: every severity is one of all")]
    }

    /// Text in the colour of a severity.
    pub(super) fn severity(&self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Note => "1;36",
        };
        self.paint(code, text)
    }

    /// Text that says all is well.
    pub(super) fn good(&self, text: &str) -> String {
        self.paint("1;32", text)
    }

    /// Text that stands out.
    pub(super) fn strong(&self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Text that stands back.
    pub(super) fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.style.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// The address of a web page, to be clicked where the terminal can.
    pub(super) fn page(&self, url: &str) -> String {
        let shown = text::one_line(url);
        let web = url.starts_with("https://") || url.starts_with("http://");
        self.link(web.then(|| percent(url)), &shown)
    }

    /// The place of a file, to be clicked where the terminal can and the file is known.
    pub(super) fn file(&self, path: Option<&Path>, shown: &str) -> String {
        let path = path.filter(|path| path.is_absolute()).and_then(Path::to_str);
        self.link(path.map(|path| format!("file://{}", percent(path))), shown)
    }

    fn link(&self, url: Option<String>, shown: &str) -> String {
        match url.filter(|_| self.style.links) {
            Some(url) => format!("\u{1b}]8;;{url}\u{1b}\\{shown}\u{1b}]8;;\u{1b}\\"),
            None => shown.to_owned(),
        }
    }
}

/// The text with everything but visible ASCII as `%XX`, so that nothing in it can end a link.
fn percent(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'!'..=b'~' => safe.push(char::from(byte)),
            _ => write!(safe, "%{byte:02X}").expect("invariant: a string takes every write"),
        }
    }
    safe
}

/// Miette's drawer: the severity as a word instead of a sign, marks in the colour of the severity.
fn handler(style: Style, severity: Severity) -> GraphicalReportHandler {
    let word = format!("{severity}:");
    let characters = if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let characters =
        ThemeCharacters { error: word.clone(), warning: word.clone(), advice: word, ..characters };
    let mut styles = if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    if style.color {
        styles.error = styles.error.bold();
        styles.warning = styles.warning.bold();
        styles.advice = styles.advice.bold();
        styles.link = styles.linum;
    }
    styles.highlights = vec![match severity {
        Severity::Error => styles.error,
        Severity::Warning => styles.warning,
        Severity::Note => styles.advice,
    }];
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        // Miette keeps two columns free.
        .with_width(style.width + 2)
        .with_links(false)
        .without_syntax_highlighting()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_cannot_be_left_early() {
        let theme = Theme::new(Style { links: true, ..Style::PLAIN });
        let link = theme.page("https://x.test/a b\u{1b}\\\u{7}é");
        assert_eq!(
            link,
            "\u{1b}]8;;https://x.test/a%20b%1B\\%07%C3%A9\u{1b}\\https://x.test/a b\\u{1b}\\\\u{7}é\u{1b}]8;;\u{1b}\\"
        );
        assert_eq!(theme.page("javascript:alert(1)"), "javascript:alert(1)");
        assert_eq!(theme.file(Some(Path::new("lib/x.ts")), "lib/x.ts:1:2"), "lib/x.ts:1:2");
    }

    #[test]
    fn nothing_is_coloured_unless_asked_for() {
        let theme = Theme::new(Style::PLAIN);
        let all = [theme.severity(Severity::Error, "a"), theme.dim("b"), theme.strong("c"), theme.good("d")];
        assert_eq!(all.concat(), "abcd");
        assert_eq!(theme.page("https://x.test"), "https://x.test");
    }
}
