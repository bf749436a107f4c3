//! A run -> how the lines of the checklist stand.
//!
//! A line is proven only where at least one of its rules applied and none failed, at any level. Where no rule has
//! anything to say, a person may vouch for it; where nobody does, and no rule could, it is undecided.
use super::run::Settings;
use crate::checklist::{Attestation, Checklist, Evidence, Group, Line, Row, State};
use crate::finding::{Counts, Run};
use crate::policy::{paste, told};
use crate::rule::{ChecklistLine, Rule, checklist_lines};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The checklist after a run of these rules.
pub fn checklist(run: &Run, rules: &[Arc<Rule>], settings: &Settings) -> Checklist {
    let attestations = settings.policy.attestations().to_vec();
    let told = Told::of(run);
    let mut groups: Vec<Group> = Vec::new();
    for of in checklist_lines() {
        let line = line(&of, run, rules, settings, &told);
        match groups.last_mut().filter(|group| group.title == of.group) {
            Some(group) => group.lines.push(line),
            None => groups.push(Group { title: of.group, lines: vec![line] }),
        }
    }
    let mut checklist = Checklist { day: settings.today, groups, attestations, stacks: Vec::new() };
    checklist.stacks = rows(&checklist, run, rules);
    checklist
}

/// The findings, accepted ones and undecided verdicts of each rule.
#[derive(Default)]
struct Told<'r> {
    findings: FxHashMap<&'r str, Vec<usize>>,
    undecided: FxHashMap<&'r str, Vec<usize>>,
    accepted: FxHashMap<&'r str, Vec<usize>>,
}

impl<'r> Told<'r> {
    fn of(run: &'r Run) -> Told<'r> {
        let mut told = Told::default();
        for (index, finding) in run.findings.iter().enumerate() {
            told.findings.entry(&*finding.rule).or_default().push(index);
        }
        for (index, undecided) in run.undecided.iter().enumerate() {
            told.undecided.entry(&*undecided.rule).or_default().push(index);
        }
        for (index, accepted) in run.accepted.iter().enumerate() {
            told.accepted.entry(&*accepted.finding.rule).or_default().push(index);
        }
        told
    }
}

fn line(of: &ChecklistLine, run: &Run, rules: &[Arc<Rule>], settings: &Settings, told: &Told<'_>) -> Line {
    let all = settings.policy.attestations();
    let mut counts = Counts::default();
    let mut evidence = Vec::new();
    for (rule, tally) in rules.iter().zip(&run.tallies).filter(|(rule, _)| rule.checklist == of.id) {
        counts += tally.counts;
        let attestation = settings.policy.attestation(rule).filter(|index| all[*index].is_valid());
        evidence.push(Evidence {
            rule: rule.id.to_string(),
            title: rule.title.to_string(),
            see: rule.see.map(str::to_owned),
            state: State::of(tally.counts),
            counts: tally.counts,
            findings: told.findings.get(&*rule.id).cloned().unwrap_or_default(),
            undecided: told.undecided.get(&*rule.id).cloned().unwrap_or_default(),
            accepted: told.accepted.get(&*rule.id).cloned().unwrap_or_default(),
            attestation: attestation.filter(|_| rule.attestable()),
        });
    }
    let attestations: Vec<usize> =
        (0..all.len()).filter(|index| all[*index].lines.contains(&of.id)).collect();
    let mut line = Line {
        id: of.id.clone(),
        title: of.title.clone(),
        state: State::of(counts),
        counts,
        rules: evidence,
        attestations,
        reason: None,
        attest: None,
    };
    vouch(&mut line, all);
    // Where a rule waits for what only the deployment knows, a person may know it already.
    if line.state == State::Undecided && line.attest.is_none() {
        let mut waiting = line.rules.iter().flat_map(|rule| &rule.undecided);
        line.attest = waiting.find_map(|index| run.undecided[*index].attest.as_deref().map(str::to_owned));
    }
    line
}

/// What people say of a line where rules leave room for it.
fn vouch(line: &mut Line, all: &[Attestation]) {
    let mut of_line = line.attestations.iter().map(|index| &all[*index]);
    if of_line.clone().any(Attestation::is_valid) {
        if matches!(line.state, State::Undecided | State::NotApplicable) {
            line.state = State::Attested;
        }
        return;
    }
    let lapsed = of_line.find_map(told);
    match line.state {
        // A line that no rule looks at is the business of people alone.
        State::NotApplicable if line.rules.is_empty() => {
            line.state = State::Undecided;
            line.reason = Some(lapsed.unwrap_or_else(|| "nobody vouches for it".to_owned()));
            line.attest = Some(paste(None, &line.id));
        }
        State::Failed | State::Undecided | State::NotApplicable => line.reason = lapsed,
        State::Accepted | State::Attested | State::Proven => {}
    }
}

fn rows(checklist: &Checklist, run: &Run, rules: &[Arc<Rule>]) -> Vec<Row> {
    let number: FxHashMap<&str, usize> =
        checklist.lines().enumerate().map(|(index, line)| (line.id.as_str(), index)).collect();
    let lines = number.len();
    let mut rows: Vec<Row> = Vec::new();
    for stack in &run.stacks {
        let mut counts = vec![Counts::default(); lines];
        for (rule, of) in &stack.rules {
            if let Some(index) = rules.get(*rule).and_then(|rule| number.get(rule.checklist)) {
                counts[*index] += *of;
            }
        }
        rows.push(Row {
            app: stack.app,
            stack: stack.stack.clone(),
            file: stack.file.clone(),
            states: counts.into_iter().map(State::of).collect(),
        });
    }
    // What only people can vouch for concerns the app as a whole.
    let nowhere: Vec<bool> =
        (0..lines).map(|index| rows.iter().all(|row| row.states[index] == State::NotApplicable)).collect();
    if let [whole] = rows.iter_mut().filter(|row| row.app).collect::<Vec<_>>().as_mut_slice() {
        for (index, line) in checklist.lines().enumerate().filter(|(index, _)| nowhere[*index]) {
            whole.states[index] = line.state;
        }
    }
    rows.retain(|row| !row.app || row.states.iter().any(|state| *state != State::NotApplicable));
    rows
}
