//! What evaluating a condition gives: a truth, why it is not known, and the values that decided.
//!
//! Most questions are settled by the truth alone, so it can be had alone: [`Answer`] is what evaluation gives, either a
//! bare [`Truth`] or an [`Outcome`] that says what it rests on.
use super::lookup::{Found, Lookup};
use crate::rule::Segment;
use crate::value::{Place, Truth, Unknown, Value};

/// A value that decided, or the place where one is absent.
#[derive(Clone, Debug)]
pub(super) struct Witness<'a> {
    /// The value's place; of an absent one, the deepest thing on its path that exists.
    pub place: Place,
    /// The rest of the path, where the value is absent.
    pub absent: &'a [Segment],
    /// How many steps deep the path goes.
    pub depth: u16,
    /// The value, for the words of a message.
    pub value: Option<Value<'a>>,
    /// What was looked for and is not there.
    pub missing: Option<String>,
}

impl Witness<'_> {
    /// A witness at a place.
    pub fn at(place: Place, depth: u16) -> Self {
        Witness { place, absent: &[], depth, value: None, missing: None }
    }
}

/// What a condition or test gives.
pub(super) trait Answer<'a>: Sized {
    /// Whether it says what it rests on.
    const TELLS: bool;
    /// Decided, without witnesses.
    fn plain(truth: bool) -> Self;
    /// A truth, for an answer that tells nothing else.
    fn bare(truth: Truth) -> Self;
    /// Not known.
    fn unknown(unknown: Unknown<'a>, witness: impl FnOnce() -> Witness<'a>) -> Self;
    /// Decided or not by what a path leads to, which is the witness where witnesses are collected.
    fn leaf(truth: Truth, at: &Lookup<'a>, tracing: bool) -> Self;
    /// The truth.
    fn truth(&self) -> Truth;
    /// The opposite.
    fn negate(self) -> Self;
    /// Takes the witnesses of another answer too.
    fn join(&mut self, more: Self);
    /// How deep the deepest witness lies.
    fn depth(&self) -> u16;
    /// Says what was looked for and is not there.
    fn lack(&mut self, words: impl FnOnce() -> String);
}

impl<'a> Answer<'a> for Truth {
    const TELLS: bool = false;

    fn plain(truth: bool) -> Self {
        truth.into()
    }

    fn bare(truth: Truth) -> Self {
        truth
    }

    fn unknown(_: Unknown<'a>, _: impl FnOnce() -> Witness<'a>) -> Self {
        Truth::Unknown
    }

    fn leaf(truth: Truth, _: &Lookup<'a>, _: bool) -> Self {
        truth
    }

    fn truth(&self) -> Truth {
        *self
    }

    fn negate(self) -> Self {
        !self
    }

    fn join(&mut self, _: Self) {}

    fn depth(&self) -> u16 {
        0
    }

    fn lack(&mut self, _: impl FnOnce() -> String) {}
}

/// A truth with what it rests on.
#[derive(Clone, Debug)]
pub(super) struct Outcome<'a> {
    pub truth: Truth,
    /// Why it is not known, and where the unknown stands; set exactly when `truth` is unknown.
    pub unknown: Option<Box<(Unknown<'a>, Witness<'a>)>>,
    /// The values that decided; collected only while tracing.
    pub witnesses: Vec<Witness<'a>>,
}

impl<'a> Answer<'a> for Outcome<'a> {
    const TELLS: bool = true;

    fn plain(truth: bool) -> Self {
        Outcome { truth: truth.into(), unknown: None, witnesses: Vec::new() }
    }

    fn bare(truth: Truth) -> Self {
        unreachable!("invariant: {truth:?} by itself is no outcome")
    }

    fn unknown(unknown: Unknown<'a>, witness: impl FnOnce() -> Witness<'a>) -> Self {
        let unknown = Some(Box::new((unknown, witness())));
        Outcome { truth: Truth::Unknown, unknown, witnesses: Vec::new() }
    }

    fn leaf(truth: Truth, at: &Lookup<'a>, tracing: bool) -> Self {
        if truth == Truth::Unknown {
            let unknown = match &at.found {
                Found::Unknown(unknown) => *unknown,
                Found::Value(value) => value.as_unknown().unwrap_or(Unknown::Comparison),
                Found::Absent => Unknown::Comparison,
            };
            return Outcome::unknown(unknown, || at.witness());
        }
        let witnesses = if tracing { vec![at.witness()] } else { Vec::new() };
        Outcome { truth, unknown: None, witnesses }
    }

    fn truth(&self) -> Truth {
        self.truth
    }

    fn negate(self) -> Self {
        Outcome { truth: !self.truth, ..self }
    }

    fn join(&mut self, more: Self) {
        self.witnesses.extend(more.witnesses);
    }

    fn depth(&self) -> u16 {
        self.witnesses.iter().map(|witness| witness.depth).max().unwrap_or(0)
    }

    fn lack(&mut self, words: impl FnOnce() -> String) {
        if let Some(witness) = self.witnesses.first_mut() {
            witness.missing = Some(words());
        }
    }
}

/// Folds outcomes into one, by Kleene's logic. `stop` is the truth that decides by itself: false for a
/// conjunction, true for a disjunction. All that agree with it are witnesses; when none does, the deepest
/// (the last of equals for a conjunction, the first for a disjunction).
pub(super) struct Fold<A> {
    stop: Truth,
    tracing: bool,
    stopped: Option<A>,
    unknown: Option<A>,
    /// Kept only while tracing: without witnesses, it is what [`Fold::finish`] makes of nothing.
    rest: Option<A>,
}

impl<'a, A: Answer<'a>> Fold<A> {
    /// A conjunction, which false stops, or a disjunction, which true stops.
    pub fn new(stop: Truth, tracing: bool) -> Self {
        Fold { stop, tracing, stopped: None, unknown: None, rest: None }
    }

    /// A conjunction.
    pub fn all(tracing: bool) -> Self {
        Fold::new(Truth::False, tracing)
    }

    /// A disjunction.
    pub fn any(tracing: bool) -> Self {
        Fold::new(Truth::True, tracing)
    }

    /// Adds an outcome; true when no further one can change the truth, and none is wanted as a witness.
    pub fn add(&mut self, outcome: A) -> bool {
        if outcome.truth() == self.stop {
            match &mut self.stopped {
                Some(first) => first.join(outcome),
                None => self.stopped = Some(outcome),
            }
            return !self.tracing;
        }
        if outcome.truth() == Truth::Unknown {
            self.unknown.get_or_insert(outcome);
            return false;
        }
        if !self.tracing {
            return false;
        }
        let deeper = match &self.rest {
            None => true,
            Some(rest) if self.stop == Truth::False => outcome.depth() >= rest.depth(),
            Some(rest) => outcome.depth() > rest.depth(),
        };
        if deeper {
            self.rest = Some(outcome);
        }
        false
    }

    /// The result; of nothing at all, the opposite of `stop`.
    pub fn finish(self) -> A {
        self.stopped.or(self.unknown).or(self.rest).unwrap_or_else(|| A::plain(self.stop == Truth::False))
    }
}
