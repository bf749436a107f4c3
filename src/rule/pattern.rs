//! Regular expressions of rules, which are compiled as rarely as can be: those of built-in rules were when the program was
//! built (see `prepared`), any other is when it is first needed.
use super::prepared::Prepared;
use regex_automata::{Input, meta};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::OnceLock;

/// A regular expression.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pattern {
    /// The text of the expression.
    pub text: &'static str,
    #[serde(skip)]
    prepared: OnceLock<Option<&'static Prepared>>,
    #[serde(skip)]
    compiled: OnceLock<Option<meta::Regex>>,
}

impl Pattern {
    /// A pattern; not compiled yet.
    pub fn new(text: &'static str) -> Pattern {
        Pattern { text, prepared: OnceLock::new(), compiled: OnceLock::new() }
    }

    /// Whether a text holds a match in one of the pieces between `hole`s, which stand for what is not known; none where the
    /// expression is not valid (which the loader refuses).
    pub fn matches(&self, text: &str, hole: char) -> Option<bool> {
        // What a piece holds, the whole holds too; mostly neither does.
        let found = self.matches_in(text, 0..text.len())?;
        if !found || text.is_ascii() || !text.contains(hole) {
            return Some(found);
        }
        let mut start = 0;
        for piece in text.split(hole) {
            if self.matches_in(text, start..start + piece.len())? {
                return Some(true);
            }
            start += piece.len() + hole.len_utf8();
        }
        Some(false)
    }

    fn matches_in(&self, text: &str, piece: Range<usize>) -> Option<bool> {
        let prepared = *self.prepared.get_or_init(|| Prepared::of(self.text));
        if let Some(found) = prepared.and_then(|prepared| prepared.matches(text, piece.clone())) {
            return Some(found);
        }
        let compiled = self.compiled.get_or_init(|| {
            let config = meta::Config::new().nfa_size_limit(Some(crate::limits::MAX_REGEX_BYTES));
            meta::Builder::new().configure(config).build(self.text).ok()
        });
        Some(compiled.as_ref()?.is_match(Input::new(text).range(piece)))
    }

    /// Compiles an expression within the size limit.
    pub fn compile(text: &str) -> Result<regex::Regex, regex::Error> {
        regex::RegexBuilder::new(text).size_limit(crate::limits::MAX_REGEX_BYTES).build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLE: char = '\u{f8ff}';

    #[test]
    fn a_match_lies_in_one_known_piece() {
        for (expression, text, found) in [
            ("a.b", "a~b", false),
            ("a.b", "a~b a-b", true),
            (".*x", "~x", true),
            ("^b", "a~b", false),
            ("a$", "a~b", false),
            ("b$", "a~b", true),
            ("a+", "~", false),
            ("", "~", true),
        ] {
            let text = text.replace('~', &HOLE.to_string());
            assert_eq!(Pattern::new(expression).matches(&text, HOLE), Some(found), "{expression} in {text}");
        }
        assert_eq!(Pattern::new("(").matches("(", HOLE), None);
    }
}
