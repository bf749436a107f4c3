//! Text of the input on its way to a terminal.
//!
//! Names, messages and lines of code come from templates, assemblies and rules, which a stranger may have
//! written. What a terminal would obey (control characters, escape sequences) and what would turn or hide text
//! (bidirectional overrides, invisible characters) is shown as an escape instead. Widths are in columns.
use std::borrow::Cow;
use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// What stands for text that was left out.
pub(super) const ELLIPSIS: &str = "...";

/// Whether a terminal would obey, turn or hide the character rather than show it.
pub(super) fn hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}

/// The text as one line that is safe to print: `\n`, `\t`, `\u{1b}`.
pub fn one_line(text: &str) -> Cow<'_, str> {
    escape(text, |_| false)
}

/// The text with its lines kept, each safe to print.
pub(super) fn many_lines(text: &str) -> Cow<'_, str> {
    match escape(text.trim_end(), |c| c == '\n' || c == '\r') {
        kept if kept.contains('\r') => Cow::Owned(kept.replace("\r\n", "\n").replace('\r', "\n")),
        kept => kept,
    }
}

/// A line of code that is safe to print: tabs become spaces, which keeps columns countable.
pub(super) fn code(text: &str) -> Cow<'_, str> {
    match escape(text, |c| c == '\t') {
        kept if kept.contains('\t') => Cow::Owned(kept.replace('\t', "    ")),
        kept => kept,
    }
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let bad = |c: char| hostile(c) && !keep(c);
    let Some(first) = text.find(bad) else {
        return Cow::Borrowed(text);
    };
    let mut safe = String::with_capacity(text.len() + 16);
    safe.push_str(&text[..first]);
    for c in text[first..].chars() {
        match c {
            c if !bad(c) => safe.push(c),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c => write!(safe, "{}", c.escape_unicode()).expect("invariant: a string takes every write"),
        }
    }
    Cow::Owned(safe)
}

/// The columns that the text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The longest beginning that takes at most so many columns.
pub(super) fn head(text: &str, columns: usize) -> &str {
    &text[..fitting(text.char_indices(), columns).map_or(text.len(), |(at, _)| at)]
}

/// The longest end that takes at most so many columns.
pub(super) fn tail(text: &str, columns: usize) -> &str {
    &text[fitting(text.char_indices().rev(), columns).map_or(0, |(at, c)| at + c.len_utf8())..]
}

/// The first character that no longer fits. Characters without width are bounded too: any number of them
/// stacks up on one column.
fn fitting(chars: impl Iterator<Item = (usize, char)>, columns: usize) -> Option<(usize, char)> {
    let (mut used, mut stacked) = (0, 0);
    for (at, c) in chars {
        match c.width().unwrap_or(0) {
            0 => stacked += 1,
            wide => used += wide,
        }
        if used > columns || stacked > columns {
            return Some((at, c));
        }
    }
    None
}

/// The text in at most so many columns, with `...` where something was left out at its end.
pub(super) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if head(text, columns).len() == text.len() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}{ELLIPSIS}", head(text, columns.saturating_sub(ELLIPSIS.len())).trim_end()))
}

/// The text as one line that is safe to print, and no more of it than anybody reads.
pub(super) fn brief(text: &str) -> String {
    const ENOUGH: usize = 400;
    let shown = head(text, ENOUGH);
    let end = if shown.len() < text.len() { ELLIPSIS } else { "" };
    format!("{}{end}", one_line(shown))
}

/// The text in lines of at most so many columns, broken at spaces; a longer word keeps a line of its own.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// `1 error`, `2 errors`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(one_line("a\u{1b}[31mred\u{7}\u{9b}2J"), "a\\u{1b}[31mred\\u{7}\\u{9b}2J");
        assert_eq!(one_line("two\r\nlines\tand a tab"), "two\\r\\nlines\\tand a tab");
        assert_eq!(one_line("user\u{202e}nimda\u{2066}"), "user\\u{202e}nimda\\u{2066}");
        assert!(matches!(one_line("déjà vu 日本"), Cow::Borrowed(_)));
        assert_eq!(many_lines("a\r\nb\rc\u{1b}\n\n"), "a\nb\nc\\u{1b}");
        assert_eq!(code("\tx\u{0}"), "    x\\u{0}");
    }

    #[test]
    fn cutting_counts_columns_and_never_splits_a_character() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("longer text", 9), "longer...");
        assert_eq!(cut("日本語の文字列", 8), "日本...");
        assert_eq!(tail("日本語", 5), "本語");
        assert_eq!(width(&cut(&"e\u{301}".repeat(500), 40)), 40);
        assert!(cut(&format!("e{}", "\u{301}".repeat(5000)), 40).chars().count() < 50);
    }

    #[test]
    fn a_text_of_megabytes_is_told_in_brief() {
        assert_eq!(brief("a\nb"), "a\\nb");
        assert_eq!(brief(&"x".repeat(9_000_000)), format!("{}...", "x".repeat(400)));
    }

    #[test]
    fn wrapping_breaks_at_spaces_only() {
        assert_eq!(wrap("one two lambda-env-kms", 14), ["one two", "lambda-env-kms"]);
        assert_eq!(wrap("", 10), [""]);
    }
}
