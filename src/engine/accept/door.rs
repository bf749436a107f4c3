//! Findings of one assembly, and what is written about them -> findings that count, and accepted ones.
use super::claim::{Claim, Claims, Names};
use crate::engine::judged::Judged;
use crate::engine::plan::root_of;
use crate::engine::run::Settings;
use crate::engine::subject::Subject;
use crate::finding::{Accepted, Counts, Finding, Location, Problem, Related, Standing, Suppression};
use crate::graph::{Graph, StackId};
use crate::policy::{Silence, told_of};
use crate::rule::{Covers, Rule};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// What all assemblies of a run pass.
pub(in crate::engine) struct Door<'r> {
    names: Names<'r>,
    settings: &'r Settings,
    /// The suppressions of the policy for each rule.
    by_rule: Vec<Vec<usize>>,
    /// How many findings each of those speaks of, and whether a stack was met that it may speak of.
    met: Vec<(AtomicUsize, AtomicBool)>,
}

/// What becomes of a finding, gathered from all that speaks of it.
#[derive(Default)]
struct Fate {
    accepted: Option<Suppression>,
    hints: Vec<Related>,
}

impl<'r> Door<'r> {
    /// The door of a run.
    pub fn new(rules: &'r [Arc<Rule>], settings: &'r Settings) -> Door<'r> {
        let silences = if settings.acceptance.suppressions { settings.policy.suppressions() } else { &[] };
        let of =
            |rule: &Arc<Rule>| (0..silences.len()).filter(|one| silences[*one].means(&rule.id)).collect();
        let names = Names {
            rules,
            known: &settings.acceptance.known,
            today: settings.today,
            aliases: OnceLock::new(),
        };
        Door {
            names,
            settings,
            by_rule: if silences.is_empty() { Vec::new() } else { rules.iter().map(of).collect() },
            met: silences.iter().map(|_| Default::default()).collect(),
        }
    }

    fn silences(&self) -> &'r [Silence] {
        if self.settings.acceptance.suppressions { self.settings.policy.suppressions() } else { &[] }
    }

    /// The door of one assembly.
    pub fn screen<'d, 'g, 'a>(&'d self, graph: &'g Graph<'a>) -> Screen<'d, 'r, 'g, 'a> {
        Screen { door: self, graph, claims: None }
    }

    fn screen_one(&self, graph: &Graph<'_>, claims: &mut Claims, one: &mut Judged) {
        let stack = match one.subject {
            Subject::Resource(id) => graph.resource(id).stack,
            Subject::Stack(id) | Subject::App(id) => id,
        };
        let about = claims.about(one.subject, stack, one.findings[0].subject.construct_path.as_deref());
        let silences = self.by_rule.get(one.rule).map_or(&[][..], Vec::as_slice);
        if about.is_empty() && silences.is_empty() {
            return;
        }
        let stack_name = match one.subject {
            Subject::App(_) => None,
            _ => graph.stack(root_of(graph, stack)).input.stack_name.as_deref(),
        };
        let last = one.findings.len() - 1;
        for (index, mut finding) in std::mem::take(&mut one.findings).into_iter().enumerate() {
            // The last finding stands for further ones that are not told: what is narrower than the node is not enough.
            let whole = one.more > 0 && index == last;
            let mut fate = Fate::default();
            for &index in &about {
                let claim = &mut claims.list[index];
                let Some(covers) = claim.covers(one.rule, &finding).filter(|_| !whole || !claim.is_narrow())
                else {
                    continue;
                };
                // A part of a rule is a hint, also of what counts for another.
                claim.written.findings +=
                    usize::from(covers == Covers::Exact || claim.written.standing == Standing::Part);
                self.weigh(one.rule, &claim.written, covers, &mut fate);
            }
            for &index in silences {
                let silence = &self.silences()[index];
                if silence.fits(&finding, stack_name) && (!whole || !silence.is_narrow()) {
                    self.met[index].0.fetch_add(1, Ordering::Relaxed);
                    self.weigh(one.rule, &silence.written, Covers::Exact, &mut fate);
                }
            }
            match fate.accepted {
                Some(by) => one.accepted.push(accepted(finding, by)),
                None => {
                    finding.relate(fate.hints);
                    one.findings.push(finding);
                }
            }
        }
        // What is not known stays so, also where somebody accepts that it is raised to a finding.
        if one.findings.is_empty() && one.counts.fail > 0 {
            one.counts = Counts { accepted: 1, ..Counts::default() };
        }
    }

    fn weigh(&self, rule: usize, written: &Suppression, covers: Covers, fate: &mut Fate) {
        let rule = &self.names.rules[rule];
        let name = written.rules.join(", ");
        let hint = match (covers, &written.standing) {
            (Covers::Part, _) => format!(
                "{name} is suppressed here for another tool and asks a part of {}; to accept this, name {} itself",
                rule.id, rule.id
            ),
            _ if !rule.suppressible => {
                format!("this suppression does not count: {} cannot be suppressed", rule.id)
            }
            (_, Standing::Active) => {
                fate.accepted.get_or_insert_with(|| written.clone());
                return;
            }
            _ => match told_of(written) {
                Some((message, _)) => message,
                None => return,
            },
        };
        let related = |location: &Location| Related { message: hint, location: location.clone() };
        fate.hints.extend(written.location.as_ref().map(related));
    }

    fn meet_stacks(&self, graph: &Graph<'_>) {
        for (silence, (_, met)) in self.silences().iter().zip(&self.met) {
            let fits = |index: usize| {
                let root = root_of(graph, StackId(index as u32));
                let name = graph.stack(root).input.stack_name.as_deref();
                silence.fits_stack(&graph.stacks[index].input.display_name, name)
            };
            if (0..graph.stacks.len()).any(fits) {
                met.store(true, Ordering::Relaxed);
            }
        }
    }

    /// The suppressions of the policy, with what became of them.
    pub fn of_policy(&self) -> Vec<Suppression> {
        let counted = self.silences().iter().zip(&self.met);
        let of = |(silence, (findings, _)): (&Silence, &(AtomicUsize, AtomicBool))| Suppression {
            findings: findings.load(Ordering::Relaxed),
            ..silence.written.clone()
        };
        let finished = |written: Suppression| {
            // Rules are sorted by id.
            let find = |id: &String| self.names.rules.binary_search_by(|rule| (*rule.id).cmp(id));
            let meant: Vec<usize> = written.meant.iter().flat_map(find).collect();
            self.finished(written, meant.into_iter())
        };
        counted.map(of).map(finished).collect()
    }

    /// A suppression that means these rules of the run.
    fn finished(&self, mut written: Suppression, meant: impl Iterator<Item = usize>) -> Suppression {
        let mut meant = meant.map(|index| &self.names.rules[index]).peekable();
        let counts = written.standing == Standing::Active;
        if counts && meant.peek().is_some() && meant.all(|rule| !rule.suppressible) {
            written.standing = Standing::Unsuppressible;
        }
        written
    }

    /// What people should know of suppressions. Of those that silence nothing only where all that they mean was looked at.
    pub fn remarks(&self, suppressions: &[Suppression], whole: bool) -> Vec<Problem> {
        let mut remarks = Vec::new();
        for (index, suppression) in suppressions.iter().enumerate() {
            let ran = |id: &String| self.names.rules.binary_search_by(|rule| (*rule.id).cmp(id)).is_ok();
            let met = || self.met.get(index).is_none_or(|(_, met)| met.load(Ordering::Relaxed));
            let looked_at = || whole && suppression.meant.iter().all(ran) && met();
            if suppression.is_unused() && suppression.is_own() && !looked_at() {
                continue;
            }
            let Some((message, help)) = told_of(suppression) else { continue };
            let Some(location) = &suppression.location else { continue };
            let problem = Problem::remark(location.file(), message).with_help(help);
            remarks.push(problem.at(&location.source, location.span));
        }
        remarks
    }
}

/// The door for the findings of one assembly, which come in several lists.
pub(in crate::engine) struct Screen<'d, 'r, 'g, 'a> {
    door: &'d Door<'r>,
    graph: &'g Graph<'a>,
    /// What is written in the assembly, once something fails.
    claims: Option<Claims>,
}

impl Screen<'_, '_, '_, '_> {
    /// Takes out of what was judged the findings that are accepted.
    pub fn pass(&mut self, judged: &mut [Judged]) {
        if !self.door.settings.acceptance.suppressions {
            return;
        }
        for one in judged.iter_mut().filter(|one| !one.findings.is_empty()) {
            let collect = || Claims::collect(self.graph, &self.door.names, true);
            let claims = self.claims.get_or_insert_with(collect);
            if claims.list.is_empty() && self.door.met.is_empty() {
                return;
            }
            self.door.screen_one(self.graph, claims, one);
        }
    }

    /// What is written in the assembly, with what became of it.
    pub fn finish(self) -> Vec<Suppression> {
        let Screen { door, graph, claims } = self;
        if !door.settings.acceptance.suppressions {
            return Vec::new();
        }
        door.meet_stacks(graph);
        let claims =
            claims.unwrap_or_else(|| Claims::collect(graph, &door.names, door.settings.acceptance.audit));
        let finished = |Claim { written, rules, .. }: Claim| {
            door.finished(written, rules.into_iter().map(|(rule, _)| rule))
        };
        claims.list.into_iter().map(finished).collect()
    }
}

fn accepted(finding: Finding, by: Suppression) -> Accepted {
    Accepted { finding, by: by.by, reason: by.reason, until: by.until, location: by.location }
}
