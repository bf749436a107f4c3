//! Joining stacks and resources: exports by name, and the edges of the graph.
use super::hole::{Hole, Unknown};
use super::model::{Piece, Value};
use super::refuse::{Missing, Refusals, sub_names};
use super::renamed::{ByName, Spoken};
use super::resolver::Resolver;
use super::store::{FROM_STORE, read_by};
use super::world::{Export, World};
use crate::graph::{Edge, EdgeKind, Edges, ResourceId, Sameness, StackId};
use crate::limits::MAX_NAMED;
use crate::syntax::{Node, View};
use crate::template::{Fault, Intrinsic};

/// The exports of all stacks, by their names.
pub(super) fn exports<'a>(world: &World<'a>) -> ByName<'a, Export<'a>> {
    let resolver = Resolver::new(world);
    let mut exports = ByName::default();
    for (index, stack) in world.graph.stacks.iter().enumerate() {
        let id = StackId(index as u32);
        for (_, body) in &stack.template.outputs {
            let name = body.get("Export").and_then(|export| export.get("Name"));
            if let (Some(name), Some(value)) = (name, body.get("Value")) {
                exports.add(&resolver, id, name, Export { stack: id, value });
            }
        }
    }
    exports
}

/// What a walk over all resources finds.
pub(super) struct Links<'a> {
    /// All edges, in order of their sources.
    pub edges: Edges,
    /// Which resources hold a value that is not known.
    pub open: Vec<bool>,
    /// Resources of which a scenario may change what they hold.
    pub changing: Vec<bool>,
    /// Where which texts stand, where a scenario may change what resources are called.
    pub spoken: Spoken<'a>,
    /// What CloudFormation would refuse, stack by stack.
    pub refused: Vec<Vec<Fault>>,
    /// The names that are declared nowhere, stack by stack.
    pub dangling: Vec<Missing>,
}

/// Draws the edges, and looks at every function on the way.
pub(super) fn links<'a>(world: &World<'a>) -> Links<'a> {
    let graph = world.graph;
    let mut walk = Walk {
        world,
        resolver: Resolver::new(world),
        has_names: !world.names.is_empty(),
        stored: !world.stored.is_empty(),
        found: Vec::new(),
        open: vec![false; graph.resources.len()],
        changing: vec![false; graph.resources.len()],
        spoken: Spoken::default(),
        refusals: Refusals::new(graph),
        conditional: false,
        before: 0,
    };
    for index in 0..graph.resources.len() {
        let id = ResourceId(index as u32);
        let resource = graph.resource(id);
        let [condition, depends_on] = resource.declared.body().get_each(["Condition", "DependsOn"]);
        walk.conditional = condition.is_some();
        if let Some(node) = condition {
            walk.refusals.named_condition(resource.stack, node);
        }
        if let Some(properties) = resource.declared.properties() {
            let before = walk.resolver.open_questions();
            if walk.has_names || walk.stored {
                walk.visit(id, resource.stack, properties);
            } else {
                // Texts say nothing.
                properties.calls().for_each(|call| walk.visit(id, resource.stack, call));
            }
            if resource.declared.type_name == super::alarm::COMPOSITE {
                walk.alarm_rule(id, resource.stack, properties);
            }
            walk.changing[index] = walk.resolver.open_questions() != before;
        }
        if let Some(depends_on) = depends_on {
            let names = depends_on.items().chain(std::iter::once(depends_on));
            for (node, name) in names.filter_map(|node| node.as_str().map(|name| (node, name))) {
                match graph.stack(resource.stack).resource(name) {
                    Some(to) => walk.add(id, to, node, EdgeKind::DependsOn),
                    None => walk.refusals.missing(resource.stack, node, name, false),
                }
            }
        }
    }
    walk.spoken.decided_by = walk.resolver.read_open.take();
    let edges = Edges::new(walk.found, graph.resources.len());
    let (refused, dangling) = walk.refusals.finish();
    Links { edges, open: walk.open, changing: walk.changing, spoken: walk.spoken, refused, dangling }
}

struct Walk<'w, 'a> {
    world: &'w World<'a>,
    resolver: Resolver<'w, 'a>,
    has_names: bool,
    /// Whether the app writes to the Parameter Store.
    stored: bool,
    found: Vec<Edge>,
    open: Vec<bool>,
    changing: Vec<bool>,
    spoken: Spoken<'a>,
    refusals: Refusals<'w, 'a>,
    /// Whether what is visited holds only under a condition.
    conditional: bool,
    /// The open questions before what is visited was read.
    before: usize,
}

impl<'a> Walk<'_, 'a> {
    fn add(&mut self, from: ResourceId, to: ResourceId, at: Node<'a>, kind: EdgeKind) {
        self.found.push(Edge { from, to, at: at.id(), kind, certain: true });
        if !self.conditional && matches!(kind, EdgeKind::Ref | EdgeKind::GetAtt | EdgeKind::DependsOn) {
            self.refusals.refers(from, to, at.id());
        }
    }

    fn visit(&mut self, from: ResourceId, stack: StackId, node: Node<'a>) {
        self.before = self.resolver.open_questions();
        match node.view() {
            View::Text(text) => {
                if self.has_names {
                    self.names(from, stack, node, &Value::text(text));
                }
                if self.stored && text.contains(FROM_STORE) {
                    let value = self.resolver.literal(stack, text);
                    if value.as_unknown().is_none() {
                        self.references(from, node, &value, EdgeKind::Import);
                    }
                }
            }
            View::List(items) => items.for_each(|item| self.visit(from, stack, item)),
            View::Map(entries) => {
                let function = Intrinsic::of(node);
                let sound = function.is_none_or(|function| self.refusals.form(stack, node, function));
                match function {
                    Some(Intrinsic::Ref(argument)) => {
                        if let Some(name) = argument.as_str() {
                            self.named(from, stack, node, name, false);
                        } else if sound {
                            self.refusals.calls(stack, argument);
                            let value = self.resolver.resolve(stack, node).value;
                            self.references(from, node, &value, EdgeKind::Ref);
                        }
                        return;
                    }
                    Some(Intrinsic::GetAtt(argument)) => {
                        if let Some(parts) = Intrinsic::get_att_parts(argument) {
                            self.attribute(from, stack, node, parts, false);
                        } else if sound {
                            self.refusals.calls(stack, argument);
                            let value = self.resolver.resolve(stack, node).value;
                            self.references(from, node, &value, EdgeKind::GetAtt);
                        }
                        return;
                    }
                    Some(Intrinsic::Sub(argument)) => {
                        self.substitution(from, stack, node, argument);
                        self.computed(from, stack, node);
                    }
                    Some(Intrinsic::Join(_) | Intrinsic::Select(_)) => self.computed(from, stack, node),
                    Some(Intrinsic::FindInMap(argument)) => {
                        if sound {
                            self.refusals.mapping(stack, node, argument);
                            self.refusals.calls(stack, argument);
                        }
                        let value = self.resolver.resolve(stack, node).value;
                        self.references(from, node, &value, EdgeKind::Name);
                        self.names(from, stack, node, &value);
                        return;
                    }
                    Some(Intrinsic::ImportValue(argument) | Intrinsic::GetStackOutput(argument)) => {
                        if sound {
                            self.refusals.calls(stack, argument);
                        }
                        let value = self.resolver.resolve(stack, node).value;
                        self.references(from, node, &value, EdgeKind::Import);
                        return;
                    }
                    Some(Intrinsic::If(argument)) => {
                        if sound {
                            self.refusals.branch(stack, argument);
                        }
                        let outer = std::mem::replace(&mut self.conditional, true);
                        self.visit(from, stack, argument);
                        self.conditional = outer;
                        return;
                    }
                    _ => {}
                }
                entries.for_each(|(_, value)| self.visit(from, stack, value));
            }
            _ => {}
        }
    }

    fn named(&mut self, from: ResourceId, stack: StackId, node: Node<'a>, name: &'a str, in_text: bool) {
        let target = self.world.graph.stack(stack);
        if let Some(to) = target.resource(name) {
            self.add(from, to, node, EdgeKind::Ref);
        } else if target.template.parameters.contains_key(name) {
            let value = self.resolver.resolve_name(stack, node, name);
            self.references(from, node, &value, EdgeKind::Nested);
            self.names(from, stack, node, &value);
        } else {
            self.refusals.missing(stack, node, name, in_text);
        }
    }

    fn attribute(
        &mut self,
        from: ResourceId,
        stack: StackId,
        node: Node<'a>,
        (logical_id, attribute): (&'a str, &'a str),
        in_text: bool,
    ) {
        let target = self.world.graph.stack(stack);
        let Some(to) = target.resource(logical_id) else {
            return self.refusals.missing(stack, node, logical_id, in_text);
        };
        self.add(from, to, node, EdgeKind::GetAtt);
        let kind = match target.children.contains_key(&to) {
            true => EdgeKind::Nested,
            false if self.stored && read_by(self.world.graph, to, attribute).is_some() => EdgeKind::Import,
            false => return,
        };
        let value = self.resolver.resolve_attribute(stack, logical_id, attribute);
        self.references(from, node, &value, kind);
    }

    fn substitution(&mut self, from: ResourceId, stack: StackId, node: Node<'a>, argument: Node<'a>) {
        for name in sub_names(argument) {
            match name.split_once('.') {
                Some(parts) => self.attribute(from, stack, node, parts, true),
                None => self.named(from, stack, node, name, true),
            }
        }
    }

    /// A composite alarm speaks of the alarms that its rule names.
    fn alarm_rule(&mut self, from: ResourceId, stack: StackId, properties: Node<'a>) {
        let Some(node) = properties.get("AlarmRule").filter(|_| self.has_names) else { return };
        self.before = self.resolver.open_questions();
        let rule = self.resolver.resolve(stack, node).value;
        for name in super::alarm::names(&rule) {
            self.names(from, stack, node, &name);
        }
    }

    /// Edges to whatever a value refers to.
    fn references(&mut self, from: ResourceId, node: Node<'a>, value: &Value<'a>, kind: EdgeKind) {
        let mut holes: Vec<Hole<'a>> = Vec::new();
        match value {
            Value::Hole(hole) => holes.push(*hole),
            Value::Partial(pieces) => holes.extend(pieces.iter().filter_map(|piece| match piece {
                Piece::Hole(hole) => Some(*hole),
                Piece::Literal(_) => None,
            })),
            _ => {}
        }
        for hole in holes {
            match hole {
                Hole::Reference { resource, .. } => self.add(from, resource, node, kind),
                Hole::Unknown(Unknown::Pseudo { .. }) => {}
                Hole::Unknown(_) => self.open[from.0 as usize] = true,
            }
        }
    }

    /// The text that a function makes may name a resource.
    fn computed(&mut self, from: ResourceId, stack: StackId, node: Node<'a>) {
        if self.has_names {
            let value = self.resolver.resolve(stack, node).value;
            self.names(from, stack, node, &value);
        }
    }

    /// A text equal to a physical name, itself or as the end of an ARN, speaks of that resource. One that very many have
    /// could be that of any.
    fn names(&mut self, from: ResourceId, stack: StackId, node: Node<'a>, value: &Value<'a>) {
        let graph = self.world.graph;
        let changes = self.resolver.open_questions() != self.before;
        self.spoken.note(&self.resolver, value, (from, node.id()), changes);
        let mut most = MAX_NAMED;
        for to in self.resolver.resources_named(value, stack) {
            let target = graph.resource(to).stack;
            let sameness = graph.same_environment(stack, target);
            if to == from || sameness == Sameness::Different {
                continue;
            }
            if most == 0 {
                self.open[from.0 as usize] = true;
                break;
            }
            most -= 1;
            let certain = sameness == Sameness::Same;
            self.found.push(Edge { from, to, at: node.id(), kind: EdgeKind::Name, certain });
        }
    }
}

impl<'a> Resolver<'_, 'a> {
    /// What a parameter gives at a node.
    fn resolve_name(&self, stack: StackId, node: Node<'a>, name: &'a str) -> Value<'a> {
        let place = super::Place { stack, node: node.id() };
        match self.world.graph.stack(stack).template.parameters.get(name) {
            Some(&declared) => self.parameter(stack, name, declared, place).value,
            None => Value::unknown(Unknown::Dangling(name)),
        }
    }
}
