//! The graph joined with settings: what a resolver computes in.
use super::hole::Hole;
use super::link;
use super::parameter;
use super::store::{self, Stored};
use crate::graph::{Edges, Graph, ResourceId, StackId};
use crate::syntax::Node;
use crate::template::Fault;
use rustc_hash::FxHashMap;

/// What the caller decides about values that templates leave open.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether defaults of parameters count as values of properties. Conditions never see them.
    pub defaults: bool,
    /// Values of parameters of top-level stacks, by name.
    pub parameters: FxHashMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { defaults: true, parameters: FxHashMap::default() }
    }
}

/// An output that other stacks can import.
#[derive(Clone, Copy, Debug)]
pub(super) struct Export<'a> {
    pub stack: StackId,
    pub value: Node<'a>,
}

/// A graph with settings, exports and edges.
#[derive(Debug)]
pub struct World<'a> {
    /// The graph.
    pub graph: &'a Graph<'a>,
    /// The settings.
    pub settings: &'a Settings,
    pub(super) exports: FxHashMap<String, Vec<Export<'a>>>,
    pub(super) stored: FxHashMap<String, Vec<Stored<'a>>>,
    /// Lists that rules of the template hold parameters against.
    pub(super) asserted: FxHashMap<(StackId, &'a str), Vec<Node<'a>>>,
    edges: Edges,
    /// Resources that hold a value which is not known, and so could speak of any other.
    open: Vec<bool>,
    refused: Vec<Vec<Fault>>,
}

impl<'a> World<'a> {
    /// Joins imports to exports and draws the edges.
    pub fn build(graph: &'a Graph<'a>, settings: &'a Settings) -> World<'a> {
        let mut world = World {
            graph,
            settings,
            exports: FxHashMap::default(),
            stored: FxHashMap::default(),
            asserted: FxHashMap::default(),
            edges: Edges::default(),
            open: Vec::new(),
            refused: Vec::new(),
        };
        world.asserted = parameter::asserted(&world);
        world.exports = link::exports(&world);
        world.stored = store::stored(&world);
        let links = link::links(&world);
        World { edges: links.edges, open: links.open, refused: links.refused, ..world }
    }

    /// The edges between resources.
    pub fn edges(&self) -> &Edges {
        &self.edges
    }

    /// What CloudFormation would refuse in a stack's template, in order of the text.
    pub fn refusals(&self, stack: StackId) -> &[Fault] {
        self.refused.get(stack.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether a resource holds a value that is not known, and so could speak of any other.
    pub fn is_open(&self, id: ResourceId) -> bool {
        self.open.get(id.0 as usize) == Some(&true)
    }

    /// The literal physical name that a hole stands for: a `Ref` that gives the name, or an attribute that is it.
    pub fn name_of(&self, hole: Hole<'_>) -> Option<&'a str> {
        let Hole::Reference { resource, attribute } = hole else { return None };
        let name = self.graph.resource(resource).physical_name?;
        self.is_name(resource, attribute).then_some(name)
    }

    /// Whether that attribute (none: `Ref`) of a resource is its physical name.
    pub fn is_name(&self, resource: ResourceId, attribute: Option<&str>) -> bool {
        self.graph.name_rule(resource).is_some_and(|rule| match attribute {
            None => rule.ref_is_name,
            Some(attribute) => attribute == rule.property,
        })
    }
}
