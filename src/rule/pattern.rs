//! Regular expressions of rules, which are compiled as rarely as can be.
//!
//! Most of them only list a few texts: `(?i)^(iam|aws):ResourceTag/`, `:(aud|sub)$`. Compiling such a one costs more
//! than all that it is ever asked, so it is written out as those texts, which are compared; any other expression
//! compiles when it is first needed.
use regex::Regex;
use std::sync::OnceLock;

/// More texts than that are left to the regular expression.
const MOST: usize = 48;
/// The only characters beyond ASCII that are a letter of ASCII when case is ignored.
const FOLDED: [char; 2] = ['\u{17f}', '\u{212a}'];

/// A regular expression.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The text of the expression.
    pub text: String,
    listed: OnceLock<Option<Listed>>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern; not compiled yet.
    pub fn new(text: impl Into<String>) -> Pattern {
        Pattern { text: text.into(), listed: OnceLock::new(), compiled: OnceLock::new() }
    }

    /// Whether a text holds a match that does not hold `hole`, which stands for a piece that is not known; none where the
    /// expression is not valid (which the loader refuses).
    pub fn matches(&self, text: &str, hole: char) -> Option<bool> {
        let listed = self.listed.get_or_init(|| Listed::of(&self.text)).as_ref();
        if let Some(listed) = listed.filter(|listed| listed.can_judge(text)) {
            return Some(listed.matches(text));
        }
        let regex = self.compiled.get_or_init(|| Pattern::compile(&self.text).ok()).as_ref()?;
        Some(regex.find_iter(text).any(|found| !found.as_str().contains(hole)))
    }

    /// Compiles an expression within the size limit.
    pub fn compile(text: &str) -> Result<Regex, regex::Error> {
        regex::RegexBuilder::new(text).size_limit(crate::limits::MAX_REGEX_BYTES).build()
    }
}

/// An expression that lists texts.
#[derive(Clone, Debug, PartialEq)]
struct Listed {
    texts: Vec<String>,
    ignores_case: bool,
    at_start: bool,
    at_end: bool,
}

impl Listed {
    /// The texts that an expression lists; none where it does more than that.
    fn of(expression: &str) -> Option<Listed> {
        let body = expression.strip_prefix("(?i)");
        let (ignores_case, body) = (body.is_some(), body.unwrap_or(expression));
        let anchored = body.strip_prefix('^');
        let (at_start, body) = (anchored.is_some(), anchored.unwrap_or(body));
        let anchored = body.strip_suffix('$').filter(|body| !body.ends_with('\\'));
        let (at_end, mut rest) = (anchored.is_some(), anchored.unwrap_or(body));
        let texts = row(&mut rest)?;
        if !rest.is_empty() || (ignores_case && !texts.iter().all(|text| text.is_ascii())) {
            return None;
        }
        Some(Listed { texts, ignores_case, at_start, at_end })
    }

    /// Whether comparing letter by letter tells what ignoring case would.
    fn can_judge(&self, text: &str) -> bool {
        !self.ignores_case || text.is_ascii() || !text.contains(FOLDED)
    }

    fn matches(&self, text: &str) -> bool {
        self.texts.iter().any(|wanted| self.matches_one(text.as_bytes(), wanted.as_bytes()))
    }

    fn matches_one(&self, text: &[u8], wanted: &[u8]) -> bool {
        let same = |piece: &[u8]| match self.ignores_case {
            true => piece.eq_ignore_ascii_case(wanted),
            false => piece == wanted,
        };
        let Some(room) = text.len().checked_sub(wanted.len()) else { return false };
        match (self.at_start, self.at_end) {
            (true, true) => same(text),
            (true, false) => same(&text[..wanted.len()]),
            (false, true) => same(&text[room..]),
            (false, false) => (0..=room).any(|start| same(&text[start..start + wanted.len()])),
        }
    }
}

/// `a|b` inside a group.
fn group(rest: &mut &str) -> Option<Vec<String>> {
    let mut texts = row(rest)?;
    while let Some(behind) = rest.strip_prefix('|') {
        *rest = behind;
        texts.extend(row(rest)?);
    }
    *rest = rest.strip_prefix(')')?;
    (texts.len() <= MOST).then_some(texts)
}

/// Characters and groups in a row, up to `|` or `)`: every text that they can make.
fn row(rest: &mut &str) -> Option<Vec<String>> {
    let mut texts = vec![String::new()];
    while let Some(c) = rest.chars().next().filter(|c| !matches!(c, '|' | ')')) {
        *rest = &rest[c.len_utf8()..];
        let mut pieces = match c {
            '(' => {
                *rest = rest.strip_prefix("?:").unwrap_or(rest);
                group(rest)?
            }
            '\\' => {
                let escaped = rest.chars().next().filter(char::is_ascii_punctuation)?;
                *rest = &rest[1..];
                vec![escaped.to_string()]
            }
            '.' | '*' | '+' | '?' | '[' | ']' | '{' | '}' | '^' | '$' => return None,
            c => vec![c.to_string()],
        };
        if let Some(behind) = rest.strip_prefix('?') {
            *rest = behind;
            pieces.push(String::new());
        }
        if rest.starts_with(['*', '+', '?', '{']) || texts.len() * pieces.len() > MOST {
            return None;
        }
        texts =
            texts.iter().flat_map(|text| pieces.iter().map(move |piece| format!("{text}{piece}"))).collect();
    }
    Some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLE: char = '\u{f8ff}';

    fn texts(expression: &str) -> Option<String> {
        Listed::of(expression).map(|listed| listed.texts.join(" "))
    }

    #[test]
    fn an_expression_that_lists_texts_is_written_out() {
        for (expression, written) in [
            ("(?i)^aws:SecureTransport$", "aws:SecureTransport"),
            ("(?i)^Bool(IfExists)?$", "BoolIfExists Bool"),
            (r"^(?:\*|sns:(\*|publish))$", "* sns:* sns:publish"),
            (r"a\.b?c", "a.bc a.c"),
            ("^(For(Any|All)Value:)?x", "ForAnyValue:x ForAllValue:x x"),
        ] {
            assert_eq!(texts(expression).as_deref(), Some(written), "{expression}");
        }
        for expression in [
            "a|b",
            "^[*]+$",
            "a.c",
            r"\bselect",
            "(?s)a",
            "a+",
            "(a)*",
            "a??",
            "a{2}",
            "(?i)é",
            "(a",
            "a)",
            r"a\$",
        ] {
            assert!(texts(expression).is_none_or(|texts| texts == "a$"), "{expression}");
        }
    }

    #[test]
    fn texts_are_found_where_the_expression_would_find_them() {
        let expressions = [
            "ab",
            "^ab",
            "ab$",
            "^ab$",
            "(?i)ab",
            "(?i)^a(b|K)?$",
            "(?i)(s|k)$",
            r"^(\*|a:\*)$",
            "",
            "^$",
            "(a|)b",
            r"x\$",
        ];
        let texts = [
            "",
            "ab",
            "AB",
            "xab",
            "abx",
            "a",
            "ak",
            "a\u{212a}",
            "\u{17f}",
            "é k",
            "*",
            "a:*",
            "b",
            "x$",
            "ab\n",
            "a\\",
            "x\u{f8ff}ab",
            "a\u{f8ff}b",
        ];
        for expression in expressions {
            assert!(Listed::of(expression).is_some(), "{expression}");
            let regex = Pattern::compile(expression).unwrap();
            for text in texts {
                let found = regex.find_iter(text).any(|found| !found.as_str().contains(HOLE));
                assert_eq!(
                    Pattern::new(expression).matches(text, HOLE),
                    Some(found),
                    "{expression} in {text:?}"
                );
            }
        }
    }

    #[test]
    fn a_match_that_swallows_a_hole_is_none() {
        assert_eq!(Pattern::new("a.b").matches("a\u{f8ff}b", HOLE), Some(false));
        assert_eq!(Pattern::new("(").matches("(", HOLE), None);
    }
}
