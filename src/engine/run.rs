//! A whole run: inputs -> [`Run`], in parallel and in order.
//!
//! The one door for levels and attestations: a clause that is off for a subject's profile is not asked, and one that a
//! person vouches for does not fail. One assembly after the
//! other is read, judged and dropped, as many at a time as there are threads.
use super::accept::{self, Acceptance, Door, Left, Row};
use super::candidate::Joins;
use super::evaluate::{Evaluator, Known};
use super::given::expand_loops;
use super::judged::{Judged, join, judge_one};
use super::plan::{Plan, profile_of, strictest, subjects};
use super::subject::Subject;
use super::tally::{by_stack, row_of};
use super::verdict::Question;
use super::{draw, given, locate};
use crate::checklist::Attestation;
use crate::date::Date;
use crate::diagram::Diagram;
use crate::finding::{Accepted, Counts, Finding, Problem, Run, StackTally, Suppression, Tally, Undecided};
use crate::graph::{Graph, StackId};
use crate::intake::{Assembly, Discovery};
use crate::policy::Policy;
use crate::rule::{Profile, Rule};
use crate::value::{self, Resolver, World};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// What the caller decides about a run.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The profile of every stack; none: that of its `Environment` tag, else production.
    pub profile: Option<Profile>,
    /// How values are resolved.
    pub values: value::Settings,
    /// The day that dated rules count from.
    pub today: Date,
    /// The policy of the team.
    pub policy: Arc<Policy>,
    /// Whether the counts are wanted for each stack too.
    pub by_stack: bool,
    /// What may be accepted.
    pub acceptance: Acceptance,
    /// The folder that plain templates are known by their path from.
    pub base: Option<PathBuf>,
}

/// Judges all that was discovered by every rule. `progress` is called after each input.
pub fn check(
    found: &Discovery,
    rules: &[Arc<Rule>],
    settings: &Settings,
    progress: &(dyn Fn() + Sync),
) -> Run {
    judge_all(found, rules, settings, false, progress).0
}

/// Judges all that was discovered, and draws its resource graph.
pub fn check_and_draw(
    found: &Discovery,
    rules: &[Arc<Rule>],
    settings: &Settings,
    progress: &(dyn Fn() + Sync),
) -> (Run, Diagram) {
    judge_all(found, rules, settings, true, progress)
}

fn judge_all(
    found: &Discovery,
    rules: &[Arc<Rule>],
    settings: &Settings,
    draw: bool,
    progress: &(dyn Fn() + Sync),
) -> (Run, Diagram) {
    let plan = Plan::new(rules, settings);
    let door = Door::new(rules, settings);
    let mut parts: Vec<Part> = found
        .inputs
        .par_iter()
        // One input can be as much work as all others: no thread takes several at once.
        .with_max_len(1)
        .map(|input| {
            let loaded = input.load();
            let mut part = Part {
                problems: loaded.problems,
                skipped: loaded.skipped,
                fruitful: loaded.fruitful,
                diagram: draw.then(Diagram::default),
                ..Part::new(rules.len())
            };
            if let Some(mut assembly) = loaded.assembly {
                part.problems.extend(expand_loops(&mut assembly, settings));
                part.judge(&assembly, rules, &plan, settings, &door);
            }
            progress();
            part
        })
        .collect();
    let barren = found.barren(parts.iter().flat_map(|part| part.fruitful.iter().copied()));
    let mut diagram = Diagram::default();
    parts.iter_mut().filter_map(|part| part.diagram.take()).for_each(|more| diagram.extend(more));
    let declared = parts.iter().flat_map(|part| part.declared.iter().cloned()).collect();
    let mut run = merge(parts, rules, settings);
    let own = door.of_policy();
    run.suppressions.splice(0..0, own);
    let whole = !run.incomplete();
    run.problems.extend(door.remarks(&run.suppressions, whole));
    run.undeclared = given::undeclared(&settings.values, &declared);
    let remarks = settings.policy.remarks().into_iter();
    run.problems.splice(0..0, remarks.chain(found.problems.iter().cloned()).chain(barren));
    (run, diagram)
}

/// Judges one assembly that is already read.
pub(super) fn check_assembly(assembly: &Assembly, rules: &[Arc<Rule>], settings: &Settings) -> Run {
    let mut part = Part::new(rules.len());
    part.judge(assembly, rules, &Plan::new(rules, settings), settings, &Door::new(rules, settings));
    merge(vec![part], rules, settings)
}

fn merge(mut parts: Vec<Part>, rules: &[Arc<Rule>], settings: &Settings) -> Run {
    let mut run = Run::default();
    run.problems.extend(hold_against_baseline(&mut parts, rules, settings));
    // The findings of a lone input stay where they are.
    if let [lone] = &mut parts[..] {
        run.findings = std::mem::take(&mut lone.findings);
    }
    let mut tallies = vec![Counts::default(); rules.len()];
    run.findings.reserve_exact(parts.iter().map(|part| part.findings.len()).sum());
    for part in parts {
        run.findings.extend(part.findings);
        run.accepted.extend(part.accepted);
        run.suppressions.extend(part.suppressions);
        run.undecided.extend(part.undecided);
        run.problems.extend(part.problems);
        run.skipped += part.skipped;
        run.apps += part.apps;
        run.templates += part.templates;
        run.resources += part.resources;
        run.stacks.extend(part.stacks.into_iter().map(|(_, stack)| stack));
        tallies.iter_mut().zip(part.tallies).for_each(|(sum, more)| *sum += more);
    }
    let place = |a: &Finding, b: &Finding| {
        a.location
            .compare(&b.location)
            .then_with(|| (&a.rule, &a.fingerprint).cmp(&(&b.rule, &b.fingerprint)))
    };
    run.findings.sort_by(place);
    run.accepted.sort_by(|a, b| place(&a.finding, &b.finding));
    run.undecided.sort_by(|a, b| a.location.compare(&b.location).then_with(|| a.rule.cmp(&b.rule)));
    let tally = |(rule, counts): (&Arc<Rule>, Counts)| Tally { rule: rule.id.clone(), counts };
    run.tallies = rules.iter().zip(tallies).map(tally).collect();
    // Stacks in the order in which they were met, apps behind all of them.
    run.stacks.sort_by_key(|stack| stack.app);
    run
}

/// Holds the findings of all inputs against the baseline; says what of it no longer holds.
fn hold_against_baseline(parts: &mut [Part], rules: &[Arc<Rule>], settings: &Settings) -> Option<Problem> {
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
            turn(&mut part.tallies[rule]);
            // Rows and rules are sorted, as they were counted.
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
    let count: usize = outlived.map(|(fingerprint, _)| remaining[fingerprint].left()).sum();
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

/// The result of one input.
struct Part {
    findings: Vec<Finding>,
    accepted: Vec<Accepted>,
    /// What people wrote in the templates and the manifest to accept findings.
    suppressions: Vec<Suppression>,
    /// The nodes behind the findings, and the stacks by the names that the baseline has, where there is one.
    left: Option<Left>,
    names: Vec<String>,
    undecided: Vec<Undecided>,
    problems: Vec<Problem>,
    /// The walked folders that the input came from.
    fruitful: Vec<usize>,
    /// One for each rule.
    tallies: Vec<Counts>,
    /// The same by stack, where it is wanted.
    stacks: Vec<(Row, StackTally)>,
    apps: usize,
    templates: usize,
    resources: usize,
    skipped: usize,
    /// The parameters that may be given a value.
    declared: BTreeSet<String>,
    /// The resource graph, where it was asked for.
    diagram: Option<Diagram>,
}

impl Part {
    fn new(rules: usize) -> Part {
        Part {
            findings: Vec::new(),
            accepted: Vec::new(),
            suppressions: Vec::new(),
            left: None,
            names: Vec::new(),
            undecided: Vec::new(),
            problems: Vec::new(),
            fruitful: Vec::new(),
            tallies: vec![Counts::default(); rules],
            stacks: Vec::new(),
            apps: 0,
            templates: 0,
            resources: 0,
            skipped: 0,
            declared: BTreeSet::new(),
            diagram: None,
        }
    }

    fn judge(
        &mut self,
        assembly: &Assembly,
        rules: &[Arc<Rule>],
        plan: &Plan,
        settings: &Settings,
        door: &Door<'_>,
    ) {
        let graph = Graph::build(assembly);
        let world = World::build(&graph, &settings.values);
        if let Some(diagram) = &mut self.diagram {
            *diagram = draw::draw(&world);
        }
        self.apps += 1;
        self.templates += graph.stacks.len();
        self.resources += graph.resources.len();
        self.problems.extend(assembly.problems.iter().cloned());
        self.remark(&graph, &world);
        if !settings.values.parameters.is_empty() {
            self.declared = given::declared(&graph);
        }
        self.problems.extend(given::remarks(&graph, &settings.values));
        let work = subjects(&graph, rules, plan);
        let joins = Joins::default();
        let profiles: Vec<Profile> = (0..graph.stacks.len())
            .map(|index| profile_of(&graph, StackId(index as u32), settings))
            .collect();
        let (mut judged, silent): (Vec<Vec<Judged>>, Vec<Vec<Counts>>) = work
            .par_chunks(512)
            .map(|chunk| {
                let resolver = Resolver::new(&world);
                // Most verdicts have nothing to tell and are only counted.
                let (mut judged, mut silent) = (Vec::new(), vec![Counts::default(); rules.len()]);
                let known = Known::default();
                for (subject, list) in chunk {
                    let evaluator = Evaluator::new(
                        *subject,
                        &resolver,
                        &joins,
                        &known,
                        settings.today,
                        settings.base.as_deref(),
                    );
                    let profile = match subject {
                        Subject::App(first) => strictest(&graph, &profiles, *first),
                        subject => profiles[subject.stack(&world).0 as usize],
                    };
                    for &index in list.iter() {
                        let rule = rules[index].under(profile);
                        if rule.require.iter().any(|clause| rule.level(clause, profile).is_some()) {
                            let attestation = plan.attestation(index, settings);
                            let vouched = attestation.is_some_and(Attestation::is_valid);
                            let question = Question { rule, profile, attestation, vouched };
                            let one = judge_one(&evaluator, question, index);
                            if settings.by_stack || one.tells() {
                                judged.push(one);
                            } else {
                                silent[index] += one.counts;
                            }
                        }
                    }
                }
                (judged, silent)
            })
            .unzip();
        self.suppressions = door.screen(&graph, &mut judged);
        if settings.acceptance.baseline.is_some() {
            self.left = Some(Left::default());
            let names =
                graph.stacks.iter().map(|stack| locate::stack_name(settings.base.as_deref(), stack.input));
            self.names.extend(names.map(Cow::into_owned));
        }
        if settings.by_stack {
            let judged = judged.iter().flatten().map(|one| (one.subject, one.rule, one.counts));
            self.stacks = by_stack(&graph, judged);
        }
        for counts in silent {
            self.tallies.iter_mut().zip(counts).for_each(|(sum, more)| *sum += more);
        }
        self.findings.reserve_exact(judged.iter().flatten().map(|one| one.findings.len()).sum());
        self.collect(judged.into_iter().flatten(), rules, &graph);
        self.problems.extend(assembly.late_problems());
    }

    /// What the reader of the templates should know of them.
    fn remark(&mut self, graph: &Graph<'_>, world: &World<'_>) {
        for (index, stack) in graph.stacks.iter().enumerate() {
            let source = graph.source(StackId(index as u32));
            let remarks =
                stack.template.document.remarks().iter().map(|remark| (&remark.message, remark.span));
            let refused = world.refusals(StackId(index as u32));
            let faults =
                stack.template.faults.iter().chain(refused).map(|fault| (&fault.message, fault.span));
            for (message, span) in remarks.chain(faults) {
                self.problems.push(Problem::remark(source.name(), message.as_str()).at(source, span));
            }
        }
    }

    fn collect(&mut self, judged: impl Iterator<Item = Judged>, rules: &[Arc<Rule>], graph: &Graph<'_>) {
        let mut grouped: FxHashMap<(usize, u32), usize> = FxHashMap::default();
        let mut accepted: FxHashMap<(usize, u32), usize> = FxHashMap::default();
        for one in judged {
            self.tallies[one.rule] += one.counts;
            self.undecided.extend(one.undecided.map(|undecided| *undecided));
            let together = rules[one.rule].once_per_app;
            for one_accepted in one.accepted {
                let first = accepted.entry((one.rule, one.level)).or_insert(self.accepted.len());
                match self.accepted.get_mut(*first).filter(|_| together) {
                    Some(first) => join(&mut first.finding, one_accepted.finding),
                    None => self.accepted.push(one_accepted),
                }
            }
            if let Some(left) = self.left.as_mut().filter(|_| !one.findings.is_empty()) {
                let row = (one.counts.fail > 0).then(|| row_of(graph, one.subject));
                left.failing.push((one.rule, row, one.findings.len() as u32));
            }
            for finding in one.findings {
                if !together {
                    self.keep(finding);
                    continue;
                }
                match grouped.get(&(one.rule, one.level)) {
                    None => {
                        grouped.insert((one.rule, one.level), self.findings.len());
                        self.keep(finding);
                    }
                    Some(&first) => {
                        join(&mut self.findings[first], finding);
                        if let Some(left) = &mut self.left {
                            left.owners[first].push(left.failing.len() as u32 - 1);
                        }
                    }
                }
            }
        }
    }

    /// Keeps a finding that counts; of the node that failed last.
    fn keep(&mut self, finding: Finding) {
        if let Some(left) = &mut self.left {
            left.owners.push(vec![left.failing.len() as u32 - 1]);
        }
        self.findings.push(finding);
    }
}
