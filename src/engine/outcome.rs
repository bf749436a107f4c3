//! What evaluating a condition gives: a truth, why it is not known, and the values that decided.
use crate::value::{Place, Truth, Unknown, Value};

/// A value that decided, or the place where one is absent.
#[derive(Clone, Debug)]
pub(super) struct Witness<'a> {
    /// The value's place; of an absent one, the deepest thing on its path that exists.
    pub place: Place,
    /// The rest of the path, where the value is absent.
    pub absent: Option<String>,
    /// How many steps deep the path goes.
    pub depth: u16,
    /// The value, for the words of a message.
    pub value: Option<Value<'a>>,
    /// What was looked for and is not there.
    pub missing: Option<String>,
    /// Other places that explain it.
    pub related: Vec<(String, Place)>,
}

impl Witness<'_> {
    /// A witness at a place.
    pub fn at(place: Place, depth: u16) -> Self {
        Witness { place, absent: None, depth, value: None, missing: None, related: Vec::new() }
    }
}

/// The result of a condition or test.
#[derive(Clone, Debug)]
pub(super) struct Outcome<'a> {
    pub truth: Truth,
    /// Why it is not known, and where the unknown stands; set exactly when `truth` is unknown.
    pub unknown: Option<Box<(Unknown<'a>, Witness<'a>)>>,
    /// The values that decided; collected only while tracing.
    pub witnesses: Vec<Witness<'a>>,
}

impl<'a> Outcome<'a> {
    /// Decided, without witnesses.
    pub fn plain(truth: bool) -> Self {
        Outcome { truth: truth.into(), unknown: None, witnesses: Vec::new() }
    }

    /// Not known.
    pub fn unknown(unknown: Unknown<'a>, witness: Witness<'a>) -> Self {
        Outcome { truth: Truth::Unknown, unknown: Some(Box::new((unknown, witness))), witnesses: Vec::new() }
    }

    /// The opposite.
    pub fn negate(self) -> Self {
        Outcome { truth: !self.truth, ..self }
    }

    fn depth(&self) -> u16 {
        self.witnesses.iter().map(|witness| witness.depth).max().unwrap_or(0)
    }
}

/// Folds outcomes into one, by Kleene's logic. `stop` is the truth that decides by itself: false for a
/// conjunction, true for a disjunction. All that agree with it are witnesses; when none does, the deepest
/// (the last of equals for a conjunction, the first for a disjunction).
pub(super) struct Fold<'a> {
    stop: Truth,
    tracing: bool,
    stopped: Option<Outcome<'a>>,
    unknown: Option<Outcome<'a>>,
    /// Kept only while tracing: without witnesses, it is what [`Fold::finish`] makes of nothing.
    rest: Option<Outcome<'a>>,
}

impl<'a> Fold<'a> {
    /// A conjunction.
    pub fn all(tracing: bool) -> Self {
        Fold { stop: Truth::False, tracing, stopped: None, unknown: None, rest: None }
    }

    /// A disjunction.
    pub fn any(tracing: bool) -> Self {
        Fold { stop: Truth::True, ..Fold::all(tracing) }
    }

    /// Adds an outcome; true when no further one can change the truth, and none is wanted as a witness.
    pub fn add(&mut self, outcome: Outcome<'a>) -> bool {
        if outcome.truth == self.stop {
            match &mut self.stopped {
                Some(first) => first.witnesses.extend(outcome.witnesses),
                None => self.stopped = Some(outcome),
            }
            return !self.tracing;
        }
        if outcome.truth == Truth::Unknown {
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
    pub fn finish(self) -> Outcome<'a> {
        self.stopped
            .or(self.unknown)
            .or(self.rest)
            .unwrap_or_else(|| Outcome::plain(self.stop == Truth::False))
    }
}
