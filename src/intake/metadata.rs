//! What the manifest tells of the constructs of one stack: paths, creation stacks, acknowledgements.
//!
//! The metadata of a stack and of all that is nested in it lies under one artifact, in the manifest itself, in
//! a file beside it, or in both; [`Metadata`] reads it as one. It is larger than the templates, so nothing
//! is looked at before the first question; then one pass sorts the entries by construct path and by logical
//! id, as places on the tape, and no string is copied.
use super::frame::Frame;
use super::trace::{self, ProjectRoot};
use super::tree::Tree;
use super::{boundary::Inside, read};
use crate::finding::{Problem, SourcePlace};
use crate::limits::{MAX_ANCESTORS, MAX_FRAMES};
use crate::source::Source;
use crate::syntax::{Document, Node, NodeId};
use std::sync::{Arc, OnceLock};

/// The kind of entry that `Validations.acknowledge` of the CDK writes.
const ACKNOWLEDGED: &str = "aws:cdk:acknowledged-rules";

/// What the manifest tells of one stack's constructs; of a plain template, nothing. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    records: Option<Arc<Records>>,
    /// The construct path of the nested stack, empty if it is not known; none for the artifact's own stack.
    nested: Option<Arc<str>>,
}

/// The metadata of one artifact.
#[derive(Debug)]
pub(super) struct Records {
    pub manifest: Arc<Document>,
    /// The map in the manifest.
    pub inline: Option<NodeId>,
    /// The file beside it.
    pub file: Option<Inside>,
    /// The artifact's own construct path.
    pub stack_path: String,
    pub tree: Arc<Tree>,
    pub project: ProjectRoot,
    pub late: Late,
}

/// What is read and sorted once somebody asks.
#[derive(Debug, Default)]
pub(super) struct Late {
    /// The text of the file beside the manifest.
    text: OnceLock<Result<Arc<Source>, Problem>>,
    /// Whether any construct's creation stack was written.
    traces: OnceLock<bool>,
    index: OnceLock<Index>,
}

/// Where everything stands.
#[derive(Debug, Default)]
struct Index {
    extra: Option<Document>,
    /// Sorted by construct path; a path can stand in both documents.
    paths: OnceLock<Vec<Entry>>,
    /// Sorted by logical id.
    logical: Vec<Logical>,
    nested: NestedScopes,
    problem: Option<Problem>,
    origin: OnceLock<Option<String>>,
}

/// The entries of a construct path.
#[derive(Clone, Copy, Debug)]
struct Entry {
    in_file: bool,
    key: NodeId,
    list: NodeId,
}

/// A logical id and the construct path that has it.
#[derive(Clone, Copy, Debug)]
struct Logical {
    in_file: bool,
    id: NodeId,
    key: NodeId,
}

impl Metadata {
    pub(super) fn new(records: Records) -> Metadata {
        Metadata { records: Some(Arc::new(records)), nested: None }
    }

    /// The metadata of a stack nested in this one, whose resource has that construct path.
    pub(super) fn of_nested(&self, resource_path: Option<&str>) -> Metadata {
        let scope = resource_path.map_or("", |path| nested_scope(path).unwrap_or(path));
        Metadata { records: self.records.clone(), nested: Some(Arc::from(scope)) }
    }

    /// The construct path of the stack itself.
    pub fn stack_path(&self) -> Option<&str> {
        let records = self.records.as_deref()?;
        Some(self.nested.as_deref().unwrap_or(&records.stack_path)).filter(|path| !path.is_empty())
    }

    /// The construct path of a resource of this stack, by its logical id.
    pub fn construct_path(&self, logical_id: &str) -> Option<&str> {
        let records = self.records.as_deref()?;
        let index = records.index();
        let scope = self.stack_path()?;
        if index.logical.is_empty() {
            return records.tree.construct_path(logical_id, &records.stack_path, scope);
        }
        let first = index.logical.partition_point(|one| records.text(one.in_file, one.id) < logical_id);
        let same =
            index.logical[first..].iter().take_while(|one| records.text(one.in_file, one.id) == logical_id);
        let mut paths = same.map(|one| path_of(records.text(one.in_file, one.key)));
        paths.find(|path| index.nested.owner_of(path).unwrap_or(&records.stack_path) == scope)
    }

    /// Whether anything is told of a construct.
    pub fn has(&self, construct_path: &str) -> bool {
        self.records.as_deref().is_some_and(|records| !records.entries_at(construct_path).is_empty())
    }

    /// The lines of the trace that tells where a construct was made, innermost first.
    pub fn creation_frames(&self, construct_path: &str) -> impl Iterator<Item = &str> {
        let made = self.data(construct_path, "aws:cdk:creationStack");
        // CDK 1 and debug synths keep it beside the logical id
        let traced = self.entries(construct_path).filter_map(|entry| {
            let is_logical_id = entry.get("type").and_then(Node::as_str) == Some("aws:cdk:logicalId");
            entry.get("trace").filter(|_| is_logical_id)
        });
        made.chain(traced).flat_map(Node::items).filter_map(Node::as_str)
    }

    /// The rules that were acknowledged at a construct, each with its reason.
    pub fn acknowledged(&self, construct_path: &str) -> impl Iterator<Item = (&str, &str)> {
        let rules = self.data(construct_path, ACKNOWLEDGED).flat_map(Node::entries);
        rules.map(|(id, reason)| (id.text_or_empty(), reason.text_or_empty()))
    }

    /// All rules that were acknowledged at any construct of the artifact: its path, the rule's id and the reason. Of a
    /// nested stack none, as its root tells them.
    pub fn acknowledgements(&self) -> Vec<(&str, Node<'_>, Node<'_>)> {
        let Some(records) = self.records.as_deref().filter(|_| self.nested.is_none()) else {
            return Vec::new();
        };
        if !records.may_say(ACKNOWLEDGED) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for entry in records.paths() {
            let path = path_of(records.text(entry.in_file, entry.key));
            let list = records.document(entry.in_file).map(|document| document.node(entry.list));
            let entries = list.into_iter().flat_map(Node::items);
            let told = entries.filter(|entry| entry.get("type").and_then(Node::as_str) == Some(ACKNOWLEDGED));
            let rules = told.filter_map(|entry| entry.get("data")).flat_map(Node::entries);
            found.extend(rules.map(|(id, reason)| (path, id, reason)));
        }
        found
    }

    /// The class of CDK or of the user's library that made a construct. Reads `tree.json`.
    pub fn fqn(&self, construct_path: &str) -> Option<&str> {
        self.records.as_deref()?.tree.fqn(path_of(construct_path))
    }

    /// The line of the user's program that made a construct: its own innermost frame, else that of the nearest
    /// construct around it.
    pub fn source_place(&self, construct_path: &str) -> Option<SourcePlace> {
        let records = self.records.as_deref().filter(|records| records.has_traces())?;
        let own = path_of(construct_path);
        for path in with_ancestors(own) {
            let mut frames = self.creation_frames(path).take(MAX_FRAMES).filter_map(Frame::parse);
            if let Some(frame) = frames.find(Frame::is_users) {
                let place = records.project.place(&frame, || records.origin());
                return Some(SourcePlace { inherited: path.len() < own.len(), ..place });
            }
        }
        None
    }

    /// What was wrong with files that were read since the assembly was loaded.
    pub(super) fn late_problems(&self) -> impl Iterator<Item = &Problem> {
        let late = self.records.as_deref().map(|records| &records.late);
        let text = late.and_then(|late| late.text.get()?.as_ref().err());
        let own = text.or_else(|| late?.index.get()?.problem.as_ref());
        own.into_iter().chain(self.records.as_deref().and_then(|records| records.tree.problem()))
    }

    fn data<'a>(&'a self, construct_path: &str, kind: &'static str) -> impl Iterator<Item = Node<'a>> {
        let entries = self.entries(construct_path);
        entries
            .filter(move |entry| entry.get("type").and_then(Node::as_str) == Some(kind))
            .filter_map(|entry| entry.get("data"))
    }

    fn entries<'a>(&'a self, construct_path: &str) -> impl Iterator<Item = Node<'a>> {
        let records = self.records.as_deref();
        let found = records.map(|records| (records, records.entries_at(construct_path)));
        found.into_iter().flat_map(|(records, entries)| {
            let lists =
                entries.iter().filter_map(|entry| Some(records.document(entry.in_file)?.node(entry.list)));
            lists.flat_map(Node::items)
        })
    }
}

impl Records {
    /// The text of the file beside the manifest; none where it cannot be read.
    fn text_beside(&self) -> Option<&Arc<Source>> {
        let file = self.file.as_ref()?;
        let read = || read::source(&file.path, &file.name).map_err(harmless);
        self.late.text.get_or_init(read).as_ref().ok()
    }

    fn index(&self) -> &Index {
        self.late.index.get_or_init(|| {
            let mut index = Index::default();
            match self.text_beside().map(|text| read::parse(text.clone())) {
                Some(Ok(document)) => index.extra = Some(document),
                Some(Err(problem)) => index.problem = Some(harmless(problem)),
                None => {}
            }
            let inline = self.inline.map(|node| self.manifest.node(node));
            let extra = index.extra.as_ref().map(Document::root);
            let mut logical = Vec::new();
            let keys = || [inline, extra].into_iter().flatten().flat_map(Node::entries).map(|(key, _)| key);
            index.nested = NestedScopes::among(keys().map(|key| path_of(key.text_or_empty())));
            for (in_file, map) in [(false, inline), (true, extra)] {
                for (key, list) in map.into_iter().flat_map(Node::entries) {
                    logical.extend(
                        logical_ids(list)
                            .map(|id| (id.text_or_empty(), Logical { in_file, id: id.id(), key: key.id() })),
                    );
                }
            }
            logical.sort_by_key(|(id, _)| *id);
            index.logical = logical.into_iter().map(|(_, entry)| entry).collect();
            index
        })
    }

    /// All entries, sorted by construct path.
    fn paths(&self) -> &[Entry] {
        let index = self.index();
        index.paths.get_or_init(|| {
            let inline = self.inline.map(|node| self.manifest.node(node));
            let extra = index.extra.as_ref().map(Document::root);
            let mut paths = Vec::new();
            for (in_file, map) in [(false, inline), (true, extra)] {
                for (key, list) in map.into_iter().flat_map(Node::entries) {
                    paths.push((
                        path_of(key.text_or_empty()),
                        Entry { in_file, key: key.id(), list: list.id() },
                    ));
                }
            }
            paths.sort_by_key(|(path, _)| *path);
            paths.into_iter().map(|(_, entry)| entry).collect()
        })
    }

    /// Whether any construct's creation stack was written: older assemblies have none. Asked of the texts, so that
    /// metadata without a trace are not sorted for one.
    fn has_traces(&self) -> bool {
        *self.late.traces.get_or_init(|| self.may_say("aws:cdk:creationStack"))
    }

    /// Whether the metadata may hold entries of a kind.
    fn may_say(&self, kind: &str) -> bool {
        let written =
            |source: &Arc<Source>| memchr::memmem::find(source.text().as_bytes(), kind.as_bytes()).is_some();
        (self.inline.is_some() && written(self.manifest.source())) || self.text_beside().is_some_and(written)
    }

    fn document(&self, in_file: bool) -> Option<&Document> {
        if in_file { self.late.index.get()?.extra.as_ref() } else { Some(&self.manifest) }
    }

    fn text(&self, in_file: bool, node: NodeId) -> &str {
        self.document(in_file).map_or("", |document| document.node(node).text_or_empty())
    }

    fn entries_at(&self, construct_path: &str) -> &[Entry] {
        let paths = self.paths();
        let wanted = path_of(construct_path);
        let key_of = |entry: &Entry| path_of(self.text(entry.in_file, entry.key));
        let first = paths.partition_point(|entry| key_of(entry) < wanted);
        let count = paths[first..].iter().take_while(|entry| key_of(entry) == wanted).count();
        &paths[first..first + count]
    }

    /// The project's folder as the machine that synthesized saw it.
    fn origin(&self) -> Option<String> {
        let index = self.index();
        let every = || {
            let lists =
                self.paths().iter().filter_map(|entry| Some(self.document(entry.in_file)?.node(entry.list)));
            let entries = lists.flat_map(Node::items);
            let data = entries
                .filter(|entry| entry.get("type").and_then(Node::as_str) == Some("aws:cdk:creationStack"));
            data.filter_map(|entry| entry.get("data")).flat_map(Node::items).filter_map(Node::as_str)
        };
        index.origin.get_or_init(|| trace::origin(every())).clone()
    }
}

/// A problem that leaves nothing unlinted: the template is read all the same.
fn harmless(problem: Problem) -> Problem {
    Problem { unlinted: false, ..problem }
}

fn logical_ids(list: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let is_one = |entry: &Node<'_>| entry.get("type").and_then(Node::as_str) == Some("aws:cdk:logicalId");
    list.items().filter(is_one).filter_map(|entry| entry.get("data")).filter(|id| id.as_str().is_some())
}

/// A construct path as templates write it: metadata keys have a slash before it.
fn path_of(key: &str) -> &str {
    key.strip_prefix('/').unwrap_or(key)
}

/// A construct path and those of the constructs around it, innermost first.
fn with_ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| Some(path.rsplit_once('/')?.0)).take(MAX_ANCESTORS)
}

/// The construct paths of all nested stacks.
#[derive(Debug, Default)]
pub(super) struct NestedScopes(Vec<String>);

impl NestedScopes {
    /// The nested stacks among all construct paths.
    pub(super) fn among<'a>(paths: impl Iterator<Item = &'a str>) -> NestedScopes {
        let mut scopes: Vec<String> = paths.filter_map(nested_scope).map(str::to_owned).collect();
        scopes.sort();
        NestedScopes(scopes)
    }

    /// The nearest nested stack around a construct.
    pub(super) fn owner_of<'a>(&self, path: &'a str) -> Option<&'a str> {
        if self.0.is_empty() {
            return None;
        }
        let is_nested =
            |ancestor: &&str| self.0.binary_search_by(|scope| scope.as_str().cmp(ancestor)).is_ok();
        with_ancestors(path).skip(1).find(is_nested)
    }
}

/// The construct path of a nested stack `X`, from that of its resource: CDK makes a construct `X.NestedStack` that
/// holds `X.NestedStackResource`.
pub(super) fn nested_scope(resource_path: &str) -> Option<&str> {
    let resource = resource_path.strip_suffix(".NestedStackResource")?;
    resource.rsplit_once('/')?.0.strip_suffix(".NestedStack")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    const INLINE: &str = r#"{
      "/S": [{"type": "aws:cdk:creationStack", "data": ["<anonymous> (/home/dev/app/bin/shop.ts:37:17)", "...node internals, tsx..."]},
             {"type": "aws:cdk:stack-tags", "data": [{"key": "Environment", "value": "production"}]}],
      "/S/Key/Resource": [{"type": "aws:cdk:logicalId", "data": "Key961B73FD", "trace": ["new Old (/home/dev/app/lib/old.ts:1:2)"]}],
      "/S/Mon.NestedStack/Mon.NestedStackResource": [{"type": "aws:cdk:logicalId", "data": "MonResource"}],
      "/S/Mon/Key/Resource": [{"type": "aws:cdk:logicalId", "data": "Key961B73FD"}]}"#;
    const BESIDE: &str = r#"{
      "/S/Key": [{"type": "aws:cdk:acknowledged-rules", "data": {"CloudFormation-Validate::F3002": "camelCase is right here"}}],
      "/S/Fn/Resource": [{"type": "aws:cdk:logicalId", "data": "Fn"},
        {"type": "aws:cdk:creationStack", "data": ["...new Function2 in aws-cdk-lib...", "new SecureLambda (/home/dev/app/lib/secure-lambda.ts:34:21)"]}],
      "/S/BootstrapVersion": [{"type": "aws:cdk:logicalId", "data": "BootstrapVersion"},
        {"type": "aws:cdk:creationStack", "data": ["...aws-cdk-lib...", "(no user code in 10 frames, use --stack-trace-limit to capture more)"]}]}"#;

    fn metadata(inline: &str, beside: &str) -> (tempfile::TempDir, Metadata) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("S.metadata.json"), beside).unwrap();
        let boundary = crate::intake::boundary::Boundary::new(folder.path(), "cdk.out");
        let manifest = Arc::new(parse(Arc::new(Source::new("m", inline))).unwrap());
        let metadata = Metadata::new(Records {
            inline: Some(manifest.root().id()),
            manifest,
            file: Some(boundary.file(&boundary.root(), "S.metadata.json").unwrap()),
            stack_path: "S".into(),
            tree: Arc::default(),
            project: ProjectRoot::default(),
            late: Late::default(),
        });
        (folder, metadata)
    }

    #[test]
    fn the_manifest_and_the_file_beside_it_answer_as_one() {
        let (_keep, metadata) = metadata(INLINE, BESIDE);
        assert_eq!(metadata.construct_path("Key961B73FD"), Some("S/Key/Resource"));
        assert_eq!(metadata.construct_path("Fn"), Some("S/Fn/Resource"));
        assert_eq!(metadata.construct_path("Nothing"), None);
        assert!(metadata.has("S/Key") && metadata.has("/S/Key") && !metadata.has("S/K"));
        let acknowledged: Vec<_> = metadata.acknowledged("S/Key").collect();
        assert_eq!(acknowledged, [("CloudFormation-Validate::F3002", "camelCase is right here")]);
        assert_eq!(metadata.creation_frames("S/Fn/Resource").count(), 2);
    }

    #[test]
    fn a_nested_stack_has_its_own_logical_ids() {
        let (_keep, metadata) = metadata(INLINE, BESIDE);
        let nested = metadata.of_nested(metadata.construct_path("MonResource"));
        assert_eq!(nested.stack_path(), Some("S/Mon"));
        assert_eq!(nested.construct_path("Key961B73FD"), Some("S/Mon/Key/Resource"));
        assert_eq!(nested.construct_path("Fn"), None);
        let unknown = metadata.of_nested(None);
        assert_eq!((unknown.stack_path(), unknown.construct_path("Key961B73FD")), (None, None));
    }

    #[test]
    fn a_place_is_the_innermost_user_frame_or_inherited() {
        let (_keep, metadata) = metadata(INLINE, BESIDE);
        let told = |path| {
            let place = metadata.source_place(path)?;
            Some(format!(
                "{}:{}:{} {} {:?}",
                place.file, place.line, place.column, place.inherited, place.function?
            ))
        };
        assert_eq!(told("S/Fn/Resource").unwrap(), "lib/secure-lambda.ts:34:21 false \"new SecureLambda\"");
        assert_eq!(told("S/BootstrapVersion").unwrap(), "bin/shop.ts:37:17 true \"<anonymous>\"");
        assert_eq!(told("S/Key/Resource").unwrap(), "lib/old.ts:1:2 false \"new Old\"");
        assert_eq!(told("S/Not/There").unwrap(), "bin/shop.ts:37:17 true \"<anonymous>\"");
        assert_eq!(told("T"), None);
    }

    #[test]
    fn a_broken_file_is_told_late_and_the_manifest_still_answers() {
        let (_keep, metadata) = metadata(INLINE, "{");
        assert_eq!(metadata.late_problems().count(), 0);
        assert_eq!(metadata.construct_path("Key961B73FD"), Some("S/Key/Resource"));
        let problems: Vec<_> = metadata.late_problems().collect();
        assert_eq!((problems.len(), problems[0].file.as_str()), (1, "cdk.out/S.metadata.json"));
        assert!(!problems[0].unlinted);
    }

    #[test]
    fn a_plain_template_knows_nothing() {
        let none = Metadata::default();
        assert!(
            none.construct_path("A").is_none() && none.source_place("A").is_none() && none.fqn("A").is_none()
        );
        assert!(!none.has("A") && none.stack_path().is_none() && none.acknowledged("A").next().is_none());
    }
}
