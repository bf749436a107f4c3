//! One input of a run: named or met, and read only when it is its turn.
//!
//! An [`Input`] holds paths; [`Input::load`] turns it into an [`Assembly`] with all its texts, which the caller
//! drops when it is done, so that a fleet needs the memory of as many inputs as it has threads. Loading
//! never fails as a whole: what is wrong comes back as problems beside what could be read.
use super::template::{Outcome, judge};
use super::{Assembly, ProjectRoot, Stack, assembly, read};
use crate::finding::Problem;
use std::io::{self, Read};
use std::path::PathBuf;

/// One thing to load: an assembly, a template, or all plain templates as one app.
#[derive(Debug)]
pub struct Input {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// What an input is.
#[derive(Debug)]
pub(super) enum Kind {
    Assembly { folder: PathBuf, project_root: Option<PathBuf>, walked: Option<usize> },
    Templates(Vec<Candidate>),
}

/// A file that is a template or, if it was only met, may be one.
#[derive(Debug)]
pub(super) struct Candidate {
    /// None is standard input.
    pub path: Option<PathBuf>,
    pub name: String,
    /// The index of the walked folder where it was met; none if it was named.
    pub walked: Option<usize>,
    /// Whether somebody says that it is a template, so that anything else is wrong.
    pub named: bool,
}

/// What loading one input gave.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The app, if there is something to lint. It carries its own problems.
    pub assembly: Option<Assembly>,
    /// Files met while walking that are no templates.
    pub skipped: usize,
    /// Why there is nothing to lint, where that is wrong.
    pub problems: Vec<Problem>,
    /// Which walked folders the input came from, unless nothing was in it: for [`super::Discovery::barren`].
    pub fruitful: Vec<usize>,
}

impl Input {
    /// The path as given or found.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the input is a cloud assembly.
    pub fn is_assembly(&self) -> bool {
        matches!(self.kind, Kind::Assembly { .. })
    }

    /// Reads and parses the input.
    pub fn load(&self) -> Loaded {
        self.load_from(io::stdin())
    }

    /// The same, with something else in the place of standard input.
    pub fn load_from(&self, mut stdin: impl Read) -> Loaded {
        match &self.kind {
            Kind::Assembly { folder, project_root, walked } => {
                let project = match project_root {
                    Some(root) => ProjectRoot::new(root),
                    None => ProjectRoot::of_assembly(folder),
                };
                let loaded = assembly::load(folder, &self.name, project);
                Loaded { fruitful: walked.iter().copied().collect(), ..loaded }
            }
            Kind::Templates(candidates) => self.templates(candidates, &mut stdin),
        }
    }

    fn templates(&self, candidates: &[Candidate], stdin: &mut impl Read) -> Loaded {
        let mut loaded = Loaded::default();
        let mut stacks = Vec::new();
        for candidate in candidates {
            match candidate.judge(stdin) {
                Outcome::Skipped => {
                    loaded.skipped += 1;
                    continue;
                }
                Outcome::Template(document) => stacks.push(Stack::plain(document)),
                Outcome::Failed(problem) => loaded.problems.push(problem),
            }
            if candidate.walked.is_some_and(|folder| !loaded.fruitful.contains(&folder)) {
                loaded.fruitful.extend(candidate.walked);
            }
        }
        if !stacks.is_empty() {
            let problems = std::mem::take(&mut loaded.problems);
            loaded.assembly = Some(Assembly { problems, ..Assembly::plain(&self.name, stacks) });
        }
        loaded
    }
}

impl Candidate {
    fn judge(&self, stdin: &mut impl Read) -> Outcome {
        let bytes = match &self.path {
            Some(path) => read::bytes(path, &self.name),
            None => read::bounded(stdin, 0, &self.name),
        };
        match bytes {
            Ok(bytes) => judge(bytes, &self.name, self.named),
            Err(problem) => Outcome::Failed(problem),
        }
    }
}

impl Loaded {
    /// Nothing to lint, and why.
    pub(super) fn failed(problem: Problem) -> Loaded {
        Loaded { problems: vec![problem], ..Loaded::default() }
    }
}
