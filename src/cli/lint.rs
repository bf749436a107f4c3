//! What every command that lints does first: rules, policy and values are put together, and the work is done.
use super::args::LintArgs;
use super::parameters::complain_of;
use super::{complain, progress, rules};
use crate::diagram::Diagram;
use crate::engine;
use crate::finding::Run;
use crate::intake::{self, Discovery};
use crate::policy::{self, Policy};
use crate::report::RuleText;
use crate::rule::{Rule, RuleSet};
use std::path::Path;
use std::sync::Arc;

/// What was asked, beside what it found.
pub(super) struct Asked {
    pub rules: RuleSet,
    pub settings: engine::Settings,
}

impl LintArgs {
    /// Lints what the arguments name; none after a complaint. `by_stack` asks for counts of each stack too.
    pub fn run(&self, by_stack: bool) -> Option<(Run, Asked)> {
        let (run, (), asked) = self.run_with(by_stack, |found, rules, settings, progress| {
            (engine::check(found, rules, settings, progress), ())
        })?;
        Some((run, asked))
    }

    /// The same, and the resource graph.
    pub fn draw(&self) -> Option<(Run, Diagram)> {
        let (run, diagram, _) = self.run_with(false, engine::check_and_draw)?;
        Some((run, diagram))
    }

    fn run_with<T>(
        &self,
        by_stack: bool,
        work: impl FnOnce(&Discovery, &[Arc<Rule>], &engine::Settings, &(dyn Fn() + Sync)) -> (Run, T),
    ) -> Option<(Run, T, Asked)> {
        let (rules, policy) = self.rules()?;
        let values = self.values.settings()?;
        self.set_threads()?;
        let settings = intake::Settings { one_app: self.one_app, project_root: self.project_root.clone() };
        let discovery = intake::discover(&self.paths, &settings);
        let settings = engine::Settings {
            profile: self.profile,
            today: self.today.unwrap_or_default(),
            policy: Arc::new(policy),
            by_stack,
            ..values
        };
        let bar = progress::bar(discovery.inputs.len());
        let (run, more) = work(&discovery, &rules.rules, &settings, &|| bar.inc(1));
        bar.finish_and_clear();
        // What could not be read may declare it.
        if !run.incomplete() && complain_of(&run.undeclared) {
            return None;
        }
        Some((run, more, Asked { rules, settings }))
    }

    /// The built-in rules and the user's own, as the policy wants them, as far as they were chosen.
    fn rules(&self) -> Option<(RuleSet, Policy)> {
        let mut set = RuleSet::builtin();
        if !rules::add_folders(&mut set, &self.rules) {
            return None;
        }
        let policy = self.policy(&mut set)?;
        if let Err(message) = set.choose(&self.only, &self.skip) {
            complain(&message, None);
            return None;
        }
        Some((set, policy))
    }

    /// What the rules say of themselves, sorted by id; only for reports that tell it, as it costs more than a small run.
    pub fn rule_texts(&self) -> Vec<RuleText> {
        let mut set = RuleSet::documented();
        for folder in &self.rules {
            // What is wrong with them was told when they were loaded.
            let _ = set.add_folder(folder);
        }
        let text = |rule: &Arc<Rule>| RuleText {
            id: rule.id.to_string(),
            title: rule.title.to_string(),
            why: rule.docs.why.clone(),
            cdk: rule.fix.cdk.clone(),
            cloudformation: rule.fix.cloudformation.clone(),
            see: rule.docs.see.clone(),
            checklist: rule.checklist.clone(),
            service: rule.docs.service.clone(),
            level: rule.levels.production,
        };
        set.rules.iter().map(text).collect()
    }

    fn policy(&self, set: &mut RuleSet) -> Option<Policy> {
        let file = match &self.config {
            Some(file) => Some(file.clone()),
            None if self.no_config => None,
            None => policy::find(Path::new(".")),
        };
        let Some(file) = file else { return Some(Policy::default()) };
        match policy::load(&file, set, self.today.unwrap_or_default()) {
            Ok(policy) => Some(policy),
            Err(errors) => {
                rules::tell(&errors);
                None
            }
        }
    }

    fn set_threads(&self) -> Option<()> {
        if self.threads == Some(0) {
            complain("--threads must be at least 1", Some("leave it out for one thread for each processor"));
            return None;
        }
        if let Some(threads) = self.threads {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = if threads == 1 { pool.use_current_thread() } else { pool };
            // A second pool in one process is not possible; the first one stays, and the result is the same.
            let _ = pool.build_global();
        }
        Some(())
    }
}
