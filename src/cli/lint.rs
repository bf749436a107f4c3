//! What every command that lints does first: rules, policy and values are put together, and the work is done.
use super::args::LintArgs;
use super::parameters::complain_of;
use super::{complain, progress, rules};
use crate::diagram::Diagram;
use crate::engine;
use crate::finding::Run;
use crate::intake::{self, Discovery};
use crate::policy::{self, BASELINE_NAME, Baseline, Policy};
use crate::report::RuleText;
use crate::rule::{Rule, RuleSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is known before rules are chosen: their ids, and the folder of the policy.
struct Known {
    ids: Vec<Arc<str>>,
    home: Option<PathBuf>,
}

/// What was asked, beside what it found.
pub(super) struct Asked {
    pub rules: RuleSet,
    pub settings: engine::Settings,
    /// Where the baseline is, or would be.
    pub baseline: PathBuf,
}

/// What a command wants beside the arguments.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    /// Counts of each stack too.
    pub by_stack: bool,
    /// All acknowledgements, also where nothing fails.
    pub audit: bool,
    /// No baseline, whatever the arguments say.
    pub no_baseline: bool,
    /// Plain templates are known by their path from the one path that is linted.
    pub from_path: bool,
    /// No lines of the texts that were linted.
    pub places_only: bool,
}

impl LintArgs {
    /// Lints what the arguments name; none after a complaint.
    pub fn run(&self, wanted: Wanted) -> Option<(Run, Asked)> {
        let (run, (), asked) = self.run_with(wanted, |found, rules, settings, progress| {
            (engine::check(found, rules, settings, progress), ())
        })?;
        Some((run, asked))
    }

    /// The same, and the resource graph.
    pub fn draw(&self) -> Option<(Run, Diagram)> {
        let (run, diagram, _) = self.run_with(Wanted::default(), engine::check_and_draw)?;
        Some((run, diagram))
    }

    fn run_with<T>(
        &self,
        wanted: Wanted,
        work: impl FnOnce(&Discovery, &[Arc<Rule>], &engine::Settings, &(dyn Fn() + Sync)) -> (Run, T),
    ) -> Option<(Run, T, Asked)> {
        let (rules, policy, Known { ids: known, home }) = self.rules()?;
        let file = self.baseline_file(&policy, home.as_deref());
        let baseline = if wanted.no_baseline { None } else { self.baseline(&file, &policy)? };
        let values = self.values.settings()?;
        self.set_threads()?;
        let settings = intake::Settings {
            one_app: self.one_app,
            skip_others: self.skip_others,
            project_root: self.project_root.clone(),
        };
        let discovery = intake::discover(&self.paths, &settings);
        let settings = engine::Settings {
            profile: self.profile,
            today: self.today.unwrap_or_default(),
            policy: Arc::new(policy),
            by_stack: wanted.by_stack,
            acceptance: engine::Acceptance {
                known,
                suppressions: !self.no_suppress,
                audit: wanted.audit,
                baseline,
            },
            base: Some(match self.paths.first().filter(|_| wanted.from_path) {
                Some(path) => PathBuf::from(path),
                None => home.unwrap_or_else(|| PathBuf::from(".")),
            }),
            places_only: wanted.places_only,
            ..values
        };
        let bar = progress::bar(discovery.inputs.len());
        let (run, more) = work(&discovery, &rules.rules, &settings, &|| bar.inc(1));
        bar.finish_and_clear();
        // What could not be read may declare it.
        if !run.incomplete() && complain_of(&run.undeclared) {
            return None;
        }
        Some((run, more, Asked { rules, settings, baseline: file }))
    }

    /// The built-in rules and the user's own, as the policy wants them, as far as they were chosen.
    fn rules(&self) -> Option<(RuleSet, Policy, Known)> {
        let mut set = RuleSet::builtin();
        if !rules::add_folders(&mut set, &self.rules) {
            return None;
        }
        let (policy, home) = self.policy(&mut set)?;
        let ids = set.rules.iter().map(|rule| rule.id.clone()).collect();
        if let Err(message) = set.choose(&self.only, &self.skip) {
            complain(&message, None);
            return None;
        }
        Some((set, policy, Known { ids, home }))
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
            cdk: rule.fix.cdk.map(str::to_owned),
            cloudformation: rule.fix.cloudformation.map(str::to_owned),
            see: rule.docs.see.clone(),
            checklist: rule.checklist.to_owned(),
            service: rule.docs.service.clone(),
            level: rule.levels.production,
        };
        set.rules.iter().map(text).collect()
    }

    /// The policy, and the folder of its file.
    fn policy(&self, set: &mut RuleSet) -> Option<(Policy, Option<PathBuf>)> {
        let file = match &self.config {
            Some(file) => Some(file.clone()),
            None if self.no_config => None,
            None => policy::find(Path::new(".")),
        };
        let Some(file) = file else { return Some((Policy::default(), None)) };
        let home = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match policy::load(&file, set, self.today.unwrap_or_default()) {
            Ok(policy) => Some((policy, Some(home.to_owned()))),
            Err(errors) => {
                rules::tell(&errors);
                None
            }
        }
    }

    /// Where the baseline is: named by a flag, else by the policy, else beside the policy.
    fn baseline_file(&self, policy: &Policy, home: Option<&Path>) -> PathBuf {
        let named = self.baseline.as_deref().or(policy.baseline());
        named.map_or_else(|| home.unwrap_or(Path::new("")).join(BASELINE_NAME), Path::to_owned)
    }

    /// The baseline that counts. One that is named must be there.
    fn baseline(&self, file: &Path, policy: &Policy) -> Option<Option<(String, Baseline)>> {
        let is_named = self.baseline.is_some() || policy.baseline().is_some();
        if self.no_baseline || !is_named && (self.no_config || !file.is_file()) {
            return Some(None);
        }
        match Baseline::load(file) {
            Ok(baseline) => Some(Some((file.to_string_lossy().replace('\\', "/"), baseline))),
            Err(error) => {
                complain(&error.to_string(), Some(error.help()));
                None
            }
        }
    }

    fn set_threads(&self) -> Option<()> {
        if self.threads == Some(0) {
            complain("--threads must be at least 1", Some("leave it out for one thread for each processor"));
            return None;
        }
        // This thread takes part: one less to start, and one less to keep memory. Zero is one for each processor.
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(self.threads.unwrap_or(0)).use_current_thread();
        // A second pool in one process is not possible; the first one stays, and the result is the same.
        let _ = pool.build_global();
        Some(())
    }
}
