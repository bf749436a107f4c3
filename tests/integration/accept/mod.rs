//! What people accept: suppressions in every form, the baseline, and what changed between two assemblies.
mod baseline;
mod diff;
mod metadata;
mod policy;
mod scratch;
mod told;
