//! When two values are surely the same: an identity text that equal values share.
use super::hole::{Hole, Unknown};
use super::model::{Piece, Value};
use super::world::World;
use std::fmt::Write;

/// Stands before and behind the identity of a hole; no template text contains it.
pub(super) const HOLE_MARK: char = '\u{1}';

/// The known text of a value: literal, or the literal physical name of what it refers to.
pub fn known_text<'v>(world: &World<'_>, value: &'v Value<'_>) -> Option<std::borrow::Cow<'v, str>> {
    if let Some(text) = value.scalar_text() {
        return Some(text.into());
    }
    match value {
        Value::Hole(hole) => world.name_of(*hole).map(|name| name.to_owned().into()),
        Value::Partial(pieces) => {
            let mut text = String::new();
            for piece in pieces.iter() {
                match piece {
                    Piece::Literal(literal) => text.push_str(literal),
                    Piece::Hole(hole) => text.push_str(world.name_of(*hole)?),
                }
            }
            Some(text.into())
        }
        _ => None,
    }
}

/// A text that values share exactly when they are surely equal, and whether it has holes that could turn out
/// equal to something else. None for lists, maps and nothing.
pub fn identity(world: &World<'_>, value: &Value<'_>) -> Option<(String, bool)> {
    if let Some(text) = value.scalar_text() {
        return Some((text.to_owned(), false));
    }
    let mut text = String::new();
    let mut open = false;
    match value {
        Value::Hole(hole) => open |= write_hole(world, &mut text, *hole),
        Value::Partial(pieces) => {
            for piece in pieces.iter() {
                match piece {
                    Piece::Literal(literal) => text.push_str(literal),
                    Piece::Hole(hole) => open |= write_hole(world, &mut text, *hole),
                }
            }
        }
        _ => return None,
    }
    Some((text, open))
}

/// Whether a value has a hole that tells only why it is not known: two such with one identity may well differ.
pub fn is_vague(value: &Value<'_>) -> bool {
    let vague = |hole: &Hole<'_>| matches!(hole, Hole::Unknown(unknown) if !unknown.identifies());
    match value {
        Value::Hole(hole) => vague(hole),
        Value::Partial(pieces) => {
            pieces.iter().any(|piece| matches!(piece, Piece::Hole(hole) if vague(hole)))
        }
        _ => false,
    }
}

/// Writes the identity of a hole between two marks that no template text contains; true where the hole could
/// stand for any text. A reference stands for one resource, and is no other's.
fn write_hole(world: &World<'_>, text: &mut String, hole: Hole<'_>) -> bool {
    if let Some(name) = world.name_of(hole) {
        text.push_str(name);
        return false;
    }
    let written = match hole {
        Hole::Reference { resource, attribute } => {
            write!(text, "{HOLE_MARK}r{}.{}{HOLE_MARK}", resource.0, attribute.unwrap_or_default())
        }
        Hole::Unknown(unknown) => write!(text, "{HOLE_MARK}{unknown:?}{HOLE_MARK}"),
    };
    written.expect("invariant: writing to a String does not fail");
    match hole {
        Hole::Reference { .. } => false,
        Hole::Unknown(Unknown::Pseudo { .. }) => false,
        Hole::Unknown(_) => true,
    }
}
