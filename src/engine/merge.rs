//! The results of all inputs -> one run, in the order of reports.
//!
//! Each input sorts its own findings where it is judged; here they are only put behind each other, and sorted once more
//! where inputs do not follow each other by name. The baseline is held against all of them together.
use super::accept::{self, Allowance};
use super::part::Part;
use super::run::Settings;
use crate::finding::{Counts, Finding, Fingerprint, Problem, Run, Tally};
use crate::rule::Rule;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The order of findings: by place, then by rule.
pub(super) fn order(a: &Finding, b: &Finding) -> Ordering {
    a.location.compare(&b.location).then_with(|| (&a.rule, a.fingerprint).cmp(&(&b.rule, b.fingerprint)))
}

/// Sorts findings; those that are equal stay as they were.
pub(super) fn sort(findings: &mut [Finding]) {
    sort_by(findings, order);
}

/// Sorts what may be very many, and large: their numbers are sorted, and they only change places.
fn sort_by<T>(list: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    if list.is_sorted_by(|a, b| order(a, b).is_le()) {
        return;
    }
    let mut sorted: Vec<u32> = (0..list.len() as u32).collect();
    sorted.sort_by(|&a, &b| order(&list[a as usize], &list[b as usize]));
    for at in 0..list.len() {
        // What stood there may have changed places already.
        let mut from = sorted[at] as usize;
        while from < at {
            from = sorted[from] as usize;
        }
        sorted[at] = from as u32;
        list.swap(at, from);
    }
}

/// The run of all inputs.
#[expect(
    clippy::vec_box,
    reason = "side by side they are one large piece of memory, by themselves many that others left"
)]
pub(super) fn merge(mut parts: Vec<Box<Part>>, rules: &[Arc<Rule>], settings: &Settings) -> Run {
    let mut run = Run::default();
    run.problems.extend(hold_against_baseline(&mut parts, rules, settings));
    let ends = parts.iter().filter_map(|part| Some((part.findings.first()?, part.findings.last()?)));
    let sorted = ends.is_sorted_by(|(_, last), (next, _)| order(last, next).is_le());
    run.findings = gather(&mut parts, |part| &mut part.findings);
    run.accepted = gather(&mut parts, |part| &mut part.accepted);
    run.suppressions = gather(&mut parts, |part| &mut part.suppressions);
    run.undecided = gather(&mut parts, |part| &mut part.undecided);
    let mut tallies = vec![Counts::default(); rules.len()];
    for part in parts {
        run.problems.extend(part.problems);
        run.skipped += part.skipped;
        run.apps += part.apps;
        run.templates += part.templates;
        run.resources += part.resources;
        run.stacks.extend(part.stacks.into_iter().map(|(_, stack)| stack));
        part.tallies.into_iter().for_each(|(rule, more)| tallies[rule] += more);
    }
    if !sorted {
        sort(&mut run.findings);
    }
    run.accepted.sort_by(|a, b| order(&a.finding, &b.finding));
    run.undecided.sort_by(|a, b| a.location.compare(&b.location).then_with(|| a.rule.cmp(&b.rule)));
    let tally = |(rule, counts): (&Arc<Rule>, Counts)| Tally { rule: rule.id.clone(), counts };
    run.tallies = rules.iter().zip(tallies).map(tally).collect();
    // Stacks in the order in which they were met, apps behind all of them.
    run.stacks.sort_by_key(|stack| stack.app);
    run
}

/// A list of all parts, one behind the other; that of a lone one stays where it is. Lists that grow step by step would
/// leave large pieces of memory behind, each touched for the first time.
fn gather<T>(parts: &mut [Box<Part>], list: impl Fn(&mut Part) -> &mut Vec<T>) -> Vec<T> {
    if let [lone] = parts {
        return std::mem::take(list(lone));
    }
    let mut all = Vec::with_capacity(parts.iter_mut().map(|part| list(part).len()).sum());
    parts.iter_mut().for_each(|part| all.append(list(part)));
    all
}

/// Holds the findings of all inputs against the baseline; says what of it no longer holds.
fn hold_against_baseline(
    parts: &mut [Box<Part>],
    rules: &[Arc<Rule>],
    settings: &Settings,
) -> Option<Problem> {
    let (file, baseline) = settings.acceptance.baseline.as_ref()?;
    let findings = parts.iter().flat_map(|part| &part.findings);
    let accepted = parts.iter().flat_map(|part| &part.accepted);
    let mut remaining = accept::share_out(baseline, findings, accepted);
    for part in parts.iter_mut() {
        let Some(left) = part.left.take() else { continue };
        let freed = accept::apply(left, &mut part.findings, &mut part.accepted, &mut remaining, rules);
        for (rule, row) in freed {
            let turn = |counts: &mut Counts| {
                counts.fail -= 1;
                counts.accepted += 1;
            };
            // Rows and rules are sorted, as they were counted.
            if let Ok(at) = part.tallies.binary_search_by_key(&rule, |(index, _)| *index) {
                turn(&mut part.tallies[at].1);
            }
            let Ok(at) = part.stacks.binary_search_by_key(&row, |(of, _)| *of) else { continue };
            let counted = &mut part.stacks[at].1.rules;
            if let Ok(at) = counted.binary_search_by_key(&rule, |(index, _)| *index) {
                turn(&mut counted[at].1);
            }
        }
    }
    // Of what was not looked at, nothing can be said.
    let looked: BTreeSet<&str> =
        parts.iter().flat_map(|part| part.names.iter().map(String::as_str)).collect();
    let outlived = baseline.entries.iter().filter(|(_, entry)| {
        let ran = rules.binary_search_by(|rule| (*rule.id).cmp(&entry.rule)).is_ok();
        ran && (entry.stack.is_empty() || looked.contains(entry.stack.as_str()))
    });
    let count: usize = outlived
        .map(|(spelt, entry)| {
            let allowed = Fingerprint::parse(spelt).and_then(|fingerprint| remaining.get(&fingerprint));
            allowed.map_or(entry.count, Allowance::left)
        })
        .sum();
    let noun = if count == 1 {
        "finding of the baseline no longer holds"
    } else {
        "findings of the baseline no longer hold"
    };
    (count > 0 && !looked.is_empty()).then(|| {
        Problem::remark(file, format!("{count} {noun}"))
            .with_help("`stackproof baseline prune` takes out what is mended")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_equal_stays_in_its_order() {
        for length in [0, 1, 2, 7, 100, 1000] {
            for of in [1, 3, 50, 2000] {
                let mut list: Vec<(usize, usize)> = (0..length).map(|at| (at * 7919 % of, at)).collect();
                let mut sorted = list.clone();
                sorted.sort_by_key(|(key, _)| *key);
                sort_by(&mut list, |a, b| a.0.cmp(&b.0));
                assert_eq!(list, sorted, "{length} of {of}");
            }
        }
    }
}
