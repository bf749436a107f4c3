//! The production checklist as it stands after a run: its lines, what is behind each, and who vouches. Owned data,
//! no behaviour beyond what keeps it consistent; it knows neither rules nor screens.
//!
//! Findings and undecided verdicts are those of the [`Run`](crate::finding::Run) that it was made from, by index.
use crate::date::Date;
use crate::finding::{Counts, Location};

/// How a line, a rule or a stack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Something falls short, at whatever level.
    Failed,
    /// What is not known, or what nobody vouches for, stands in the way.
    Undecided,
    /// Something falls short, and all of it is accepted: suppressed, or in the baseline.
    Accepted,
    /// A person vouches for it, with evidence that is still valid.
    Attested,
    /// Some rule applied, and none failed.
    Proven,
    /// Nothing of the kind is there, or the rules are off.
    NotApplicable,
}

impl State {
    /// All, the most urgent first.
    pub const ALL: [State; 6] = [
        State::Failed,
        State::Undecided,
        State::Accepted,
        State::Attested,
        State::Proven,
        State::NotApplicable,
    ];

    /// As programs read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Failed => "failed",
            State::Undecided => "undecided",
            State::Accepted => "accepted",
            State::Attested => "attested",
            State::Proven => "proven",
            State::NotApplicable => "not_applicable",
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            State::NotApplicable => "not applicable",
            other => other.as_str(),
        }
    }

    /// How the nodes of some rules fared, as one state.
    pub const fn of(counts: Counts) -> State {
        match counts {
            Counts { fail: 1.., .. } => State::Failed,
            Counts { undecided: 1.., .. } => State::Undecided,
            Counts { accepted: 1.., .. } => State::Accepted,
            Counts { attested: 1.., .. } => State::Attested,
            Counts { pass: 1.., .. } => State::Proven,
            _ => State::NotApplicable,
        }
    }
}

/// The checklist after a run.
#[derive(Clone, Debug, Default)]
pub struct Checklist {
    /// The day of the run.
    pub day: Date,
    /// The groups, in the order of the lesson.
    pub groups: Vec<Group>,
    /// What people vouch for, in the order of the file.
    pub attestations: Vec<Attestation>,
    /// Each stack, and the app as a whole, with its state for each line.
    pub stacks: Vec<Row>,
}

impl Checklist {
    /// All lines, in order.
    pub fn lines(&self) -> impl Iterator<Item = &Line> + Clone {
        self.groups.iter().flat_map(|group| &group.lines)
    }

    /// How many lines stand like that.
    pub fn count(&self, state: State) -> usize {
        self.lines().filter(|line| line.state == state).count()
    }
}

/// Lines that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they are about.
    pub title: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line of the checklist.
#[derive(Clone, Debug)]
pub struct Line {
    /// `group/line`.
    pub id: String,
    /// What holds when it is proven.
    pub title: String,
    /// How it stands.
    pub state: State,
    /// How the nodes of all its rules fared.
    pub counts: Counts,
    /// The rules behind it, by id.
    pub rules: Vec<Evidence>,
    /// The attestations that speak of the line itself, by index.
    pub attestations: Vec<usize>,
    /// Why it is undecided although no rule is.
    pub reason: Option<String>,
    /// What to add to `stackproof.yaml` where only a person can tell.
    pub attest: Option<String>,
}

/// What one rule has to say of a line.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The rule's id.
    pub rule: String,
    /// What holds when it passes.
    pub title: String,
    /// A page of AWS's documentation.
    pub see: Option<String>,
    /// How it stands.
    pub state: State,
    /// How the nodes that it matched fared.
    pub counts: Counts,
    /// Its findings, by their index in the run.
    pub findings: Vec<usize>,
    /// Its undecided verdicts, by their index in the run.
    pub undecided: Vec<usize>,
    /// Its findings that people accepted, by their index in the run.
    pub accepted: Vec<usize>,
    /// The attestation that is valid for it, by index.
    pub attestation: Option<usize>,
}

/// One stack, or the app as a whole.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whether it is an app as a whole, or a stage of it.
    pub app: bool,
    /// The stack as people name it; of a stage, its name; empty for the app.
    pub stack: String,
    /// The template; of an app, its name.
    pub file: String,
    /// The state of each line there, in order.
    pub states: Vec<State>,
}

/// A person who vouches for what no template shows.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// The lines of the checklist that it speaks of.
    pub lines: Vec<String>,
    /// The rules that it speaks of.
    pub rules: Vec<String>,
    /// A file or glob below the configuration's folder, or a web address.
    pub evidence: String,
    /// Who.
    pub by: String,
    /// The last day on which it is valid.
    pub until: Date,
    /// Whether it is valid on the day of the run.
    pub standing: Standing,
    /// Where it stands in the configuration.
    pub location: Location,
}

impl Attestation {
    /// Whether it counts.
    pub fn is_valid(&self) -> bool {
        matches!(self.standing, Standing::Valid | Standing::Ending)
    }

    /// What it speaks of, in words.
    pub fn about(&self) -> String {
        let all: Vec<&str> = self.lines.iter().chain(&self.rules).map(String::as_str).collect();
        all.join(", ")
    }
}

/// Whether an attestation counts, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Valid,
    /// It counts, and ends within 30 days.
    Ending,
    /// It ended.
    Expired,
    /// Its evidence is not there, for this reason.
    NoEvidence(String),
}
