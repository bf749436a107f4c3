//! Where a stack is deployed: the region, what goes with it, and which environments a scenario is about.
use super::scenario::{Atom, Scenario};
use crate::limits::MAX_SCENARIOS;

/// The pseudo parameter that the partition and the domain go with.
pub(super) const REGION: &str = "AWS::Region";

/// The partition or the domain that goes with a region, as far as the documentation names them.
pub(super) fn of_region(name: &str, region: &str) -> Option<&'static str> {
    let is_apart = region.contains("-iso") || region.starts_with("eusc-");
    Some(match name {
        _ if is_apart => return None,
        "AWS::Partition" if region.starts_with("cn-") => "aws-cn",
        "AWS::Partition" if region.starts_with("us-gov-") => "aws-us-gov",
        "AWS::Partition" => "aws",
        "AWS::URLSuffix" if region.starts_with("cn-") => "amazonaws.com.cn",
        "AWS::URLSuffix" => "amazonaws.com",
        _ => return None,
    })
}

/// What a scenario decides of the environment, whatever it decides of parameters.
#[derive(Clone, Debug)]
pub struct Environment<'a>(pub(super) Vec<(Atom<'a>, bool)>);

impl<'a> Environment<'a> {
    /// Whether each environment that is among the `wanted` is among the `found` too.
    pub fn cover(found: &[Environment<'a>], wanted: &[Environment<'a>]) -> bool {
        let mut scenario = Scenario::default();
        for _ in 0..MAX_SCENARIOS {
            if among(wanted, &mut scenario) && !among(found, &mut scenario) {
                return false;
            }
            if !scenario.advance() {
                return true;
            }
        }
        false
    }
}

/// Whether what a scenario decides, now if it must, is one of those.
fn among<'a>(all: &[Environment<'a>], scenario: &mut Scenario<'a>) -> bool {
    let mut is = |(atom, value): &(Atom<'a>, bool)| {
        scenario.known(atom).unwrap_or_else(|| scenario.decide(atom.clone())) == *value
    };
    all.iter().any(|one| one.0.iter().all(&mut is))
}
