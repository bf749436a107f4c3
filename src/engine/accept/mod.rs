//! The one door between what fails and what counts: suppressions first, then the baseline.
//!
//! Levels were asked before (`run`): what is off is not judged at all. Here each finding meets the suppressions that may
//! speak of it (`claim`: those of the templates and of the CDK; and those of the policy), and, once all inputs are judged,
//! the baseline. What is accepted leaves the findings for a list of its own, with who said so; nothing is dropped. What a
//! suppression does not do (it ended, its rule cannot be suppressed, it covers a part) is told too.
mod baseline;
mod claim;
mod comment;
mod door;
mod foreign;
mod witness;

pub(super) use baseline::{Allowance, Left, Row, apply, share_out};
pub(super) use door::Door;

use crate::policy::Baseline;
use std::sync::Arc;

/// What may be accepted in a run.
#[derive(Clone, Debug, Default)]
pub struct Acceptance {
    /// The ids of all rules there are, also of those that do not run.
    pub known: Vec<Arc<str>>,
    /// Whether suppressions count.
    pub suppressions: bool,
    /// Whether all acknowledgements are looked for, also where nothing fails.
    pub audit: bool,
    /// The baseline, with the name of its file.
    pub baseline: Option<(String, Baseline)>,
}
