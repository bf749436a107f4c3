//! Document -> [`Template`]: the sections of a CloudFormation template, and what an intrinsic function is.
//!
//! A template is a view: it borrows its document and copies nothing. Values are not resolved here, and
//! nothing is judged; a section of the wrong shape is simply empty, with a [`Fault`] that says where.
mod binding;
mod collection;
mod form;
mod fragment;
mod intrinsic;
#[cfg(test)]
mod loop_tests;
mod loops;
mod section;

pub use form::is_condition;
pub use intrinsic::{Intrinsic, SubPart, sub_parts};
pub use loops::expand_loops;
pub use section::{Fault, Resource, Template, is_secret};
