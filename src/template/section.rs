//! The sections of a template, found once and kept as nodes.
use crate::source::Span;
use crate::syntax::{Document, Node, NodeId};
use rustc_hash::FxHashMap;

/// A part of a template that has the wrong shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// A declared resource; small, as there may be very many.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// The value of `Type`.
    pub type_name: &'a str,
    document: &'a Document,
    key: NodeId,
    /// The value of `Properties`, or the key where there is none.
    properties: NodeId,
}

impl<'a> Resource<'a> {
    /// The key under `Resources`.
    pub fn key(&self) -> Node<'a> {
        self.document.node(self.key)
    }

    /// The logical id.
    pub fn logical_id(&self) -> &'a str {
        self.key().text_or_empty()
    }

    /// The value of `Properties`, if there is one that is not null.
    pub fn properties(&self) -> Option<Node<'a>> {
        (self.properties != self.key).then(|| self.document.node(self.properties))
    }

    /// The whole declaration: `Type`, `Properties`, `DeletionPolicy` ... It follows its key.
    pub fn body(&self) -> Node<'a> {
        self.document.node(NodeId(self.key.0 + 1))
    }

    /// The name of its `Condition`.
    pub fn condition(&self) -> Option<&'a str> {
        self.body().get("Condition")?.as_str()
    }
}

/// The sections of one template.
#[derive(Debug)]
pub struct Template<'a> {
    /// The document it was read from.
    pub document: &'a Document,
    /// Declarations by parameter name.
    pub parameters: FxHashMap<&'a str, Node<'a>>,
    /// Expressions by condition name.
    pub conditions: FxHashMap<&'a str, Node<'a>>,
    /// Declarations by output name.
    pub outputs: Vec<(Node<'a>, Node<'a>)>,
    /// The `Mappings` section.
    pub mappings: Option<Node<'a>>,
    /// The `Rules` section.
    pub rules: Option<Node<'a>>,
    /// What has the wrong shape.
    pub faults: Vec<Fault>,
}

impl<'a> Template<'a> {
    /// Finds the sections of a document; its resources go to who keeps them, in the order of the text.
    pub fn of(document: &'a Document, mut keep: impl FnMut(Resource<'a>)) -> Template<'a> {
        let root = document.root();
        let mut template = Template {
            document,
            parameters: FxHashMap::default(),
            conditions: FxHashMap::default(),
            outputs: Vec::new(),
            mappings: None,
            rules: None,
            faults: Vec::new(),
        };
        for (key, section) in root.entries() {
            match key.text_or_empty() {
                "Resources" => template.read_resources(section, &mut keep),
                "Parameters" => template.parameters = named(section),
                "Conditions" => template.conditions = named(section),
                "Outputs" => template.outputs = section.entries().collect(),
                "Mappings" => template.mappings = Some(section),
                "Rules" => template.rules = Some(section),
                _ => {}
            }
        }
        template
    }

    fn read_resources(&mut self, section: Node<'a>, keep: &mut impl FnMut(Resource<'a>)) {
        if !section.is_map() {
            self.fault("Resources is not a map of logical ids", section);
        }
        for (key, body) in section.entries() {
            let logical_id = key.text_or_empty();
            // A loop that could not be expanded has its own fault.
            if logical_id.starts_with("Fn::ForEach::") {
                continue;
            }
            let [type_name, properties] = body.get_each(["Type", "Properties"]);
            let Some(type_name) = type_name.and_then(Node::as_str) else {
                self.fault(&format!("the resource {logical_id} has no Type"), key);
                continue;
            };
            let key = key.id();
            let properties = properties.filter(|properties| !properties.is_null()).map_or(key, Node::id);
            keep(Resource { type_name, document: self.document, key, properties });
        }
    }

    fn fault(&mut self, message: &str, node: Node<'a>) {
        self.faults.push(Fault { message: message.to_owned(), span: node.span() });
    }
}

fn named<'a>(section: Node<'a>) -> FxHashMap<&'a str, Node<'a>> {
    section.entries().map(|(key, value)| (key.text_or_empty(), value)).collect()
}

/// Whether a parameter's declaration is `NoEcho`: its value is never told.
pub fn is_secret(declared: Node<'_>) -> bool {
    let mark = declared.get("NoEcho");
    mark.is_some_and(|mark| {
        mark.as_bool() == Some(true) || mark.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_small() {
        assert!(size_of::<Resource<'_>>() <= 32, "{}", size_of::<Resource<'_>>());
    }
}
