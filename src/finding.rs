//! What a run has to say: findings, undecided verdicts and problems of the input. Owned data, no behaviour
//! beyond what keeps it consistent; it knows neither templates nor rules nor screens.
mod accepted;
mod difference;
mod fingerprint;
mod fix;
mod found;
mod location;
mod saying;
mod severity;

pub use accepted::{Accepted, AcceptedBy, Standing, Suppression};
pub use difference::Difference;
pub use fingerprint::Fingerprint;
pub use fix::Fix;
pub use found::Finding;
pub use location::Location;
pub use saying::{Piece, Saying};
pub use severity::Severity;

use crate::source::{Source, Span};
use std::sync::Arc;

/// The line of the user's own program that made a construct, from the creation stack that CDK wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePlace {
    /// Path relative to the project root with `/`; as CDK wrote it where it lies elsewhere.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// The frame's function, such as `new SecureLambda`.
    pub function: Option<String>,
    /// Whether the place is that of an enclosing construct, because the resource's own is not known.
    pub inherited: bool,
    /// Where the file can be opened: only when it exists below the project root.
    pub path: Option<std::path::PathBuf>,
}

/// A further place that explains a finding: the key it resolves to, the output it came through.
#[derive(Clone, Debug)]
pub struct Related {
    /// What stands there.
    pub message: String,
    /// Where.
    pub location: Location,
}

/// What all nodes of one type in one stack have in common.
#[derive(Clone, Debug)]
pub struct Kin {
    /// The stack as people name it: its display name, or the template's path. Empty for an app.
    pub stack: Arc<str>,
    /// The manifest's artifact id of that stack.
    pub artifact: Option<Arc<str>>,
    /// The CloudFormation type, `Stack` or `App`.
    pub kind: Arc<str>,
}

/// The node that a finding or an undecided verdict speaks of. What its kin has in common, it tells as its own.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What it shares with others.
    pub kin: Arc<Kin>,
    /// The logical id, unless the subject is a stack or an app.
    pub resource: Option<Box<str>>,
    /// The construct path.
    pub construct_path: Option<Box<str>>,
    /// The line of the user's program that made it.
    pub source: Option<Box<SourcePlace>>,
}

impl std::ops::Deref for Subject {
    type Target = Kin;

    fn deref(&self) -> &Kin {
        &self.kin
    }
}

/// A verdict that could not be reached, because a value is known only when the template is deployed.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// The rule's id.
    pub rule: Arc<str>,
    /// The level that a failure would have had.
    pub severity: Severity,
    /// Whose verdict.
    pub subject: Arc<Subject>,
    /// The property path of what is not known.
    pub property: Option<Arc<str>>,
    /// Where the unknown value stands.
    pub location: Location,
    /// Why it is not known.
    pub reason: String,
    /// What to add to `stackproof.yaml` where a person may know it.
    pub attest: Option<Arc<str>>,
    /// Stable identity, as a finding's.
    pub fingerprint: Fingerprint,
}

/// Input that could not be read, or that its reader should look at. It is never counted as a pass.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// The path as given or found.
    pub file: String,
    /// What is wrong.
    pub message: String,
    /// The way out, where there is one.
    pub help: Option<String>,
    /// The place, where the text could be read.
    pub location: Option<Location>,
    /// Whether something was left unlinted (exit code 3) or only deserves a look.
    pub unlinted: bool,
}

impl Problem {
    /// A file or folder that could not be linted.
    pub fn unlinted(file: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem { file: file.into(), message: message.into(), help: None, location: None, unlinted: true }
    }

    /// Something to look at in an input that was linted all the same.
    pub fn remark(file: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem { unlinted: false, ..Problem::unlinted(file, message) }
    }

    /// The same, with a way out.
    pub fn with_help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    /// The same, at a place of a text.
    pub fn at(mut self, source: &Arc<Source>, span: Span) -> Problem {
        self.location = Some(Location { source: source.clone(), span });
        self
    }
}

/// How the nodes that a rule matched fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The rule's id.
    pub rule: Arc<str>,
    /// How many fared how.
    pub counts: Counts,
}

/// How many nodes fared how. Each input has a row for every rule: they are small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Nodes that passed.
    pub pass: u32,
    /// Nodes that failed.
    pub fail: u32,
    /// Nodes whose verdict needs a value that is not known.
    pub undecided: u32,
    /// Nodes that failed, whose findings are all accepted.
    pub accepted: u32,
    /// Nodes that a person vouches for.
    pub attested: u32,
    /// Nodes that the rule matched but does not concern.
    pub not_applicable: u32,
}

impl Counts {
    /// How many nodes the rule concerned.
    pub fn applied(&self) -> u32 {
        self.pass + self.fail + self.undecided + self.accepted + self.attested
    }

    /// Whether the rule was asked of no node.
    pub fn is_empty(&self) -> bool {
        self.applied() + self.not_applicable == 0
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Counts) {
        self.pass += more.pass;
        self.fail += more.fail;
        self.undecided += more.undecided;
        self.accepted += more.accepted;
        self.attested += more.attested;
        self.not_applicable += more.not_applicable;
    }
}

/// How the rules fared in one stack, or over a whole app.
#[derive(Clone, Debug)]
pub struct StackTally {
    /// Whether it is an app as a whole, or a stage of it.
    pub app: bool,
    /// The stack as people name it; of a stage, its name; empty for the app.
    pub stack: String,
    /// The template; of an app, its name.
    pub file: String,
    /// The rules that were asked there, by their index in [`Run::tallies`].
    pub rules: Vec<(usize, Counts)>,
}

/// A parameter that was given a value, and that no template declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undeclared {
    /// Its name.
    pub name: String,
    /// The declared parameter that could have been meant.
    pub nearest: Option<String>,
}

/// All that one run found, in the order in which it is reported.
#[derive(Debug, Default)]
pub struct Run {
    /// Sorted by file, span and rule.
    pub findings: Vec<Finding>,
    /// Findings that hold and do not count, sorted the same way. No format drops them silently.
    pub accepted: Vec<Accepted>,
    /// All that people wrote down to accept findings, as far as it speaks of rules that are known.
    pub suppressions: Vec<Suppression>,
    /// Sorted the same way.
    pub undecided: Vec<Undecided>,
    /// In the order in which the input was met.
    pub problems: Vec<Problem>,
    /// One for each rule that was asked, sorted by id.
    pub tallies: Vec<Tally>,
    /// The same by stack, apps last, where the caller wants it.
    pub stacks: Vec<StackTally>,
    /// Assemblies and plain templates that were linted as one app each.
    pub apps: usize,
    /// Templates that were linted.
    pub templates: usize,
    /// Resources in them.
    pub resources: usize,
    /// Files met while walking that are no templates.
    pub skipped: usize,
    /// Parameters that were given a value, and that none of the templates declares.
    pub undeclared: Vec<Undeclared>,
}

impl Run {
    /// How many findings have that severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether some input could not be linted.
    pub fn incomplete(&self) -> bool {
        self.problems.iter().any(|problem| problem.unlinted)
    }
}
