//! A whole run: inputs -> [`Run`], in parallel and in order.
//!
//! The one door for levels and attestations: a clause that is off for a subject's profile is not asked, and one that a
//! person vouches for does not fail. One assembly after the
//! other is read, judged and dropped, as many at a time as there are threads.
use super::candidate::Joins;
use super::evaluate::{Evaluator, Known};
use super::plan::{Plan, profile_of, strictest, subjects};
use super::subject::Subject;
use super::tally::by_stack;
use super::tell;
use super::verdict::{Question, Verdict};
use super::{draw, given};
use crate::checklist::Attestation;
use crate::date::Date;
use crate::diagram::Diagram;
use crate::finding::{Counts, Finding, Location, Problem, Related, Run, StackTally, Tally, Undecided};
use crate::graph::{Graph, StackId};
use crate::intake::{Assembly, Discovery};
use crate::limits::MAX_FINDINGS_PER_NODE;
use crate::policy::{Policy, paste};
use crate::rule::{Profile, Rule};
use crate::template;
use crate::value::{self, Resolver, World};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::collections::BTreeSet;
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
                part.judge(&assembly, rules, &plan, settings);
            }
            progress();
            part
        })
        .collect();
    let barren = found.barren(parts.iter().flat_map(|part| part.fruitful.iter().copied()));
    let mut diagram = Diagram::default();
    parts.iter_mut().filter_map(|part| part.diagram.take()).for_each(|more| diagram.extend(more));
    let declared = parts.iter().flat_map(|part| part.declared.iter().cloned()).collect();
    let mut run = merge(parts, rules);
    run.undeclared = given::undeclared(&settings.values, &declared);
    let remarks = settings.policy.remarks().into_iter();
    run.problems.splice(0..0, remarks.chain(found.problems.iter().cloned()).chain(barren));
    (run, diagram)
}

/// Judges one assembly that is already read.
pub(super) fn check_assembly(assembly: &Assembly, rules: &[Arc<Rule>], settings: &Settings) -> Run {
    let mut part = Part::new(rules.len());
    part.judge(assembly, rules, &Plan::new(rules, settings), settings);
    merge(vec![part], rules)
}

fn merge(mut parts: Vec<Part>, rules: &[Arc<Rule>]) -> Run {
    let mut run = Run::default();
    // The findings of a lone input stay where they are.
    if let [lone] = &mut parts[..] {
        run.findings = std::mem::take(&mut lone.findings);
    }
    let mut tallies = vec![Counts::default(); rules.len()];
    run.findings.reserve_exact(parts.iter().map(|part| part.findings.len()).sum());
    for part in parts {
        run.findings.extend(part.findings);
        run.undecided.extend(part.undecided);
        run.problems.extend(part.problems);
        run.skipped += part.skipped;
        run.apps += part.apps;
        run.templates += part.templates;
        run.resources += part.resources;
        run.stacks.extend(part.stacks);
        tallies.iter_mut().zip(part.tallies).for_each(|(sum, more)| *sum += more);
    }
    run.findings.sort_by(|a, b| {
        in_order(&a.location, &b.location)
            .then_with(|| (&a.rule, &a.fingerprint).cmp(&(&b.rule, &b.fingerprint)))
    });
    run.undecided.sort_by(|a, b| in_order(&a.location, &b.location).then_with(|| a.rule.cmp(&b.rule)));
    let tally = |(rule, counts): (&Arc<Rule>, Counts)| Tally { rule: rule.id.clone(), counts };
    run.tallies = rules.iter().zip(tallies).map(tally).collect();
    // Stacks in the order in which they were met, apps behind all of them.
    run.stacks.sort_by_key(|stack| stack.app);
    run
}

/// By file, then by span. Most of what is compared stands in one file.
fn in_order(a: &Location, b: &Location) -> Ordering {
    let files = if Arc::ptr_eq(&a.source, &b.source) { Ordering::Equal } else { a.file().cmp(b.file()) };
    files.then_with(|| a.span.cmp(&b.span))
}

/// The result of one input.
struct Part {
    findings: Vec<Finding>,
    undecided: Vec<Undecided>,
    problems: Vec<Problem>,
    /// The walked folders that the input came from.
    fruitful: Vec<usize>,
    /// One for each rule.
    tallies: Vec<Counts>,
    /// The same by stack, where it is wanted.
    stacks: Vec<StackTally>,
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

    fn judge(&mut self, assembly: &Assembly, rules: &[Arc<Rule>], plan: &Plan, settings: &Settings) {
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
        let judged: Vec<Judged> = work
            .par_chunks(512)
            .map(|chunk| {
                let resolver = Resolver::new(&world);
                let mut judged = Judged::new(rules.len());
                let known = Known::default();
                for (subject, list) in chunk {
                    let evaluator = Evaluator::new(*subject, &resolver, &joins, &known, settings.today);
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
                            let counts = judged.ask(&evaluator, question, index);
                            if settings.by_stack {
                                judged.fared.push((*subject, index, counts));
                            }
                        }
                    }
                }
                judged
            })
            .collect();
        if settings.by_stack {
            self.stacks = by_stack(&graph, judged.iter().flat_map(|judged| &judged.fared).copied());
        }
        self.findings.reserve_exact(judged.iter().map(|judged| judged.findings.len()).sum());
        let mut grouped = FxHashMap::default();
        for judged in judged {
            self.collect(judged, &mut grouped, rules);
        }
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

    /// Takes over what was judged. `grouped` is where the first finding of a rule that is told once lies, by its level.
    fn collect(&mut self, judged: Judged, grouped: &mut FxHashMap<(usize, u32), usize>, rules: &[Arc<Rule>]) {
        self.tallies.iter_mut().zip(judged.tallies).for_each(|(sum, more)| *sum += more);
        self.undecided.extend(judged.undecided);
        let mut findings = judged.findings.into_iter();
        for (rule, level, count) in judged.told {
            let findings = findings.by_ref().take(count);
            if !rules[rule].once_per_app {
                self.findings.extend(findings);
                continue;
            }
            for finding in findings {
                match grouped.get(&(rule, level)) {
                    None => {
                        grouped.insert((rule, level), self.findings.len());
                        self.findings.push(finding);
                    }
                    Some(&first) => {
                        let related = Related { message: finding.message, location: finding.location };
                        self.findings[first].related.push(related);
                        let worse = self.findings[first].severity.max(finding.severity);
                        self.findings[first].severity = worse;
                    }
                }
            }
        }
    }
}

/// Writes out `Fn::ForEach`, so that all that follows sees plain templates; gives what is wrong with the loops.
pub(super) fn expand_loops(assembly: &mut Assembly, settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    for stack in &mut assembly.stacks {
        let given = |name: &str| {
            let value = match name {
                "AWS::Region" => stack.region.as_ref(),
                "AWS::AccountId" => stack.account.as_ref(),
                _ => settings.values.parameters.get(name),
            };
            let known = || stack.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value);
            value.or_else(known).cloned()
        };
        let Some((document, faults)) = template::expand_loops(&stack.document, &given) else { continue };
        let source = document.source().clone();
        problems.extend(
            faults
                .into_iter()
                .map(|fault| Problem::remark(source.name(), fault.message).at(&source, fault.span)),
        );
        stack.document = document;
    }
    problems
}

/// What was judged of some subjects, on its way out.
struct Judged {
    /// One for each rule.
    tallies: Vec<Counts>,
    /// How each rule fared with each subject, where that is wanted.
    fared: Vec<(Subject, usize, Counts)>,
    findings: Vec<Finding>,
    /// Whose the findings are: so many of a rule, at an assembly level.
    told: Vec<(usize, u32, usize)>,
    undecided: Vec<Undecided>,
}

impl Judged {
    fn new(rules: usize) -> Judged {
        Judged {
            tallies: vec![Counts::default(); rules],
            fared: Vec::new(),
            findings: Vec::new(),
            told: Vec::new(),
            undecided: Vec::new(),
        }
    }

    /// Judges one rule for one subject, and keeps what is to be told.
    fn ask<'a>(&mut self, evaluator: &Evaluator<'_, 'a>, question: Question<'a>, index: usize) -> Counts {
        let none = Counts::default();
        let counts = match evaluator.judge(question) {
            Verdict::Pass => Counts { pass: 1, ..none },
            Verdict::Attested => Counts { attested: 1, ..none },
            Verdict::NotApplicable => Counts { not_applicable: 1, ..none },
            Verdict::Undecided(unknown, witness) => {
                let mut told = tell::undecided(evaluator, question, &unknown, &witness);
                // A person can help only where none of what is open could be broken.
                if question.rule.attestable() && !question.vouched {
                    let vouched = Question { vouched: true, ..question };
                    let helps = !matches!(evaluator.judge(vouched), Verdict::Undecided(..));
                    told.attest = helps.then(|| paste(Some(&question.rule.id), &question.rule.checklist));
                }
                self.undecided.push(told);
                Counts { undecided: 1, ..none }
            }
            Verdict::Fail(failures) => {
                let first = self.findings.len();
                let mut more = 0;
                for failure in &failures {
                    let left = MAX_FINDINGS_PER_NODE - (self.findings.len() - first);
                    more += failure.witnesses.len().saturating_sub(left);
                    tell::findings(&mut self.findings, evaluator, question, failure, left);
                }
                if let Some(last) = self.findings[first..].last_mut().filter(|_| more > 0) {
                    last.message.push_str(&format!(" (and {more} more)"));
                }
                let world = evaluator.world;
                let level = world.graph.stack(evaluator.subject.stack(world)).input.level;
                self.told.push((index, level, self.findings.len() - first));
                Counts { fail: 1, ..none }
            }
        };
        self.tallies[index] += counts;
        counts
    }
}
