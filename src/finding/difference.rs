//! Two runs -> what is new, what was mended, and what stayed: findings are the same where their fingerprints are.
//!
//! Equal fingerprints are counted. What is accepted in the later run is not new; what was accepted in the earlier one and
//! no longer is, is.
use super::{Finding, Fingerprint, Run};
use std::collections::HashMap;

/// What changed between two runs.
#[derive(Debug, Default)]
pub struct Difference {
    /// Findings of the later run that the earlier one did not have.
    pub new: Vec<Finding>,
    /// Findings of the earlier run that the later one does not have.
    pub fixed: Vec<Finding>,
    /// Findings of the later run that the earlier one had too.
    pub unchanged: Vec<Finding>,
    /// Findings that are accepted in the later run and counted in the earlier one.
    pub accepted: Vec<Finding>,
}

impl Difference {
    /// Compares the findings of two runs, each in its own order.
    pub fn between(old: Run, new: Run) -> Difference {
        let mut known = counts(old.findings.iter());
        let mut difference = Difference::default();
        for finding in new.findings {
            let list = match take(&mut known, finding.fingerprint) {
                true => &mut difference.unchanged,
                false => &mut difference.new,
            };
            list.push(finding);
        }
        for accepted in new.accepted {
            if take(&mut known, accepted.finding.fingerprint) {
                difference.accepted.push(accepted.finding);
            }
        }
        // What is left is fixed: the last of equals, as the first ones were taken.
        let mut fixed: Vec<Finding> =
            old.findings.into_iter().rev().filter(|finding| take(&mut known, finding.fingerprint)).collect();
        fixed.reverse();
        difference.fixed = fixed;
        difference
    }
}

fn counts<'f>(findings: impl Iterator<Item = &'f Finding>) -> HashMap<Fingerprint, usize> {
    let mut counts = HashMap::new();
    for finding in findings {
        *counts.entry(finding.fingerprint).or_default() += 1;
    }
    counts
}

fn take(known: &mut HashMap<Fingerprint, usize>, fingerprint: Fingerprint) -> bool {
    match known.get_mut(&fingerprint) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}
