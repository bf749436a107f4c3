//! The baseline: the findings of a run, in order, against how many of each were there before.
//!
//! It is asked when all inputs are judged, one after the other, so that equal findings of several inputs share one count.
use crate::finding::{Accepted, AcceptedBy, Finding};
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

/// Accepts findings as long as the baseline has some left of their fingerprint; gives the nodes that fail no more.
pub(in crate::engine) fn apply(
    left: Left,
    findings: &mut Vec<Finding>,
    accepted: &mut Vec<Accepted>,
    remaining: &mut FxHashMap<String, usize>,
    rules: &[Arc<Rule>],
) -> Vec<(usize, Row)> {
    let Left { owners, mut failing } = left;
    let mut freed = Vec::new();
    let mut kept = Vec::with_capacity(findings.len());
    for (finding, owners) in findings.drain(..).zip(owners) {
        let may = owners.iter().all(|owner| rules[failing[*owner as usize].0].suppressible);
        match remaining.get_mut(&finding.fingerprint).filter(|count| may && **count > 0) {
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
