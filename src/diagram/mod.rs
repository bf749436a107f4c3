//! The resource graph as people draw it: stacks as boxes, resources in them, and what speaks of what.
//!
//! Owned data that knows neither templates nor screens: `engine` makes it, `report` draws it. Beside the data stands
//! only what keeps it consistent: several become one, findings are put to their places, and a part of it is kept.
mod model;
#[cfg(test)]
pub(crate) mod samples;
mod select;

pub use model::{Diagram, Edge, Mark, Node, Relation, Stack, worst};
