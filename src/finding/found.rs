//! A finding: what differs from one to the next is its own, and small, as there may be a hundred thousand of them; what all
//! findings of a clause or of a node say is shared.
use super::{Fingerprint, Location, Piece, Related, Saying, Severity, Subject};
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

/// Something that falls short of a rule. What its [`Saying`] tells, it tells as its own.
#[derive(Clone, Debug)]
pub struct Finding {
    saying: Arc<Saying>,
    /// Whose.
    pub subject: Arc<Subject>,
    /// The property path of the witness, such as `BucketEncryption`; none where the node itself is meant.
    pub property: Option<Arc<str>>,
    /// The witness's place in the template.
    pub location: Location,
    /// Stable identity across runs, reformatting and reordering.
    pub fingerprint: Fingerprint,
    /// What few findings have.
    more: Option<Box<More>>,
}

/// What few findings have.
#[derive(Clone, Debug, Default)]
struct More {
    /// The message, where it is not that of the saying.
    message: Option<Box<str>>,
    value: Box<str>,
    missing: Box<str>,
    scenario: Option<Box<str>>,
    related: Vec<Related>,
}

impl Deref for Finding {
    type Target = Saying;

    fn deref(&self) -> &Saying {
        &self.saying
    }
}

impl Finding {
    /// A finding of which nothing more is to be said.
    pub fn new(
        saying: Arc<Saying>,
        subject: Arc<Subject>,
        location: Location,
        fingerprint: Fingerprint,
    ) -> Finding {
        Finding { saying, subject, property: None, location, fingerprint, more: None }
    }

    /// The pieces of the message: what is wrong, in a sentence that names the thing.
    pub fn message_pieces(&self) -> impl Iterator<Item = &str> {
        let own = self.more.as_ref().and_then(|more| more.message.as_deref());
        let pieces = if own.is_some() { &[][..] } else { &self.saying.message[..] };
        own.into_iter().chain(pieces.iter().map(|piece| self.piece(piece)))
    }

    fn piece<'f>(&'f self, piece: &'f Piece) -> &'f str {
        let subject = &*self.subject;
        match piece {
            Piece::Text(text) => text,
            Piece::Whose => subject.resource.as_deref().unwrap_or(&subject.stack),
            Piece::Stack if subject.stack.is_empty() => "the app",
            Piece::Stack => &subject.stack,
            Piece::Kind => &subject.kind,
            Piece::Property => self.property.as_deref().unwrap_or("the resource"),
            Piece::Value => self.more.as_ref().map_or("", |more| &more.value),
            Piece::Missing => self.more.as_ref().map_or("", |more| &more.missing),
        }
    }

    /// What is wrong, in a sentence that names the thing.
    pub fn message(&self) -> Cow<'_, str> {
        match self.more.as_ref().and_then(|more| more.message.as_deref()) {
            Some(own) => Cow::Borrowed(own),
            None => Cow::Owned(self.message_pieces().collect()),
        }
    }

    /// The conditions under which it holds, such as `IsProd is false`.
    pub fn scenario(&self) -> Option<&str> {
        self.more.as_ref()?.scenario.as_deref()
    }

    /// Places that explain it.
    pub fn related(&self) -> &[Related] {
        self.more.as_ref().map_or(&[], |more| &more.related)
    }

    /// Whether all of what its clause says is the same text as that of another.
    pub fn says_the_same(&self, other: &Finding) -> bool {
        Arc::ptr_eq(&self.saying, &other.saying)
    }

    /// Makes it at least that grave.
    pub fn raise(&mut self, severity: Severity) {
        if severity > self.saying.severity {
            Arc::make_mut(&mut self.saying).severity = severity;
        }
    }

    /// Gives it a message that is not that of its clause.
    pub fn say(&mut self, message: impl Into<Box<str>>) {
        self.more().message = Some(message.into());
    }

    /// Tells the value that decided, and what is missing of it, where the message names them.
    pub fn set_words(&mut self, value: Box<str>, missing: &str) {
        if !value.is_empty() || !missing.is_empty() {
            (self.more().value, self.more().missing) = (value, missing.into());
        }
    }

    /// Tells the conditions under which it holds.
    pub fn set_scenario(&mut self, scenario: Option<String>) {
        if let Some(scenario) = scenario {
            self.more().scenario = Some(scenario.into());
        }
    }

    /// Adds places that explain it.
    pub fn relate(&mut self, related: impl IntoIterator<Item = Related>) {
        let mut related = related.into_iter().peekable();
        if related.peek().is_some() {
            self.more().related.extend(related);
        }
    }

    /// All places that it tells.
    pub fn locations_mut(&mut self) -> impl Iterator<Item = &mut Location> {
        let related = self.more.iter_mut().flat_map(|more| &mut more.related);
        std::iter::once(&mut self.location).chain(related.map(|related| &mut related.location))
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// What its clause says, to be changed for it alone.
    #[cfg(test)]
    pub(crate) fn saying_mut(&mut self) -> &mut Saying {
        Arc::make_mut(&mut self.saying)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_small() {
        assert!(size_of::<Finding>() <= 64, "{}", size_of::<Finding>());
        assert!(size_of::<Subject>() <= 48, "{}", size_of::<Subject>());
    }
}
