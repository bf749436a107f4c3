//! One message with the lines it speaks of, as miette draws it.
//!
//! A drawing is a severity, a sentence, up to three short lines that hang below it (the place in the user's
//! program, the construct, the scenario) and the framed lines of the template. All texts in it are safe to
//! print by the time they come in.
use super::excerpt::Excerpt;
use super::places::Places;
use super::text;
use super::theme::Theme;
use crate::finding::{Location, Severity};
use miette::{Diagnostic, LabeledSpan, SourceCode};
use std::error::Error;
use std::fmt;

/// A message on its way to the screen.
#[derive(Debug)]
pub(super) struct Drawing {
    severity: Severity,
    message: String,
    hanging: Option<Box<Hanging>>,
    excerpt: Option<Excerpt>,
    label: Option<String>,
}

impl Drawing {
    /// A sentence with lines that hang below it.
    pub(super) fn new(severity: Severity, message: String, hanging: Vec<String>) -> Drawing {
        let chain = |next, text| Some(Box::new(Hanging { text, next }));
        let hanging = hanging.into_iter().rev().fold(None, chain);
        Drawing { severity, message, hanging, excerpt: None, label: None }
    }

    /// The same, with the lines around a place and a label under it.
    pub(super) fn at(
        self,
        location: &Location,
        label: Option<&str>,
        theme: &Theme,
        places: &mut Places,
    ) -> Drawing {
        let place = places.start(location);
        // ` 123 | ` stands before each line.
        let columns = theme.width() - 5 - (place.line + 1).to_string().len();
        let label = label.map(|label| text::cut(&text::brief(label), columns / 2).into_owned());
        let room = label.as_deref().map_or(0, text::width);
        Drawing { excerpt: Some(Excerpt::new(location, place, columns, room)), label, ..self }
    }

    /// Draws.
    pub(super) fn draw(&self, theme: &Theme, out: &mut String) {
        theme
            .handler(self.severity)
            .render_report(out, self)
            .expect("invariant: a string takes every write, and every span lies in its excerpt");
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Drawing {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.hanging.as_deref().map(|hanging| hanging as &dyn Error)
    }
}

impl Diagnostic for Drawing {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(self.label.clone(), excerpt.mark()))))
    }
}

/// A line that hangs below the sentence: miette draws what it takes for causes.
#[derive(Debug)]
struct Hanging {
    text: String,
    next: Option<Box<Hanging>>,
}

impl fmt::Display for Hanging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Hanging {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.next.as_deref().map(|next| next as &dyn Error)
    }
}
