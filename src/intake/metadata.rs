//! What the manifest tells of the constructs of one stack: paths, creation stacks, acknowledgements.
//!
//! The metadata of a stack and of all that is nested in it lies under one artifact, in the manifest itself, in
//! a file beside it, or in both; [`Metadata`] reads it as one, out of its [`Records`].
use super::frame::Frame;
use super::records::{ACKNOWLEDGED, CREATED, Records};
use super::scopes::{nested_scope, path_of, with_ancestors};
use crate::finding::{Problem, SourcePlace};
use crate::limits::MAX_FRAMES;
use crate::syntax::Node;
use std::sync::Arc;

/// What the manifest tells of one stack's constructs; of a plain template, nothing. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    records: Option<Arc<Records>>,
    /// The construct path of the nested stack, empty if it is not known; none for the artifact's own stack.
    nested: Option<Arc<str>>,
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
        records.construct_path(logical_id, self.stack_path()?)
    }

    /// Whether anything is told of a construct.
    pub fn has(&self, construct_path: &str) -> bool {
        self.records.as_deref().is_some_and(|records| !records.entries_at(construct_path).is_empty())
    }

    /// The lines of the trace that tells where a construct was made, innermost first.
    pub fn creation_frames(&self, construct_path: &str) -> impl Iterator<Item = &str> {
        let made = self.data(construct_path, CREATED);
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
        if !records.may_acknowledge() {
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
        self.records.as_deref().into_iter().flat_map(Records::late_problems)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::boundary::{Boundary, Named};
    use crate::intake::records::Late;
    use crate::intake::trace::ProjectRoot;
    use crate::source::Source;
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
        let boundary = Arc::new(Boundary::new(folder.path(), "cdk.out"));
        let manifest = Arc::new(parse(Arc::new(Source::new("m", inline))).unwrap());
        let metadata = Metadata::new(Records {
            inline: Some(manifest.root().id()),
            file: Some((
                Named { folder: boundary.root(), boundary, path: "S.metadata.json".to_owned() },
                manifest.root().id(),
            )),
            manifest,
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
