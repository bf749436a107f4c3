//! The entries of the JSON report, field by field in the order in which they are written.
//!
//! What the fields mean is said in [`json`](super::json). The long lists are written straight into bytes: there may be a
//! hundred thousand entries, and those of one subject, which mostly stand together, repeat what is already written there.
use super::compact::{self, number, put, text};
use super::places::Places;
use crate::finding::{
    Accepted, Counts, Finding, Fingerprint, Fix, Location, Problem, Related, SourcePlace, Subject, Undecided,
};
use crate::source::Source;
use std::ops::Range;
use std::sync::Arc;

/// Entries, one behind the other; what stands around and between them is the caller's to write.
#[derive(Default)]
pub(super) struct Entries<'r> {
    pub(super) out: Vec<u8>,
    places: Places,
    /// Where the file written last stands.
    file: Option<(&'r Source, Range<usize>)>,
    /// Where the place written last stands, with its file.
    place: Option<(&'r Location, Range<usize>)>,
    /// Where the subject written last stands: before the property, and behind it.
    subject: Option<(&'r Subject, [Range<usize>; 2])>,
}

impl<'r> Entries<'r> {
    /// In the room of what is no longer needed.
    pub(super) fn within(mut room: Vec<u8>) -> Self {
        room.clear();
        Entries { out: room, ..Entries::default() }
    }

    /// What was written.
    pub(super) fn take(&mut self) -> Vec<u8> {
        (self.file, self.place, self.subject) = (None, None, None);
        std::mem::take(&mut self.out)
    }

    fn put(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn text(&mut self, field: &[u8], value: &str) {
        self.put(field);
        text(value, &mut self.out);
    }

    fn optional(&mut self, field: &[u8], value: Option<&str>) {
        match value {
            Some(value) => self.text(field, value),
            None => {
                self.put(field);
                self.put(b"null");
            }
        }
    }

    fn number(&mut self, field: &[u8], value: u32) {
        self.put(field);
        number(value.into(), &mut self.out);
    }

    /// The fields of a finding. `told` is the finding whose fix is told for the whole rule.
    pub(super) fn finding(&mut self, finding: &'r Finding, told: &Finding) {
        self.text(b"\"rule\":", &finding.rule);
        self.put(b",\"level\":\"");
        self.put(finding.severity.as_str().as_bytes());
        self.put(b"\",\"message\":\"");
        finding.message_pieces().for_each(|piece| compact::inside(piece, &mut self.out));
        self.put(b"\"");
        self.witness(&finding.subject, finding.property.as_deref(), &finding.location);
        self.optional(b",\"scenario\":", finding.scenario());
        self.put(b",\"related\":[");
        for (index, related) in finding.related().iter().enumerate() {
            self.related(related, index > 0);
        }
        self.put(b"]");
        if !(finding.says_the_same(told) || finding.fix == told.fix) {
            self.put(b",\"fix\":{");
            self.fix(&finding.fix);
        }
        self.fingerprint(finding.fingerprint);
    }

    /// The fields of a finding that is accepted, and by whom.
    pub(super) fn accepted(&mut self, accepted: &'r Accepted, told: &Finding) {
        self.finding(&accepted.finding, told);
        self.text(b",\"by\":", accepted.by.as_str());
        self.optional(b",\"reason\":", accepted.reason.as_deref());
        self.optional(b",\"until\":", accepted.until.map(|until| until.to_string()).as_deref());
        self.put(b",\"written\":");
        match &accepted.location {
            None => self.put(b"null"),
            Some(location) => {
                self.text(b"{\"file\":", location.file());
                self.start(location);
            }
        }
    }

    /// The fields of a verdict that could not be reached.
    pub(super) fn undecided(&mut self, undecided: &'r Undecided) {
        self.text(b"\"rule\":", &undecided.rule);
        self.text(b",\"level\":", undecided.severity.as_str());
        self.text(b",\"reason\":", &undecided.reason);
        self.witness(&undecided.subject, undecided.property.as_deref(), &undecided.location);
        if let Some(attest) = &undecided.attest {
            self.text(b",\"attest\":", attest);
        }
        self.fingerprint(undecided.fingerprint);
    }

    /// The fields that all findings of a rule share.
    pub(super) fn rule(&mut self, finding: &Finding) {
        self.text(b"\"title\":", finding.title);
        self.put(b",\"fix\":{");
        self.fix(&finding.fix);
        self.optional(b",\"see\":", finding.see);
    }

    /// The fields of an input that could not be linted, or deserves a look.
    pub(super) fn problem(&mut self, problem: &Problem) {
        self.text(b"\"file\":", &problem.file);
        match &problem.location {
            Some(location) => self.start_fields(location),
            None => self.put(b",\"line\":null,\"column\":null"),
        }
        self.text(b",\"message\":", &problem.message);
        self.optional(b",\"help\":", problem.help.as_deref());
    }

    /// Any other value, in the form that its type says.
    pub(super) fn value(&mut self, value: &impl serde::Serialize) -> Result<(), compact::Unsupported> {
        put(value, &mut self.out)
    }

    /// Where it stands and whose it is: the same for findings and undecided verdicts.
    fn witness(&mut self, subject: &'r Subject, property: Option<&str>, location: &'r Location) {
        let same =
            |known: &Location| std::ptr::eq(&*known.source, &*location.source) && known.span == location.span;
        let written = self.place.take().filter(|(known, _)| same(known)).map(|(_, written)| written);
        let stands = self.again(written.as_ref(), |entries| entries.place(location));
        self.place = Some((location, stands));
        let known = self.subject.take().filter(|(known, _)| std::ptr::eq(*known, subject));
        let written = known.map(|(_, written)| written);
        let before = self.again(written.as_ref().map(|[before, _]| before), |entries| entries.whose(subject));
        self.optional(b",\"property\":", property);
        let behind =
            self.again(written.as_ref().map(|[_, behind]| behind), |entries| entries.source(subject));
        self.subject = Some((subject, [before, behind]));
    }

    /// Writes what is already written there, or for the first time; where it then stands.
    fn again(&mut self, written: Option<&Range<usize>>, first: impl FnOnce(&mut Self)) -> Range<usize> {
        let start = self.out.len();
        match written {
            Some(written) => self.out.extend_from_within(written.clone()),
            None => first(self),
        }
        start..self.out.len()
    }

    fn place(&mut self, location: &'r Location) {
        let [start, end] = self.places.both(location);
        self.file(&location.source);
        self.number(b",\"line\":", start.line);
        self.number(b",\"column\":", start.column);
        self.number(b",\"end_line\":", end.line);
        self.number(b",\"end_column\":", end.column);
    }

    fn file(&mut self, source: &'r Arc<Source>) {
        let known = self.file.take().filter(|(known, _)| std::ptr::eq(*known, &**source));
        let written = known.map(|(_, written)| written);
        let field = |entries: &mut Self| entries.text(b",\"file\":", source.name());
        let stands = self.again(written.as_ref(), field);
        self.file = Some((source, stands));
    }

    fn whose(&mut self, subject: &Subject) {
        self.text(b",\"stack\":", &subject.stack);
        self.optional(b",\"artifact\":", subject.artifact.as_deref());
        self.optional(b",\"resource\":", subject.resource.as_deref());
        self.text(b",\"type\":", &subject.kind);
        self.optional(b",\"construct_path\":", subject.construct_path.as_deref());
    }

    fn source(&mut self, subject: &Subject) {
        let Some(place) = &subject.source else { return self.put(b",\"source\":null") };
        let SourcePlace { file, line, column, function, inherited, path: _ } = &**place;
        self.text(b",\"source\":{\"file\":", file);
        self.number(b",\"line\":", *line);
        self.number(b",\"column\":", *column);
        self.optional(b",\"function\":", function.as_deref());
        self.put(if *inherited { b",\"inherited\":true}" } else { b",\"inherited\":false}" });
    }

    fn related(&mut self, related: &Related, behind_another: bool) {
        self.text(if behind_another { b",{\"message\":" } else { b"{\"message\":" }, &related.message);
        self.text(b",\"file\":", related.location.file());
        self.start(&related.location);
    }

    /// Line and column, and the end of what holds them.
    fn start(&mut self, location: &Location) {
        self.start_fields(location);
        self.put(b"}");
    }

    fn start_fields(&mut self, location: &Location) {
        let start = self.places.start(location);
        self.number(b",\"line\":", start.line);
        self.number(b",\"column\":", start.column);
    }

    /// What is inside of a fix, and its end.
    fn fix(&mut self, fix: &Fix) {
        self.optional(b"\"cdk\":", fix.cdk);
        self.optional(b",\"cloudformation\":", fix.cloudformation);
        if let Some(attest) = &fix.attest {
            self.text(b",\"attest\":", attest);
        }
        self.put(b"}");
    }

    fn fingerprint(&mut self, fingerprint: Fingerprint) {
        self.put(b",\"fingerprint\":\"");
        self.put(&fingerprint.digits());
        self.put(b"\"");
    }
}

/// How many nodes fared how.
#[derive(serde::Serialize)]
pub(super) struct CountsEntry {
    pass: u32,
    fail: u32,
    undecided: u32,
    accepted: u32,
    attested: u32,
    not_applicable: u32,
}

impl CountsEntry {
    pub(super) fn new(counts: Counts) -> Self {
        let Counts { pass, fail, undecided, accepted, attested, not_applicable } = counts;
        CountsEntry { pass, fail, undecided, accepted, attested, not_applicable }
    }
}
