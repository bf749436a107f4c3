//! The graph joined with settings: what a resolver computes in.
use super::assertion::Asserted;
use super::bound::Patterns;
use super::chosen::Conditioned;
use super::extent::{Extent, extent};
use super::link;
use super::name::Names;
use super::reading::Reads;
use super::refuse::Missing;
use super::renamed::{ByName, Spoken};
use super::store::{self, Stored};
use crate::graph::{Edges, Graph, ResourceId, StackId};
use crate::syntax::{Node, NodeId};
use crate::template::{Fault, Template};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// What the caller decides about values that templates leave open.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether defaults of parameters count as values of properties.
    pub defaults: bool,
    /// Whether conditions see defaults too; else they stay free, so that every branch is looked at.
    pub default_conditions: bool,
    /// Values of parameters of top-level stacks, by name.
    pub parameters: FxHashMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { defaults: true, default_conditions: false, parameters: FxHashMap::default() }
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
    pub(super) exports: ByName<'a, Export<'a>>,
    pub(super) names: Names<'a>,
    pub(super) stored: ByName<'a, Stored<'a>>,
    /// What rules of the template assert of parameters.
    pub(super) asserted: Asserted<'a>,
    pub(super) patterns: Patterns,
    edges: Edges,
    pub(super) spoken: Spoken<'a>,
    /// Resources that hold a value which is not known, and so could speak of any other.
    open: Vec<bool>,
    /// Resources of which a scenario may change what they hold.
    changing: Vec<bool>,
    any_open: bool,
    refused: Vec<Vec<Fault>>,
    dangling: Vec<Missing>,
    pub(super) reads: OnceLock<Reads>,
    pub(super) conditioned: OnceLock<Conditioned>,
    /// Whether no condition of any template splits what is judged into scenarios.
    pub is_straight: bool,
}

/// Whether a template has no conditions but the one that CDK gives to its own metadata.
fn is_straight(template: &Template<'_>) -> bool {
    template.conditions.is_empty()
        || (template.conditions.keys().all(|name| *name == "CDKMetadataAvailable")
            && !template.document.functions().any(|key| key.as_str() == Some("Fn::If")))
}

impl<'a> World<'a> {
    /// Joins imports to exports and draws the edges.
    pub fn build(graph: &'a Graph<'a>, settings: &'a Settings) -> World<'a> {
        let mut world = World {
            graph,
            settings,
            exports: ByName::default(),
            names: Names::default(),
            stored: ByName::default(),
            asserted: Asserted::default(),
            patterns: Patterns::default(),
            edges: Edges::default(),
            spoken: Spoken::default(),
            open: Vec::new(),
            changing: Vec::new(),
            any_open: false,
            refused: Vec::new(),
            dangling: Vec::new(),
            reads: OnceLock::new(),
            conditioned: OnceLock::new(),
            is_straight: graph.stacks.iter().all(|stack| is_straight(&stack.template)),
        };
        world.asserted = Asserted::of(&world);
        world.names = Names::of(&world);
        world.exports = link::exports(&world);
        if !world.exports.is_empty() {
            // Names of exports read names of resources, and some of those are imported.
            world.names = Names::of(&world);
        }
        world.stored = store::stored(&world);
        let links = link::links(&world);
        let any_open = links.open.contains(&true) || links.changing.contains(&true);
        World {
            edges: links.edges,
            spoken: links.spoken,
            open: links.open,
            changing: links.changing,
            any_open,
            refused: links.refused,
            dangling: links.dangling,
            ..world
        }
    }

    /// Whether a stack's template declares all that the stack will have: no macro adds to it.
    pub fn is_whole(&self, stack: StackId) -> bool {
        extent(&self.graph.stack(stack).template) == Extent::All
    }

    /// The edges between resources.
    pub fn edges(&self) -> &Edges {
        &self.edges
    }

    /// What CloudFormation would refuse in a stack's template, in order of the text.
    pub fn refusals(&self, stack: StackId) -> &[Fault] {
        self.refused.get(stack.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The names that a stack's template refers to and does not declare, each with the place, in order of the text.
    pub fn dangling(&self, stack: StackId) -> &[(NodeId, String)] {
        self.dangling.get(stack.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether a resource holds a value that is not known, and so could speak of any other.
    pub fn is_open(&self, id: ResourceId) -> bool {
        self.open.get(id.0 as usize) == Some(&true)
    }

    /// Whether a scenario may change what a resource holds, and so of whom it speaks.
    pub fn is_changing(&self, id: ResourceId) -> bool {
        self.changing.get(id.0 as usize) == Some(&true)
    }

    /// Whether any resource is open or changing.
    pub fn has_open(&self) -> bool {
        self.any_open
    }

    /// Where what a resource is called is written: the stack, the value.
    pub(super) fn name_of(&self, id: ResourceId) -> Option<(StackId, Node<'a>)> {
        let written = self.graph.property(id, self.graph.name_rule(id)?.property)?;
        Some((self.graph.resource(id).stack, written))
    }

    /// Whether that attribute (none: `Ref`) of a resource is its physical name.
    pub fn is_name(&self, resource: ResourceId, attribute: Option<&str>) -> bool {
        self.graph.name_rule(resource).is_some_and(|rule| match attribute {
            None => rule.ref_is_name,
            Some(attribute) => attribute == rule.property,
        })
    }
}
