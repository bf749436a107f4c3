//! The operators, one by one. What each does without a known value is the table of `rule::OPERATORS`.
use super::evaluate::Evaluator;
use super::lookup::{Found, Lookup};
use super::outcome::{Answer, Fold};
use super::pattern;
use super::subject::Here;
use crate::rule::{Op, Operand};
use crate::value::{Hole, ListValue, Piece, Truth, Unknown, Value};
use std::cmp::Ordering;

impl<'a> Evaluator<'_, 'a> {
    /// Whether an operator holds of what a path leads to.
    pub(super) fn operate<A: Answer<'a>>(&self, op: &'a Op, at: &Lookup<'a>, here: &Here<'a>) -> A {
        match op {
            Op::Present(want) => self.leaf(flip(self.present(at), *want), at),
            Op::Empty(want) => self.leaf(flip(self.empty(at), *want), at),
            Op::Known(want) => self.leaf(flip(known(at), *want), at),
            Op::Equals(operand) => {
                self.leaf(self.on_value(at, |value| self.equals(value, operand, here)), at)
            }
            Op::In(operands) => self.leaf(
                self.on_value(at, |value| any_of(operands, |operand| self.equals(value, operand, here))),
                at,
            ),
            Op::Contains(operands) => self.contains(operands, at, here),
            Op::Matches(_) | Op::Glob(_) | Op::StartsWith(_) | Op::EndsWith(_) | Op::Covers(_) => {
                self.leaf(self.on_text(at, |text| of_letters(op, text).unwrap_or(Truth::Unknown)), at)
            }
            Op::AtLeast(operand) => self.ordered(at, operand, here, Ordering::is_ge),
            Op::AtMost(operand) => self.ordered(at, operand, here, Ordering::is_le),
            Op::Before(operand) => self.leaf(self.dated(at, operand, here, Ordering::is_lt), at),
            Op::After(operand) => self.leaf(self.dated(at, operand, here, Ordering::is_gt), at),
            Op::Count(test) => {
                self.counted(at, |count| self.test(test, &at.with(Value::integer(count as i64)), here))
            }
            Op::Keys(test) => self.keys(at, |keys| self.test(test, &keys, here)),
            Op::Every { .. } | Op::Some(_) | Op::None(_) => self.quantify(op, at, here),
            Op::RefersTo(target) => self.refers_to(target, at, here),
            Op::SameAs(operand) => self.leaf(
                self.on_value(at, |value| match self.operand(operand, here) {
                    Found::Value(wanted) => self.same(value, &wanted),
                    Found::Absent => Truth::False,
                    Found::Unknown(_) => Truth::Unknown,
                }),
                at,
            ),
        }
    }

    /// Absent is false; not known is unknown; else the value decides, or all that an open parameter can be.
    fn on_value(&self, at: &Lookup<'a>, decide: impl Fn(&Value<'a>) -> Truth) -> Truth {
        let Found::Value(value) = &at.found else {
            return if matches!(at.found, Found::Absent) { Truth::False } else { Truth::Unknown };
        };
        self.of_each(value, decide)
    }

    /// What a value decides, or all that it can be.
    pub(super) fn of_each(&self, value: &Value<'a>, decide: impl Fn(&Value<'a>) -> Truth) -> Truth {
        match decide(value) {
            Truth::Unknown => {
                let mut truths = self.resolver.forms(value).into_iter().map(|form| decide(&form));
                let first = truths.next().unwrap_or(Truth::Unknown);
                if truths.all(|truth| truth == first) { first } else { Truth::Unknown }
            }
            truth => truth,
        }
    }

    /// Likewise for text; a list or a map is no text, and false.
    fn on_text(&self, at: &Lookup<'a>, decide: impl Fn(&str) -> Truth) -> Truth {
        self.on_value(at, |value| match value {
            Value::Text(text) => decide(text),
            _ => pattern::marked(self.resolver, value).map_or(Truth::False, |text| decide(&text)),
        })
    }

    fn present(&self, at: &Lookup<'a>) -> Truth {
        match &at.found {
            Found::Absent => Truth::False,
            Found::Unknown(_) => Truth::Unknown,
            Found::Value(Value::Hole(hole)) => hole.nonempty().map_or(Truth::Unknown, Truth::from),
            Found::Value(_) => Truth::True,
        }
    }

    fn empty(&self, at: &Lookup<'a>) -> Truth {
        match &at.found {
            Found::Absent => Truth::True,
            Found::Unknown(_) => Truth::Unknown,
            Found::Value(Value::Text(text)) => text.is_empty().into(),
            Found::Value(Value::Hole(hole)) => {
                hole.nonempty().map_or(Truth::Unknown, |nonempty| (!nonempty).into())
            }
            Found::Value(value @ (Value::List(_) | Value::Map(_))) => {
                match self.resolver.count(&value.clone().at(at.place)) {
                    Ok(count) => (count == Some(0)).into(),
                    Err(_) => Truth::Unknown,
                }
            }
            Found::Value(_) => Truth::False,
        }
    }

    fn ordered<A: Answer<'a>>(
        &self,
        at: &Lookup<'a>,
        operand: &'a Operand,
        here: &Here<'a>,
        holds: fn(Ordering) -> bool,
    ) -> A {
        match self.order(at, operand, here) {
            Ok(ordering) => self.leaf(ordering.is_some_and(holds).into(), at),
            Err(unknown) => match self.in_range(at, operand, here, holds) {
                Truth::Unknown => A::unknown(unknown, || at.witness()),
                truth => self.leaf(truth, at),
            },
        }
    }

    /// Compares the ends of the range of an open parameter: what holds of both holds of all between.
    fn in_range(
        &self,
        at: &Lookup<'a>,
        operand: &'a Operand,
        here: &Here<'a>,
        holds: fn(Ordering) -> bool,
    ) -> Truth {
        let Found::Value(value) = &at.found else { return Truth::Unknown };
        let Some((least, most)) = self.resolver.range(value) else { return Truth::Unknown };
        let Found::Value(wanted) = self.operand(operand, here) else { return Truth::Unknown };
        let Some(wanted) = wanted.scalar_number() else { return Truth::Unknown };
        let holds = |end: f64| end.partial_cmp(&wanted).is_some_and(holds);
        if holds(least) == holds(most) { holds(least).into() } else { Truth::Unknown }
    }

    /// Compares dates as ISO 8601 texts, of which the common length counts.
    fn dated(
        &self,
        at: &Lookup<'a>,
        operand: &'a Operand,
        here: &Here<'a>,
        holds: fn(Ordering) -> bool,
    ) -> Truth {
        self.on_value(at, |value| {
            let wanted = match self.operand(operand, here) {
                Found::Value(wanted) => wanted,
                Found::Absent => return Truth::False,
                Found::Unknown(_) => return Truth::Unknown,
            };
            match (value.scalar_text(), wanted.scalar_text()) {
                (Some(a), Some(b)) => {
                    let length = a.len().min(b.len());
                    let [a, b] = [a, b].map(|text| text.get(..length).unwrap_or(text));
                    holds(a.cmp(b)).into()
                }
                (None, _) if matches!(value, Value::List(_) | Value::Map(_)) => Truth::False,
                _ => Truth::Unknown,
            }
        })
    }

    fn contains<A: Answer<'a>>(&self, operands: &'a [Operand], at: &Lookup<'a>, here: &Here<'a>) -> A {
        let elements = match &at.found {
            Found::Value(list @ Value::List(_)) => {
                match self.resolver.shared_elements(&list.clone().at(at.place)) {
                    Ok(elements) => elements,
                    Err(unknown) => return A::unknown(unknown, || at.witness()),
                }
            }
            Found::Value(Value::Map(_)) | Found::Absent => {
                return self.lacking(operands.iter().collect(), at);
            }
            Found::Unknown(_) => return self.leaf(Truth::Unknown, at),
            Found::Value(value) => {
                if let Some(element) = self.resolver.any_element(value) {
                    let is_none = |operand: &&'a Operand| {
                        self.of_each(&element, |one| self.equals(one, operand, here)) == Truth::False
                    };
                    let missing: Vec<_> = operands.iter().filter(is_none).collect();
                    return if missing.is_empty() {
                        self.leaf(Truth::Unknown, at)
                    } else {
                        self.lacking(missing, at)
                    };
                }
                let truth = self.on_text(at, |text| {
                    operands.iter().fold(Truth::True, |all, operand| {
                        all.and(match operand {
                            Operand::Text(part) => pattern::contains(text, part),
                            _ => Truth::Unknown,
                        })
                    })
                });
                return self.leaf(truth, at);
            }
        };
        let mut missing = Vec::new();
        let mut all = Truth::True;
        for operand in operands {
            let found = any_of(&elements, |element| self.equals(&element.value, operand, here));
            if found == Truth::False {
                missing.push(operand);
            }
            all = all.and(found);
        }
        if all == Truth::False { self.lacking(missing, at) } else { self.leaf(all, at) }
    }

    /// A list lacks these.
    fn lacking<A: Answer<'a>>(&self, missing: Vec<&'a Operand>, at: &Lookup<'a>) -> A {
        let mut answer: A = self.leaf(Truth::False, at);
        answer.lack(|| {
            let mut words = String::new();
            for value in missing.into_iter().map(super::evaluate::literal) {
                let Some(text) = value.scalar_text() else { continue };
                words.push_str(if words.is_empty() { "" } else { ", " });
                words.push_str(text);
            }
            words
        });
        answer
    }

    fn counted<A: Answer<'a>>(&self, at: &Lookup<'a>, test: impl FnOnce(usize) -> A) -> A {
        match &at.found {
            Found::Absent => test(0),
            Found::Unknown(unknown) => A::unknown(*unknown, || at.witness()),
            Found::Value(value) => match self.resolver.count(&value.clone().at(at.place)) {
                Ok(Some(count)) => test(count),
                Ok(None) => self.leaf(Truth::False, at),
                Err(unknown) => A::unknown(unknown, || at.witness()),
            },
        }
    }

    fn keys<A: Answer<'a>>(&self, at: &Lookup<'a>, test: impl FnOnce(Lookup<'a>) -> A) -> A {
        let pairs = match &at.found {
            Found::Absent => Vec::new(),
            Found::Unknown(unknown) => return A::unknown(*unknown, || at.witness()),
            Found::Value(Value::Hole(Hole::Reference { .. })) => {
                return A::unknown(Unknown::Comparison, || at.witness());
            }
            Found::Value(value @ (Value::Map(_) | Value::Hole(_))) => {
                match self.resolver.pairs(&value.clone().at(at.place)) {
                    Ok(pairs) => pairs,
                    Err(unknown) => return A::unknown(unknown, || at.witness()),
                }
            }
            Found::Value(_) => return self.leaf(Truth::False, at),
        };
        let keys: Vec<_> = pairs.into_iter().map(|(key, value)| Value::Text(key).at(value.place)).collect();
        test(at.with(Value::List(ListValue::Built(keys.into()))))
    }

    /// Folds over the targets of a reference: at least one must pass.
    pub(super) fn any_target<A: Answer<'a>>(&self, at: &Lookup<'a>, outcomes: impl Iterator<Item = A>) -> A {
        let mut fold = Fold::any(false);
        for outcome in outcomes {
            if fold.add(outcome) {
                break;
            }
        }
        let outcome = fold.finish();
        match outcome.truth() {
            Truth::Unknown => outcome,
            truth => self.leaf(truth, at),
        }
    }
}

/// The operators that look at nothing but the letters of a text, in which pieces that are not known are marked.
pub(super) fn of_letters(op: &Op, text: &str) -> Option<Truth> {
    Some(match op {
        Op::Matches(pattern) => pattern::matches(text, pattern),
        Op::Glob(globs) => any_of(globs, |glob| pattern::glob(text, glob)),
        Op::StartsWith(all) => any_of(all, |part| pattern::starts_with(text, part)),
        Op::EndsWith(all) => any_of(all, |part| pattern::ends_with(text, part)),
        Op::Covers(all) => pattern::covers_any(text, all),
        _ => return None,
    })
}

/// Whether a value is written down, as against what deployment reads from outside.
fn known(at: &Lookup<'_>) -> Truth {
    let written = |unknown: &Unknown<'_>| match unknown {
        Unknown::Parameter { .. }
        | Unknown::Element { .. }
        | Unknown::Pseudo { .. }
        | Unknown::Import { .. }
        | Unknown::Dynamic(_)
        | Unknown::Dangling(_)
        | Unknown::Manifest(_) => Truth::False,
        _ => Truth::Unknown,
    };
    let hole = |hole: &Hole<'_>| hole.unknown().map_or(Truth::False, |unknown| written(&unknown));
    match &at.found {
        Found::Absent => Truth::False,
        Found::Unknown(unknown) => written(unknown),
        Found::Value(Value::Hole(single)) => hole(single),
        Found::Value(Value::Partial(pieces)) => pieces.iter().fold(Truth::True, |all, piece| match piece {
            Piece::Literal(_) => all,
            Piece::Hole(inner) => all.and(hole(inner)),
        }),
        Found::Value(_) => Truth::True,
    }
}

fn flip(truth: Truth, want: bool) -> Truth {
    if want { truth } else { !truth }
}

/// Whether any of them surely passes, or else could.
pub(super) fn any_of<'t, T>(all: &'t [T], decide: impl Fn(&'t T) -> Truth) -> Truth {
    let mut any = Truth::False;
    for one in all {
        any = any.or(decide(one));
        if any == Truth::True {
            break;
        }
    }
    any
}
