//! Regular expressions that were compiled when the program was built: those of the built-in rules.
//!
//! Compiling an expression costs more than all that it is ever asked. Here it is an automaton that lies in the binary ready
//! to run: a row of following states for each state, a column for each class of bytes and one for the end of the text. It
//! tells whether there is a match, and where it cannot (some word boundaries beyond ASCII), says so.
//!
//! Most automata run once over the text. Where every match has a rare byte (`-[0-9a-f]{8}`) or a long run of bytes of one
//! class (`:[0-9]{12}:`) at the same distance from its end, that is looked for, and the automaton runs backwards from each
//! such end.
use super::builtin::PREPARED;
use std::ops::Range;

/// The state in which it cannot be told. Before it is the state in which there is no match any more, 0.
pub(crate) const QUIT: u8 = 1;
/// The last state that leads nowhere else: there is a match.
pub(crate) const MATCH: u8 = 2;

/// An expression as the build script writes it.
#[derive(Debug)]
pub struct Prepared {
    pub expression: &'static str,
    pub tail: Option<Tail>,
    /// The first state: at an end of the text, and beside a hole. What has a tail does not look behind itself.
    pub starts: [u8; 2],
    pub classes: &'static [u8; 256],
    pub stride: usize,
    pub table: &'static [u8],
}

/// What every match holds, and how many bytes it is from there to the match's end.
#[derive(Debug)]
pub enum Tail {
    /// A byte; its own length counts.
    Byte { byte: u8, length: usize },
    /// So many bytes, at least, that are members of a class.
    Run { members: &'static [bool; 256], least: usize, length: usize },
}

impl Prepared {
    /// What the build script prepared for an expression.
    pub fn of(expression: &str) -> Option<&'static Prepared> {
        let found = PREPARED.binary_search_by(|prepared| prepared.expression.cmp(expression));
        found.ok().map(|index| &PREPARED[index])
    }

    /// Whether a piece of a text holds a match; none where the automaton cannot tell. A piece ends where the text does, or
    /// beside a hole.
    pub fn matches(&self, text: &str, piece: Range<usize>) -> Option<bool> {
        let text = text.as_bytes();
        let Some(tail) = &self.tail else {
            let mut state = self.starts[usize::from(piece.start > 0)];
            for byte in &text[piece.clone()] {
                state = self.next(state, Some(byte));
                if state <= MATCH {
                    break;
                }
            }
            return told(self.next(state, text.get(piece.end)));
        };
        match *tail {
            Tail::Byte { byte, length } => {
                let found = memchr::memchr_iter(byte, &text[piece.clone()]);
                self.ends_at(found.map(|at| piece.start + at + length), text, piece.clone())
            }
            Tail::Run { members, least, length } => {
                let is_in = |byte: &&u8| members[usize::from(**byte)];
                let known = &text[..piece.end];
                let mut from = piece.start;
                let runs = std::iter::from_fn(|| {
                    // One byte in so many lies in the run, wherever that begins, and so does one of those half as far from it.
                    let in_run = |at: usize| known.get(at).is_some_and(|byte| is_in(&byte));
                    let half = least / 2;
                    let met = (from + least - 1..known.len())
                        .step_by(least)
                        .find(|&at| in_run(at) && (in_run(at + half) || in_run(at - half)))?;
                    let start = met - known[piece.start..met].iter().rev().take_while(is_in).count();
                    let end = met + known[met..].iter().take_while(is_in).count();
                    from = end + 1;
                    Some(start + least + length..end + length + 1)
                });
                self.ends_at(runs.flatten(), text, piece.clone())
            }
        }
    }

    /// Whether a match in a piece ends at one of those places.
    fn ends_at(&self, ends: impl Iterator<Item = usize>, text: &[u8], piece: Range<usize>) -> Option<bool> {
        // Where the ways back are long, they must not be many.
        let mut steps = 1024 + 4 * piece.len();
        for end in ends {
            if end > piece.end {
                break;
            }
            let mut state = self.starts[0];
            for byte in text[piece.start..end].iter().rev() {
                state = self.next(state, Some(byte));
                if state <= MATCH {
                    break;
                }
                steps = steps.checked_sub(1)?;
            }
            let before = piece.start.checked_sub(1).map(|before| &text[before]);
            if told(self.next(state, before))? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// The state that follows, before a byte or at an end of the text. A match is told one byte late.
    fn next(&self, state: u8, byte: Option<&u8>) -> u8 {
        let class = byte.map_or(self.stride - 1, |byte| usize::from(self.classes[usize::from(*byte)]));
        self.table[usize::from(state) * self.stride + class]
    }
}

fn told(state: u8) -> Option<bool> {
    if state == QUIT { None } else { Some(state == MATCH) }
}

#[cfg(test)]
mod tests {
    use super::super::builtin::builtin_documented;
    use super::super::pattern::Pattern;
    use super::*;
    use regex_automata::{Input, meta};
    use regex_syntax::hir::{Class, Hir, HirKind};

    const HOLE: char = '\u{f8ff}';

    /// Two texts that an expression matches: one of first choices, one of last ones.
    fn spelled(hir: &Hir, last: bool) -> String {
        let one_of = |end: char, start: char| if last { end } else { start };
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => String::new(),
            HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).into_owned(),
            HirKind::Class(Class::Unicode(class)) => {
                let (first, end) = (class.ranges()[0], class.ranges()[class.ranges().len() - 1]);
                one_of(end.end(), first.start()).to_string()
            }
            HirKind::Class(Class::Bytes(_)) => unreachable!("expressions are of characters"),
            HirKind::Repetition(repeated) => {
                spelled(&repeated.sub, last).repeat(repeated.min.max(u32::from(last)) as usize)
            }
            HirKind::Capture(capture) => spelled(&capture.sub, last),
            HirKind::Concat(parts) => parts.iter().map(|part| spelled(part, last)).collect(),
            HirKind::Alternation(parts) => spelled(&parts[if last { parts.len() - 1 } else { 0 }], last),
        }
    }

    /// Words of the examples of all rules and what the expressions spell, as they are and with holes.
    fn texts() -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for rule in builtin_documented() {
            let examples = format!("{:?}", rule.docs.examples);
            words.extend(examples.split([' ', '"', '\'', '\\', ',', '{', '}']).map(str::to_owned));
        }
        words.sort();
        words.dedup();
        let mut texts: Vec<String> =
            ["", "é", "\n", "select é errors AWS/Lambda", "SELECT x Errors x AWS/Lambda"]
                .into_iter()
                .map(str::to_owned)
                .collect();
        for hir in PREPARED.iter().map(|prepared| regex_syntax::parse(prepared.expression).unwrap()) {
            texts.extend([spelled(&hir, false), spelled(&hir, true), format!(" {} ", spelled(&hir, true))]);
        }
        texts.extend(words.into_iter().step_by(17));
        let holed = |text: &String| {
            let middle = (0..text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            [format!("{}{HOLE}{}", &text[..middle], &text[middle..]), format!("{HOLE}{text}{HOLE}")]
        };
        let holed: Vec<String> = texts.iter().flat_map(holed).collect();
        texts.extend(holed);
        texts
    }

    #[test]
    fn an_automaton_finds_what_the_expression_finds() {
        let texts = texts();
        let (mut found, mut told) = (0, 0);
        for prepared in PREPARED {
            let regex = meta::Regex::new(prepared.expression).unwrap();
            let mut matched = 0;
            for text in &texts {
                let mut start = 0;
                let mut any = false;
                for piece in text.split(HOLE) {
                    let range = start..start + piece.len();
                    start += piece.len() + HOLE.len_utf8();
                    let wanted = regex.is_match(Input::new(text).range(range.clone()));
                    let automaton = prepared.matches(text, range);
                    assert!(automaton.is_none_or(|found| found == wanted), "{prepared:?} in {text:?}");
                    told += usize::from(automaton.is_some());
                    any |= wanted;
                }
                let whole = Pattern::new(prepared.expression).matches(text, HOLE);
                assert_eq!(whole, Some(any), "{} in {text:?}", prepared.expression);
                matched += usize::from(any);
            }
            found += usize::from(matched > 0);
        }
        assert!(PREPARED.len() > 60 && found + 5 > PREPARED.len(), "{found} of {}", PREPARED.len());
        assert!(told > 60 * texts.len(), "{told}");
    }

    #[test]
    fn a_run_is_found_wherever_it_begins() {
        let account = Prepared::of(":[0-9]{12}:").unwrap();
        assert!(matches!(account.tail, Some(Tail::Run { least: 12, length: 1, .. })));
        let regex = meta::Regex::new(account.expression).unwrap();
        for digits in [0, 1, 11, 12, 13, 24, 25, 40] {
            for (before, behind) in [("", ""), (":", ":"), ("x:", ":y"), (":", ""), ("", ":"), (":1:", ":2:")]
            {
                for pad in 0..30 {
                    let text = format!("{}{before}{}{behind}", "x".repeat(pad), "7".repeat(digits));
                    let text = format!("{text}{}", "1:".repeat(pad));
                    for piece in [0..text.len(), pad..text.len(), 0..text.len() - pad] {
                        let wanted = regex.is_match(Input::new(&text).range(piece.clone()));
                        assert_eq!(
                            account.matches(&text, piece.clone()),
                            Some(wanted),
                            "{piece:?} of {text}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn ways_back_that_are_long_are_few() {
        let metrics = Prepared::of(r"(?i)\bselect\b.*\bErrors\b.*AWS/Lambda").unwrap();
        let text = "AWS/Lambda ".repeat(10);
        assert_eq!(metrics.matches(&text, 0..text.len()), Some(false));
        let text = "AWS/Lambda ".repeat(10_000);
        assert_eq!(metrics.matches(&text, 0..text.len()), None);
    }
}
