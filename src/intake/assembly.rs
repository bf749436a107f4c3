//! The folder of a cloud assembly -> an [`Assembly`]: all stacks of all stages, and what is nested in them.
//!
//! Every file that a manifest names is read once for each stack that deploys it, in the manifest's order, a
//! nested stack after its parent. What cannot be read, leaves the assembly or has no end becomes a
//! [`Problem`] at the place that names it, and the rest is loaded all the same.
use super::boundary::{Boundary, Inside, Named, Refusal};
use super::manifest::{Artifact, Facts, Kind, Manifest};
use super::nested::Assets;
use super::records::{Late, Records};
use super::room::Room;
use super::tree::Tree;
use super::{Assembly, Loaded, Metadata, ProjectRoot, Stack, read};
use crate::finding::{Location, Problem};
use crate::limits::MAX_NESTING;
use crate::syntax::{Document, Node};
use rustc_hash::FxHashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Loads the assembly in a folder, called `name`. Frames are told relative to `project`.
pub(super) fn load(folder: &Path, name: &str, project: ProjectRoot) -> Loaded {
    let boundary = Arc::new(Boundary::new(folder, name));
    let root = boundary.root();
    let mut loader = Loader {
        boundary,
        project,
        tree: Arc::default(),
        stacks: Vec::new(),
        problems: Vec::new(),
        levels: 0,
        folders: FxHashSet::default(),
        room: Room::default(),
    };
    let manifest = match loader.manifest(&root) {
        Ok(manifest) => manifest,
        Err(problem) => return Loaded::failed(problem),
    };
    loader.tree = loader.tree_of(&manifest, &root);
    let source = manifest.document.source().clone();
    loader.level(&manifest, root, 0);
    if loader.stacks.is_empty() && loader.problems.iter().all(|problem| !problem.unlinted) {
        loader.problems.push(
            Problem::unlinted(name, "the assembly has no stack")
                .with_help("does the app define stacks, and did `cdk synth` write to this folder?"),
        );
    }
    let Loader { stacks, problems, project, .. } = loader;
    if stacks.is_empty() {
        return Loaded { problems, ..Loaded::default() };
    }
    let assembly = Assembly { name: name.to_owned(), manifest: Some(source), stacks, problems, project };
    Loaded { assembly: Some(assembly), ..Loaded::default() }
}

/// An assembly while it grows.
pub(super) struct Loader {
    pub boundary: Arc<Boundary>,
    project: ProjectRoot,
    tree: Arc<Tree>,
    pub stacks: Vec<Stack>,
    pub problems: Vec<Problem>,
    levels: u32,
    /// Folders of levels that were loaded.
    folders: FxHashSet<PathBuf>,
    pub room: Room,
}

/// The root of an assembly, or a Stage.
pub(super) struct Level {
    pub manifest: Manifest,
    pub folder: Inside,
    pub assets: Assets,
    number: u32,
}

impl Loader {
    fn manifest(&self, folder: &Inside) -> Result<Manifest, Problem> {
        let file = self.boundary.open(folder, "manifest.json").map_err(|refusal| {
            let problem = Problem::unlinted(&folder.name, format!("the file manifest.json {refusal}"));
            problem.with_help(refusal.help())
        })?;
        // The report of feature flags is most of a manifest: `artifacts.<its id>.properties.flags`.
        let document = read::opened_without(file, "flags", 4)?;
        let source = document.source().clone();
        Manifest::new(document).ok_or_else(|| {
            Problem::unlinted(source.name(), "is not the manifest of a cloud assembly")
                .with_help("`cdk synth` writes one to `cdk.out`")
        })
    }

    /// The construct tree of the outermost assembly.
    fn tree_of(&self, manifest: &Manifest, folder: &Inside) -> Arc<Tree> {
        let mut trees = manifest.artifacts().filter(|artifact| artifact.kind == Kind::Tree);
        let named = trees.find_map(|artifact| Some(artifact.path("file")?.0));
        Arc::new(Tree::new(self.named(folder, named.unwrap_or("tree.json"))))
    }

    fn level(&mut self, manifest: &Manifest, folder: Inside, depth: usize) {
        if let Some((node, keys)) = manifest.missing() {
            self.problems.push(incomplete(node, &keys));
        }
        self.folders.insert(folder.path.clone());
        let level =
            Level { manifest: manifest.clone(), folder, assets: Assets::default(), number: self.levels };
        self.levels += 1;
        for artifact in manifest.artifacts() {
            if self.room.is_full() {
                return;
            }
            let loaded = match artifact.kind {
                Kind::Stack => self.stack(&level, artifact),
                Kind::Stage => self.stage(&level, artifact, depth + 1),
                Kind::Assets | Kind::Tree | Kind::Other => Ok(()),
            };
            self.problems.extend(loaded.err());
        }
    }

    fn stage(&mut self, level: &Level, artifact: Artifact<'_>, depth: usize) -> Result<(), Problem> {
        let what = format!("the folder of the stage {}", artifact.id);
        let (directory, node) = artifact
            .path("directoryName")
            .ok_or_else(|| at(artifact.key).unlinted(format!("{what} is not named in the manifest")))?;
        let folder = self.boundary.folder(&level.folder, directory);
        let folder = folder.map_err(|refusal| at(node).refused(&what, directory, refusal))?;
        if self.folders.contains(&folder.path) {
            return Err(at(node).unlinted(format!("{what} (\"{directory}\") was met before")));
        }
        if depth > MAX_NESTING {
            return Err(at(node).unlinted(format!("{what} is nested deeper than {MAX_NESTING} levels")));
        }
        let manifest = self.manifest(&folder)?;
        self.level(&manifest, folder, depth);
        Ok(())
    }

    fn stack(&mut self, level: &Level, artifact: Artifact<'_>) -> Result<(), Problem> {
        let what = format!("the template of the stack {}", artifact.id);
        let (template, node) = artifact
            .path("templateFile")
            .ok_or_else(|| at(artifact.key).unlinted(format!("{what} is not named in the manifest")))?;
        let file = self.boundary.open(&level.folder, template);
        let file = file.map_err(|refusal| at(node).refused(&what, template, refusal))?;
        self.room
            .enter()
            .and_then(|()| self.room.read(&file.inside))
            .map_err(|message| at(node).unlinted(message))?;
        let (document, file) = read::opened(file)?;
        let facts = artifact.facts();
        let metadata = self.metadata(level, artifact, &facts);
        self.stacks.push(stack(document, facts, level.number, metadata));
        self.nested(level, self.stacks.len() - 1, &mut vec![file]);
        Ok(())
    }

    /// The metadata of an artifact, unread.
    fn metadata(&self, level: &Level, artifact: Artifact<'_>, facts: &Facts) -> Metadata {
        let file = artifact.metadata_file().map(|(path, node)| (self.named(&level.folder, path), node.id()));
        Metadata::new(Records {
            manifest: level.manifest.document.clone(),
            inline: artifact.metadata().map(Node::id),
            file,
            stack_path: facts.display_name.clone(),
            tree: self.tree.clone(),
            project: self.project.clone(),
            late: Late::default(),
        })
    }

    fn named(&self, folder: &Inside, path: &str) -> Named {
        Named { boundary: self.boundary.clone(), folder: folder.clone(), path: path.to_owned() }
    }
}

fn stack(document: Document, facts: Facts, level: u32, metadata: Metadata) -> Stack {
    Stack {
        document,
        display_name: facts.display_name,
        artifact: Some(facts.artifact),
        stack_name: Some(facts.stack_name),
        level,
        parent: None,
        account: facts.account,
        region: facts.region,
        termination_protection: Some(facts.termination_protection),
        tags: Some(facts.tags),
        parameters: facts.parameters,
        metadata,
    }
}

/// The place of a node, as the place of a problem.
pub(super) fn at(node: Node<'_>) -> At {
    At(Location { source: node.document().source().clone(), span: node.span() })
}

/// A place where a problem is to be told.
pub(super) struct At(Location);

impl At {
    pub(super) fn unlinted(self, message: String) -> Problem {
        let At(Location { source, span }) = self;
        Problem::unlinted(source.name(), message).at(&source, span)
    }

    /// That the path written there is not followed.
    pub(super) fn refused(self, what: &str, path: &str, refusal: Refusal) -> Problem {
        self.unlinted(format!("{what}, \"{path}\", {refusal}")).with_help(refusal.help())
    }
}

/// That the synth could not look up everything it needed.
fn incomplete(node: Node<'_>, keys: &[&str]) -> Problem {
    let shown = keys.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    let more = keys.len().saturating_sub(3);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let told = at(node).unlinted(format!("the synth is incomplete: context is missing for {shown}{more}"));
    let problem = Problem { unlinted: false, ..told };
    problem.with_help("values in the templates are placeholders; run `cdk synth` with access to the account")
}

#[cfg(test)]
mod tests {
    use super::super::scratch::*;

    #[test]
    fn stages_are_levels_of_their_own_in_the_order_of_the_manifest() {
        let stage = r#""assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod", "displayName": "Prod"}}"#;
        let loaded = loaded(&[
            (
                "manifest.json",
                &manifest(
                    &[stack("A", "A.template.json"), stage.into(), stack("B", "B.template.json")].join(","),
                ),
            ),
            ("A.template.json", TEMPLATE),
            ("B.template.json", "{}"),
            ("assembly-Prod/manifest.json", &manifest(&stack("ProdC", "C.template.json"))),
            ("assembly-Prod/C.template.json", TEMPLATE),
        ]);
        assert_eq!(problems(&loaded), [""; 0]);
        assert_eq!(names(&loaded), ["A", "ProdC", "B"]);
        let stacks = loaded.assembly.unwrap().stacks;
        assert_eq!(stacks.iter().map(|stack| stack.level).collect::<Vec<_>>(), [0, 1, 0]);
        assert_eq!(stacks[1].document.source().name(), "cdk.out/assembly-Prod/C.template.json");
        assert_eq!(
            (stacks[1].account.as_deref(), stacks[1].termination_protection),
            (Some("111122223333"), Some(true))
        );
    }

    #[test]
    fn a_path_that_leaves_the_assembly_is_refused_where_it_stands() {
        let stage = r#""P": {"type": "cdk:cloud-assembly", "properties": {"directoryName": ".."}}"#;
        let metadata = r#""M": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "A.json"}, "additionalMetadataFile": "../secret.json"}"#;
        let artifacts = [
            stack("Up", "../secret.json"),
            stack("Root", "/etc/hostname"),
            stack("Link", "link.json"),
            stack("Gone", "gone.json"),
            stack("Folder", "."),
            stage.into(),
            metadata.into(),
        ];
        let nested = resources(&[nested("N", &asset_path("../secret.json"))]);
        let loaded = loaded(&[("manifest.json", &manifest(&artifacts.join(","))), ("A.json", &nested)]);
        assert_eq!(names(&loaded), ["M"]);
        let mut told = problems(&loaded);
        // That of metadata is opened once it is asked for.
        let assembly = loaded.assembly.as_ref().unwrap();
        assert_eq!(
            (assembly.stacks[0].metadata.construct_path("N"), assembly.late_problems().len()),
            (None, 1)
        );
        told.extend(assembly.late_problems().iter().map(shown));
        let expected = [
            ("!cdk.out/manifest.json \"../secret.json\" ", "leads out of the assembly"),
            ("!cdk.out/manifest.json \"/etc/hostname\" ", "is absolute"),
            ("!cdk.out/manifest.json \"link.json\" ", "is a link that leads out of the assembly"),
            ("!cdk.out/manifest.json \"gone.json\" ", "does not exist"),
            ("!cdk.out/manifest.json \".\" ", "is a folder"),
            ("!cdk.out/manifest.json \"..\" ", "leads out of the assembly"),
            (
                "!cdk.out/A.json \"../secret.json\" the template of the nested stack N",
                "leads out of the assembly",
            ),
            (
                "cdk.out/manifest.json \"../secret.json\" the file of the metadata",
                "leads out of the assembly",
            ),
        ];
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (told, (place, why)) in told.iter().zip(expected) {
            assert!(told.starts_with(place) && told.contains(why), "{told}");
        }
    }

    #[test]
    fn a_broken_template_leaves_the_others() {
        let artifacts = [stack("A", "A.json"), stack("B", "B.json")].join(",");
        let loaded = loaded(&[
            ("manifest.json", &manifest(&artifacts)),
            ("A.json", "{\"Resources\": "),
            ("B.json", TEMPLATE),
        ]);
        assert_eq!(names(&loaded), ["B"]);
        assert!(problems(&loaded)[0].starts_with("!cdk.out/A.json"));
        assert!(loaded.assembly.unwrap().problems[0].location.is_some());
    }

    #[test]
    fn an_incomplete_synth_is_told() {
        let text = manifest(&stack("A", "A.json")).replacen(
            "\"minimum",
            r#""missing": [{"key": "vpc-provider:account=1", "provider": "vpc-provider", "props": {}}], "minimum"#,
            1,
        );
        let loaded = loaded(&[("manifest.json", &text), ("A.json", TEMPLATE)]);
        let told = problems(&loaded);
        assert!(
            told[0].starts_with("cdk.out/manifest.json") && told[0].contains("vpc-provider:account=1"),
            "{told:?}"
        );
    }

    #[test]
    fn an_assembly_without_anything_to_lint_is_a_problem() {
        for text in [&manifest(""), "{\"version\": ", "{\"name\": 1}", "", "[]"] {
            let loaded = loaded(&[("manifest.json", text)]);
            assert!(
                loaded.assembly.is_none() && loaded.problems.len() == 1 && loaded.problems[0].unlinted,
                "{text}"
            );
        }
    }
}
