//! What an open value can turn out to be: every way, where they are few.
//!
//! A parameter is one of its allowed values, `Fn::FindInMap` with an open key one of what the mapping holds, and a text
//! with holes is each filling of them; one hole that stands in it twice is filled alike. What is said of all ways is
//! decided, whichever the deployment chooses.
use super::hole::{Hole, Unknown};
use super::model::{Piece, Value};
use super::resolver::Resolver;
use super::text::TextBuilder;
use crate::limits::MAX_FILLINGS;
use std::borrow::Cow;

/// What follows behind the known start of a value. Nothing equals it, not even what the value itself is.
const REST: Hole<'static> = Hole::Unknown(Unknown::Comparison);

impl<'a> Resolver<'_, 'a> {
    /// What an open value can be, all ways: texts, or texts with holes of which something is known. Empty where nothing
    /// is.
    pub fn forms(&self, value: &Value<'a>) -> Vec<Value<'a>> {
        match value {
            Value::Hole(hole) => self.forms_of(*hole),
            Value::Partial(pieces) => self.fillings(pieces),
            _ => Vec::new(),
        }
    }

    fn forms_of(&self, hole: Hole<'a>) -> Vec<Value<'a>> {
        let (stack, name, allowed) = match hole {
            Hole::Unknown(Unknown::Parameter { stack, name, .. }) => {
                (stack, name, self.left_values(stack, name))
            }
            Hole::Unknown(Unknown::Element { stack, name, .. }) => {
                (stack, name, self.allowed_elements(stack, name))
            }
            Hole::Unknown(Unknown::Mapping { stack, node, .. }) => return self.mapped_values(stack, node),
            _ => return Vec::new(),
        };
        if let Some(allowed) = allowed {
            return allowed.into_iter().map(Value::Text).collect();
        }
        // The pattern of a list speaks of its elements, and the list is no text.
        let Some(declared) = self.declaration(stack, name).filter(|_| !self.is_list(hole)) else {
            return Vec::new();
        };
        match self.pattern(stack, declared) {
            Some(bound) if !bound.start.is_empty() => {
                let start = Piece::Literal(Cow::Owned(bound.start.clone()));
                vec![Value::Partial([start, Piece::Hole(REST)].into())]
            }
            _ => Vec::new(),
        }
    }

    /// The ways to fill the holes of a text; holes for which there would be too many stay open.
    fn fillings(&self, pieces: &[Piece<'a>]) -> Vec<Value<'a>> {
        let mut holes: Vec<(Hole<'a>, Vec<Value<'a>>)> = Vec::new();
        let mut ways = 1;
        for piece in pieces {
            let Piece::Hole(hole) = piece else { continue };
            if holes.iter().any(|(known, _)| known == hole) {
                continue;
            }
            let forms = self.forms_of(*hole);
            if !forms.is_empty() && ways * forms.len() <= MAX_FILLINGS {
                ways *= forms.len();
                holes.push((*hole, forms));
            }
        }
        if holes.is_empty() {
            return Vec::new();
        }
        let filled = (0..ways).map(|mut way| {
            let mut chosen = Vec::new();
            for (hole, forms) in &holes {
                chosen.push((*hole, &forms[way % forms.len()]));
                way /= forms.len();
            }
            fill(pieces, &chosen)
        });
        // A list is no piece of a text: then nothing is known.
        filled.collect::<Option<Vec<_>>>().unwrap_or_default()
    }
}

/// A text with some holes filled.
pub(super) fn fill<'a>(pieces: &[Piece<'a>], chosen: &[(Hole<'a>, &Value<'a>)]) -> Option<Value<'a>> {
    let mut text = TextBuilder::default();
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => text.literal(literal.clone()),
            Piece::Hole(hole) => match chosen.iter().find(|(known, _)| known == hole) {
                Some((_, value)) => text.value((*value).clone()).ok()?,
                None => text.hole(*hole),
            },
        }
    }
    Some(text.finish())
}
