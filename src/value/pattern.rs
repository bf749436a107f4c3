//! What an `AllowedPattern` says of the texts that match it.
//!
//! In: an expression. Out: whether a text matches the whole of it, all texts that do where they are few, how every one
//! begins. One that this engine cannot read, or that grows too large, bounds nothing. CloudFormation's expressions are
//! Java's, whose classes by name (`\d`, `\p{Alpha}`) are of ASCII.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-regexes.html>
use crate::limits::{MAX_PATTERN_TEXTS, MAX_REGEX_BYTES};
use regex_automata::meta;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use std::borrow::Cow;
use std::sync::OnceLock;

/// What a pattern says.
#[derive(Debug)]
pub(super) struct Bound {
    pattern: String,
    /// The expression, once a text is held against it; none for one that grows too large, which bounds nothing.
    compiled: OnceLock<Option<meta::Regex>>,
    /// Whether the empty text matches, where the expression alone tells.
    empty: Option<bool>,
    /// All texts that match, where they are few.
    pub texts: Option<Vec<String>>,
    /// How every text that matches begins.
    pub start: String,
}

impl Bound {
    /// Reads an expression; none where this engine cannot.
    pub fn of(pattern: &str) -> Option<Bound> {
        let pattern = of_java(pattern);
        let hir = regex_syntax::parse(&pattern).ok()?;
        let mut bound = Bound {
            pattern: pattern.into_owned(),
            compiled: OnceLock::new(),
            empty: matches_nothing(&hir),
            texts: None,
            start: start(&hir).0,
        };
        bound.texts = texts(&hir).map(|mut texts| {
            if !has_outer_looks(&hir, true, true) {
                texts.retain(|text| bound.is_match(text));
            }
            texts
        });
        Some(bound)
    }

    /// Whether the empty text matches.
    pub fn is_match_of_nothing(&self) -> bool {
        self.empty.unwrap_or_else(|| self.is_match(""))
    }

    /// Whether the whole of a text matches.
    pub fn is_match(&self, text: &str) -> bool {
        let compile = || {
            let whole = format!("^(?:{})$", self.pattern);
            // A few short texts are held against it: what makes it quick takes longer to build than they to match.
            let config = meta::Config::new().hybrid(false).dfa(false).onepass(false).auto_prefilter(false);
            let config = config.nfa_size_limit(Some(MAX_REGEX_BYTES));
            meta::Builder::new().configure(config).build(&whole).ok()
        };
        self.compiled.get_or_init(compile).as_ref().is_none_or(|whole| whole.is_match(text))
    }
}

/// Java's classes that go by name, and what they are, in brackets as outside.
/// <https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html>
const CLASSES: [(&str, &str); 19] = [
    ("d", "[0-9]"),
    ("D", "[^0-9]"),
    ("s", r"[ \t\n\x0B\f\r]"),
    ("S", r"[^ \t\n\x0B\f\r]"),
    ("w", "[0-9A-Z_a-z]"),
    ("W", "[^0-9A-Z_a-z]"),
    ("p{ASCII}", "[[:ascii:]]"),
    ("p{Alnum}", "[[:alnum:]]"),
    ("p{Alpha}", "[[:alpha:]]"),
    ("p{Blank}", "[[:blank:]]"),
    ("p{Cntrl}", "[[:cntrl:]]"),
    ("p{Digit}", "[[:digit:]]"),
    ("p{Graph}", "[[:graph:]]"),
    ("p{Lower}", "[[:lower:]]"),
    ("p{Print}", "[[:print:]]"),
    ("p{Punct}", "[[:punct:]]"),
    ("p{Space}", "[[:space:]]"),
    ("p{Upper}", "[[:upper:]]"),
    ("p{XDigit}", "[[:xdigit:]]"),
];

/// An expression of Java as this engine reads it.
fn of_java(pattern: &str) -> Cow<'_, str> {
    let Some((before, mut rest)) = pattern.split_once('\\') else { return Cow::Borrowed(pattern) };
    let mut whole = before.to_owned();
    loop {
        let class = CLASSES.iter().find(|(name, _)| rest.starts_with(name));
        match class {
            Some((name, class)) => {
                whole.push_str(class);
                rest = &rest[name.len()..];
            }
            // What is escaped begins no escape.
            None => {
                let escaped = rest.chars().next().map_or(0, char::len_utf8);
                whole.push('\\');
                whole.push_str(&rest[..escaped]);
                rest = &rest[escaped..];
            }
        }
        let Some((before, behind)) = rest.split_once('\\') else { break };
        whole.push_str(before);
        rest = behind;
    }
    whole.push_str(rest);
    Cow::Owned(whole)
}

/// Whether an expression matches the empty text, in which there is no end of a word: expressions take long to compile.
fn matches_nothing(hir: &Hir) -> Option<bool> {
    Some(match hir.kind() {
        HirKind::Empty | HirKind::Look(Look::Start | Look::End) => true,
        HirKind::Look(_) => return None,
        HirKind::Literal(_) | HirKind::Class(_) => false,
        HirKind::Repetition(repeated) => repeated.min == 0 || matches_nothing(&repeated.sub)?,
        HirKind::Capture(group) => matches_nothing(&group.sub)?,
        HirKind::Concat(parts) => {
            parts.iter().try_fold(true, |all, part| Some(all & matches_nothing(part)?))?
        }
        HirKind::Alternation(ways) => {
            ways.iter().try_fold(false, |any, way| Some(any | matches_nothing(way)?))?
        }
    })
}

/// Whether all that an expression looks at beside its letters is that it begins where the text does, at its start, and ends
/// where the text does, at its end.
fn has_outer_looks(hir: &Hir, first: bool, last: bool) -> bool {
    match hir.kind() {
        HirKind::Look(Look::Start) => first,
        HirKind::Look(Look::End) => last,
        HirKind::Capture(group) => has_outer_looks(&group.sub, first, last),
        HirKind::Alternation(ways) => ways.iter().all(|way| has_outer_looks(way, first, last)),
        HirKind::Concat(parts) => parts.iter().enumerate().all(|(index, part)| {
            has_outer_looks(part, first && index == 0, last && index + 1 == parts.len())
        }),
        _ => hir.properties().look_set().is_empty(),
    }
}

/// All texts that an expression matches, where they are few; those that its anchors rule out are among them.
fn texts(hir: &Hir) -> Option<Vec<String>> {
    let few = |all: Vec<String>| (all.len() <= MAX_PATTERN_TEXTS).then_some(all);
    let with = |left: &[String], right: &[String]| {
        let both = left.iter().flat_map(|a| right.iter().map(move |b| format!("{a}{b}")));
        few(both.take(MAX_PATTERN_TEXTS + 1).collect())
    };
    let nothing = || vec![String::new()];
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(nothing()),
        HirKind::Literal(literal) => Some(vec![std::str::from_utf8(&literal.0).ok()?.to_owned()]),
        HirKind::Class(Class::Unicode(class)) => {
            let all = class.iter().flat_map(|range| range.start()..=range.end());
            few(all.take(MAX_PATTERN_TEXTS + 1).map(String::from).collect())
        }
        HirKind::Class(Class::Bytes(_)) => None,
        HirKind::Repetition(repeated) => {
            let most = repeated.max.filter(|most| *most as usize <= MAX_PATTERN_TEXTS)?;
            let one = texts(&repeated.sub)?;
            let (mut row, mut all) = (nothing(), Vec::new());
            for count in 0..=most {
                if count >= repeated.min {
                    all.extend_from_slice(&row);
                }
                row = with(&row, &one)?;
            }
            few(all)
        }
        HirKind::Capture(group) => texts(&group.sub),
        HirKind::Concat(parts) => parts.iter().try_fold(nothing(), |row, part| with(&row, &texts(part)?)),
        HirKind::Alternation(ways) => few(ways.iter().map(texts).collect::<Option<Vec<_>>>()?.concat()),
    }
}

/// How every text begins that an expression matches, and whether that is the whole of it.
fn start(hir: &Hir) -> (String, bool) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (String::new(), true),
        HirKind::Literal(literal) => {
            std::str::from_utf8(&literal.0).map_or((String::new(), false), |text| (text.to_owned(), true))
        }
        HirKind::Capture(group) => start(&group.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => (start(&repeated.sub).0, false),
        HirKind::Concat(parts) => {
            let mut whole = String::new();
            for part in parts {
                let (text, exact) = start(part);
                whole.push_str(&text);
                if !exact {
                    return (whole, false);
                }
            }
            (whole, true)
        }
        _ => (String::new(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_expression_tells_by_itself_is_what_it_matches() {
        let parts =
            ["", "^", "$", "a", "a*", "(a|)", "(^|b)", "(b|$)", r"\b", r"\B", "[ab]?", "(^a$)", "x{0,2}"];
        for a in parts {
            for b in parts {
                for c in parts {
                    let pattern = format!("{a}{b}{c}");
                    let bound = Bound::of(&pattern).unwrap();
                    assert_eq!(bound.is_match_of_nothing(), bound.is_match(""), "{pattern}");
                    for text in bound.texts.iter().flatten() {
                        assert!(bound.is_match(text), "{pattern} does not match {text:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn classes_are_those_of_java() {
        for (pattern, yes, no) in [
            (r"\d+", "12", "٣"),
            (r"[\d-]+", "1-2", "٣"),
            (r"[^\d]", "٣", "1"),
            (r"\D", "٣", "1"),
            (r"[\w+=,.@-]+", "a_B=9@", "é"),
            (r"\W", "é", "a"),
            (r"\s", "\u{b}", "\u{a0}"),
            (r"\S", "\u{a0}", "\n"),
            (r"[\p{Lower}\p{XDigit}]+", "zF0", "é"),
            (r"\p{Punct}", "$", "§"),
            (r"\p{L}", "é", "1"),
            (r"\\d", r"\d", "1"),
            (r"\.\\\d", r".\1", r".\d"),
            (r"^é\.é\d$", "é.é1", "é.é"),
        ] {
            let bound = Bound::of(pattern).unwrap();
            assert!(bound.is_match(yes), "{pattern} does not match {yes:?}");
            assert!(!bound.is_match(no), "{pattern} matches {no:?}");
        }
        assert!(Bound::of("\\").is_none());
    }

    #[test]
    fn a_pattern_tells_its_texts_and_how_they_begin() {
        for (pattern, texts, start) in [
            ("^(dev|prod)$", Some("dev prod"), ""),
            ("true|false", Some("true false"), ""),
            ("db-(a|b)?", Some("db- db-a db-b"), "db-"),
            ("[ab]{2}", Some("aa ab ba bb"), ""),
            ("^arn:aws:kms:.*$", None, "arn:aws:kms:"),
            ("(ab)+", None, "ab"),
            ("a$b", Some(""), "ab"),
            ("[a-z]{1,9}", None, ""),
        ] {
            let bound = Bound::of(pattern).unwrap();
            assert_eq!(bound.texts.map(|texts| texts.join(" ")).as_deref(), texts, "{pattern}");
            assert_eq!(bound.start, start, "{pattern}");
        }
        // Look-ahead is beyond this engine; a repetition of repetitions is beyond the limit, and bounds no text.
        assert!(Bound::of("(?!x)y").is_none());
        assert!(Bound::of("((a{999}){999}){999}").unwrap().is_match("b"));
    }
}
