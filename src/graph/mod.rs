//! All templates of an assembly -> one [`Graph`]: an app of stacks of resources, with indexes.
//!
//! The graph knows what stands where: stacks with their environments, resources by type and by
//! logical id. Names and edges need resolved values, so they are found one house further (`value`).
//! Dangling references and cycles are data, never errors.
mod edge;
mod kept;
mod names;
mod node;

pub use edge::{Edge, EdgeKind, Edges};
pub use names::{NameRule, NameScope, name_rule};
pub use node::{DYNAMIC, Graph, ResourceId, ResourceNode, Sameness, StackId, StackNode};
