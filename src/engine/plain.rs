//! The short way to plain values, for the truth of a check alone.
//!
//! Most of what rules ask is whether a property is there, or which text it is, and most templates answer in plain
//! letters: no function, no unknown. Then nothing has to be kept or explained on the way, and the test is asked of what
//! stands there. The long way takes over wherever a map on the path is not written out.
use super::evaluate::Evaluator;
use super::lookup::Lookup;
use super::operate::{any_of, of_letters};
use super::outcome::Answer;
use super::subject::{Here, Subject};
use crate::graph::StackId;
use crate::rule::{Base, Check, FactId, Op, Operand, Path, Segment, Test};
use crate::syntax::Node;
use crate::template::Intrinsic;
use crate::value::{MapValue, Resolved, Truth, Value};

/// What stands at a path of plain names.
enum Plain<'a> {
    Absent,
    Node(StackId, Node<'a>),
}

impl<'a> Evaluator<'_, 'a> {
    /// The truth of a check whose path leads over plain maps.
    pub(super) fn at_once<A: Answer<'a>>(&self, check: &'a Check, here: &Here<'a>) -> Option<A> {
        if A::TELLS || check.default.is_some() || check.path.base != Base::Here {
            return None;
        }
        let depth = here.depth + 1;
        let absent = || Lookup::absent(here.owner.place(self.world));
        let at = match (&check.path.segments[..], &here.value) {
            ([Segment::Name(name)], Some(Resolved { value: Value::Map(MapValue::Record(record)), .. })) => {
                record.field(name).map_or_else(absent, |field| Lookup::of(field, depth))
            }
            ([Segment::Fact(FactId::Statements, arguments)], _) => match self.plain(&arguments[0], here)? {
                Plain::Absent => Lookup::of(self.nothing().at(here.owner.place(self.world)), depth),
                Plain::Node(..) => return None,
            },
            ([Segment::Attribute(name)], _) if *name == "Type" => match here.owner {
                Subject::Resource(id) => {
                    let type_name = self.world.graph.resource(id).declared.type_name;
                    Lookup::of(Value::text(type_name).at(here.owner.place(self.world)), depth)
                }
                Subject::Stack(_) | Subject::App(_) => return None,
            },
            ([Segment::Name(_) | Segment::Quoted(_), ..], _) => match self.plain(&check.path, here)? {
                Plain::Absent => absent(),
                Plain::Node(stack, node) => Lookup::of(self.resolver.resolve(stack, node), depth),
            },
            _ => return None,
        };
        Some(self.test(&check.test, &at, here))
    }

    /// The truth of a test of a text that is all there, as most elements of lists are; none where more than the text counts.
    pub(super) fn of_text(&self, test: &'a Test, of: &Value<'a>, here: &Here<'a>) -> Option<Truth> {
        let Value::Text(text) = of else { return None };
        let each = |tests: &'a [Test], stop: Truth| {
            tests.iter().try_fold(!stop, |all, test| match all {
                decided if decided == stop => Some(stop),
                _ => self.of_text(test, of, here),
            })
        };
        match test {
            Test::All(all) => each(all, Truth::False),
            Test::Any(any) => each(any, Truth::True),
            Test::Not(inner) => self.of_text(inner, of, here).map(|truth| !truth),
            Test::Op(Op::Equals(operand @ Operand::Text(_))) => Some(self.equals(of, operand, here)),
            Test::Op(Op::In(all)) if all.iter().all(|operand| matches!(operand, Operand::Text(_))) => {
                Some(any_of(all, |operand| self.equals(of, operand, here)))
            }
            Test::Op(op) => of_letters(op, text),
            Test::Nested(_) | Test::Named(..) => None,
        }
        .filter(|truth| *truth != Truth::Unknown)
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
        for segment in path.segments.iter() {
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
