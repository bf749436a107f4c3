//! Putting text together from known and unknown pieces.
use super::hole::{Hole, Unknown};
use super::model::{Piece, Value};
use crate::limits::MAX_TEXT_BYTES;
use std::borrow::Cow;

/// Collects pieces of text; neighbouring literals are one.
#[derive(Debug, Default)]
pub struct TextBuilder<'a> {
    pieces: Vec<Piece<'a>>,
    holes: usize,
    /// Bytes so far, holes counted as if they were text.
    size: usize,
    /// Whether a piece has no end, so that the text has none.
    endless: bool,
}

impl<'a> TextBuilder<'a> {
    /// Nothing yet, with room for so many pieces.
    pub fn with_room(pieces: usize) -> Self {
        TextBuilder { pieces: Vec::with_capacity(pieces), ..TextBuilder::default() }
    }

    /// Adds known text.
    pub fn literal(&mut self, text: Cow<'a, str>) {
        if text.is_empty() {
            return;
        }
        self.size += text.len();
        if self.size > MAX_TEXT_BYTES {
            return;
        }
        match self.pieces.last_mut() {
            Some(Piece::Literal(last)) => last.to_mut().push_str(&text),
            _ => self.pieces.push(Piece::Literal(text)),
        }
    }

    /// Adds a hole.
    pub fn hole(&mut self, hole: Hole<'a>) {
        self.size += size_of::<Piece<'a>>();
        if let Hole::Unknown(Unknown::Depth) = hole {
            self.endless = true;
        }
        if self.endless || self.size > MAX_TEXT_BYTES {
            return;
        }
        self.holes += 1;
        self.pieces.push(Piece::Hole(hole));
    }

    /// Adds a value; lists and maps are no text, and are refused.
    pub fn value(&mut self, value: Value<'a>) -> Result<(), Value<'a>> {
        match value {
            Value::NoValue => {}
            Value::Bool(value) => self.literal(Cow::Borrowed(if value { "true" } else { "false" })),
            Value::Number(_, text) | Value::Text(text) => self.literal(text),
            Value::Hole(hole) => self.hole(hole),
            Value::Partial(pieces) => {
                for piece in pieces.iter() {
                    match piece {
                        Piece::Literal(text) => self.literal(text.clone()),
                        Piece::Hole(hole) => self.hole(*hole),
                    }
                }
            }
            other @ (Value::Null | Value::List(_) | Value::Map(_)) => return Err(other),
        }
        Ok(())
    }

    /// The text: known, with holes, or a single hole by itself; not known where it is too long.
    pub fn finish(mut self) -> Value<'a> {
        if self.endless {
            return Value::unknown(Unknown::Depth);
        }
        if self.size > MAX_TEXT_BYTES {
            return Value::unknown(Unknown::Size);
        }
        match (self.holes, self.pieces.len()) {
            (_, 0) => Value::Text(Cow::Borrowed("")),
            (1, 1) => match self.pieces.pop() {
                Some(Piece::Hole(hole)) => Value::Hole(hole),
                _ => unreachable!("one hole among one piece"),
            },
            (0, _) => match self.pieces.pop() {
                Some(Piece::Literal(text)) => Value::Text(text),
                _ => unreachable!("no hole among the pieces"),
            },
            _ => Value::Partial(self.pieces.into()),
        }
    }
}
