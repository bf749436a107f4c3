//! The order in which the conditions of a `when` are asked: what is cheap and often decides comes first.
//!
//! All must hold, so the order changes no verdict. A path costs little, whether CDK owns a resource a little more, other
//! facts more, and a look at other resources most.
use super::fact::FactId;
use super::model::{Check, Condition, Op, Operand, Test};
use super::path::{Base, Path, Segment};

/// Sorts the conditions that must all hold by what they cost; those that cost the same keep their order.
pub(super) fn cheapest_first(condition: &mut Condition) {
    if let Condition::All(all) = condition {
        all.sort_by_cached_key(of);
    }
}

/// Takes `cdk-owned(): false` out of the conditions that must all hold, and tells whether it was there: nearly every rule
/// says so, and it is asked once for each resource.
pub(super) fn take_owned(when: Option<Condition>) -> (Option<Condition>, bool) {
    match when {
        Some(Condition::All(all)) => {
            let mut all = Vec::from(all);
            let before = all.len();
            all.retain(|condition| !spares_owned(condition));
            let spares = all.len() < before;
            (Some(Condition::All(all.into())).filter(|_| !(spares && before == 1)), spares)
        }
        Some(single) if spares_owned(&single) => (None, true),
        when => (when, false),
    }
}

fn spares_owned(condition: &Condition) -> bool {
    let Condition::At(check) = condition else { return false };
    matches!(check.path.segments[..], [Segment::Fact(FactId::CdkOwned, _)])
        && check.path.base == Base::Here
        && matches!(check.test, Test::Op(Op::Equals(Operand::Bool(false))))
}

fn of(condition: &Condition) -> u8 {
    match condition {
        Condition::All(all) | Condition::Any(all) => all.iter().map(of).max().unwrap_or(0),
        Condition::Not(inner) | Condition::Named(_, inner) => of(inner),
        Condition::At(check) => of_check(check),
        Condition::Exists(_) | Condition::ReferencedBy(_) => 4,
        // Only what nothing else decides is undecided.
        Condition::Undecided(_) => 5,
    }
}

fn of_check(check: &Check) -> u8 {
    of_path(&check.path).max(of_test(&check.test))
}

fn of_path(path: &Path) -> u8 {
    path.segments.iter().map(of_segment).max().unwrap_or(0)
}

fn of_segment(segment: &Segment) -> u8 {
    match segment {
        Segment::Name(_) | Segment::Quoted(_) | Segment::Star | Segment::Attribute(_) => 0,
        Segment::Row(..) => 1,
        Segment::Fact(FactId::CdkOwned | FactId::PhysicalName | FactId::GivenName, _) => 1,
        Segment::Fact(..) => 3,
    }
}

fn of_test(test: &Test) -> u8 {
    match test {
        Test::All(tests) | Test::Any(tests) => tests.iter().map(of_test).max().unwrap_or(0),
        Test::Not(test) | Test::Named(_, test) => of_test(test),
        Test::Nested(condition) => of(condition),
        Test::Op(op) => match op {
            Op::RefersTo(_) => 4,
            Op::Matches(_) => 2,
            Op::Every { test, .. } | Op::Some(test) | Op::None(test) => of_test(test).max(1),
            Op::Count(test) | Op::Keys(test) => of_test(test),
            _ => 0,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str, test: Test) -> Condition {
        let path = Path::parse(path).unwrap();
        Condition::At(Check { path, test, default: None, span: Default::default() })
    }

    #[test]
    fn facts_come_after_paths_and_equals_keep_their_order() {
        let present = || Test::Op(Op::Present(true));
        let all = vec![
            at("namesakes()", present()),
            at("cdk-owned()", present()),
            at("B", present()),
            at("A", present()),
        ];
        let mut when = Condition::All(all.into());
        cheapest_first(&mut when);
        let Condition::All(all) = when else { panic!("still all of them") };
        let paths = all.iter().map(|condition| match condition {
            Condition::At(check) => check.path.to_string(),
            _ => panic!("still checks"),
        });
        assert_eq!(paths.collect::<Vec<_>>(), ["B", "A", "cdk-owned()", "namesakes()"]);
    }

    #[test]
    fn what_cdk_made_for_itself_is_spared_before_all_else() {
        let is_false = || Test::Op(Op::Equals(Operand::Bool(false)));
        let both = || Condition::All(vec![at("cdk-owned()", is_false()), at("A", is_false())].into());
        assert!(matches!(take_owned(Some(both())), (Some(Condition::All(rest)), true) if rest.len() == 1));
        assert!(matches!(take_owned(Some(at("cdk-owned()", is_false()))), (None, true)));
        assert!(matches!(take_owned(Some(Condition::Any(vec![both()].into()))), (Some(_), false)));
        assert!(matches!(take_owned(Some(at("A", is_false()))), (Some(_), false)));
        assert!(matches!(take_owned(None), (None, false)));
    }
}
