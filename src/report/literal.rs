//! Text of the input on its way into Markdown: what a page would obey, link or call people by is shown instead.
//!
//! Names and messages come from templates and assemblies, which a stranger may have written, and end in comments and summaries that a
//! whole team reads.
use super::text::{many_lines, one_line};
use std::fmt::Write as _;

/// A text that Markdown shows as it is, in one line, also in a cell of a table.
pub(super) fn plain(text: &str) -> String {
    shown(text, true)
}

/// The same within HTML tags, where a backslash would be read.
pub(super) fn inside(text: &str) -> String {
    shown(text, false)
}

fn shown(text: &str, markdown: bool) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    let text = one_line(text);
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' if markdown => {
                safe.push('\\');
                safe.push(c);
            }
            // What would call a person, link an issue or open an address ends at the comment between.
            '@' | '#' => write!(safe, "{c}<!-- -->").expect("invariant: a string takes every write"),
            '/' if before == ':' => safe.push_str("<!-- -->/"),
            '.' if safe.to_ascii_lowercase().ends_with("www") => safe.push_str("<!-- -->."),
            c => safe.push(c),
        }
        before = c;
    }
    safe
}

/// A page to open, on a line of its own; none where it is no web address, or one that would not be read whole.
pub(super) fn link(page: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '`' | '"' | '\\');
    (page.starts_with("https://") && page.chars().all(plain)).then(|| format!("<{page}>\n"))
}

/// A block of code in that language. Nothing in it ends it.
pub(super) fn block(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", many_lines(text).replace('`', "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_markup_is_shown() {
        for (text, wanted) in [
            ("AWS::S3::Bucket of Api", "AWS::S3::Bucket of Api"),
            ("a | b\n# c", "a \\| b\\\\n#<!-- --> c"),
            ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
            ("[click](http://evil.test)", "\\[click\\](http:<!-- -->//evil.test)"),
            (
                "@everyone `x` **y** #12 www.evil.test",
                "@<!-- -->everyone \\`x\\` \\*\\*y\\*\\* #<!-- -->12 www<!-- -->.evil.test",
            ),
            ("</summary>&lt;", "&lt;/summary&gt;&amp;lt;"),
        ] {
            assert_eq!(plain(text), wanted);
        }
    }

    #[test]
    fn a_block_ends_where_it_should() {
        assert_eq!(block("ts", "a\n```\nb\u{1b}"), "```ts\na\n\'\'\'\nb\\u{1b}\n```\n");
    }
}
