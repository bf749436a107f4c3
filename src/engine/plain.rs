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
            ([Segment::Fact(id, arguments), Segment::Name(name)], _) => {
                self.resolver.field(&self.fact(*id, arguments, here), name).ok()?
            }
            ([Segment::Attribute("Type")], _) => match here.owner {
                Subject::Resource(id) => {
                    let type_name = self.world.graph.resource(id).declared.type_name;
                    Some(Value::text(type_name).at(here.owner.place(self.world)))
                }
                Subject::Stack(_) | Subject::App(_) => return None,
            },
            ([Segment::Attribute(name)], _) => self.attribute(name, here.owner).1.ok()?,
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

/// The operators without a value. What looks at keys has a list to look at.
fn of_nothing(op: &Op) -> Option<Truth> {
    Some(match op {
        Op::Present(want) | Op::Known(want) => (!want).into(),
        Op::Empty(want) | Op::Every { or_empty: want, .. } => (*want).into(),
        Op::None(_) => Truth::True,
        Op::Count(test) => return of_plain(test, Some(&Value::integer(0))),
        Op::Keys(_) => return None,
        _ => Truth::False,
    })
}

/// The operators that look at no more than the value itself.
fn of_known(op: &Op, value: &Value<'_>) -> Option<Truth> {
    match (op, value) {
        (Op::Present(want), value) if !matches!(value, Value::Hole(_)) => Some((*want).into()),
        (Op::Equals(Operand::Bool(wanted)), Value::Bool(_) | Value::Text(_)) => {
            Some((value.scalar_bool() == Some(*wanted)).into())
        }
        (Op::Equals(Operand::Text(wanted)), Value::Text(text)) => Some((text == wanted).into()),
        (Op::Empty(want), Value::Text(text)) => Some((text.is_empty() == *want).into()),
        (Op::In(all), Value::Text(text)) if all.iter().all(|one| matches!(one, Operand::Text(_))) => {
            Some(any_of(all, |one| matches!(one, Operand::Text(wanted) if text == wanted).into()))
        }
        (Op::AtLeast(Operand::Number(least)), Value::Number(value, _)) => Some((value >= least).into()),
        (Op::AtMost(Operand::Number(most)), Value::Number(value, _)) => Some((value <= most).into()),
        (Op::Every { or_empty, .. }, Value::List(ListValue::Built(all))) if all.is_empty() => {
            Some((*or_empty).into())
        }
        (Op::Every { test, .. }, Value::List(ListValue::Built(all))) => of_texts(all, test, Truth::False),
        (Op::Some(test), Value::List(ListValue::Built(all))) => of_texts(all, test, Truth::True),
        (Op::None(test), Value::List(ListValue::Built(all))) => {
            of_texts(all, test, Truth::True).map(|some| !some)
        }
        (op, Value::Text(text)) => of_letters(op, text).filter(|truth| *truth != Truth::Unknown),
        _ => None,
    }
}

/// Whether a test decides of one of some texts, or else of none; none from the first on that needs a longer look.
fn of_texts(all: &[Resolved<'_>], test: &Test, stop: Truth) -> Option<Truth> {
    all.iter().try_fold(!stop, |truth, one| match &one.value {
        _ if truth == stop => Some(stop),
        text @ Value::Text(_) => of_plain(test, Some(text)),
        _ => None,
    })
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
    use super::super::candidate::Joins;
    use super::super::evaluate::Known;
    use super::super::outcome::Outcome;
    use super::*;
    use crate::graph::{Graph, ResourceId};
    use crate::intake::{Assembly, Stack};
    use crate::rule::{Pattern, Target};
    use crate::source::Source;
    use crate::syntax::parse;
    use crate::value::{Resolver, Settings, World};
    use std::sync::Arc;

    /// Every operator, with operands that some of the values below fit and others do not.
    fn tests() -> Vec<Test> {
        let op = Test::Op;
        let texts = || vec![Operand::Text("a"), Operand::Text("5")];
        let a = || Box::new(op(Op::Equals(Operand::Text("a"))));
        let number = || Box::new(op(Op::AtLeast(Operand::Number(1.0))));
        let mut tests = vec![
            op(Op::Equals(Operand::Number(5.0))),
            op(Op::In(texts().into())),
            op(Op::In(vec![Operand::Text("a"), Operand::Number(5.0)].into())),
            op(Op::Matches(Box::new(Pattern::new("^[a-c]")))),
            op(Op::Glob(vec!["a*", "?"].into())),
            op(Op::StartsWith(vec!["a"].into())),
            op(Op::EndsWith(vec!["a", "5"].into())),
            op(Op::Contains(texts().into())),
            op(Op::AtLeast(Operand::Number(5.0))),
            op(Op::AtMost(Operand::Number(4.0))),
            op(Op::Before(Operand::Text("2030-01-01"))),
            op(Op::After(Operand::Text("2030-01-01"))),
            op(Op::Count(number())),
            op(Op::Keys(Box::new(op(Op::Some(a()))))),
            op(Op::Some(a())),
            op(Op::None(a())),
            op(Op::RefersTo(Box::new(Target::Subject))),
            op(Op::SameAs(Operand::Text("a"))),
            op(Op::Covers(vec!["a", "5"].into())),
            Test::Nested(Box::new(Condition::At(Check {
                path: Path::parse("b").unwrap(),
                test: *a(),
                default: None,
                span: Default::default(),
            }))),
            Test::Named("name", a()),
        ];
        for wanted in [true, false] {
            tests.extend([Op::Present(wanted), Op::Empty(wanted), Op::Known(wanted)].map(op));
            tests.push(op(Op::Equals(Operand::Bool(wanted))));
            tests.push(op(Op::Every { test: a(), or_empty: wanted }));
        }
        tests.extend(["", "a", "true", "5"].map(|text| op(Op::Equals(Operand::Text(text)))));
        tests
    }

    /// Holds the two ways against each other; how often the short one decides.
    fn compared<'a>(world: &World<'a>, tests: &'a [Test]) -> usize {
        let (resolver, joins, known) = (Resolver::new(world), Joins::default(), Known::default());
        let day = crate::date::Date::parse("2026-01-01").unwrap();
        let subject = Subject::Resource(ResourceId(0));
        let evaluator = Evaluator::new(subject, &resolver, &joins, &known, day, None);
        let (here, place) = (Here::of(subject), subject.place(world));
        let list = |all: &[Value<'a>]| {
            Value::List(ListValue::Built(all.iter().map(|one| one.clone().at(place)).collect()))
        };
        let mut values = vec![Value::Bool(true), Value::Bool(false), Value::integer(5), Value::integer(12)];
        values.extend(["", "a", "abc", "true", "5", "2029-01-01"].map(Value::text));
        values.extend([list(&[]), list(&[Value::text("a")]), list(&[Value::integer(5)])]);
        values.extend([["a", "b"], ["b", "a"], ["b", ""]].map(|texts| list(&texts.map(Value::text))));
        values.extend([list(&[Value::text("a"), Value::Null]), list(&[Value::NoValue, Value::text("a")])]);
        let values: Vec<Option<Value<'a>>> = values.into_iter().map(Some).chain([None]).collect();
        let mut told = 0;
        for (test, value) in tests.iter().flat_map(|test| values.iter().map(move |value| (test, value))) {
            let Some(short) = of_plain(test, value.as_ref()) else { continue };
            let at = match value {
                Some(value) => Lookup::of(value.clone().at(place), 1),
                None => Lookup::absent(place),
            };
            let long: Outcome<'a> = evaluator.test(test, &at, &here);
            assert_eq!(short, long.truth(), "{test:?} of {value:?}");
            told += 1;
        }
        told
    }

    #[test]
    fn the_short_way_says_what_the_long_way_says() {
        let text = r#"{"Resources": {"A": {"Type": "A::B::C"}}}"#;
        let document = parse(Arc::new(Source::new("t", text))).unwrap();
        let assembly = Assembly::plain("t", vec![Stack::plain(document)]);
        let (graph, settings, tests) = (Graph::build(&assembly), Settings::default(), tests());
        let told = compared(&World::build(&graph, &settings), &tests);
        assert!(told > 100, "{told}");
    }

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
