//! Text on its way into a page: nothing of the input becomes markup, and nothing turns or hides what is read.
use super::super::text::{many_lines, one_line};
use crate::checklist::State;
use std::fmt;

/// A text in one line, as the content of an element or of an attribute in double quotes.
pub(super) struct Plain<'t>(pub &'t str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(&one_line(self.0), f)
    }
}

/// A text of several lines, as the content of `pre`.
pub(super) struct Lines<'t>(pub &'t str);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(&many_lines(self.0), f)
    }
}

fn escape(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        f.write_str(&rest[..at])?;
        f.write_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &rest[at + 1..];
    }
    f.write_str(rest)
}

/// A web page to open, or its name where it is no web address: no other scheme becomes a link.
pub(super) struct Page<'t>(pub &'t str);

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = Plain(self.0);
        if self.0.starts_with("https://") || self.0.starts_with("http://") {
            return write!(f, "<a href=\"{shown}\" rel=\"noopener noreferrer\">{shown}</a>");
        }
        write!(f, "<code>{shown}</code>")
    }
}

/// The sign of a state; what it means stands beside it in words.
pub(super) struct Sign(pub State);

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = self.0.as_str();
        write!(f, "<svg class=\"i {class}\" aria-hidden=\"true\"><use href=\"#s-{class}\"></use></svg>")
    }
}

/// The drawings of all signs, once for the page.
pub(super) const SIGNS: &str = "<svg hidden width=\"0\" height=\"0\">\
    <symbol id=\"s-failed\" viewBox=\"0 0 16 16\"><path d=\"M4 4l8 8M12 4l-8 8\"></path></symbol>\
    <symbol id=\"s-undecided\" viewBox=\"0 0 16 16\"><path d=\"M5.2 5.6a2.8 2.8 0 1 1 4.3 2.5C8.5 8.7 8 9.2 8 10.2M8 13v.1\"></path></symbol>\
    <symbol id=\"s-accepted\" viewBox=\"0 0 16 16\"><path d=\"M8 2a6 6 0 100 12A6 6 0 008 2zM4.5 7.2h7v1.6h-7z\"></path></symbol>\
    <symbol id=\"s-attested\" viewBox=\"0 0 16 16\"><path d=\"M3 13l.8-3.2L11 2.6l2.4 2.4-7.2 7.2L3 13z\"></path></symbol>\
    <symbol id=\"s-proven\" viewBox=\"0 0 16 16\"><path d=\"M3 8.6l3.3 3.3L13 4.6\"></path></symbol>\
    <symbol id=\"s-not_applicable\" viewBox=\"0 0 16 16\"><path d=\"M4.5 8h7\"></path></symbol></svg>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_markup() {
        assert_eq!(
            Plain("<b a=\"x\" c='y'>&amp;\n").to_string(),
            "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;\\n"
        );
        assert_eq!(Plain("a\u{202e}b\u{0}\u{1b}").to_string(), "a\\u{202e}b\\u{0}\\u{1b}");
        assert_eq!(Lines("a\n</pre>").to_string(), "a\n&lt;/pre&gt;");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(Page("https://x.test/a\"b").to_string().starts_with("<a href=\"https://x.test/a&quot;b\""));
        for other in ["javascript:alert(1)", "docs/recovery.md", "data:text/html,x", " https://x.test"] {
            assert!(Page(other).to_string().starts_with("<code>"), "{other}");
        }
    }
}
