//! One input -> what it has to say: its assembly is judged piece by piece, in parallel and in order.
//!
//! What is judged passes the door before the next pieces are, so that no more verdicts are held than a few pieces have;
//! findings then wait, sorted, for those of the other inputs.
use super::accept::{Door, Left, Row};
use super::candidate::Joins;
use super::evaluate::{Evaluator, Known};
use super::judged::{Judged, join, told};
use super::merge::sort;
use super::plan::{Asked, Plan, Work, profile_of, strictest, subjects};
use super::run::Settings;
use super::subject::Subject;
use super::tally::{by_stack, row_of};
use super::verdict::Verdict;
use super::{draw, given, locate};
use crate::diagram::Diagram;
use crate::finding::{Accepted, Counts, Finding, Problem, StackTally, Suppression, Undecided};
use crate::graph::{Graph, StackId};
use crate::intake::Assembly;
use crate::rule::{Profile, Rule};
use crate::value::{Resolver, World};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// Subjects that are judged in one go, by one thread.
const CHUNK: usize = 128;
/// Chunks for each thread before what was judged passes the door.
const CHUNKS: usize = 4;

/// The result of one input.
#[derive(Default)]
pub(super) struct Part {
    pub findings: Vec<Finding>,
    pub accepted: Vec<Accepted>,
    /// What people wrote in the templates and the manifest to accept findings.
    pub suppressions: Vec<Suppression>,
    /// The nodes behind the findings, and the stacks by the names that the baseline has, where there is one.
    pub left: Option<Left>,
    pub names: Vec<String>,
    pub undecided: Vec<Undecided>,
    pub problems: Vec<Problem>,
    /// The walked folders that the input came from.
    pub fruitful: Vec<usize>,
    /// Those of the rules that were asked, by rule.
    pub tallies: Vec<(usize, Counts)>,
    /// The same by stack, where it is wanted.
    pub stacks: Vec<(Row, StackTally)>,
    pub apps: usize,
    pub templates: usize,
    pub resources: usize,
    pub skipped: usize,
    /// The parameters that may be given a value.
    pub declared: BTreeSet<String>,
    /// The resource graph, where it was asked for.
    pub diagram: Option<Diagram>,
}

impl Part {
    pub fn judge(
        &mut self,
        assembly: &Assembly,
        rules: &[Arc<Rule>],
        plan: &Plan<'_>,
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
        if settings.acceptance.baseline.is_some() {
            self.left = Some(Left::default());
            let names =
                graph.stacks.iter().map(|stack| locate::stack_name(settings.base.as_deref(), stack.input));
            self.names.extend(names.map(Cow::into_owned));
        }
        let court = Court::new(&world, rules, settings);
        let mut screen = door.screen(&graph);
        let mut gathered = Gathered::default();
        let work = subjects(&graph, plan);
        let several = CHUNK * CHUNKS * rayon::current_num_threads();
        for (turn, now) in work.subjects.chunks(several).enumerate() {
            let sessions: Vec<Session> =
                now.par_chunks(CHUNK).map(|chunk| court.session(chunk, &work)).collect();
            if turn > 0 {
                // As many will be found in what is left as were in what is done: no list is moved again and again.
                let left = work.subjects.len() - turn * several;
                self.findings.reserve(self.findings.len() * left / (turn * several));
            }
            for mut session in sessions {
                screen.pass(&mut session.judged);
                match gathered.tallies.is_empty() {
                    true => gathered.tallies = session.silent,
                    false => add(&mut gathered.tallies, session.silent),
                }
                for one in session.judged {
                    if settings.by_stack {
                        gathered.counted.push((one.subject, one.rule, one.counts));
                    }
                    self.collect(one, &mut gathered, rules, &graph);
                }
            }
        }
        self.suppressions = screen.finish();
        let asked = gathered.tallies.into_iter().enumerate().filter(|(_, counts)| !counts.is_empty());
        self.tallies = asked.collect();
        if settings.by_stack {
            self.stacks = by_stack(&graph, gathered.counted.into_iter());
        }
        self.problems.extend(assembly.late_problems());
    }

    /// Puts findings in their order; it takes no more room than the assembly left, once that is dropped.
    pub fn sort(&mut self) {
        // The baseline wants them as they were judged.
        if self.left.is_none() {
            sort(&mut self.findings);
        }
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

    fn collect(&mut self, one: Judged, gathered: &mut Gathered, rules: &[Arc<Rule>], graph: &Graph<'_>) {
        gathered.tallies[one.rule] += one.counts;
        self.undecided.extend(one.undecided.map(|undecided| *undecided));
        let together = rules[one.rule].once_per_app;
        for one_accepted in one.accepted {
            let first = gathered.accepted.entry((one.rule, one.level)).or_insert(self.accepted.len());
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
            match gathered.findings.get(&(one.rule, one.level)) {
                None => {
                    gathered.findings.insert((one.rule, one.level), self.findings.len());
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

    /// Keeps a finding that counts; of the node that failed last.
    fn keep(&mut self, finding: Finding) {
        if let Some(left) = &mut self.left {
            left.owners.push(vec![left.failing.len() as u32 - 1]);
        }
        self.findings.push(finding);
    }
}

/// Adds up counts, rule by rule.
fn add(sums: &mut [Counts], more: Vec<Counts>) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

/// What was met so far, beside what is told of it.
#[derive(Default)]
struct Gathered {
    /// The first finding, and the first accepted one, of a rule whose findings of a level are told as one.
    findings: FxHashMap<(usize, u32), usize>,
    accepted: FxHashMap<(usize, u32), usize>,
    /// How each rule fared.
    tallies: Vec<Counts>,
    /// The same for each subject, where that is wanted by stack.
    counted: Vec<(Subject, usize, Counts)>,
}

/// All that an assembly is judged by.
struct Court<'c, 'a> {
    world: &'c World<'a>,
    rules: &'a [Arc<Rule>],
    settings: &'a Settings,
    joins: Joins,
    /// The profile of each stack.
    profiles: Vec<Profile>,
    /// The rules that look for a text in resources which the template of a stack lacks, once one of them is judged.
    spared: Vec<OnceLock<Vec<usize>>>,
}

/// What was judged in one go. Most verdicts have nothing to tell and are only counted.
struct Session {
    judged: Vec<Judged>,
    silent: Vec<Counts>,
}

impl<'c, 'a> Court<'c, 'a> {
    fn new(world: &'c World<'a>, rules: &'a [Arc<Rule>], settings: &'a Settings) -> Self {
        let stacks = 0..world.graph.stacks.len();
        let profiles = stacks.map(|index| profile_of(world.graph, StackId(index as u32), settings)).collect();
        let spared = vec![OnceLock::new(); world.graph.stacks.len()];
        Court { world, rules, settings, joins: Joins::default(), profiles, spared }
    }

    /// Judges subjects one after the other, each by its rules.
    fn session<'p: 'a>(&self, subjects: &[(Subject, u32)], work: &Work<'_, 'p>) -> Session {
        let Court { world, rules, settings, .. } = *self;
        let resolver = Resolver::new(world);
        let known = Known::of_some(subjects.len());
        let mut session = Session { judged: Vec::new(), silent: vec![Counts::default(); rules.len()] };
        for (subject, list) in subjects {
            let evaluator = Evaluator::new(
                *subject,
                &resolver,
                &self.joins,
                &known,
                settings.today,
                settings.base.as_deref(),
            );
            let profile = match subject {
                Subject::App(first) => strictest(world.graph, &self.profiles, *first),
                subject => self.profiles[subject.stack(world).0 as usize],
            };
            let spared: &[usize] = match subject {
                Subject::Resource(_) => self.spared[subject.stack(world).0 as usize]
                    .get_or_init(|| evaluator.spared(rules, work.of_many_types(), profile)),
                Subject::Stack(_) | Subject::App(_) => &[],
            };
            for Asked { index, is_of_many, spares_owned, question, asks } in work.asked(*list, profile) {
                let is_spared =
                    (*spares_owned && evaluator.is_owned()) || (*is_of_many && spared.contains(index));
                let verdict = match is_spared {
                    true => Verdict::NotApplicable,
                    false => evaluator.judge_by(question.vouched, asks),
                };
                if settings.by_stack || verdict.tells() {
                    session.judged.push(told(&evaluator, *question, *index, verdict));
                } else {
                    *verdict.count_in(&mut session.silent[*index]) += 1;
                }
            }
        }
        session
    }
}
