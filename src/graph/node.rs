//! The nodes of the graph and the ways to find them.
use super::kept::Kept;
use super::names::{self, NameRule};
use crate::intake::{Assembly, Stack};
use crate::syntax::{Node, NodeId};
use crate::template::{Resource, Template};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;
use std::sync::Arc;

/// How dynamic references begin, whatever they read.
pub const DYNAMIC: &str = "{{resolve:";

/// A stack of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StackId(pub u32);

/// A resource of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId(pub u32);

/// Whether two environments are the same account and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sameness {
    /// Surely.
    Same,
    /// One is decided at deployment.
    Maybe,
    /// Surely not.
    Different,
}

/// A stack with its template.
#[derive(Debug)]
pub struct StackNode<'a> {
    /// What intake knows of it.
    pub input: &'a Stack,
    /// The sections of its template.
    pub template: Template<'a>,
    /// The resource that holds it, if it is nested and that resource exists.
    pub parent: Option<ResourceId>,
    /// The nested stacks that its resources hold.
    pub children: FxHashMap<ResourceId, StackId>,
    /// Whether a macro, or a loop that could not be written out, adds to it what is not known.
    pub has_macros: bool,
    /// Whether it reads the outputs of other stacks.
    pub has_imports: bool,
    /// Whether some text of it may hold a dynamic reference.
    pub has_dynamic: bool,
    /// Its resources: a range of [`Graph::resources`].
    pub resources: std::ops::Range<u32>,
    /// Sorted by the hash of the logical id.
    by_logical_id: Vec<Named>,
}

/// A resource by its logical id: numbers are sorted and searched sooner than texts, and there may be very many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    hash: u32,
    id: ResourceId,
    key: NodeId,
}

impl<'a> StackNode<'a> {
    /// The resource of that logical id.
    pub fn resource(&self, logical_id: &str) -> Option<ResourceId> {
        let hash = hash_of(logical_id);
        let first = self.by_logical_id.partition_point(|one| one.hash < hash);
        let mut same = self.by_logical_id[first..].iter().take_while(|one| one.hash == hash);
        let key = |one: &Named| self.template.document.node(one.key).as_str();
        same.find(|one| key(one) == Some(logical_id)).map(|one| one.id)
    }
}

/// A resource with the stack it stands in.
#[derive(Clone, Copy, Debug)]
pub struct ResourceNode<'a> {
    /// The stack that declares it.
    pub stack: StackId,
    /// The declaration.
    pub declared: Resource<'a>,
}

/// All stacks and resources of one assembly.
#[derive(Debug)]
pub struct Graph<'a> {
    /// What was read.
    pub assembly: &'a Assembly,
    /// The stacks, in the order of the assembly.
    pub stacks: Vec<StackNode<'a>>,
    /// The resources, stack by stack, in the order of the text.
    pub resources: Vec<ResourceNode<'a>>,
    by_type: FxHashMap<&'a str, Vec<ResourceId>>,
    /// The same level by level, where the assembly has several.
    by_level: FxHashMap<u32, FxHashMap<&'a str, Vec<ResourceId>>>,
    kept: Kept,
}

impl<'a> Graph<'a> {
    /// Keeps a text that a function put together as long as the graph; none where too many are kept.
    pub fn keep(&self, text: &str) -> Option<&str> {
        self.kept.keep(text)
    }

    /// Builds the graph of an assembly.
    pub fn build(assembly: &'a Assembly) -> Graph<'a> {
        let mut graph = Graph {
            assembly,
            stacks: Vec::with_capacity(assembly.stacks.len()),
            resources: Vec::new(),
            by_type: FxHashMap::default(),
            by_level: FxHashMap::default(),
            kept: Kept::default(),
        };
        for input in &assembly.stacks {
            graph.add(input);
        }
        if assembly.stacks.iter().any(|stack| stack.level != assembly.stacks[0].level) {
            for (index, resource) in graph.resources.iter().enumerate() {
                let level = graph.stacks[resource.stack.0 as usize].input.level;
                let of_level = graph.by_level.entry(level).or_default();
                of_level.entry(resource.declared.type_name).or_default().push(ResourceId(index as u32));
            }
        }
        for index in 0..graph.stacks.len() {
            let Some(parent) = &graph.stacks[index].input.parent else { continue };
            let Some(holder) =
                graph.stacks.get(parent.stack).and_then(|stack| stack.resource(&parent.logical_id))
            else {
                continue;
            };
            graph.stacks[index].parent = Some(holder);
            graph.stacks[parent.stack].children.insert(holder, StackId(index as u32));
        }
        graph
    }

    fn add(&mut self, input: &'a Stack) {
        let stack = StackId(self.stacks.len() as u32);
        let first = self.resources.len();
        self.resources.reserve(input.document.root().get("Resources").map_or(0, Node::len));
        let template = Template::of(&input.document, |declared| {
            self.resources.push(ResourceNode { stack, declared });
        });
        let (mut has_macros, mut has_imports) = (false, false);
        for function in input.document.functions().map(Node::text_or_empty) {
            has_macros |= function == "Fn::Transform" || function.starts_with("Fn::ForEach::");
            has_imports |= matches!(function, "Fn::ImportValue" | "Fn::GetStackOutput");
        }
        let resources = first as u32..self.resources.len() as u32;
        let mut by_logical_id = Vec::with_capacity(resources.len());
        for (id, ResourceNode { declared, .. }) in
            resources.clone().map(ResourceId).zip(&self.resources[first..])
        {
            by_logical_id.push(Named { hash: hash_of(declared.logical_id()), id, key: declared.key().id() });
            self.by_type.entry(declared.type_name).or_default().push(id);
        }
        by_logical_id.sort_unstable();
        self.stacks.push(StackNode {
            input,
            template,
            parent: None,
            children: FxHashMap::default(),
            has_macros,
            has_imports,
            has_dynamic: input.document.may_hold(DYNAMIC),
            resources,
            by_logical_id,
        });
    }

    /// The conditions under which a resource exists: its own, and those of the nested stacks that it stands in.
    pub fn conditions(&self, id: ResourceId) -> impl Iterator<Item = (StackId, &'a str)> {
        let outwards = std::iter::successors(Some(id), |id| self.stack(self.resource(*id).stack).parent);
        outwards.filter_map(|id| {
            let ResourceNode { stack, declared } = self.resource(id);
            Some((*stack, declared.condition()?))
        })
    }

    /// A stack.
    pub fn stack(&self, id: StackId) -> &StackNode<'a> {
        &self.stacks[id.0 as usize]
    }

    /// The resources of a stack, in the order of the text.
    pub fn resources_of(&self, stack: StackId) -> &[ResourceNode<'a>] {
        let range = &self.stack(stack).resources;
        &self.resources[range.start as usize..range.end as usize]
    }

    /// A resource.
    pub fn resource(&self, id: ResourceId) -> &ResourceNode<'a> {
        &self.resources[id.0 as usize]
    }

    /// The resources of a type, in order.
    pub fn of_type(&self, type_name: &str) -> &[ResourceId] {
        self.by_type.get(type_name).map_or(&[], Vec::as_slice)
    }

    /// Those of them that an assembly level has, in order.
    pub fn of_type_in(&self, type_name: &str, level: u32) -> &[ResourceId] {
        if !self.has_levels() {
            return self.of_type(type_name);
        }
        self.by_level.get(&level).and_then(|types| types.get(type_name)).map_or(&[], Vec::as_slice)
    }

    /// Whether the assembly has more than one level: stages.
    pub fn has_levels(&self) -> bool {
        !self.by_level.is_empty()
    }

    /// The types that occur, in no order.
    pub fn types(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.by_type.keys().copied()
    }

    /// How a type is named, and whether `Ref` gives that name.
    pub fn name_rule(&self, id: ResourceId) -> Option<&'static NameRule> {
        names::name_rule(self.resource(id).declared.type_name)
    }

    /// The node behind a property of a resource, unresolved.
    pub fn property(&self, id: ResourceId, name: &str) -> Option<Node<'a>> {
        self.resource(id).declared.properties()?.get(name)
    }

    /// Whether two stacks are deployed to the same account and region. Two environments that are decided at
    /// deployment are the same inside one assembly level, and may differ between Stages.
    pub fn same_environment(&self, a: StackId, b: StackId) -> Sameness {
        if a == b {
            return Sameness::Same;
        }
        let region = self.compare(a, b, |input| &input.region);
        match (self.same_account(a, b), region) {
            (Sameness::Different, _) | (_, Sameness::Different) => Sameness::Different,
            (Sameness::Same, Sameness::Same) => Sameness::Same,
            _ => Sameness::Maybe,
        }
    }

    /// Whether two stacks are deployed to the same account, whatever their regions.
    pub fn same_account(&self, a: StackId, b: StackId) -> Sameness {
        self.compare(a, b, |input| &input.account)
    }

    fn compare(&self, a: StackId, b: StackId, part: impl Fn(&Stack) -> &Option<String>) -> Sameness {
        let (a, b) = (self.stack(a).input, self.stack(b).input);
        match (part(a), part(b)) {
            (Some(a), Some(b)) if a == b => Sameness::Same,
            (Some(_), Some(_)) => Sameness::Different,
            (None, None) if a.level == b.level => Sameness::Same,
            _ => Sameness::Maybe,
        }
    }

    /// The source text of a stack's template.
    pub fn source(&self, stack: StackId) -> &'a Arc<crate::source::Source> {
        self.stack(stack).template.document.source()
    }
}

fn hash_of(logical_id: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(logical_id.as_bytes());
    hasher.finish() as u32
}
