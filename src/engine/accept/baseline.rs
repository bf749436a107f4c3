//! The baseline: the findings of a run, in order, against how many of each were there before.
//!
//! It is asked when all inputs are judged, so that equal findings of several inputs share one count. Where there are more of
//! them now, the gravest are the new ones.
use crate::finding::{Accepted, AcceptedBy, Finding, Fingerprint};
use crate::policy::Baseline;
use crate::rule::Rule;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The nodes behind the findings of one input, kept only where there is a baseline.
#[derive(Default)]
pub(in crate::engine) struct Left {
    /// For each finding, the nodes that it speaks of.
    pub owners: Vec<Vec<u32>>,
    /// Each node with findings: its rule, its row of the checklist, and how many of its findings count. No row where it does
    /// not fail: an undecided verdict that was raised to a finding stays undecided when that is accepted.
    pub failing: Vec<(usize, Option<Row>, u32)>,
}

/// A row of the checklist: whether it is an app, and its first stack.
pub(in crate::engine) type Row = (bool, u32);

/// How many findings of a fingerprint are accepted.
pub(in crate::engine) struct Allowance {
    /// Of those that there are, by their severity.
    by_severity: [usize; 3],
    /// Those that there are no more.
    gone: usize,
}

impl Allowance {
    /// How many of the baseline accepted nothing.
    pub fn left(&self) -> usize {
        self.gone + self.by_severity.iter().sum::<usize>()
    }
}

/// Shares the counts of a baseline out among the findings that there are, least severe first.
pub(in crate::engine) fn share_out<'f>(
    baseline: &Baseline,
    findings: impl Iterator<Item = &'f Finding>,
    accepted: impl Iterator<Item = &'f Accepted>,
) -> FxHashMap<Fingerprint, Allowance> {
    // What is suppressed too is still there.
    let mut suppressed: FxHashMap<Fingerprint, usize> = FxHashMap::default();
    for one in accepted {
        *suppressed.entry(one.finding.fingerprint).or_default() += 1;
    }
    let mut met: FxHashMap<Fingerprint, [usize; 3]> = FxHashMap::default();
    for finding in findings {
        met.entry(finding.fingerprint).or_default()[finding.severity as usize] += 1;
    }
    let entries = baseline.entries.iter().filter_map(|(spelt, entry)| {
        let fingerprint = Fingerprint::parse(spelt)?;
        let mut gone = entry.count;
        let by_severity = met.get(&fingerprint).copied().unwrap_or_default().map(|met| {
            let shared = met.min(gone);
            gone -= shared;
            shared
        });
        let gone = gone.saturating_sub(suppressed.get(&fingerprint).copied().unwrap_or(0));
        Some((fingerprint, Allowance { by_severity, gone }))
    });
    entries.collect()
}

/// Accepts findings as long as the baseline has some left of their fingerprint and severity; gives the nodes that fail no more.
pub(in crate::engine) fn apply(
    left: Left,
    findings: &mut Vec<Finding>,
    accepted: &mut Vec<Accepted>,
    remaining: &mut FxHashMap<Fingerprint, Allowance>,
    rules: &[Arc<Rule>],
) -> Vec<(usize, Row)> {
    let Left { owners, mut failing } = left;
    let mut freed = Vec::new();
    let mut kept = Vec::with_capacity(findings.len());
    for (finding, owners) in findings.drain(..).zip(owners) {
        let may = owners.iter().all(|owner| rules[failing[*owner as usize].0].suppressible);
        let allowed = remaining.get_mut(&finding.fingerprint);
        let allowed = allowed.map(|allowance| &mut allowance.by_severity[finding.severity as usize]);
        match allowed.filter(|count| may && **count > 0) {
            None => kept.push(finding),
            Some(count) => {
                *count -= 1;
                for owner in owners {
                    let (rule, row, left) = &mut failing[owner as usize];
                    *left -= 1;
                    if let Some(row) = row.filter(|_| *left == 0) {
                        freed.push((*rule, row));
                    }
                }
                let by = AcceptedBy::Baseline;
                accepted.push(Accepted { finding, by, reason: None, until: None, location: None });
            }
        }
    }
    *findings = kept;
    freed
}
