//! Numbers of a document: their values, and the digits that they were written with.
use super::{Kind, Node, scalar};
use std::borrow::Cow;

/// A number as it was written.
#[derive(Clone, Copy, Debug)]
pub struct Number<'a> {
    node: Node<'a>,
}

impl<'a> Number<'a> {
    /// The number that a node is.
    pub(super) fn of(node: Node<'a>) -> Self {
        Number { node }
    }

    /// The value as a whole number, when it is one that fits.
    pub fn as_i64(self) -> Option<i64> {
        let cell = self.node.cell();
        match cell.kind {
            Kind::Int => Some(cell.payload() as i64),
            Kind::Float => None,
            _ => scalar::integer(&self.text()),
        }
    }

    /// The value as a floating point number.
    pub fn as_f64(self) -> f64 {
        let cell = self.node.cell();
        match cell.kind {
            Kind::Int => cell.payload() as i64 as f64,
            Kind::Float => f64::from_bits(cell.payload()),
            _ => scalar::number(&self.text()).unwrap_or(f64::NAN),
        }
    }

    /// The digits as they stand in the text.
    pub fn text(self) -> Cow<'a, str> {
        let (cell, document) = (self.node.cell(), self.node.document());
        match cell.kind {
            Kind::Int => Cow::Owned((cell.payload() as i64).to_string()),
            Kind::Float => Cow::Borrowed(document.source.slice(self.node.span())),
            _ => Cow::Borrowed(document.text(cell)),
        }
    }
}
