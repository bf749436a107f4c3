//! Which place of a finding other programs are told first, and how its path is written.
//!
//! The line of the user's program where that is wished and known, else the template's. Paths count from the root of the
//! repository where the caller knows it ([`Tree`](super::super::Tree)).
use super::super::options::{Options, Place};
use super::super::places::Places;
use crate::finding::{Finding, Fingerprint, Location, Subject};
use crate::source::LineColumn;
use std::collections::HashMap;

/// A place to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The path.
    pub path: String,
    /// The first character.
    pub start: LineColumn,
    /// Just behind the last one, where it is known: a line of the program has no end.
    pub end: Option<LineColumn>,
    /// Whether it is the user's program, not the template.
    pub in_source: bool,
}

/// The place of a finding or a verdict that is told first.
pub(super) fn spot(subject: &Subject, location: &Location, options: &Options, places: &mut Places) -> Spot {
    let source = subject.source.as_ref().filter(|source| match options.place {
        Place::Auto => source.path.is_some(),
        Place::Template => false,
        Place::Source => true,
    });
    let Some(source) = source else { return in_text(location, options, places) };
    let path = match (&source.path, options.tree) {
        (Some(path), Some(tree)) => tree.in_repository(&path.to_string_lossy()),
        _ => source.file.clone(),
    };
    let start = LineColumn { line: source.line.max(1), column: source.column.max(1) };
    Spot { path, start, end: None, in_source: true }
}

/// A place in a text that was read.
pub(super) fn in_text(location: &Location, options: &Options, places: &mut Places) -> Spot {
    let [start, end] = places.both(location);
    Spot { path: path(location.file(), options), start, end: Some(end), in_source: false }
}

/// A path as other programs are told it.
pub(super) fn path(name: &str, options: &Options) -> String {
    options.tree.map_or_else(|| name.to_owned(), |tree| tree.in_repository(name))
}

/// What is wrong, and under which conditions.
pub(super) fn sentence(finding: &Finding) -> String {
    match finding.scenario() {
        Some(when) => format!("{} (when {when})", finding.message()),
        None => finding.message().into_owned(),
    }
}

/// The resource, as its stack names it, else the stack or app itself.
pub(super) fn whose(subject: &Subject) -> &str {
    subject.resource.as_deref().unwrap_or(&subject.kind)
}

/// Counts fingerprints, for readers that take two findings of one fingerprint for one.
#[derive(Default)]
pub(super) struct Ordinals {
    seen: HashMap<Fingerprint, usize>,
}

impl Ordinals {
    /// The how-manieth of that fingerprint it is, from 1.
    pub(super) fn next(&mut self, fingerprint: Fingerprint) -> usize {
        let seen = self.seen.entry(fingerprint).or_default();
        *seen += 1;
        *seen
    }
}
