//! A checked policy: what the engine asks.
use super::suppress::Silence;
use crate::checklist::{Attestation, Standing};
use crate::finding::{Location, Problem};
use crate::rule::{Profile, Rule};
use globset::GlobSet;
use std::path::{Path, PathBuf};

/// The longest that an attestation may be ahead, in days: a year, and a month to renew it.
pub const LONGEST: i64 = 400;
/// The same for lines and rules about tests of recovery, which age faster.
pub const LONGEST_RECOVERY: i64 = 180;
/// The line that tests of recovery belong to.
pub const RECOVERY: &str = "backup/recovery-tests";
/// An attestation that ends within so many days is told of.
pub(super) const SOON: i64 = 30;

/// The policy of a team. The levels and parameters of rules are in the rules themselves.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub(super) choices: Vec<Choice>,
    pub(super) attestations: Vec<Attestation>,
    pub(super) suppressions: Vec<Silence>,
    pub(super) baseline: Option<PathBuf>,
}

/// Which stacks have a profile.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) profile: Profile,
    /// All of them must fit.
    pub(super) selectors: Vec<(Selector, GlobSet)>,
}

/// What of a stack a glob is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selector {
    Stack,
    Path,
    Account,
    Region,
    Environment,
}

/// What is known of a stack; what is not known fits no glob.
#[derive(Clone, Copy, Debug, Default)]
pub struct StackFacts<'s> {
    /// Its physical name.
    pub name: Option<&'s str>,
    /// The construct path.
    pub path: Option<&'s str>,
    /// The account.
    pub account: Option<&'s str>,
    /// The region.
    pub region: Option<&'s str>,
    /// The value of its `Environment` tag.
    pub environment: Option<&'s str>,
}

impl Policy {
    /// The profile of a stack; none where the file says nothing of it.
    pub fn profile(&self, stack: &StackFacts<'_>) -> Option<Profile> {
        let fits = |choice: &&Choice| {
            choice.selectors.iter().all(|(selector, globs)| {
                let fact = match selector {
                    Selector::Stack => stack.name,
                    Selector::Path => stack.path,
                    Selector::Account => stack.account,
                    Selector::Region => stack.region,
                    Selector::Environment => stack.environment,
                };
                fact.is_some_and(|fact| globs.is_match(fact))
            })
        };
        self.choices.iter().find(fits).map(|choice| choice.profile)
    }

    /// The suppressions of the file, in its order.
    pub fn suppressions(&self) -> &[Silence] {
        &self.suppressions
    }

    /// The baseline that the file names.
    pub fn baseline(&self) -> Option<&Path> {
        self.baseline.as_deref()
    }

    /// All attestations, valid or not, in the order of the file.
    pub fn attestations(&self) -> &[Attestation] {
        &self.attestations
    }

    /// The attestation for a rule, by its index: one that is valid, else the first.
    pub fn attestation(&self, rule: &Rule) -> Option<usize> {
        let of = |attestation: &Attestation| {
            attestation.rules.iter().any(|id| **id == *rule.id)
                || attestation.lines.iter().any(|line| *line == rule.checklist)
        };
        let mut all = (0..self.attestations.len()).filter(|index| of(&self.attestations[*index]));
        let first = all.clone().next();
        all.find(|index| self.attestations[*index].is_valid()).or(first)
    }

    /// A policy in which somebody vouches for a rule.
    pub fn vouching(rule: &Rule, location: Location) -> Policy {
        let attestation = Attestation {
            lines: Vec::new(),
            rules: vec![rule.id.to_string()],
            evidence: String::new(),
            by: String::new(),
            until: crate::date::Date::default(),
            standing: Standing::Valid,
            location,
        };
        Policy { attestations: vec![attestation], ..Policy::default() }
    }

    /// What people should know of the file: attestations that no longer count, or soon will not.
    pub fn remarks(&self) -> Vec<Problem> {
        let remark = |attestation: &Attestation| {
            let message = told(attestation)?;
            let source = &attestation.location.source;
            let problem = Problem::remark(source.name(), message).at(source, attestation.location.span);
            Some(problem.with_help(match attestation.standing {
                Standing::NoEvidence(_) => "name a file below the folder of this file, or a web address",
                _ => "look at the evidence again, then move `until`, or take the attestation out",
            }))
        };
        self.attestations.iter().filter_map(remark).collect()
    }
}

/// What is to be said of an attestation; nothing of one that holds for long.
pub fn told(attestation: &Attestation) -> Option<String> {
    let Attestation { by, until, .. } = attestation;
    let about = attestation.about();
    match &attestation.standing {
        Standing::Valid => None,
        Standing::Ending => Some(format!("the attestation of {about} by {by} ends on {until}")),
        Standing::Expired => Some(format!("the attestation of {about} by {by} ended on {until}")),
        Standing::NoEvidence(why) => {
            Some(format!("the attestation of {about} by {by} does not count: {} {why}", attestation.evidence))
        }
    }
}

/// What to add to `stackproof.yaml` for a person to vouch for a rule or a line; `line` is the line concerned.
pub fn paste(rule: Option<&str>, line: &str) -> String {
    let subject = rule.map_or_else(|| format!("line: {line}"), |rule| format!("rule: {rule}"));
    let days = if line == RECOVERY { LONGEST_RECOVERY } else { LONGEST };
    format!(
        "# {file}\nattestations:\n  - {subject}\n    evidence: docs/FILE.md    # a file or glob below this folder, or a web \
         address\n    by: NAME\n    until: YYYY-MM-DD         # at most {days} days ahead",
        file = super::FILE_NAME
    )
}
