//! Text of rules -> Markdown that shows it as it was written. Code spans are kept; everything else that Markdown or HTML
//! would read as markup is escaped.

/// Prose with code spans in backticks.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        let Some(length) = from[1..].find('`') else { break };
        escape(&mut out, before);
        out.push_str(&from[..length + 2]);
        rest = &from[length + 2..];
    }
    escape(&mut out, rest);
    out
}

fn escape(out: &mut String, text: &str) {
    let mut before = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match letter {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            // An underscore inside a word is no markup.
            '_' if inside(before) && inside(letters.peek().copied()) => out.push(letter),
            // Dollars: pairs of them are formulas on some sites.
            '*' | '_' | '[' | ']' | '\\' | '`' | '$' | '~' | '|' => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
        before = Some(letter);
    }
}

/// A code span, whatever backticks stand in the text.
pub(super) fn code(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fence = "`".repeat(longest_run(&line) + 1);
    if fence.len() == 1 { format!("`{line}`") } else { format!("{fence} {line} {fence}") }
}

/// A code span in a cell of a table, where a bar would end the cell.
pub(super) fn code_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A block of code.
pub(super) fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_keeps_code_spans_and_escapes_the_rest() {
        assert_eq!(prose("says `*` on `a_b` or *"), "says `*` on `a_b` or \\*");
        assert_eq!(prose("rds.force_ssl <b> [x] _y_"), "rds.force_ssl &lt;b> \\[x\\] \\_y\\_");
        assert_eq!(prose("an open ` stays"), "an open \\` stays");
    }

    #[test]
    fn code_holds_backticks_and_bars() {
        assert_eq!(code("a\n  b"), "`a b`");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code_cell("a|b"), "`a\\|b`");
        assert!(block("ts", "const a = ```x```").starts_with("````ts\n"));
    }
}
