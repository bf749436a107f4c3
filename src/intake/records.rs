//! The metadata of one artifact: where everything stands in the manifest and in the file beside it.
//!
//! They are larger than the templates, so nothing is looked at before the first question; then one pass sorts the entries by
//! construct path and by logical id, as places on the tape, and no string is copied.
use super::scopes::{NestedScopes, path_of};
use super::trace::{self, ProjectRoot};
use super::tree::Tree;
use super::{assembly::at, boundary::Named, read};
use crate::finding::Problem;
use crate::source::Source;
use crate::syntax::{Document, Node, NodeId};
use rustc_hash::FxHasher;
use std::hash::Hasher;
use std::sync::{Arc, OnceLock};

/// The kind of entry that `Validations.acknowledge` of the CDK writes.
pub(super) const ACKNOWLEDGED: &str = "aws:cdk:acknowledged-rules";
/// The kind of entry that tells where a construct was made.
pub(super) const CREATED: &str = "aws:cdk:creationStack";

/// The metadata of one artifact.
#[derive(Debug)]
pub(super) struct Records {
    pub manifest: Arc<Document>,
    /// The map in the manifest.
    pub inline: Option<NodeId>,
    /// The file beside it, and where the manifest names it.
    pub file: Option<(Named, NodeId)>,
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
    kinds: OnceLock<Kinds>,
    index: OnceLock<Index>,
}

/// Where everything stands.
#[derive(Debug, Default)]
struct Index {
    extra: Option<Document>,
    /// Sorted by construct path; a path can stand in both documents.
    paths: OnceLock<Vec<Entry>>,
    /// Sorted by the hash of the logical id; those of one id stand as they are written.
    logical: Vec<Logical>,
    nested: NestedScopes,
    problem: Option<Problem>,
    origin: OnceLock<Option<String>>,
}

/// The entries of a construct path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub in_file: bool,
    pub key: NodeId,
    pub list: NodeId,
}

/// A logical id and the construct path that has it.
#[derive(Clone, Copy, Debug)]
struct Logical {
    hash: u64,
    in_file: bool,
    id: NodeId,
    key: NodeId,
}

/// Kinds of entries that may stand in the manifest or beside it.
#[derive(Clone, Copy, Debug, Default)]
struct Kinds {
    created: bool,
    acknowledged: bool,
}

impl Kinds {
    /// Looks at all entries of the map in the manifest.
    fn look_at(&mut self, inline: Node<'_>) {
        for entry in inline.entries().flat_map(|(_, list)| list.items()) {
            let kind = entry.get("type").and_then(Node::as_str);
            self.created |= kind == Some(CREATED);
            self.acknowledged |= kind == Some(ACKNOWLEDGED);
        }
    }

    /// Looks for the words in a text that is not read yet.
    fn look_in(&mut self, text: &str) {
        let holds = |kind: &str| memchr::memmem::find(text.as_bytes(), kind.as_bytes()).is_some();
        self.created |= holds(CREATED);
        self.acknowledged |= holds(ACKNOWLEDGED);
    }
}

impl Records {
    /// The text of the file beside the manifest; none where it cannot be read.
    fn text_beside(&self) -> Option<&Arc<Source>> {
        let (file, named) = self.file.as_ref()?;
        let read = || {
            let refused = |refusal| {
                at(self.manifest.node(*named)).refused("the file of the metadata", &file.path, refusal)
            };
            Ok(read::opened_text(file.open().map_err(refused)?)?.0)
        };
        self.late.text.get_or_init(|| read().map_err(harmless)).as_ref().ok()
    }

    /// The construct path of a resource by its logical id; `scope` is the path of the nested stack that holds it, or the
    /// artifact's own.
    pub fn construct_path(&self, logical_id: &str, scope: &str) -> Option<&str> {
        let index = self.index();
        if index.logical.is_empty() {
            return self.tree.construct_path(logical_id, &self.stack_path, scope);
        }
        let hash = hash_of(logical_id);
        let first = index.logical.partition_point(|one| one.hash < hash);
        let same = index.logical[first..].iter().take_while(|one| one.hash == hash);
        let same = same.filter(|one| self.text(one.in_file, one.id) == logical_id);
        let mut paths = same.map(|one| path_of(self.text(one.in_file, one.key)));
        paths.find(|path| index.nested.owner_of(path).unwrap_or(&self.stack_path) == scope)
    }

    /// What was wrong with files that were read since the assembly was loaded.
    pub fn late_problems(&self) -> impl Iterator<Item = &Problem> {
        let text = self.late.text.get().and_then(|text| text.as_ref().err());
        let own = text.or_else(|| self.late.index.get()?.problem.as_ref());
        own.into_iter().chain(self.tree.problem())
    }

    fn index(&self) -> &Index {
        self.late.index.get_or_init(|| {
            let mut index = Index::default();
            match self.text_beside().map(|text| self.parsed(text)) {
                Some(Ok(document)) => index.extra = Some(document),
                Some(Err(problem)) => index.problem = Some(harmless(problem)),
                None => {}
            }
            let inline = self.inline.map(|node| self.manifest.node(node));
            let extra = index.extra.as_ref().map(Document::root);
            let keys = || [inline, extra].into_iter().flatten().flat_map(Node::entries).map(|(key, _)| key);
            index.nested = NestedScopes::among(keys().map(|key| path_of(key.text_or_empty())));
            for (in_file, map) in [(false, inline), (true, extra)] {
                for (key, list) in map.into_iter().flat_map(Node::entries) {
                    for id in list.items().filter_map(logical_id) {
                        let hash = hash_of(id.text_or_empty());
                        index.logical.push(Logical { hash, in_file, id: id.id(), key: key.id() });
                    }
                }
            }
            index.logical.sort_by_key(|one| one.hash);
            index
        })
    }

    /// All entries, sorted by construct path.
    pub fn paths(&self) -> &[Entry] {
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

    /// Whether any construct's creation stack was written: older assemblies have none. Asked of all entries in the
    /// manifest and of the text beside it, so that metadata without a trace are not sorted for one.
    pub fn has_traces(&self) -> bool {
        self.kinds().created
    }

    /// Whether a rule may have been acknowledged.
    pub fn may_acknowledge(&self) -> bool {
        self.kinds().acknowledged
    }

    /// The kinds that there may be.
    fn kinds(&self) -> Kinds {
        *self.late.kinds.get_or_init(|| {
            let mut kinds = Kinds::default();
            if let Some(inline) = self.inline {
                kinds.look_at(self.manifest.node(inline));
            }
            if let Some(text) = self.text_beside() {
                kinds.look_in(text.text());
            }
            kinds
        })
    }

    /// The file beside the manifest. What no question is asked about is passed over: lists and maps of data, where
    /// nothing was acknowledged and no creation stack was written.
    fn parsed(&self, text: &Arc<Source>) -> Result<Document, Problem> {
        match self.kinds() {
            Kinds { created: false, acknowledged: false } => read::parse_without(text.clone(), "data", 3),
            _ => read::parse(text.clone()),
        }
    }

    pub fn document(&self, in_file: bool) -> Option<&Document> {
        if in_file { self.late.index.get()?.extra.as_ref() } else { Some(&self.manifest) }
    }

    pub fn text(&self, in_file: bool, node: NodeId) -> &str {
        self.document(in_file).map_or("", |document| document.node(node).text_or_empty())
    }

    pub fn entries_at(&self, construct_path: &str) -> &[Entry] {
        let paths = self.paths();
        let wanted = path_of(construct_path);
        let key_of = |entry: &Entry| path_of(self.text(entry.in_file, entry.key));
        let first = paths.partition_point(|entry| key_of(entry) < wanted);
        let count = paths[first..].iter().take_while(|entry| key_of(entry) == wanted).count();
        &paths[first..first + count]
    }

    /// The project's folder as the machine that synthesized saw it.
    pub fn origin(&self) -> Option<String> {
        let index = self.index();
        let every = || {
            let lists =
                self.paths().iter().filter_map(|entry| Some(self.document(entry.in_file)?.node(entry.list)));
            let entries = lists.flat_map(Node::items);
            let data = entries.filter(|entry| entry.get("type").and_then(Node::as_str) == Some(CREATED));
            data.filter_map(|entry| entry.get("data")).flat_map(Node::items).filter_map(Node::as_str)
        };
        index.origin.get_or_init(|| trace::origin(every())).clone()
    }
}

/// A problem that leaves nothing unlinted: the template is read all the same.
fn harmless(problem: Problem) -> Problem {
    Problem { unlinted: false, ..problem }
}

/// The logical id that an entry tells.
fn logical_id(entry: Node<'_>) -> Option<Node<'_>> {
    let kind = entry.get("type").and_then(Node::as_str);
    if kind != Some("aws:cdk:logicalId") {
        return None;
    }
    entry.get("data").filter(|id| id.as_str().is_some())
}

/// What logical ids are sorted by: numbers are sorted and searched sooner than texts.
fn hash_of(logical_id: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(logical_id.as_bytes());
    hasher.finish()
}
