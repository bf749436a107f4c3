//! Reports that other people's programs read: each in the form that its reader documents, in a file of its own.
//!
//! All of them tell every finding, in the run's order; [`spot`] decides for all of them which place is told first and
//! how its path is written. What a form has no place for is said in its file.
mod cdk;
mod github;
mod gitlab;
mod junit;
mod markdown;
mod ndjson;
mod rules;
mod sarif;
mod sarif_shape;
mod spot;

pub use cdk::merge;
pub(super) use cdk::render as cdk;
pub(super) use github::render as github;
pub(super) use gitlab::render as gitlab;
pub(super) use junit::render as junit;
pub(super) use markdown::render as markdown;
pub(super) use ndjson::render as ndjson;
pub(super) use sarif::render as sarif;
