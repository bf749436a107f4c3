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
    form: OnceLock<Form>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern; not compiled yet.
    pub fn new(text: impl Into<String>) -> Pattern {
        Pattern { text: text.into(), form: OnceLock::new(), compiled: OnceLock::new() }
    }

    /// Whether a text holds a match that does not hold `hole`, which stands for a piece that is not known; none where the
    /// expression is not valid (which the loader refuses).
    pub fn matches(&self, text: &str, hole: char) -> Option<bool> {
        match self.form.get_or_init(|| Form::of(&self.text)) {
            Form::Listed(listed) if listed.can_judge(text) => return Some(listed.matches(text)),
            Form::Begins(start) if !text.starts_with(start.as_str()) => return Some(false),
            Form::Listed(_) | Form::Begins(_) => {}
        }
        let regex = self.compiled.get_or_init(|| Pattern::compile(&self.text).ok()).as_ref()?;
        Some(regex.find_iter(text).any(|found| !found.as_str().contains(hole)))
    }

    /// Compiles an expression within the size limit.
    pub fn compile(text: &str) -> Result<Regex, regex::Error> {
        regex::RegexBuilder::new(text).size_limit(crate::limits::MAX_REGEX_BYTES).build()
    }
}

/// What can be told of an expression without compiling it.
#[derive(Clone, Debug)]
enum Form {
    /// It lists texts.
    Listed(Listed),
    /// Only texts that begin like this match; all do where it is empty.
    Begins(String),
}

impl Form {
    fn of(expression: &str) -> Form {
        match Listed::of(expression) {
            Some(listed) => Form::Listed(listed),
            None => Form::Begins(start_of(expression).unwrap_or_default().to_owned()),
        }
    }
}

/// How a text must begin that an expression matches, as far as it says so in plain letters.
fn start_of(expression: &str) -> Option<&str> {
    let body = expression.strip_prefix('^')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '-' | '_' | ' ' | '"');
    let end = body.find(|c| !plain(c)).unwrap_or(body.len());
    // What stands before a quantifier need not be there, and `^a|b` begins with either.
    let end = match body[end..].chars().next() {
        Some('?' | '*' | '+' | '{') => end.checked_sub(1)?,
        _ => end,
    };
    let mut depth = 0;
    let mut rest = body.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => _ = rest.next(),
            '[' => {
                // The first may be `]` itself; a class inside of a class is left alone.
                let first = rest.next();
                let mut c = if first == Some('^') { rest.next()? } else { first? };
                let mut is_first = true;
                while c != ']' || is_first {
                    match c {
                        '[' => return None,
                        '\\' => _ = rest.next(),
                        _ => {}
                    }
                    (c, is_first) = (rest.next()?, false);
                }
            }
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 0 => return None,
            _ => {}
        }
    }
    Some(&body[..end])
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
        match &pieces[..] {
            [piece] => texts.iter_mut().for_each(|text| text.push_str(piece)),
            _ => {
                let with =
                    |text: &String| pieces.iter().map(|piece| format!("{text}{piece}")).collect::<Vec<_>>();
                texts = texts.iter().flat_map(with).collect();
            }
        }
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
    fn the_start_that_an_expression_wants_is_told() {
        for (expression, start) in [
            ("^arn:aws-?[a-z]*:", Some("arn:aws")),
            ("^arn:aws[a-z]*:", Some("arn:aws")),
            ("^AWS::(S3::Bucket.|SNS)", Some("AWS::")),
            ("^ab*c", Some("a")),
            ("^(a|b)c+", Some("")),
            ("^a|b+", None),
            ("^a(b)|c.", None),
            ("^ab[|]+", Some("ab")),
            ("^ab[]|(]+|c", None),
            ("^ab[[:alpha:](]|c", None),
            (r"^ab[\]|]c+", Some("ab")),
            ("ab+", None),
            ("(?i)^ab+", None),
        ] {
            assert_eq!(start_of(expression), start, "{expression}");
        }
        let pattern = Pattern::new("^arn:aws[a-z-]*:(sns|sqs):[0-9]+");
        assert_eq!(pattern.matches("arn:aws:sqs:1", HOLE), Some(true));
        assert_eq!((pattern.matches("arn:x", HOLE), pattern.matches("", HOLE)), (Some(false), Some(false)));
    }

    #[test]
    fn a_match_that_swallows_a_hole_is_none() {
        assert_eq!(Pattern::new("a.b").matches("a\u{f8ff}b", HOLE), Some(false));
        assert_eq!(Pattern::new("(").matches("(", HOLE), None);
    }
}
