//! Evaluating conditions and tests.
//!
//! The same code runs twice on a failure: first for the truth alone, then, tracing, for the values that decided.
use super::lookup::{Found, Lookup};
use super::outcome::{Fold, Outcome};
use super::subject::{Here, Subject};
use crate::date::Date;
use crate::graph::ResourceId;
use crate::rule::{Condition, FactId, Op, Operand, Test};
use crate::value::{Elements, Place, Resolved, Resolver, Truth, Unknown, Value, World};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// Evaluates the conditions of one rule for one subject, under the resolver's current scenario.
pub(super) struct Evaluator<'w, 'a> {
    pub world: &'w World<'a>,
    pub resolver: &'w Resolver<'w, 'a>,
    pub joins: &'w super::candidate::Joins,
    pub subject: Subject,
    /// Whether the values that decide are collected.
    pub tracing: Cell<bool>,
    /// Whether the rule's own node was looked at: what does without is the same for every node.
    pub asked: Cell<bool>,
    pub known: &'w Known<'a>,
    /// What was named with `as` around what is evaluated, innermost last.
    pub names: RefCell<Vec<(&'a str, Here<'a>)>>,
    /// The day of the run.
    pub today: Date,
    /// The folder that plain templates are known by their path from.
    pub base: Option<&'w std::path::Path>,
}

/// What was worked out for one rule and serves the next: it depends on no scenario.
#[derive(Default)]
pub(super) struct Known<'a> {
    /// Normalised policy documents by their places, each with whether no scenario can change it.
    pub documents: RefCell<FxHashMap<Place, (bool, Resolved<'a>)>>,
    /// The texts that the resource asked last spells out.
    pub literals: RefCell<Option<(ResourceId, Resolved<'a>)>>,
    /// Facts that are worked out of their owner alone, and that no scenario can change.
    pub facts: RefCell<FxHashMap<(FactId, Subject), Resolved<'a>>>,
    /// Whether CDK made a resource for itself.
    pub owned: RefCell<FxHashMap<ResourceId, bool>>,
    /// Fixes with what a person may vouch for instead, by the fixes that rules give.
    pub offers: RefCell<FxHashMap<*const crate::finding::Fix, Arc<crate::finding::Fix>>>,
    /// The last subject that was reported.
    pub reported: RefCell<Option<(Subject, Arc<crate::finding::Subject>)>>,
}

impl<'a> Evaluator<'_, 'a> {
    /// Whether a condition holds of what it speaks of.
    pub fn condition(&self, condition: &'a Condition, here: &Here<'a>) -> Outcome<'a> {
        match condition {
            Condition::All(all) => {
                self.fold(Fold::all(self.tracing.get()), all, |inner| self.condition(inner, here))
            }
            Condition::Any(any) => {
                self.fold(Fold::any(self.tracing.get()), any, |inner| self.condition(inner, here))
            }
            Condition::Not(inner) => self.condition(inner, here).negate(),
            Condition::At(check) => {
                let mut at = self.lookup(&check.path, here);
                if let (Found::Absent, Some(default)) = (&at.found, &check.default) {
                    at = at.with(literal(default));
                }
                self.test(&check.test, &at, here)
            }
            Condition::Exists(join) => self.exists(join, here),
            Condition::ReferencedBy(join) => self.referenced_by(join, here),
            Condition::Named(name, inner) => {
                self.names.borrow_mut().push((name, here.clone()));
                let outcome = self.condition(inner, here);
                self.names.borrow_mut().pop();
                outcome
            }
            Condition::Undecided(reason) => {
                let witness = super::outcome::Witness::at(here.owner.place(self.world), here.depth);
                Outcome::unknown(Unknown::Declared(reason), witness)
            }
        }
    }

    /// Whether a test holds of what a path leads to.
    pub fn test(&self, test: &'a Test, at: &Lookup<'a>, here: &Here<'a>) -> Outcome<'a> {
        match test {
            Test::All(all) => {
                self.fold(Fold::all(self.tracing.get()), all, |inner| self.test(inner, at, here))
            }
            Test::Any(any) => {
                self.fold(Fold::any(self.tracing.get()), any, |inner| self.test(inner, at, here))
            }
            Test::Not(inner) => self.test(inner, at, here).negate(),
            Test::Op(op) => self.operate(op, at, here),
            Test::Named(name, inner) => {
                let value = match &at.found {
                    Found::Value(value) => value.clone(),
                    Found::Absent => Value::NoValue,
                    Found::Unknown(unknown) => Value::unknown(*unknown),
                };
                let named = here.value(value.at(at.place), at.depth);
                self.names.borrow_mut().push((name, named));
                let outcome = self.test(inner, at, here);
                self.names.borrow_mut().pop();
                outcome
            }
            Test::Nested(condition) => match &at.found {
                Found::Value(value) => {
                    let value = value.clone().at(at.place);
                    self.condition(condition, &here.value(value, at.depth))
                }
                Found::Absent => self.leaf(Truth::False, at),
                Found::Unknown(unknown) => Outcome::unknown(*unknown, at.witness()),
            },
        }
    }

    fn fold<T: 'a>(
        &self,
        mut fold: Fold<'a>,
        of: &'a [T],
        each: impl Fn(&'a T) -> Outcome<'a>,
    ) -> Outcome<'a> {
        for item in of {
            if fold.add(each(item)) {
                break;
            }
        }
        fold.finish()
    }

    /// A decided or undecided value, as its own witness.
    pub fn leaf(&self, truth: Truth, at: &Lookup<'a>) -> Outcome<'a> {
        if truth == Truth::Unknown {
            let unknown = match &at.found {
                Found::Unknown(unknown) => *unknown,
                Found::Value(value) => value.as_unknown().unwrap_or(Unknown::Comparison),
                Found::Absent => Unknown::Comparison,
            };
            return Outcome::unknown(unknown, at.witness());
        }
        let witnesses = if self.tracing.get() { vec![at.witness()] } else { Vec::new() };
        Outcome { truth, unknown: None, witnesses }
    }

    /// Folds a test over the elements of a list or map.
    fn over_elements(
        &self,
        mut fold: Fold<'a>,
        test: &'a Test,
        elements: &[Resolved<'a>],
        depth: u16,
        here: &Here<'a>,
    ) -> Outcome<'a> {
        for element in elements {
            if fold.add(self.test(test, &Lookup::of(element.clone(), depth), here)) {
                break;
            }
        }
        fold.finish()
    }

    /// The quantifiers.
    pub fn quantify(&self, op: &'a Op, at: &Lookup<'a>, here: &Here<'a>) -> Outcome<'a> {
        if let Found::Unknown(unknown) = at.found {
            return Outcome::unknown(unknown, at.witness());
        }
        let elements = match at.resolved().map(|list| self.resolver.shared_elements(&list)) {
            Some(Ok(elements)) => elements,
            Some(Err(unknown)) => return Outcome::unknown(unknown, at.witness()),
            None => Elements::Own(Vec::new()),
        };
        let over = |fold: Fold<'a>, test| self.over_elements(fold, test, &elements, at.depth + 1, here);
        // At least one; when none, the list is the witness.
        let some = |test| {
            let outcome = over(Fold::any(self.tracing.get()), test);
            if outcome.truth == Truth::False { self.leaf(Truth::False, at) } else { outcome }
        };
        match op {
            Op::Every { or_empty, .. } if elements.is_empty() => self.leaf((*or_empty).into(), at),
            Op::Some(_) if elements.is_empty() => self.leaf(Truth::False, at),
            Op::None(_) if elements.is_empty() => self.leaf(Truth::True, at),
            Op::Every { test, .. } => over(Fold::all(self.tracing.get()), test),
            Op::Some(test) => some(test),
            Op::None(test) => some(test).negate(),
            _ => unreachable!("only quantifiers come here"),
        }
    }
}

/// A literal operand as a value.
pub(super) fn literal(operand: &Operand) -> Value<'_> {
    match operand {
        Operand::Number(value) => Value::Number(*value, value.to_string().into()),
        Operand::Text(text) => Value::text(text),
        Operand::Bool(value) => Value::Bool(*value),
        Operand::Path(..) | Operand::Today(_) | Operand::Template(_) => Value::Null,
    }
}
