//! Evaluating conditions and tests.
//!
//! The same code runs twice where a rule is not kept: first for the truth alone, then for what it rests on, which is
//! the values that decided, while tracing, or else the first that is not known.
use super::lookup::{Found, Lookup};
use super::outcome::{Answer, Fold, Witness};
use super::subject::{Here, Subject};
use crate::date::Date;
use crate::graph::{ResourceId, StackId};
use crate::rule::{Condition, FactId, Join, Op, Operand, Path, Several, Table, Test};
use crate::value::{Place, Record, Resolved, Resolver, Truth, Unknown, Value, World};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

/// Evaluates the conditions of one rule for one subject, under the resolver's current scenario.
pub(super) struct Evaluator<'w, 'a> {
    pub world: &'w World<'a>,
    pub resolver: &'w Resolver<'w, 'a>,
    pub joins: &'w super::candidate::Joins,
    pub subject: Subject,
    /// Whether the subject, or a nested stack around it, has a `Condition`.
    pub is_conditional: bool,
    /// Whether CDK made the subject for itself, once it was asked.
    pub owned: OnceCell<bool>,
    /// Whether the values that decide are collected.
    pub tracing: Cell<bool>,
    /// Whether the rule's own node was looked at: what does without is the same for every node.
    pub asked: Cell<bool>,
    /// How often other resources were looked at for the truth that is asked.
    pub looks: Cell<usize>,
    pub known: &'w Known<'a>,
    /// What was named with `as` around what is evaluated, innermost last.
    pub names: RefCell<Vec<(&'a str, Here<'a>)>>,
    /// The day of the run.
    pub today: Date,
    /// The folder that plain templates are known by their path from.
    pub base: Option<&'w std::path::Path>,
}

/// A table, a record, the paths to its fields that make a key, and what came of it.
type ChosenRow<'a> = (&'static Table, Rc<dyn Record<'a> + 'a>, &'a [Path], (Place, Option<Resolved<'a>>));

/// What was worked out for one rule and serves the next: it depends on no scenario.
#[derive(Default)]
pub(super) struct Known<'a> {
    /// The list of nothing, which many a fact is.
    pub nothing: OnceCell<Value<'a>>,
    /// Normalised policy documents that no scenario can change, by their places.
    pub documents: RefCell<FxHashMap<Place, Resolved<'a>>>,
    /// The texts that the resource asked last spells out.
    pub literals: RefCell<Option<(ResourceId, Resolved<'a>)>>,
    /// Facts that are worked out of their owner alone, and that no scenario can change.
    pub facts: RefCell<FxHashMap<(FactId, Subject), Resolved<'a>>>,
    /// Whether the stack that was asked last is a test's.
    pub test_stack: Cell<Option<(StackId, bool)>>,
    /// What looks at other resources said, and of whom, since the question was put; where no scenario can change it.
    pub joined: RefCell<Vec<(&'a Join, Subject, Truth)>>,
    /// The row that was chosen last, by which fields of which record.
    pub row: RefCell<Option<ChosenRow<'a>>>,
    /// What was told last, to be shared.
    pub telling: RefCell<super::tell::Telling>,
}

impl Known<'_> {
    /// Nothing yet, with room for what is known of so many resources.
    pub fn of_some(count: usize) -> Self {
        Known {
            documents: RefCell::new(FxHashMap::with_capacity_and_hasher(count, FxBuildHasher)),
            facts: RefCell::new(FxHashMap::with_capacity_and_hasher(count, FxBuildHasher)),
            ..Known::default()
        }
    }
}

impl<'w, 'a> Evaluator<'w, 'a> {
    /// An evaluator for one subject, which has decided nothing yet.
    pub fn new(
        subject: Subject,
        resolver: &'w Resolver<'w, 'a>,
        joins: &'w super::candidate::Joins,
        known: &'w Known<'a>,
        today: Date,
        base: Option<&'w std::path::Path>,
    ) -> Self {
        let world = resolver.world;
        let is_conditional =
            subject.resource(world).is_some_and(|id| world.graph.conditions(id).next().is_some());
        Evaluator {
            world,
            resolver,
            joins,
            subject,
            is_conditional,
            owned: OnceCell::new(),
            tracing: Cell::new(false),
            asked: Cell::new(false),
            looks: Cell::new(0),
            known,
            names: RefCell::default(),
            today,
            base,
        }
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// Whether a condition holds of what it speaks of.
    pub fn condition<A: Answer<'a>>(&self, condition: &'a Condition, here: &Here<'a>) -> A {
        match condition {
            Condition::All(all) => self.fold(Truth::False, all, |inner| self.condition(inner, here)),
            Condition::Any(any) => self.fold(Truth::True, any, |inner| self.condition(inner, here)),
            Condition::Not(inner) => self.condition::<A>(inner, here).negate(),
            Condition::At(check) => {
                if let Some(answer) = self.at_once(check, here) {
                    return answer;
                }
                let mut at = self.lookup(&check.path, here);
                if let (Found::Absent, Some(default)) = (&at.found, &check.default) {
                    at = at.with(literal(default));
                }
                self.test(&check.test, &at, here)
            }
            Condition::Exists(join) => {
                self.joined(join, here, here.value.is_none(), Self::exists, Self::exists)
            }
            // Who speaks of a resource is the same for all that stands in it.
            Condition::ReferencedBy(join) => {
                self.joined(join, here, true, Self::referenced_by, Self::referenced_by)
            }
            Condition::Named(name, inner) => {
                self.names.borrow_mut().push((name, here.clone()));
                let outcome = self.condition(inner, here);
                self.names.borrow_mut().pop();
                outcome
            }
            Condition::Undecided(reason) => A::unknown(Unknown::Declared(reason), || {
                Witness::at(here.owner.place(self.world), here.depth)
            }),
        }
    }

    /// Whether a test holds of what a path leads to.
    pub fn test<A: Answer<'a>>(&self, test: &'a Test, at: &Lookup<'a>, here: &Here<'a>) -> A {
        match test {
            Test::All(all) => self.fold(Truth::False, all, |inner| self.test(inner, at, here)),
            Test::Any(any) => self.fold(Truth::True, any, |inner| self.test(inner, at, here)),
            Test::Not(inner) => self.test::<A>(inner, at, here).negate(),
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
                Found::Unknown(unknown) => A::unknown(*unknown, || at.witness()),
            },
        }
    }

    /// Folds conditions of which one decides by itself that is `stop`.
    fn fold<T: 'a, A: Answer<'a>>(&self, stop: Truth, of: &'a Several<T>, each: impl Fn(&'a T) -> A) -> A {
        if A::TELLS {
            let mut fold = Fold::new(stop, self.tracing.get());
            _ = of.iter().any(|item| fold.add(each(item)));
            return fold.finish();
        }
        // The order shows only in what a truth rests on, and in which scenario is met first.
        let count = of.len();
        let first = if self.world.is_straight { of.decisive().min(count) } else { 0 };
        let mut known = true;
        for turn in first..first + count {
            let index = if turn < count { turn } else { turn - count };
            match each(&of[index]).truth() {
                Truth::Unknown => known = false,
                truth if truth == stop => {
                    if index != first {
                        of.decided(index);
                    }
                    return A::bare(stop);
                }
                _ => {}
            }
        }
        A::bare(if known { !stop } else { Truth::Unknown })
    }

    /// A decided or undecided value, as its own witness.
    pub fn leaf<A: Answer<'a>>(&self, truth: Truth, at: &Lookup<'a>) -> A {
        A::leaf(truth, at, self.tracing.get())
    }

    /// The quantifiers.
    pub fn quantify<A: Answer<'a>>(&self, op: &'a Op, at: &Lookup<'a>, here: &Here<'a>) -> A {
        let (test, mut fold) = match op {
            Op::Every { test, .. } => (test, Fold::all(self.tracing.get())),
            Op::Some(test) | Op::None(test) => (test, Fold::any(self.tracing.get())),
            _ => unreachable!("only quantifiers come here"),
        };
        let mut is_empty = true;
        let visited = match &at.found {
            Found::Unknown(unknown) => Err(*unknown),
            Found::Absent => Ok(()),
            Found::Value(value) => self.resolver.visit_elements(value, at.place, |element| {
                is_empty = false;
                fold.add(match &**test {
                    Test::Nested(condition) if !A::TELLS && element.value.is_map() => {
                        self.condition::<A>(condition, &here.value(element, at.depth + 1))
                    }
                    test => self.test::<A>(test, &Lookup::of(element, at.depth + 1), here),
                })
            }),
        };
        if let Err(unknown) = visited {
            return match self.of_any_element(op, test, at, here) {
                Truth::Unknown => A::unknown(unknown, || at.witness()),
                truth => self.leaf(truth, at),
            };
        }
        match op {
            Op::Every { or_empty, .. } if is_empty => self.leaf((*or_empty).into(), at),
            Op::Every { .. } => fold.finish(),
            _ => {
                // At least one; when none, the list is the witness.
                let some: A = fold.finish();
                let some = if some.truth() == Truth::False { self.leaf(Truth::False, at) } else { some };
                if matches!(op, Op::None(_)) { some.negate() } else { some }
            }
        }
    }

    /// A quantifier over an open list parameter: decided where what its declaration says of each element decides.
    fn of_any_element(&self, op: &'a Op, test: &'a Test, at: &Lookup<'a>, here: &Here<'a>) -> Truth {
        let Found::Value(list) = &at.found else { return Truth::Unknown };
        let Some(element) = self.resolver.any_element(list) else { return Truth::Unknown };
        let one = |value: &Value<'a>| {
            self.test::<Truth>(test, &Lookup::of(value.clone().at(at.place), at.depth + 1), here)
        };
        let has_one = list.holes().any(|hole| hole.nonempty() == Some(true));
        match (op, self.of_each(&element, one)) {
            (Op::Every { or_empty, .. }, Truth::True) if *or_empty || has_one => Truth::True,
            (Op::Every { or_empty, .. }, Truth::False) if !*or_empty || has_one => Truth::False,
            (Op::Some(_), Truth::True) if has_one => Truth::True,
            (Op::None(_), Truth::True) if has_one => Truth::False,
            (Op::Some(_), Truth::False) => Truth::False,
            (Op::None(_), Truth::False) => Truth::True,
            _ => Truth::Unknown,
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
