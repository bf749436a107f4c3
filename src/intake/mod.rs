//! Paths, folders and standard input -> assemblies of stacks with their parsed templates.
//!
//! [`discover()`] lists what there is to lint and reads as little as it can; [`Input::load`] reads one such
//! thing whole. What a manifest knows (protection, tags, environment, construct paths, creation stacks)
//! travels with the stack; for a plain template it is unknown, not false. Paths inside an assembly never
//! leave it. Nothing is lost: what cannot be read is a [`Problem`], and the rest is loaded all the same.
mod assembly;
mod boundary;
mod discover;
mod frame;
mod input;
mod manifest;
mod metadata;
mod nested;
mod parameters;
mod read;
mod records;
mod room;
mod scopes;
#[cfg(test)]
mod scratch;
mod sighting;
mod template;
mod trace;
mod tree;

pub use discover::{Discovery, Settings, discover};
pub use input::{Input, Loaded};
pub use metadata::Metadata;
pub use parameters::{Given, parameters, split_pair};
pub use trace::ProjectRoot;

use crate::finding::{Problem, SourcePlace};
use crate::syntax::Document;
use rustc_hash::FxHashSet;

/// Something linted as one app: a cloud assembly with all its stages, or plain templates.
#[derive(Debug)]
pub struct Assembly {
    /// The path as given or found.
    pub name: String,
    /// The manifest's text, where there is one: the place of findings about the app.
    pub manifest: Option<std::sync::Arc<crate::source::Source>>,
    /// Every deployable and nested stack, in the order of the manifest, a nested stack after its parent.
    pub stacks: Vec<Stack>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Where the user's program lies.
    pub project: ProjectRoot,
}

/// One template with all that is known of its deployment.
#[derive(Debug)]
pub struct Stack {
    /// The parsed template.
    pub document: Document,
    /// The stack as people name it: the manifest's display name, or the template's path. For a nested stack:
    /// its parent's and the construct path's last parts.
    pub display_name: String,
    /// The manifest's artifact id; a nested stack has that of its root.
    pub artifact: Option<String>,
    /// The physical stack name, when the manifest tells it.
    pub stack_name: Option<String>,
    /// The assembly level: 0 is the root, each Stage is one of its own. Plain templates of one app share 0.
    pub level: u32,
    /// The stack and the logical id that hold this one, if it is nested.
    pub parent: Option<Parent>,
    /// The account, unless it is decided at deployment.
    pub account: Option<String>,
    /// The region, unless it is decided at deployment.
    pub region: Option<String>,
    /// Whether deletion is refused; unknown without a manifest.
    pub termination_protection: Option<bool>,
    /// Stack tags; unknown without a manifest.
    pub tags: Option<Vec<(String, String)>>,
    /// Parameter values that the manifest gives.
    pub parameters: Vec<(String, String)>,
    /// Construct paths, creation stacks and acknowledgements.
    pub metadata: Metadata,
}

impl Assembly {
    /// What was wrong with files that are read only when something needs them: metadata beside the manifest, the
    /// construct tree. To be asked once the work is done.
    pub fn late_problems(&self) -> Vec<Problem> {
        let mut told = FxHashSet::default();
        let problems = self.stacks.iter().flat_map(|stack| stack.metadata.late_problems());
        problems.filter(|problem| told.insert((&problem.file, &problem.message))).cloned().collect()
    }
}

impl Stack {
    /// The line of the user's program that made a construct of this stack, or a construct around it.
    pub fn source_place(&self, construct_path: &str) -> Option<SourcePlace> {
        self.metadata.source_place(construct_path)
    }

    /// Whether a manifest speaks of the stack, so that its facts are known.
    pub fn has_manifest(&self) -> bool {
        self.artifact.is_some()
    }
}

/// Where a nested stack stands in its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The index of the parent in [`Assembly::stacks`].
    pub stack: usize,
    /// The logical id of the `AWS::CloudFormation::Stack` resource.
    pub logical_id: String,
}
