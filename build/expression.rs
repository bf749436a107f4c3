//! Regular expressions of built-in rules -> automata that tell whether a text holds a match, so that nothing has to be
//! compiled when the program runs: the `Prepared` of `src/rule/prepared.rs`, as Rust writes it.
use crate::rule::prepared::{MATCH, QUIT};
use regex_automata::Anchored;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::{primitives::StateID, start};
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use std::collections::HashMap;

/// The state in which there is no match any more.
const DEAD: u8 = 0;
/// An automaton with more bytes is left out: its expression compiles when it is needed.
const LARGEST: usize = 16 << 10;
/// The last byte of the character that stands for what is not known.
const HOLE: u8 = 0xbf;

/// An expression, prepared; none where its automaton is too large.
pub fn prepared(expression: &str) -> Option<String> {
    let hir = regex_syntax::parse(expression).unwrap();
    // What must stand at the start is refused there.
    let at_start = hir.properties().look_set_prefix().contains(Look::Start);
    let tail = if at_start { None } else { tail(&hir) };
    let backwards = tail.is_some();
    let config = dense::Config::new()
        .minimize(true)
        .unicode_word_boundary(true)
        .dfa_size_limit(Some(LARGEST << 6))
        .determinize_size_limit(Some(LARGEST << 6))
        .start_kind(if backwards { StartKind::Anchored } else { StartKind::Unanchored });
    let automaton = dense::Builder::new()
        .configure(config)
        .thompson(thompson::Config::new().reverse(backwards))
        .build(expression)
        .ok()?;
    let anchored = if backwards { Anchored::Yes } else { Anchored::No };
    let start = |behind: Option<u8>| {
        automaton.start_state(&start::Config::new().anchored(anchored).look_behind(behind))
    };
    let mut states = States { automaton: &automaton, numbers: HashMap::new(), found: Vec::new() };
    let mut number = |behind| start(behind).map_or(Some(QUIT), |state| states.number(state));
    let starts = [number(None)?, number(Some(HOLE))?];
    let (classes, stride, table) = states.table()?;
    let tail = tail.map_or_else(|| "None".to_owned(), |tail| format!("Some({tail})"));
    let (classes, table) = (classes.escape_ascii(), table.escape_ascii());
    Some(format!(
        "Prepared {{ expression: {expression:?}, tail: {tail}, starts: {starts:?}, classes: b\"{classes}\", stride: {stride}, table: b\"{table}\" }},\n"
    ))
}

/// The states of an automaton that can be reached, with numbers of our own.
struct States<'a> {
    automaton: &'a dense::DFA<Vec<u32>>,
    numbers: HashMap<StateID, u8>,
    found: Vec<StateID>,
}

impl States<'_> {
    /// The number of a state; none where there are too many.
    fn number(&mut self, state: StateID) -> Option<u8> {
        if self.automaton.is_match_state(state) {
            return Some(MATCH);
        } else if self.automaton.is_dead_state(state) {
            return Some(DEAD);
        } else if self.automaton.is_quit_state(state) {
            return Some(QUIT);
        }
        if let Some(known) = self.numbers.get(&state) {
            return Some(*known);
        }
        let number = u8::try_from(self.found.len()).ok()?.checked_add(MATCH + 1)?;
        self.numbers.insert(state, number);
        self.found.push(state);
        Some(number)
    }

    /// The class of each byte, how many there are and one for the end of the text, and for each state and class the
    /// state that follows.
    fn table(mut self) -> Option<(Vec<u8>, usize, Vec<u8>)> {
        // One column for each byte, and one for the end.
        let mut columns = vec![vec![DEAD, QUIT, MATCH]; 257];
        let mut done = 0;
        while let Some(&state) = self.found.get(done) {
            for (byte, column) in columns.iter_mut().enumerate() {
                let next = match u8::try_from(byte) {
                    Ok(byte) => self.automaton.next_state(state, byte),
                    Err(_) => self.automaton.next_eoi_state(state),
                };
                column.push(self.number(next)?);
            }
            done += 1;
        }
        let end = columns.pop()?;
        let mut distinct: Vec<Vec<u8>> = Vec::new();
        let mut classes = Vec::new();
        for column in columns {
            let class = distinct.iter().position(|known| *known == column).unwrap_or_else(|| {
                distinct.push(column);
                distinct.len() - 1
            });
            classes.push(u8::try_from(class).ok()?);
        }
        distinct.push(end);
        let table: Vec<u8> =
            (0..done + 3).flat_map(|state| distinct.iter().map(move |column| column[state])).collect();
        (table.len() <= LARGEST).then_some((classes, distinct.len(), table))
    }
}

/// A run of so many bytes is rare.
const LONG: u32 = 8;

/// The last rare byte, or long run of bytes of one class, that every match holds at the same distance from its end; as Rust
/// writes it.
fn tail(hir: &Hir) -> Option<String> {
    let parts = match hir.kind() {
        HirKind::Concat(parts) => &parts[..],
        _ => std::slice::from_ref(hir),
    };
    // What JSON is full of is rare only where there is nothing better.
    let is_rare = |byte: &u8| byte.is_ascii_punctuation() && !b"\",:{}[]".contains(byte);
    last(parts, |part, length| byte(part, length, is_rare))
        .or_else(|| last(parts, run))
        .or_else(|| last(parts, |part, length| byte(part, length, u8::is_ascii_punctuation)))
}

/// The last part in which something is found, given how many bytes all matches have behind it.
fn last(parts: &[Hir], found: impl Fn(&Hir, usize) -> Option<String>) -> Option<String> {
    let mut length = 0;
    for part in parts.iter().rev() {
        let tail = found(part, length);
        if tail.is_some() {
            return tail;
        }
        let properties = part.properties();
        let fixed = properties.maximum_len().filter(|most| properties.minimum_len() == Some(*most));
        length += fixed.filter(|_| properties.look_set().is_empty())?;
    }
    None
}

fn byte(part: &Hir, length: usize, is_rare: impl Fn(&u8) -> bool) -> Option<String> {
    let HirKind::Literal(literal) = part.kind() else { return None };
    let behind = literal.0.iter().rev().position(is_rare)?;
    let byte = literal.0[literal.0.len() - 1 - behind].escape_ascii().to_string();
    Some(format!("Tail::Byte {{ byte: b'{byte}', length: {} }}", length + behind + 1))
}

fn run(part: &Hir, length: usize) -> Option<String> {
    let HirKind::Repetition(repeated) = part.kind() else { return None };
    let HirKind::Class(Class::Unicode(class)) = repeated.sub.kind() else { return None };
    (repeated.min >= LONG && class.is_ascii()).then(|| {
        let is_in = |byte: usize| {
            class.iter().any(|range| (range.start()..=range.end()).contains(&char::from(byte as u8)))
        };
        let members: [bool; 256] = std::array::from_fn(is_in);
        let least = repeated.min;
        format!("Tail::Run {{ members: &{members:?}, least: {least}, length: {length} }}")
    })
}
