//! What a property is: a known value, text with holes, a reference, or unknown with its reason.
//!
//! [`World`] joins the graph with settings and draws the edges; a [`Resolver`] computes values in it as the
//! service would, under one scenario of conditions at a time. A hole keeps its identity, so that equal
//! unknowns compare equal; what is known of an unknown (that it is not empty) stays with it. Nothing here
//! knows rules, and nothing guesses: what cannot be known says why.
mod across;
mod alarm;
mod alike;
mod arn;
mod assertion;
mod bound;
mod chosen;
mod circle;
mod compute;
mod condition;
mod described;
mod environment;
mod extent;
mod filling;
mod function;
mod hole;
mod identity;
mod link;
mod list;
mod mapping;
mod model;
mod name;
mod parameter;
mod pattern;
mod reading;
mod refuse;
mod renamed;
mod resolver;
mod rules;
mod scenario;
mod store;
mod text;
mod trace;
mod truth;
mod world;

pub use alike::Alike;
pub use environment::Environment;
pub use hole::{Hole, Lack, Unknown};
pub use identity::{could_meet, ends, has_place, identity, is_vague, known_text};
pub use model::{Elements, ListValue, MapValue, Piece, Place, Record, Resolved, Value};
pub use resolver::Resolver;
pub use scenario::Asked;
pub use text::TextBuilder;
pub use trace::Hop;
pub use truth::Truth;
pub use world::{Settings, World};
