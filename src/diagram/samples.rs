//! Stacks, resources and edges for tests.
use super::model::{Edge, Node, Relation, Stack};

pub(crate) fn stack(name: &str, parent: Option<usize>) -> Stack {
    Stack {
        name: name.to_owned(),
        artifact: None,
        file: format!("{name}.json"),
        parent,
        environment: None,
        findings: Vec::new(),
    }
}

pub(crate) fn node(stack: usize, logical_id: &str) -> Node {
    Node {
        stack,
        logical_id: logical_id.to_owned(),
        kind: "AWS::SQS::Queue".to_owned(),
        construct_path: None,
        findings: Vec::new(),
    }
}

pub(crate) fn edge(from: usize, to: usize) -> Edge {
    Edge { from, to, relation: Relation::Ref, certain: true, places: 1 }
}
