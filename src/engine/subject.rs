//! What a rule is asked of, and what a condition speaks of.
use crate::graph::{ResourceId, StackId};
use crate::syntax::NodeId;
use crate::value::{Place, Resolved, World};

/// A node that rules match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// A resource.
    Resource(ResourceId),
    /// A stack, deployable or nested.
    Stack(StackId),
    /// The app: one level of the assembly, by its first stack.
    App(StackId),
}

impl Subject {
    /// The stack that it stands in; of an app, the first.
    pub fn stack(self, world: &World<'_>) -> StackId {
        match self {
            Subject::Resource(id) => world.graph.resource(id).stack,
            Subject::Stack(id) | Subject::App(id) => id,
        }
    }

    /// The resource without which it is not there: itself, or what holds a nested stack.
    pub fn resource(self, world: &World<'_>) -> Option<ResourceId> {
        match self {
            Subject::Resource(id) => Some(id),
            Subject::Stack(id) => world.graph.stack(id).parent,
            Subject::App(_) => None,
        }
    }

    /// Where it stands: a resource's logical id, a template's root.
    pub fn place(self, world: &World<'_>) -> Place {
        match self {
            Subject::Resource(id) => {
                let resource = world.graph.resource(id);
                Place { stack: resource.stack, node: resource.declared.key().id() }
            }
            Subject::Stack(stack) | Subject::App(stack) => Place { stack, node: NodeId(0) },
        }
    }
}

/// What a condition speaks of: a subject, or a value found on the way.
#[derive(Clone, Debug)]
pub(super) struct Here<'a> {
    /// The subject whose value it is: facts and joins speak of this one.
    pub owner: Subject,
    /// The value; none: the owner itself.
    pub value: Option<Resolved<'a>>,
    /// How many steps deep it lies.
    pub depth: u16,
}

impl<'a> Here<'a> {
    /// The subject itself.
    pub fn of(owner: Subject) -> Self {
        Here { owner, value: None, depth: 0 }
    }

    /// A value of the same owner.
    pub fn value(&self, value: Resolved<'a>, depth: u16) -> Self {
        Here { owner: self.owner, value: Some(value), depth }
    }
}
