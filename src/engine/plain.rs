//! The short way: checks of plain values, for their truth alone.
//!
//! Most of what rules ask is whether a property is there, or which text it is, and most templates answer in plain
//! letters: no function, no unknown. Then nothing has to be followed, kept or explained, and the answer is the one that the
//! long way gives, which takes over wherever a value is anything else.
use super::evaluate::Evaluator;
use super::lookup::Lookup;
use super::outcome::Answer;
use super::pattern;
use super::subject::{Here, Subject};
use crate::graph::StackId;
use crate::rule::{Base, Check, FactId, Op, Operand, Path, Segment, Test};
use crate::syntax::{Node, View};
use crate::template::Intrinsic;
use crate::value::{MapValue, Place, Resolved, Truth, Value};

/// What stands at a path of plain names.
enum Plain<'a> {
    Absent,
    Node(StackId, Node<'a>),
}

impl<'a> Evaluator<'_, 'a> {
    /// The truth of a check, where its path leads over plain maps to what is plain itself.
    pub(super) fn at_once<A: Answer<'a>>(&self, check: &'a Check, here: &Here<'a>) -> Option<A> {
        if A::TELLS || check.default.is_some() || check.path.base != Base::Here {
            return None;
        }
        match (&check.path.segments[..], &here.value) {
            ([Segment::Name(name)], Some(Resolved { value: Value::Map(MapValue::Record(record)), .. })) => {
                Some(self.field_at_once(check, record.field(name), here))
            }
            ([Segment::Fact(FactId::Statements, arguments)], _) => match self.plain(&arguments[0], here)? {
                Plain::Absent => of_no_elements(&check.test).map(A::bare),
                Plain::Node(..) => None,
            },
            ([Segment::Attribute(name)], _) if name == "Type" => match here.owner {
                Subject::Resource(id) => {
                    of_text(&check.test, self.world.graph.resource(id).declared.type_name).map(A::bare)
                }
                Subject::Stack(_) | Subject::App(_) => None,
            },
            ([Segment::Name(_) | Segment::Quoted(_), ..], _) => match self.plain(&check.path, here)? {
                Plain::Absent => of_absent(&check.test).map(A::bare),
                Plain::Node(stack, node) => self.node_at_once(check, stack, node, here),
            },
            _ => None,
        }
    }

    /// The truth of a check of a field.
    fn field_at_once<A: Answer<'a>>(
        &self,
        check: &'a Check,
        field: Option<Resolved<'a>>,
        here: &Here<'a>,
    ) -> A {
        let truth = match &field {
            None | Some(Resolved { value: Value::Null | Value::NoValue, .. }) => of_absent(&check.test),
            Some(Resolved { value: Value::Text(text), .. }) => of_text(&check.test, text),
            Some(Resolved { value: Value::Bool(truth), .. }) => of_bool(&check.test, *truth),
            Some(_) => None,
        };
        match (truth, field) {
            (Some(truth), _) => A::bare(truth),
            (None, Some(field)) => self.test(&check.test, &Lookup::of(field, here.depth + 1), here),
            (None, None) => self.test(&check.test, &Lookup::absent(here.owner.place(self.world)), here),
        }
    }

    /// The truth of a check of a node that is neither null nor absent.
    fn node_at_once<A: Answer<'a>>(
        &self,
        check: &'a Check,
        stack: StackId,
        node: Node<'a>,
        here: &Here<'a>,
    ) -> Option<A> {
        match (node.view(), &check.test) {
            (View::Text(text), test) if !self.world.graph.stack(stack).has_dynamic => {
                of_text(test, text).map(A::bare)
            }
            (View::Bool(truth), test) => of_bool(test, truth).map(A::bare),
            (View::Map(_), Test::Nested(condition)) if Intrinsic::of(node).is_none() => {
                let map = Value::Map(MapValue::Written(stack, node));
                let here = here.value(map.at(Place { stack, node: node.id() }), here.depth + 1);
                Some(self.condition(condition, &here))
            }
            _ => None,
        }
    }

    /// Follows names over maps that are written out.
    fn plain(&self, path: &Path, here: &Here<'a>) -> Option<Plain<'a>> {
        if path.base != Base::Here {
            return None;
        }
        let (stack, mut node) = match &here.value {
            None => self.sections(here.owner)?,
            Some(value) => match &value.value {
                Value::Map(MapValue::Written(stack, node)) => (*stack, *node),
                _ => return None,
            },
        };
        for segment in &path.segments {
            let (Segment::Name(name) | Segment::Quoted(name)) = segment else { return None };
            if !node.is_map() || Intrinsic::of(node).is_some() {
                return None;
            }
            match node.get(name) {
                Some(value) if value.is_null() => return Some(Plain::Absent),
                Some(value) => node = value,
                None if self.resolver.has_macro(stack, node) => return None,
                None => return Some(Plain::Absent),
            }
        }
        Some(Plain::Node(stack, node))
    }
}

fn fold(stop: Truth, mut truths: impl Iterator<Item = Option<Truth>>) -> Option<Truth> {
    match truths.find(|truth| *truth != Some(!stop)) {
        None => Some(!stop),
        Some(Some(truth)) if truth == stop => Some(truth),
        Some(_) => None,
    }
}

/// What a test says where there is nothing, as the table of `rule::OPERATORS` has it.
fn of_absent(test: &Test) -> Option<Truth> {
    Some(match test {
        Test::All(all) => return fold(Truth::False, all.iter().map(of_absent)),
        Test::Any(any) => return fold(Truth::True, any.iter().map(of_absent)),
        Test::Not(inner) => !of_absent(inner)?,
        Test::Nested(_) => Truth::False,
        Test::Named(..) => return None,
        Test::Op(op) => match op {
            Op::Present(want) | Op::Known(want) => (!want).into(),
            Op::Empty(want) => (*want).into(),
            Op::Every { or_empty, .. } => (*or_empty).into(),
            Op::None(_) => Truth::True,
            Op::Count(_) | Op::Keys(_) => return None,
            _ => Truth::False,
        },
    })
}

/// What a test says of a list without elements.
fn of_no_elements(test: &Test) -> Option<Truth> {
    Some(match test {
        Test::All(all) => return fold(Truth::False, all.iter().map(of_no_elements)),
        Test::Any(any) => return fold(Truth::True, any.iter().map(of_no_elements)),
        Test::Not(inner) => !of_no_elements(inner)?,
        Test::Op(Op::Every { or_empty, .. }) => (*or_empty).into(),
        Test::Op(Op::Some(_)) => Truth::False,
        Test::Op(Op::None(_)) => Truth::True,
        _ => return None,
    })
}

/// What a test says of a text.
fn of_text(test: &Test, text: &str) -> Option<Truth> {
    let texts = |operands: &[Operand]| operands.iter().all(|operand| matches!(operand, Operand::Text(_)));
    let is = |operand: &Operand| matches!(operand, Operand::Text(wanted) if wanted == text);
    Some(match test {
        Test::All(all) => return fold(Truth::False, all.iter().map(|test| of_text(test, text))),
        Test::Any(any) => return fold(Truth::True, any.iter().map(|test| of_text(test, text))),
        Test::Not(inner) => !of_text(inner, text)?,
        Test::Op(op) => match op {
            Op::Present(want) | Op::Known(want) => (*want).into(),
            Op::Empty(want) => (text.is_empty() == *want).into(),
            Op::Equals(operand @ Operand::Text(_)) => is(operand).into(),
            Op::In(operands) if texts(operands) => operands.iter().any(is).into(),
            Op::StartsWith(all) => all.iter().any(|part| text.starts_with(part.as_str())).into(),
            Op::EndsWith(all) => all.iter().any(|part| text.ends_with(part.as_str())).into(),
            Op::Matches(wanted) => pattern::matches(text, wanted),
            _ => return None,
        },
        Test::Nested(_) | Test::Named(..) => return None,
    })
}

/// What a test says of a boolean.
fn of_bool(test: &Test, truth: bool) -> Option<Truth> {
    match test {
        Test::Not(inner) => Some(!of_bool(inner, truth)?),
        Test::Op(Op::Equals(Operand::Bool(wanted))) => Some((truth == *wanted).into()),
        Test::Op(Op::Present(want)) => Some((*want).into()),
        _ => None,
    }
}
