//! Who reads the outputs of stacks: every `Fn::ImportValue` and `Fn::GetStackOutput` of the app, and the circles they make.
//!
//! Found on demand, in one walk over the templates that hold such a call. A call whose name is not known may read any
//! export of its assembly level. Stacks that wait for each other in a circle cannot be deployed anew.
use super::identity::{could_meet, identity, known_text, literal_ends};
use super::model::Value;
use super::resolver::Resolver;
use super::truth::Truth;
use super::world::World;
use crate::graph::{EdgeKind, ResourceId, Sameness, StackId};
use crate::syntax::{Node, NodeId};
use crate::template::Intrinsic;
use rustc_hash::{FxHashMap, FxHashSet};

/// What a text surely begins and ends with.
type Ends = (String, String);

/// All reads of an app.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// Outputs that are read, by stack and the node of their value.
    read: FxHashMap<(StackId, NodeId), Truth>,
    /// Names of imports that are not known: the assembly level, and what they surely begin and end with.
    open: FxHashSet<(u32, Ends)>,
    /// Circles of deployable stacks.
    circles: Vec<Vec<StackId>>,
}

impl<'a> World<'a> {
    fn reads(&self) -> &Reads {
        self.reads.get_or_init(|| {
            let mut walk = Walk {
                world: self,
                resolver: Resolver::new(self),
                reads: Reads::default(),
                arrows: Vec::new(),
            };
            walk.calls();
            walk.imports();
            let circles = super::circle::circles(self.graph.stacks.len(), &walk.arrows);
            let ids = |(circle, _): (Vec<u32>, NodeId)| circle.into_iter().map(StackId).collect();
            Reads { circles: circles.into_iter().map(ids).collect(), ..walk.reads }
        })
    }

    /// Circles of deployable stacks that read from each other, each in its order.
    pub fn circles_of_stacks(&self) -> &[Vec<StackId>] {
        &self.reads().circles
    }

    /// The deployable stack that a stack belongs to.
    pub fn root_of(&self, stack: StackId) -> StackId {
        let mut root = stack;
        while let Some(parent) = self.graph.stack(root).parent {
            root = self.graph.resource(parent).stack;
        }
        root
    }
}

impl<'a> Resolver<'_, 'a> {
    /// Whether some stack of the same assembly level reads a value that is exported under a name.
    pub fn is_read(&self, stack: StackId, value: Node<'a>, name: &Value<'a>) -> Truth {
        let reads = self.world.reads();
        let level = self.world.graph.stack(stack).input.level;
        let known = reads.read.get(&(stack, value.id())).copied().unwrap_or(Truth::False);
        let own = ends(self, name);
        let could =
            |(of, other): &(u32, Ends)| *of == level && could_meet((&own.0, &own.1), (&other.0, &other.1));
        if reads.open.iter().any(could) { known.or(Truth::Unknown) } else { known }
    }
}

/// What a value surely begins and ends with, as text.
fn ends<'a>(resolver: &Resolver<'_, 'a>, value: &Value<'a>) -> Ends {
    if let Some(text) = known_text(resolver, value) {
        return (text.to_string(), text.into_owned());
    }
    let (start, end) = literal_ends(value);
    (start.to_owned(), end.to_owned())
}

struct Walk<'w, 'a> {
    world: &'w World<'a>,
    resolver: Resolver<'w, 'a>,
    reads: Reads,
    arrows: Vec<(u32, u32, NodeId)>,
}

impl<'a> Walk<'_, 'a> {
    fn calls(&mut self) {
        for index in 0..self.world.graph.stacks.len() {
            let stack = StackId(index as u32);
            if !self.world.graph.stack(stack).has_imports {
                continue;
            }
            let document = self.world.graph.stack(stack).template.document;
            for id in 0..document.len() as u32 {
                let node = document.node(NodeId(id));
                match Intrinsic::of(node) {
                    Some(Intrinsic::ImportValue(name)) => self.import(stack, node, name),
                    Some(Intrinsic::GetStackOutput(argument)) => {
                        if let Some((from, value)) = self.resolver.output_of(stack, argument) {
                            self.note(stack, node, from, value, Truth::True);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn import(&mut self, stack: StackId, call: Node<'a>, name: Node<'a>) {
        let name = self.resolver.resolve(stack, name).value;
        let found = self.resolver.exports_named(stack, &name).unwrap_or_default();
        if found.is_empty() && identity(&self.resolver, &name).is_none_or(|(_, open)| open) {
            let level = self.world.graph.stack(stack).input.level;
            self.reads.open.insert((level, ends(&self.resolver, &name)));
        }
        let sure = found.iter().filter(|(_, sameness)| *sameness == Sameness::Same).count() == 1;
        for (export, sameness) in found {
            let is_read = match sameness {
                Sameness::Same if sure => Truth::True,
                Sameness::Same | Sameness::Maybe => Truth::Unknown,
                Sameness::Different => continue,
            };
            self.note(stack, call, export.stack, export.value, is_read);
        }
    }

    fn note(&mut self, by: StackId, call: Node<'a>, of: StackId, value: Node<'a>, is_read: Truth) {
        let known = self.reads.read.entry((of, value.id())).or_insert(Truth::False);
        *known = known.or(is_read);
        if is_read == Truth::True {
            self.arrow(by, of, call.id());
        }
    }

    /// What reaches into other stacks otherwise: values that one writes to the Parameter Store and another reads.
    fn imports(&mut self) {
        let graph = self.world.graph;
        for index in 0..graph.resources.len() as u32 {
            for edge in self.world.edges().from(ResourceId(index)) {
                let (by, of) = (graph.resource(edge.from).stack, graph.resource(edge.to).stack);
                if edge.kind == EdgeKind::Import && by != of {
                    self.arrow(by, of, edge.at);
                }
            }
        }
    }

    fn arrow(&mut self, by: StackId, of: StackId, at: NodeId) {
        let (by, of) = (self.world.root_of(by), self.world.root_of(of));
        if by != of {
            self.arrows.push((by.0, of.0, at));
        }
    }
}
