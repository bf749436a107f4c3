//! What was judged lets go of the texts that it stands in.
//!
//! Findings wait for those of all other inputs, and the text of each template and manifest with them: a fleet of assemblies
//! would be kept whole. Where no report will show lines of it, what is kept of a text is its name, and the lines and columns
//! that its findings have. They are counted while the text is still at hand.
use super::part::Part;
use crate::finding::{Accepted, Finding, Location};
use std::sync::Arc;

impl Part {
    /// Puts sources that know the places told here in place of those that hold the texts.
    pub(super) fn settle(&mut self) {
        let mut locations: Vec<&mut Location> = Vec::new();
        locations.extend(self.findings.iter_mut().flat_map(Finding::locations_mut));
        for Accepted { finding, location, .. } in &mut self.accepted {
            locations.extend(finding.locations_mut().chain(location));
        }
        locations.extend(self.undecided.iter_mut().map(|one| &mut one.location));
        locations.extend(self.suppressions.iter_mut().filter_map(|one| one.location.as_mut()));
        locations.extend(self.problems.iter_mut().filter_map(|one| one.location.as_mut()));
        let text_of = |location: &Location| Arc::as_ptr(&location.source);
        locations.sort_unstable_by_key(|location| text_of(location));
        for of_text in locations.chunk_by_mut(|a, b| text_of(a) == text_of(b)) {
            let offsets = of_text.iter().flat_map(|location| [location.span.start, location.span.end]);
            let settled = Arc::new(of_text[0].source.of_places(offsets.collect()));
            of_text.iter_mut().for_each(|location| location.source = settled.clone());
        }
    }
}
