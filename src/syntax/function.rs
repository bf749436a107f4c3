//! The keys that name functions: noted while a text is read, so that functions are found without a look at all nodes.
use super::{Document, Kind, Node, NodeId};

/// Whether a key is one that functions are called by.
#[inline]
pub(super) fn is_function(key: &[u8]) -> bool {
    key.starts_with(b"Fn::") || key == b"Ref" || key == b"Transform"
}

impl Document {
    /// The keys that name functions, in the order of the text. What else stands in their maps is not looked at.
    pub fn functions(&self) -> impl Iterator<Item = Node<'_>> {
        self.functions.iter().map(|key| self.node(*key))
    }

    /// With those keys noted: of a tape that was not written by the scanner.
    pub(super) fn noted(mut self) -> Document {
        let mut keys = Vec::new();
        note(self.root(), &mut keys);
        self.functions = keys;
        self
    }
}

/// Notes the keys below a node. The depth of the tape bounds the recursion.
fn note(node: Node<'_>, keys: &mut Vec<NodeId>) {
    node.items().for_each(|item| note(item, keys));
    for (key, value) in node.entries() {
        keys.extend(is_function(key.text_or_empty().as_bytes()).then_some(key.id()));
        note(value, keys);
    }
}

impl<'a> Node<'a> {
    /// The maps in a node, itself included, that have one key and that one names a function: in the order of the text,
    /// without those that lie in others.
    pub fn calls(self) -> impl Iterator<Item = Node<'a>> {
        let (document, mut next, end) = (self.document(), self.id(), self.end());
        let first = document.functions.partition_point(|key| *key <= next);
        let inside = document.functions[first..].iter().take_while(move |key| **key < end);
        inside.filter_map(move |key| {
            // The cell before the only key of a map is the map.
            let map = document.node(NodeId(key.0 - 1));
            let is_call = map.id() >= next && map.cell().kind == Kind::Map && map.len() == 1;
            is_call.then(|| {
                next = map.end();
                map
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::parse;
    use std::sync::Arc;

    fn read(text: &str) -> Document {
        parse(Arc::new(Source::new("t", text))).unwrap()
    }

    #[test]
    fn functions_are_found_in_both_syntaxes() {
        for text in [
            r#"{"a": {"Ref": "b"}, "Fn::x": ["Ref", {"\u0052ef": {"Ref": 1}}, {"Ref": 2, "b": {"Fn::y": {}}}]}"#,
            r#"{"a": {"Ref": 0, "Ref": "b"}, "Fn::x": ["Ref", {"Ref": {"Ref": 1}}, {"Ref": 2, "b": {"Fn::y": {}}}]}"#,
            "a: &a !Ref b\nFn::x: [Ref, !Ref {Ref: 1}, {Ref: 2, b: !y {}}]",
        ] {
            let document = read(text);
            let functions: Vec<&str> = document.functions().map(Node::text_or_empty).collect();
            assert_eq!(functions, ["Ref", "Fn::x", "Ref", "Ref", "Ref", "Fn::y"], "{text}");
            let calls: Vec<String> = document.root().calls().map(|call| format!("{call:?}")).collect();
            assert_eq!(calls, [r#"{"Ref": "b"}"#, r#"{"Ref": {"Ref": 1}}"#, r#"{"Fn::y": {}}"#], "{text}");
            let call = document.root().calls().nth(1).unwrap();
            assert_eq!(call.calls().map(Node::id).collect::<Vec<_>>(), [call.id()]);
            assert_eq!(document.root().get("a").unwrap().calls().count(), 1);
        }
        let merged = read("a: &a {x: !Ref b}\nb: {<<: *a, y: *a}");
        assert_eq!((merged.functions().count(), merged.root().calls().count()), (3, 3));
    }

    #[test]
    fn the_scanner_notes_what_a_walk_would() {
        let mut folders = vec![std::path::PathBuf::from("fixtures")];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(text) = std::fs::read_to_string(&path)
                    && path.extension().is_some_and(|extension| extension == "json")
                    && let Ok(document) = parse(Arc::new(Source::new("t", text.as_str())))
                {
                    let noted = document.functions.clone();
                    seen += noted.len();
                    assert_eq!(noted, document.noted().functions, "{}", path.display());
                }
            }
        }
        assert!(seen > 0);
    }
}
