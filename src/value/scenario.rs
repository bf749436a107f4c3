//! Scenarios: which way the open conditions fall.
//!
//! A scenario is a row of decisions about atoms, "parameter P of stack S equals literal L" (or parameter Q). It grows lazily: an
//! atom that is asked for the first time is decided true, and [`Scenario::advance`] turns the last decision
//! that has not been turned yet, so that repeating an evaluation visits every consistent scenario once.
use super::environment::{Environment, REGION, of_region};
use super::truth::Truth;
use crate::graph::StackId;
use crate::limits::MAX_ASKED;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// What a deployment chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Free<'a> {
    /// A parameter: its stack, its name.
    Parameter(StackId, &'a str),
    /// A pseudo parameter: its scope, as its hole has it, and its name.
    Pseudo(u32, &'a str),
}

/// "A parameter equals that."
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Atom<'a> {
    pub parameter: Free<'a>,
    pub equals: Equal<'a>,
}

impl Atom<'_> {
    /// Whether it speaks of the environment.
    pub fn of_environment(&self) -> bool {
        let is = |free: &Free<'_>| matches!(free, Free::Pseudo(..));
        is(&self.parameter) || matches!(&self.equals, Equal::Parameter(other) if is(other))
    }
}

/// What a parameter may equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Equal<'a> {
    /// A text.
    Literal(Cow<'a, str>),
    /// Another parameter.
    Parameter(Free<'a>),
}

/// Atoms, and how they are decided.
pub(super) type Row<'a> = Vec<(Atom<'a>, bool)>;

#[derive(Clone, Debug)]
struct Decision<'a> {
    atom: Atom<'a>,
    value: bool,
    turned: bool,
}

/// A named condition that was asked under a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The stack that declares it.
    pub stack: StackId,
    /// Its name.
    pub name: &'a str,
    /// Whether it holds.
    pub holds: bool,
}

impl Asked<'_> {
    /// Conditions in words: "IsProd is false and HasKey is true"; none where there are none.
    pub fn in_words(all: &[Asked<'_>]) -> Option<String> {
        let words: Vec<String> =
            all.iter().map(|asked| format!("{} is {}", asked.name, asked.holds)).collect();
        (!words.is_empty()).then(|| words.join(" and "))
    }
}

/// The decisions of one scenario, and the named conditions that were asked under it.
#[derive(Clone, Debug, Default)]
pub(super) struct Scenario<'a> {
    decisions: Vec<Decision<'a>>,
    asked: Vec<Asked<'a>>,
    /// Conditions that were computed, and whether they could fork; none while one is being computed.
    truths: FxHashMap<(StackId, &'a str), (Option<Truth>, bool)>,
}

impl<'a> Scenario<'a> {
    /// The scenario that decides so.
    pub fn of(row: &Row<'a>) -> Scenario<'a> {
        let decided =
            |(atom, value): &(Atom<'a>, bool)| Decision { atom: atom.clone(), value: *value, turned: true };
        Scenario { decisions: row.iter().map(decided).collect(), ..Scenario::default() }
    }

    /// The decisions so far.
    pub fn row(&self) -> Row<'a> {
        self.decisions.iter().map(|decision| (decision.atom.clone(), decision.value)).collect()
    }

    /// Whether these are the decisions so far.
    pub fn is(&self, row: &Row<'a>) -> bool {
        let same = |(decision, (atom, value)): (&Decision<'a>, &(Atom<'a>, bool))| {
            decision.value == *value && decision.atom == *atom
        };
        self.decisions.len() == row.len() && self.decisions.iter().zip(row).all(same)
    }

    /// What the decisions so far say of an atom: a parameter that equals one literal equals no other, and parameters
    /// that equal each other equal the same.
    pub fn known(&self, atom: &Atom<'a>) -> Option<bool> {
        let equals = match &atom.equals {
            Equal::Literal(literal) => {
                let known = self.is_literal(&self.equal_to(atom.parameter), literal);
                return known.or_else(|| self.goes_with(atom.parameter, literal));
            }
            Equal::Parameter(other) => *other,
        };
        let (left, right) = (self.equal_to(atom.parameter), self.equal_to(equals));
        if left.contains(&equals) {
            return Some(true);
        }
        let apart = |decision: &Decision<'a>| match &decision.atom.equals {
            Equal::Parameter(other) if !decision.value => {
                let one = decision.atom.parameter;
                left.contains(&one) && right.contains(other) || left.contains(other) && right.contains(&one)
            }
            _ => false,
        };
        if self.decisions.iter().any(apart) {
            return Some(false);
        }
        match (self.literal_of(&left), self.literal_of(&right)) {
            (Some(literal), _) => self.is_literal(&right, literal),
            (None, Some(literal)) => self.is_literal(&left, literal),
            (None, None) => None,
        }
    }

    /// The parameters that are decided to equal one, itself among them.
    fn equal_to(&self, parameter: Free<'a>) -> Vec<Free<'a>> {
        let mut class = vec![parameter];
        let mut next = 0;
        while let Some(&known) = class.get(next) {
            next += 1;
            for decision in self.decisions.iter().filter(|decision| decision.value) {
                let Equal::Parameter(other) = decision.atom.equals else { continue };
                let one = decision.atom.parameter;
                let equal = if one == known {
                    other
                } else if other == known {
                    one
                } else {
                    continue;
                };
                if !class.contains(&equal) {
                    class.push(equal);
                }
            }
        }
        class
    }

    /// The decisions about literals of some parameters that equal each other.
    fn literals_of<'s>(&'s self, class: &'s [Free<'a>]) -> impl Iterator<Item = (&'s str, bool)> {
        self.decisions.iter().filter(|decision| class.contains(&decision.atom.parameter)).filter_map(
            |decision| match &decision.atom.equals {
                Equal::Literal(literal) => Some((literal.as_ref(), decision.value)),
                Equal::Parameter(_) => None,
            },
        )
    }

    fn literal_of<'s>(&'s self, class: &'s [Free<'a>]) -> Option<&'s str> {
        self.literals_of(class).find(|(_, value)| *value).map(|(literal, _)| literal)
    }

    fn is_literal(&self, class: &[Free<'a>], literal: &str) -> Option<bool> {
        for (other, value) in self.literals_of(class) {
            if other == literal {
                return Some(value);
            }
            if value {
                return Some(false);
            }
        }
        // Decided to differ from what is that literal.
        let differs = self.decisions.iter().filter(|decision| !decision.value).any(|decision| {
            let Equal::Parameter(other) = decision.atom.equals else { return false };
            let one = decision.atom.parameter;
            let away = match (class.contains(&one), class.contains(&other)) {
                (true, false) => other,
                (false, true) => one,
                _ => return false,
            };
            self.literal_of(&self.equal_to(away)) == Some(literal)
        });
        differs.then_some(false)
    }

    /// What the region says of a partition and of a domain, and they of a region.
    fn goes_with(&self, parameter: Free<'a>, literal: &str) -> Option<bool> {
        let Free::Pseudo(scope, name) = parameter else { return None };
        let class = |name| self.equal_to(Free::Pseudo(scope, name));
        if name != REGION {
            let class = class(REGION);
            let region = self.literal_of(&class)?;
            return of_region(name, region).map(|known| known == literal);
        }
        let away = |name| {
            let known = of_region(name, literal)?;
            self.is_literal(&class(name), known).filter(|same| !same)
        };
        away("AWS::Partition").or_else(|| away("AWS::URLSuffix"))
    }

    /// What a parameter is decided to equal, or what goes with the region that is decided.
    pub fn literal(&self, parameter: Free<'a>) -> Option<String> {
        if let Some(literal) = self.literal_of(&self.equal_to(parameter)) {
            return Some(literal.to_owned());
        }
        let Free::Pseudo(scope, name) = parameter else { return None };
        let region = self.equal_to(Free::Pseudo(scope, REGION));
        self.literal_of(&region).and_then(|region| of_region(name, region)).map(str::to_owned)
    }

    /// The literals that a parameter is decided not to equal.
    pub fn excluded(&self, parameter: Free<'a>) -> Vec<&str> {
        let class = self.equal_to(parameter);
        let literals = self.decisions.iter().filter(|decision| class.contains(&decision.atom.parameter));
        literals
            .filter_map(|decision| match &decision.atom.equals {
                Equal::Literal(literal) if !decision.value => Some(literal.as_ref()),
                _ => None,
            })
            .collect()
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

    /// Notes that a named condition was asked, for the words of a finding; nobody reads of very many.
    pub fn ask(&mut self, stack: StackId, name: &'a str, holds: bool) {
        if self.asked.len() < MAX_ASKED
            && !self.asked.iter().any(|asked| asked.stack == stack && asked.name == name)
        {
            self.asked.push(Asked { stack, name, holds });
        }
    }

    /// What is decided of the environment; none where that hangs on a parameter.
    pub fn environment(&self) -> Option<Environment<'a>> {
        let of_environment = self.decisions.iter().filter(|decision| decision.atom.of_environment());
        let decided = of_environment.map(|decision| {
            let alone = matches!(decision.atom.parameter, Free::Pseudo(..))
                && !matches!(decision.atom.equals, Equal::Parameter(Free::Parameter(..)));
            alone.then(|| (decision.atom.clone(), decision.value))
        });
        decided.collect::<Option<_>>().map(Environment)
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

    /// The conditions that were asked; none where nothing had to be decided.
    pub fn asked(&self) -> &[Asked<'a>] {
        if self.is_only() { &[] } else { &self.asked }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(name: &'static str) -> Free<'static> {
        if name.contains(':') { Free::Pseudo(0, name) } else { Free::Parameter(StackId(0), name) }
    }

    fn atom(name: &'static str, literal: &'static str) -> Atom<'static> {
        Atom { parameter: free(name), equals: Equal::Literal(literal.into()) }
    }

    fn same(name: &'static str, other: &'static str) -> Atom<'static> {
        Atom { parameter: free(name), equals: Equal::Parameter(free(other)) }
    }

    /// The rows of decisions in the order in which they are visited.
    fn visited(atoms: &[Atom<'static>]) -> Vec<String> {
        let mut scenario = Scenario::default();
        let mut seen = Vec::new();
        loop {
            let decided =
                |atom: &Atom<'static>| scenario.known(atom).unwrap_or_else(|| scenario.decide(atom.clone()));
            let row: Vec<bool> = atoms.iter().map(decided).collect();
            seen.push(row.iter().map(|&truth| if truth { '1' } else { '0' }).collect());
            if !scenario.advance() {
                return seen;
            }
        }
    }

    #[test]
    fn every_consistent_scenario_is_visited_once() {
        let atoms = [atom("Env", "prod"), atom("Env", "dev"), atom("Key", "")];
        assert_eq!(visited(&atoms), ["101", "100", "011", "010", "001", "000"]);
    }

    #[test]
    fn parameters_that_are_equal_equal_the_same() {
        let atoms = [same("A", "B"), atom("A", "x"), atom("B", "x")];
        assert_eq!(visited(&atoms), ["111", "100", "010", "001", "000"]);
        let atoms = [atom("A", "x"), atom("B", "x"), same("B", "A")];
        assert_eq!(visited(&atoms), ["111", "100", "010", "001", "000"]);
        let chain = [same("A", "B"), same("B", "C"), same("A", "C")];
        assert_eq!(visited(&chain), ["111", "100", "010", "001", "000"]);
    }
    #[test]
    fn a_partition_goes_with_its_region() {
        let (region, partition) = (atom(REGION, "cn-north-1"), atom("AWS::Partition", "aws"));
        assert_eq!(visited(&[region.clone(), partition.clone()]), ["10", "01", "00"]);
        assert_eq!(visited(&[partition, region.clone()]), ["10", "01", "00"]);
        let domain = atom("AWS::URLSuffix", "amazonaws.com.cn");
        assert_eq!(visited(&[region.clone(), domain.clone()]), ["11", "01", "00"]);
        assert_eq!(visited(&[domain, region]), ["11", "10", "00"]);
        let two = [atom(REGION, "us-east-1"), atom(REGION, "eu-west-1"), atom("AWS::Partition", "aws")];
        assert_eq!(visited(&two), ["101", "011", "001", "000"]);
        // Nobody says here what goes with a region that stands apart.
        assert_eq!(
            visited(&[atom(REGION, "us-iso-east-1"), atom("AWS::Partition", "aws")]),
            ["11", "10", "01", "00"]
        );
    }
}
