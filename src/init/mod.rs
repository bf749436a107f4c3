//! The files with which a team begins: what was seen of an app -> `stackproof.yaml`, a pre-commit hook, a CI workflow.
//!
//! Only texts are made here; whoever calls decides where they go, and overwrites nothing. What is proposed and not sure is
//! commented out. Names come from assemblies, which may be hostile: each is one line, and quoted where YAML reads it.
mod config;
mod guess;
mod hook;
mod workflow;

pub use config::config;
pub use hook::{append_hook, hook};
pub use workflow::{append_job, workflow};

use crate::date::Date;
use crate::rule::{ChecklistLine, Profile, Rule};
use std::sync::Arc;

/// What was seen of an app.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Its deployable stacks.
    pub stacks: Vec<StackSeen>,
    /// Rules with findings, and how many, the most first.
    pub firing: Vec<(Arc<Rule>, usize)>,
    /// The rules that a person can vouch for, and that found something missing.
    pub vouchable: Vec<Arc<Rule>>,
    /// The lines of the checklist.
    pub lines: Vec<ChecklistLine>,
    /// The day of the run.
    pub today: Date,
    /// What was looked at, as it was named.
    pub input: String,
}

/// A stack of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackSeen {
    /// Its physical name.
    pub name: String,
    /// Its construct path, where a Stage is around it.
    pub path: Option<String>,
    /// The account and the region, as far as they are known.
    pub environment: Option<String>,
    /// The profile that its `Environment` tag says.
    pub tagged: Option<Profile>,
}

/// How a project is built, and where stackproof comes from.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The folder of the app below the root of the repository, with `/` behind it; empty for the root itself.
    pub below: String,
    /// What is linted, below that folder.
    pub input: String,
    /// The commands that install what the app needs and synthesize it; none for plain templates.
    pub synth: Vec<String>,
    /// Whether Node.js is needed for that.
    pub node: bool,
    /// The git repository that stackproof is installed from, where it was named.
    pub from: Option<String>,
    /// The revision of it.
    pub rev: Option<String>,
}
