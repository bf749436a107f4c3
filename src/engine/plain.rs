//! The short way to plain values, for the truth of a check alone.
//!
//! Most of what rules ask is whether a property is there, or which text it is, and most templates answer in plain
//! letters: no function, no unknown. Then nothing has to be kept or explained on the way, and the test is asked of what
//! stands there. The long way takes over wherever a map on the path is not written out. What the type of a resource decides
//! is not asked of each.
use super::evaluate::Evaluator;
use super::lookup::Lookup;
use super::operate::{any_of, of_letters};
use super::outcome::Answer;
use super::subject::{Here, Subject};
use crate::graph::StackId;
use crate::rule::{Base, Check, Condition, FactId, Op, Operand, Path, Segment, Test};
use crate::syntax::Node;
use crate::template::Intrinsic;
use crate::value::{ListValue, MapValue, Resolved, Truth, Value};

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
        let found = match (&check.path.segments[..], &here.value) {
            ([Segment::Name(name)], Some(Resolved { value: Value::Map(MapValue::Record(record)), .. })) => {
                record.field(name)
            }
            ([Segment::Fact(FactId::Statements, arguments)], _) => {
                Some(match self.plain(&arguments[0], here) {
                    Some(Plain::Absent) => self.nothing().at(here.owner.place(self.world)),
                    Some(Plain::Node(stack, node)) => self.document(self.resolver.resolve(stack, node)),
                    None => self.fact(FactId::Statements, arguments, here),
                })
            }
            ([Segment::Fact(id, arguments)], _) => Some(self.fact(*id, arguments, here)),
            ([Segment::Attribute("Type")], _) => match here.owner {
                Subject::Resource(id) => {
                    let type_name = self.world.graph.resource(id).declared.type_name;
                    Some(Value::text(type_name).at(here.owner.place(self.world)))
                }
                Subject::Stack(_) | Subject::App(_) => return None,
            },
            ([Segment::Name(_) | Segment::Quoted(_), ..], _) => match self.plain(&check.path, here)? {
                Plain::Absent => None,
                Plain::Node(stack, node) => Some(self.resolver.resolve(stack, node)),
            },
            _ => return None,
        };
        let value = found.as_ref().map(|found| &found.value).filter(|value| value.is_set());
        let truth = of_plain(&check.test, value);
        Some(truth.map(A::bare).unwrap_or_else(|| {
            let at = match found {
                Some(found) => Lookup::of(found, here.depth + 1),
                None => Lookup::absent(here.owner.place(self.world)),
            };
            self.test(&check.test, &at, here)
        }))
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

/// The truth of a test of a value that is all there, as most values are, or of nothing; none where a longer look is needed.
pub(super) fn of_plain(test: &Test, value: Option<&Value<'_>>) -> Option<Truth> {
    let each = |tests: &[Test], stop: Truth| {
        tests.iter().try_fold(!stop, |all, test| match all {
            decided if decided == stop => Some(stop),
            _ => of_plain(test, value),
        })
    };
    match (test, value) {
        (Test::All(all), _) => each(all, Truth::False),
        (Test::Any(any), _) => each(any, Truth::True),
        (Test::Not(inner), _) => of_plain(inner, value).map(|truth| !truth),
        (Test::Op(op), None) => of_nothing(op),
        (Test::Op(op), Some(value)) => of_known(op, value),
        (Test::Nested(_), None) => Some(Truth::False),
        (Test::Nested(_) | Test::Named(..), _) => None,
    }
}

/// The operators without a value. What counts elements or keys has some to count.
fn of_nothing(op: &Op) -> Option<Truth> {
    Some(match op {
        Op::Present(want) | Op::Known(want) => (!want).into(),
        Op::Empty(want) | Op::Every { or_empty: want, .. } => (*want).into(),
        Op::None(_) => Truth::True,
        Op::Count(_) | Op::Keys(_) => return None,
        _ => Truth::False,
    })
}

/// The operators that look at no more than the value itself.
fn of_known(op: &Op, value: &Value<'_>) -> Option<Truth> {
    match (op, value) {
        (Op::Present(want), value) if !matches!(value, Value::Hole(_)) => Some((*want).into()),
        (Op::Equals(Operand::Bool(wanted)), Value::Bool(value)) => Some((value == wanted).into()),
        (Op::Equals(Operand::Text(wanted)), Value::Text(text)) => Some((text == wanted).into()),
        (Op::Empty(want), Value::Text(text)) => Some((text.is_empty() == *want).into()),
        (Op::In(all), Value::Text(text)) if all.iter().all(|one| matches!(one, Operand::Text(_))) => {
            Some(any_of(all, |one| matches!(one, Operand::Text(wanted) if text == wanted).into()))
        }
        (Op::Every { .. } | Op::Some(_) | Op::None(_), Value::List(ListValue::Built(all)))
            if all.is_empty() =>
        {
            of_nothing(op)
        }
        (op, Value::Text(text)) => of_letters(op, text).filter(|truth| *truth != Truth::Unknown),
        _ => None,
    }
}

/// What a condition says of all resources of a type; unknown where the type alone does not decide.
pub(super) fn of_type(condition: &Condition, type_name: &str) -> Truth {
    match condition {
        Condition::All(all) => all.iter().fold(Truth::True, |sum, one| sum.and(of_type(one, type_name))),
        Condition::Any(any) => any.iter().fold(Truth::False, |sum, one| sum.or(of_type(one, type_name))),
        Condition::Not(inner) => !of_type(inner, type_name),
        Condition::At(Check { path, test, default: None, .. }) if path.base == Base::Here => {
            match path.segments[..] {
                [Segment::Attribute("Type")] => {
                    of_plain(test, Some(&Value::text(type_name))).unwrap_or(Truth::Unknown)
                }
                _ => Truth::Unknown,
            }
        }
        _ => Truth::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str, test: Test) -> Condition {
        let path = Path::parse(path).unwrap();
        Condition::At(Check { path, test, default: None, span: Default::default() })
    }

    fn is(type_name: &'static str) -> Condition {
        at("@Type", Test::Op(Op::Equals(Operand::Text(type_name))))
    }

    #[test]
    fn a_type_decides_what_hangs_on_nothing_else() {
        let open = || at("Roles", Test::Op(Op::Empty(false)));
        let not = |condition| Condition::Not(Box::new(condition));
        for (condition, says) in [
            (is("A::B::C"), Truth::True),
            (is("A::B::D"), Truth::False),
            (open(), Truth::Unknown),
            (not(open()), Truth::Unknown),
            (Condition::Any(vec![open(), not(is("A::B::D"))].into()), Truth::True),
            (Condition::Any(vec![open(), is("A::B::D")].into()), Truth::Unknown),
            (Condition::All(vec![open(), is("A::B::D")].into()), Truth::False),
            (Condition::All(vec![open(), is("A::B::C")].into()), Truth::Unknown),
            (at("$subject.@Type", Test::Op(Op::Equals(Operand::Text("A::B::C")))), Truth::Unknown),
        ] {
            assert_eq!(of_type(&condition, "A::B::C"), says, "{condition:?}");
        }
    }
}
