//! What an `AllowedPattern` says of the texts that match it.
//!
//! In: an expression. Out: whether a text matches the whole of it, all texts that do where they are few, how every one
//! begins. One that this engine cannot read, or that grows too large, bounds nothing.
use crate::limits::{MAX_PATTERN_TEXTS, MAX_REGEX_BYTES};
use regex_automata::meta;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
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
        let hir = regex_syntax::parse(pattern).ok()?;
        let mut bound = Bound {
            pattern: pattern.to_owned(),
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
