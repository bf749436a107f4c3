//! A whole run: inputs -> [`Run`], in parallel and in order.
//!
//! The one door for levels and attestations: a clause that is off for a subject's profile is not asked, and one that a
//! person vouches for does not fail. One assembly after the
//! other is read, judged and dropped, as many at a time as there are threads.
use super::accept::{Acceptance, Door};
use super::given::{self, expand_loops};
use super::merge::merge;
use super::part::Part;
use super::plan::Plan;
use crate::date::Date;
use crate::diagram::Diagram;
use crate::finding::Run;
use crate::intake::{Assembly, Discovery};
use crate::policy::Policy;
use crate::rule::{Profile, Rule};
use crate::value;
use rayon::prelude::*;
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
    /// Whether of the texts that findings stand in only lines and columns are wanted: they are let go once they are judged.
    pub places_only: bool,
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
    let mut parts: Vec<Box<Part>> = found
        .inputs
        .par_iter()
        // One input can be as much work as all others: no thread takes several at once.
        .with_max_len(1)
        .map(|input| {
            let loaded = input.load();
            let mut part = Box::new(Part {
                problems: loaded.problems,
                skipped: loaded.skipped,
                fruitful: loaded.fruitful,
                diagram: draw.then(Diagram::default),
                ..Part::default()
            });
            if let Some(mut assembly) = loaded.assembly {
                part.problems.extend(expand_loops(&mut assembly, settings));
                part.judge(&assembly, rules, &plan, settings, &door);
            }
            part.sort();
            if settings.places_only {
                part.settle();
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
    let mut part = Box::<Part>::default();
    part.judge(assembly, rules, &Plan::new(rules, settings), settings, &Door::new(rules, settings));
    part.sort();
    merge(vec![part], rules, settings)
}
