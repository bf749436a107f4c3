//! Conditions, under the current scenario.
use super::function::arguments;
use super::hole::{Hole, Unknown};
use super::identity::{identity, is_vague, known_text};
use super::model::Value;
use super::resolver::Resolver;
use super::scenario::{Atom, Equal, Free, Truth};
use crate::graph::StackId;
use crate::syntax::Node;
use std::borrow::Cow;

impl<'a> Resolver<'_, 'a> {
    /// The truth of a named condition of a stack. An open one is decided by the scenario where that may fork.
    pub fn condition(&self, stack: StackId, name: &'a str) -> Truth {
        let Some(&expression) = self.world.graph.stack(stack).template.conditions.get(name) else {
            return Truth::Unknown;
        };
        let forking = self.forking.get();
        let known = self.scenario.borrow().truth(stack, name, forking);
        let outer = self.in_condition.get();
        let before = self.atoms.get();
        let truth = known.unwrap_or_else(|| {
            self.scenario.borrow_mut().keep(stack, name, None, forking);
            self.in_condition.set(true);
            let truth = self.deeper(|| self.expression(stack, expression)).unwrap_or(Truth::Unknown);
            self.in_condition.set(outer);
            self.scenario.borrow_mut().keep(stack, name, Some(truth), forking);
            truth
        });
        let depends = self.atoms.get() != before || self.dependent.borrow().contains(&(stack, name));
        if depends {
            self.atoms.set(before + 1);
            self.dependent.borrow_mut().insert((stack, name));
        }
        // A condition that is the same in every deployment says nothing of a scenario.
        if !outer && depends && truth != Truth::Unknown {
            self.scenario.borrow_mut().ask(stack, name, truth == Truth::True);
        }
        truth
    }

    /// The truth of a condition expression; a later operand is not asked when an earlier one decides.
    fn expression(&self, stack: StackId, node: Node<'a>) -> Truth {
        let Some((key, argument)) = node.single_entry() else { return Truth::Unknown };
        let operand = |node: Node<'a>| match node.single_entry() {
            Some(("Condition", _)) => self.expression(stack, node),
            _ => self.deeper(|| self.expression(stack, node)).unwrap_or(Truth::Unknown),
        };
        match key {
            "Condition" => argument.as_str().map_or(Truth::Unknown, |name| self.condition(stack, name)),
            "Fn::Not" => arguments(argument).map_or(Truth::Unknown, |[inner]| !operand(inner)),
            "Fn::And" => fold(argument, Truth::False, operand),
            "Fn::Or" => !fold(argument, Truth::False, |inner| !operand(inner)),
            "Fn::Equals" => arguments(argument).map_or(Truth::Unknown, |[a, b]| self.equals(stack, a, b)),
            _ => Truth::Unknown,
        }
    }

    fn equals(&self, stack: StackId, a: Node<'a>, b: Node<'a>) -> Truth {
        let (a, b) = (self.resolve(stack, a).value, self.resolve(stack, b).value);
        let world = self.world;
        match (known_text(world, &a), known_text(world, &b)) {
            (Some(a), Some(b)) => return (a == b).into(),
            (Some(literal), None) => return self.parameter_equals(&b, literal.into_owned()),
            (None, Some(literal)) => return self.parameter_equals(&a, literal.into_owned()),
            (None, None) => {}
        }
        match (identity(world, &a), identity(world, &b)) {
            (Some((left, _)), Some((right, _))) if left == right && !is_vague(&a) => Truth::True,
            _ => self.parameters_equal(&a, &b),
        }
    }

    /// Whether two free parameters are equal: bounded by their allowed values, else decided by the scenario.
    fn parameters_equal(&self, a: &Value<'a>, b: &Value<'a>) -> Truth {
        self.atoms.set(self.atoms.get() + 1);
        let (Some(a), Some(b)) = (free(a), free(b)) else { return Truth::Unknown };
        if let (Some(left), Some(right)) = (self.allowed_values(a.0, a.1), self.allowed_values(b.0, b.1)) {
            if !left.iter().any(|value| right.contains(value)) {
                return Truth::False;
            }
            if let ([left], [right]) = (&left[..], &right[..]) {
                return (left == right).into();
            }
        }
        self.decided(Atom { parameter: a, equals: Equal::Parameter(b) })
    }

    /// What the scenario says of an atom; an open one is decided where that may fork.
    fn decided(&self, atom: Atom<'a>) -> Truth {
        let mut scenario = self.scenario.borrow_mut();
        match scenario.known(&atom) {
            Some(known) => known.into(),
            None if self.forking.get() => scenario.decide(atom).into(),
            None => Truth::Unknown,
        }
    }

    /// Whether an open parameter is that text in every deployment (its allowed values leave no other), or in none.
    pub fn parameter_could_be(&self, stack: StackId, name: &str, wanted: &str) -> Truth {
        match self.allowed_values(stack, name) {
            Some(allowed) if allowed.iter().all(|value| value == wanted) => Truth::True,
            Some(allowed) if !allowed.iter().any(|value| value == wanted) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// Whether a free parameter equals a literal: bounded by its allowed values, else decided by the scenario.
    fn parameter_equals(&self, value: &Value<'a>, literal: String) -> Truth {
        self.atoms.set(self.atoms.get() + 1);
        let Some((stack, name)) = free(value) else { return Truth::Unknown };
        let allowed = self.allowed_values(stack, name);
        if allowed.as_ref().is_some_and(|allowed| !allowed.iter().any(|value| *value == literal)) {
            return Truth::False;
        }
        if let Some(allowed) = &allowed {
            let scenario = self.scenario.borrow();
            let excluded = scenario.excluded((stack, name));
            let left = |value: &Cow<'a, str>| *value == literal || excluded.contains(&value.as_ref());
            if !excluded.contains(&literal.as_str()) && allowed.iter().all(left) {
                return Truth::True;
            }
        }
        self.decided(Atom { parameter: (stack, name), equals: Equal::Literal(Cow::Owned(literal)) })
    }
}

/// The parameter that a value is, where nothing gives it one.
fn free<'a>(value: &Value<'a>) -> Option<Free<'a>> {
    match *value {
        Value::Hole(Hole::Unknown(Unknown::Parameter { stack, name, .. })) => Some((stack, name)),
        _ => None,
    }
}

/// Conjunction over the elements of a list that stops at the first `stop`.
fn fold<'a>(list: Node<'a>, stop: Truth, operand: impl Fn(Node<'a>) -> Truth) -> Truth {
    let mut all = Truth::True;
    for item in list.items() {
        all = all.and(operand(item));
        if all == stop {
            return all;
        }
    }
    if list.is_list() { all } else { Truth::Unknown }
}
