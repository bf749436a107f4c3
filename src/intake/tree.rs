//! `tree.json`: which class of CDK made a construct, and where a logical id comes from when the metadata is silent.
//!
//! The file is larger than all templates together and lies only at the root of the outermost assembly, so it
//! is shared by all stacks, read at the first question and never before. What is wrong with it is kept for
//! whoever reports problems; the questions then have no answer.
use super::boundary::Named;
use super::read;
use super::scopes::NestedScopes;
use crate::finding::Problem;
use crate::syntax::{Document, Node, NodeId};
use std::sync::OnceLock;

/// The construct tree of an assembly, unread.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// None where nothing is told of an assembly.
    file: Option<Named>,
    index: OnceLock<Index>,
}

#[derive(Debug, Default)]
struct Index {
    document: Option<Document>,
    /// Sorted by path.
    constructs: Vec<Construct>,
    /// Indexes of the constructs that have a logical id, sorted by it.
    logical: Vec<u32>,
    nested: NestedScopes,
    problem: Option<Problem>,
}

#[derive(Clone, Copy, Debug)]
struct Construct {
    path: NodeId,
    fqn: Option<NodeId>,
    logical_id: Option<NodeId>,
}

impl Tree {
    /// The tree in that file of an assembly, which need not be there.
    pub(super) fn new(file: Named) -> Tree {
        Tree { file: Some(file), index: OnceLock::new() }
    }

    /// The class that made a construct, such as `aws-cdk-lib.aws_kms.CfnKey`.
    pub(super) fn fqn(&self, construct_path: &str) -> Option<&str> {
        let index = self.index();
        let at = index.constructs.binary_search_by(|one| index.text(one.path).cmp(construct_path)).ok()?;
        Some(index.text(index.constructs[at].fqn?))
    }

    /// The path of the construct below `stack` that has this logical id. `scope` is the path of the nested stack
    /// that holds it, or `stack` itself.
    pub(super) fn construct_path(&self, logical_id: &str, stack: &str, scope: &str) -> Option<&str> {
        let index = self.index();
        let id_of = |at: &u32| {
            let logical_id = index.constructs[*at as usize].logical_id;
            logical_id.map_or("", |node| index.text(node))
        };
        let first = index.logical.partition_point(|at| id_of(at) < logical_id);
        let same = index.logical[first..].iter().take_while(|at| id_of(at) == logical_id);
        let mut paths = same.map(|at| index.text(index.constructs[*at as usize].path));
        paths.find(|path| {
            path.strip_prefix(stack).is_some_and(|rest| rest.starts_with('/'))
                && index.nested.owner_of(path).unwrap_or(stack) == scope
        })
    }

    /// What was wrong with the file, if it was read.
    pub(super) fn problem(&self) -> Option<&Problem> {
        self.index.get()?.problem.as_ref()
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let file = self.file.as_ref().and_then(|file| file.open().ok());
            match file.map(read::opened) {
                None => Index::default(),
                Some(Ok((document, _))) => Index::build(document),
                Some(Err(problem)) => {
                    Index { problem: Some(Problem { unlinted: false, ..problem }), ..Index::default() }
                }
            }
        })
    }
}

impl Index {
    fn build(document: Document) -> Index {
        let mut constructs = Vec::new();
        let mut open: Vec<Node<'_>> = document.root().get("tree").into_iter().collect();
        while let Some(node) = open.pop() {
            if let Some(path) = node.get("path").filter(|path| path.as_str().is_some()) {
                let text = |node: Node<'_>| node.as_str().map(|_| node.id());
                let fqn = node.get("constructInfo").and_then(|info| info.get("fqn")).and_then(text);
                let attributes = node.get("attributes");
                let logical_id =
                    attributes.and_then(|all| all.get("aws:cdk:cloudformation:logicalId")).and_then(text);
                constructs.push(Construct { path: path.id(), fqn, logical_id });
            }
            open.extend(node.get("children").into_iter().flat_map(Node::entries).map(|(_, child)| child));
        }
        let text = |node: NodeId| document.node(node).text_or_empty();
        constructs.sort_by(|a, b| text(a.path).cmp(text(b.path)));
        let id_of = |at: &u32| constructs[*at as usize].logical_id.map_or("", text);
        let with_id = (0..constructs.len() as u32).filter(|at| constructs[*at as usize].logical_id.is_some());
        let mut logical: Vec<u32> = with_id.collect();
        logical.sort_by(|a, b| id_of(a).cmp(id_of(b)));
        let nested = NestedScopes::among(constructs.iter().map(|one| text(one.path)));
        Index { constructs, logical, nested, problem: None, document: Some(document) }
    }

    fn text(&self, node: NodeId) -> &str {
        self.document.as_ref().map_or("", |document| document.node(node).text_or_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::super::boundary::Boundary;
    use super::*;
    use std::sync::Arc;

    fn tree(text: &str) -> (tempfile::TempDir, Tree) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tree.json"), text).unwrap();
        let boundary = Arc::new(Boundary::new(folder.path(), "cdk.out"));
        let file = Named { folder: boundary.root(), boundary, path: "tree.json".to_owned() };
        (folder, Tree::new(file))
    }

    #[test]
    fn a_tree_answers_by_path_and_by_logical_id() {
        let text = r#"{"version": "tree-0.1", "tree": {"id": "App", "path": "", "children": {
          "S": {"id": "S", "path": "S", "constructInfo": {"fqn": "aws-cdk-lib.Stack", "version": "2.276.0"}, "children": {
            "Key": {"id": "Key", "path": "S/Key", "constructInfo": {"fqn": "aws-cdk-lib.aws_kms.Key"}, "children": {
              "Resource": {"id": "Resource", "path": "S/Key/Resource", "constructInfo": {"fqn": "aws-cdk-lib.aws_kms.CfnKey"},
                "attributes": {"aws:cdk:cloudformation:type": "AWS::KMS::Key", "aws:cdk:cloudformation:logicalId": "Key961B73FD"}}}}}},
          "T": {"id": "T", "path": "T", "children": {"X": {"id": "X", "path": "T/X",
                "attributes": {"aws:cdk:cloudformation:logicalId": "Key961B73FD"}}}}}}}"#;
        let (_keep, tree) = tree(text);
        assert_eq!(tree.fqn("S/Key/Resource"), Some("aws-cdk-lib.aws_kms.CfnKey"));
        assert_eq!((tree.fqn("S/Nothing"), tree.fqn("T")), (None, None));
        assert_eq!(tree.construct_path("Key961B73FD", "S", "S"), Some("S/Key/Resource"));
        assert_eq!(tree.construct_path("Key961B73FD", "T", "T"), Some("T/X"));
        assert_eq!(tree.construct_path("Key961B73FD", "U", "U"), None);
        assert!(tree.problem().is_none());
    }

    #[test]
    fn a_broken_tree_answers_nothing_and_says_why() {
        let (_keep, tree) = tree("{\"tree\": ");
        assert!(tree.problem().is_none());
        assert_eq!(tree.fqn("S"), None);
        let problem = tree.problem().unwrap();
        assert_eq!((problem.file.as_str(), problem.unlinted), ("cdk.out/tree.json", false));
    }
}
