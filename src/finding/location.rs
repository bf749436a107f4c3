//! Where a finding stands: a text, and the bytes meant.
use crate::source::{LineColumn, Source, Span};
use std::cmp::Ordering;
use std::sync::Arc;

/// A place in a text that was read: a template, a manifest, a rule file.
#[derive(Clone, Debug)]
pub struct Location {
    /// The text.
    pub source: Arc<Source>,
    /// The bytes meant.
    pub span: Span,
}

impl Location {
    /// The path as given or found.
    pub fn file(&self) -> &str {
        self.source.name()
    }

    /// Line and column of the first character.
    pub fn start(&self) -> LineColumn {
        self.source.line_column(self.span.start)
    }

    /// Line and column just behind the last character.
    pub fn end(&self) -> LineColumn {
        self.source.line_column(self.span.end)
    }

    /// The order of reports: by file, then by span. Most of what is compared stands in one text.
    pub fn compare(&self, other: &Location) -> Ordering {
        let same = Arc::ptr_eq(&self.source, &other.source);
        let files = if same { Ordering::Equal } else { self.file().cmp(other.file()) };
        files.then_with(|| self.span.cmp(&other.span))
    }
}
