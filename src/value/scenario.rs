//! Scenarios: which way the open conditions fall.
//!
//! A scenario is a row of decisions about atoms, "parameter P of stack S equals literal L". It grows lazily: an
//! atom that is asked for the first time is decided true, and [`Scenario::advance`] turns the last decision
//! that has not been turned yet, so that repeating an evaluation visits every consistent scenario once.
use crate::graph::StackId;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Kleene's three truth values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truth {
    /// Surely.
    True,
    /// Surely not.
    False,
    /// Not known before deployment.
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Truth {
        if value { Truth::True } else { Truth::False }
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        }
    }
}

impl Truth {
    /// Conjunction: false wins, then unknown.
    pub fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::True, Truth::True) => Truth::True,
            _ => Truth::Unknown,
        }
    }

    /// `true`, `false` or `open`.
    pub fn in_words(self) -> &'static str {
        match self {
            Truth::True => "true",
            Truth::False => "false",
            Truth::Unknown => "open",
        }
    }

    /// Disjunction: true wins, then unknown.
    pub fn or(self, other: Truth) -> Truth {
        !((!self).and(!other))
    }
}

/// "Parameter `name` of stack `stack` equals `literal`."
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Atom<'a> {
    pub stack: StackId,
    pub name: &'a str,
    pub literal: Cow<'a, str>,
}

#[derive(Clone, Debug)]
struct Decision<'a> {
    atom: Atom<'a>,
    value: bool,
    turned: bool,
}

/// The decisions of one scenario, and the named conditions that were asked under it.
#[derive(Clone, Debug, Default)]
pub(super) struct Scenario<'a> {
    decisions: Vec<Decision<'a>>,
    asked: Vec<(StackId, &'a str, bool)>,
    /// Conditions that were computed, and whether they could fork; none while one is being computed.
    truths: FxHashMap<(StackId, &'a str), (Option<Truth>, bool)>,
}

impl<'a> Scenario<'a> {
    /// What the decisions so far say of an atom: a parameter that equals one literal equals no other.
    pub fn known(&self, atom: &Atom<'a>) -> Option<bool> {
        for decision in &self.decisions {
            let other = &decision.atom;
            if other.stack == atom.stack && other.name == atom.name {
                if other.literal == atom.literal {
                    return Some(decision.value);
                }
                if decision.value {
                    return Some(false);
                }
            }
        }
        None
    }

    /// The literals that a parameter is decided not to equal.
    pub fn excluded(&self, stack: StackId, name: &'a str) -> impl Iterator<Item = &str> {
        self.decisions
            .iter()
            .filter(move |decision| {
                !decision.value && decision.atom.stack == stack && decision.atom.name == name
            })
            .map(|decision| decision.atom.literal.as_ref())
    }

    /// The truth of a condition, where it was computed before. One that is being computed rests on itself.
    pub fn truth(&self, stack: StackId, name: &'a str, forking: bool) -> Option<Truth> {
        match self.truths.get(&(stack, name))? {
            (None, _) => Some(Truth::Unknown),
            (Some(Truth::Unknown), could_fork) if *could_fork != forking => None,
            (truth, _) => *truth,
        }
    }

    /// Keeps the truth of a condition; none at the start of its computation.
    pub fn keep(&mut self, stack: StackId, name: &'a str, truth: Option<Truth>, forking: bool) {
        self.truths.insert((stack, name), (truth, forking));
    }

    /// Decides an open atom: true at first. What was not known may be from now on.
    pub fn decide(&mut self, atom: Atom<'a>) -> bool {
        self.truths.retain(|_, (truth, _)| *truth != Some(Truth::Unknown));
        self.decisions.push(Decision { atom, value: true, turned: false });
        true
    }

    /// Notes that a named condition was asked, for the words of a finding.
    pub fn ask(&mut self, stack: StackId, name: &'a str, value: bool) {
        if !self.asked.iter().any(|&(s, n, _)| s == stack && n == name) {
            self.asked.push((stack, name, value));
        }
    }

    /// The next scenario, or false when all have been visited.
    pub fn advance(&mut self) -> bool {
        self.asked.clear();
        self.truths.clear();
        while let Some(last) = self.decisions.pop() {
            if !last.turned {
                self.decisions.push(Decision { value: false, turned: true, ..last });
                return true;
            }
        }
        false
    }

    /// Forgets everything, for the next node.
    pub fn clear(&mut self) {
        self.decisions.clear();
        self.asked.clear();
        self.truths.clear();
    }

    /// Whether nothing had to be decided: the scenario is the only one.
    pub fn is_only(&self) -> bool {
        self.decisions.is_empty()
    }

    /// The conditions that were asked, in words: "IsProd is false and HasKey is true".
    pub fn describe(&self) -> Option<String> {
        if self.is_only() || self.asked.is_empty() {
            return None;
        }
        let words: Vec<String> =
            self.asked.iter().map(|(_, name, value)| format!("{name} is {value}")).collect();
        Some(words.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(name: &'static str, literal: &'static str) -> Atom<'static> {
        Atom { stack: StackId(0), name, literal: literal.into() }
    }

    #[test]
    fn every_consistent_scenario_is_visited_once() {
        let mut scenario = Scenario::default();
        let mut seen = Vec::new();
        loop {
            let row: Vec<bool> = [atom("Env", "prod"), atom("Env", "dev"), atom("Key", "")]
                .into_iter()
                .map(|atom| scenario.known(&atom).unwrap_or_else(|| scenario.decide(atom)))
                .collect();
            seen.push(row);
            if !scenario.advance() {
                break;
            }
        }
        let words = |row: &[bool]| row.iter().map(|&b| if b { '1' } else { '0' }).collect::<String>();
        assert_eq!(
            seen.iter().map(|row| words(row)).collect::<Vec<_>>(),
            ["101", "100", "011", "010", "001", "000"]
        );
    }
}
