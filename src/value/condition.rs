//! Conditions, under the current scenario.
use super::filling::fill;
use super::function::arguments;
use super::hole::{Hole, Unknown};
use super::identity::{identity, is_vague, known_text};
use super::model::{Piece, Value};
use super::resolver::Resolver;
use super::scenario::{Atom, Equal, Free};
use super::truth::Truth;
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

    /// Whether two values are the same text.
    pub(super) fn equals(&self, stack: StackId, a: Node<'a>, b: Node<'a>) -> Truth {
        let (a, b) = (self.resolve(stack, a).value, self.resolve(stack, b).value);
        match (known_text(self, &a), known_text(self, &b)) {
            (Some(a), Some(b)) => return (a == b).into(),
            (Some(literal), None) => return self.text_equals(&b, &literal),
            (None, Some(literal)) => return self.text_equals(&a, &literal),
            (None, None) => {}
        }
        match (identity(self, &a), identity(self, &b)) {
            (Some((left, _)), Some((right, _))) if left == right && !is_vague(&a) => Truth::True,
            _ => self.parameters_equal(&a, &b),
        }
    }

    /// Whether two free parameters are equal: bounded by their allowed values, else decided by the scenario.
    fn parameters_equal(&self, a: &Value<'a>, b: &Value<'a>) -> Truth {
        self.atoms.set(self.atoms.get() + 1);
        let (Some(a), Some(b)) = (free(a), free(b)) else { return Truth::Unknown };
        if let (Some(left), Some(right)) = (self.values_of(a), self.values_of(b)) {
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
            None if self.forking.get() && atom.of_environment() && !self.anywhere.get() => {
                self.asked_where.set(true);
                Truth::Unknown
            }
            None if self.forking.get() => {
                self.note_decision(&atom);
                scenario.decide(atom).into()
            }
            None => {
                self.note_atom(&atom);
                self.asked_aside.set(true);
                Truth::Unknown
            }
        }
    }

    /// Whether a text that is not known equals a literal: one with a single hole does where the hole is the rest.
    pub(super) fn text_equals(&self, value: &Value<'a>, literal: &str) -> Truth {
        let Value::Partial(pieces) = value else { return self.free_equals(value, literal) };
        let mut holes = pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(*hole),
            Piece::Literal(_) => None,
        });
        let first = holes.next();
        if let (Some(hole), Some(second)) = (first, holes.next()) {
            let repeated = hole == second && holes.all(|other| other == hole);
            return self.filled_equals(value, repeated.then_some((hole, &pieces[..])), literal);
        }
        let (before, hole, after) = match &pieces[..] {
            [Piece::Literal(before), Piece::Hole(hole)] => (before.as_ref(), hole, ""),
            [Piece::Hole(hole), Piece::Literal(after)] => ("", hole, after.as_ref()),
            [Piece::Literal(before), Piece::Hole(hole), Piece::Literal(after)] => {
                (before.as_ref(), hole, after.as_ref())
            }
            _ => unreachable!("one hole, and neighbouring literals are one"),
        };
        match literal.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) {
            Some(rest) => self.free_equals(&Value::Hole(*hole), rest),
            None => Truth::False,
        }
    }

    /// Whether a text with several holes equals a literal: the same for all that it can be, or decided by the one hole that
    /// it repeats.
    fn filled_equals(
        &self,
        value: &Value<'a>,
        repeated: Option<(Hole<'a>, &[Piece<'a>])>,
        literal: &str,
    ) -> Truth {
        self.atoms.set(self.atoms.get() + 1);
        let is = |form: &Value<'a>| match known_text(self, form) {
            Some(text) => (text == literal).into(),
            None => match form {
                Value::Partial(pieces) if !could_be(pieces, literal) => Truth::False,
                _ => Truth::Unknown,
            },
        };
        let truth = self.forms(value).iter().map(is).reduce(|all, truth| match all == truth {
            true => all,
            false => Truth::Unknown,
        });
        match (truth, repeated) {
            (None, _) => is(value),
            (Some(Truth::Unknown), Some((hole, pieces))) => {
                let mut any = Truth::False;
                for way in self.forms(&Value::Hole(hole)) {
                    let fits = fill(pieces, &[(hole, &way)]).map_or(Truth::Unknown, |whole| is(&whole));
                    any = any.or(match (fits, way.scalar_text()) {
                        (Truth::False, _) => Truth::False,
                        (Truth::True, Some(text)) => self.free_equals(&Value::Hole(hole), text),
                        _ => Truth::Unknown,
                    });
                }
                any
            }
            (Some(truth), _) => truth,
        }
    }

    /// Whether what is free equals a literal: bounded by its declaration, else decided by the scenario.
    fn free_equals(&self, value: &Value<'a>, literal: &str) -> Truth {
        self.atoms.set(self.atoms.get() + 1);
        match *value {
            Value::Hole(Hole::Unknown(Unknown::Mapping { stack, node, .. })) => {
                return self.mapped_equals(stack, node, literal);
            }
            Value::Hole(Hole::Unknown(Unknown::Element { stack, name, .. })) => {
                return self.element_could_be(stack, name, literal);
            }
            _ => {}
        }
        let Some(free) = free(value) else { return Truth::Unknown };
        // No pseudo parameter is empty.
        if matches!(free, Free::Pseudo(..)) && literal.is_empty() {
            return Truth::False;
        }
        let allowed = self.values_of(free);
        if allowed.as_ref().is_some_and(|allowed| !allowed.iter().any(|value| *value == literal)) {
            return Truth::False;
        }
        if let (None, Free::Parameter(stack, name)) = (&allowed, free)
            && !self.admits(stack, name, literal)
        {
            return Truth::False;
        }
        if let Some(allowed) = &allowed {
            let scenario = self.scenario.borrow();
            let excluded = scenario.excluded(free);
            let left = |value: &Cow<'a, str>| *value == literal || excluded.contains(&value.as_ref());
            if !excluded.contains(&literal) && allowed.iter().all(left) {
                return Truth::True;
            }
        }
        self.decided(Atom { parameter: free, equals: Equal::Literal(Cow::Owned(literal.to_owned())) })
    }

    /// The values that something free may take, where its declaration bounds them.
    fn values_of(&self, free: Free<'a>) -> Option<Vec<Cow<'a, str>>> {
        match free {
            Free::Parameter(stack, name) => self.allowed_values(stack, name),
            Free::Pseudo(..) => None,
        }
    }
}

/// Whether a text with holes could be that text, as far as its ends tell.
fn could_be(pieces: &[Piece<'_>], literal: &str) -> bool {
    let mut rest = literal;
    if let Some(Piece::Literal(start)) = pieces.first() {
        let Some(behind) = rest.strip_prefix(start.as_ref()) else { return false };
        rest = behind;
    }
    match pieces.last() {
        Some(Piece::Literal(end)) => rest.ends_with(end.as_ref()),
        _ => true,
    }
}

/// What a value is that a deployment chooses: a parameter that nothing gives a value, or a text of the environment.
fn free<'a>(value: &Value<'a>) -> Option<Free<'a>> {
    const TEXTS: [&str; 5] =
        ["AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackName", "AWS::URLSuffix"];
    match *value {
        Value::Hole(Hole::Unknown(Unknown::Parameter { stack, name, .. })) => {
            Some(Free::Parameter(stack, name))
        }
        Value::Hole(Hole::Unknown(Unknown::Pseudo { name, scope })) if TEXTS.contains(&name) => {
            Some(Free::Pseudo(scope, name))
        }
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
