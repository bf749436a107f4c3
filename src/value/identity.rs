//! When two values are surely the same: an identity text that equal values share.
use super::hole::{Hole, Unknown};
use super::model::{Piece, Value};
use super::resolver::Resolver;
use crate::graph::StackId;
use crate::syntax::{Node, NodeId, View};
use std::borrow::Cow;
use std::fmt::Write;

/// Stands before and behind the identity of a hole; no template text contains it.
pub(super) const HOLE_MARK: char = '\u{1}';

/// The known text of a value: literal, or the literal physical name of what it refers to.
pub fn known_text<'v, 'a>(resolver: &Resolver<'v, 'a>, value: &'v Value<'a>) -> Option<Cow<'v, str>> {
    if let Some(text) = value.scalar_text() {
        return Some(text.into());
    }
    match value {
        Value::Hole(hole) => resolver.name_of(*hole),
        // Most have a hole that no name fills.
        Value::Partial(_) if value.holes().any(|hole| resolver.name_of(hole).is_none()) => None,
        Value::Partial(pieces) => {
            let known = pieces.iter().filter_map(|piece| match piece {
                Piece::Literal(literal) => Some(Cow::Borrowed(literal.as_ref())),
                Piece::Hole(hole) => resolver.name_of(*hole),
            });
            Some(Cow::Owned(known.collect()))
        }
        _ => None,
    }
}

/// Whether two nodes of one template are written alike, whatever their spelling: they give the same value.
pub(super) fn same_text(a: Node<'_>, b: Node<'_>) -> bool {
    match (a.view(), b.view()) {
        (View::Null, View::Null) => true,
        (View::Bool(a), View::Bool(b)) => a == b,
        (View::Number(a), View::Number(b)) => a.text() == b.text(),
        (View::Text(a), View::Text(b)) => a == b,
        (View::List(mut left), View::List(mut right)) => {
            a.len() == b.len() && left.by_ref().zip(right.by_ref()).all(|(a, b)| same_text(a, b))
        }
        (View::Map(left), View::Map(right)) => {
            let key = |a: Node<'_>, b: Node<'_>| a.text_or_empty() == b.text_or_empty();
            a.len() == b.len() && left.zip(right).all(|((k, a), (l, b))| key(k, l) && same_text(a, b))
        }
        _ => false,
    }
}

/// A text that values share exactly when they are surely equal, and whether it has holes that could turn out
/// equal to something else. None for lists, maps and nothing.
pub fn identity<'a>(resolver: &Resolver<'_, 'a>, value: &Value<'a>) -> Option<(String, bool)> {
    if let Some(text) = value.scalar_text() {
        return Some((text.to_owned(), false));
    }
    let mut text = String::new();
    let mut open = false;
    match value {
        Value::Hole(hole) => open |= write_hole(resolver, &mut text, *hole),
        Value::Partial(pieces) => {
            for piece in pieces.iter() {
                match piece {
                    Piece::Literal(literal) => text.push_str(literal),
                    Piece::Hole(hole) => open |= write_hole(resolver, &mut text, *hole),
                }
            }
        }
        _ => return None,
    }
    Some((text, open))
}

/// Whether two identities, of which at least one has holes, could be of equal texts: what stands before the first and
/// behind the last hole agrees.
pub(super) fn could_equal(one: &str, other: &str) -> bool {
    could_meet(ends(one, &[HOLE_MARK]), ends(other, &[HOLE_MARK]))
}

/// What a text begins and ends with for sure, beside some characters that stand for others: without such all, twice.
pub fn ends<'t>(text: &'t str, open: &[char]) -> (&'t str, &'t str) {
    (text.split(open).next().unwrap_or_default(), text.rsplit(open).next().unwrap_or_default())
}

/// What a text with holes surely begins and ends with; of anything else nothing.
pub(super) fn literal_ends<'v>(value: &'v Value<'_>) -> (&'v str, &'v str) {
    let literal = |piece: Option<&'v Piece<'_>>| match piece {
        Some(Piece::Literal(text)) => text.as_ref(),
        _ => "",
    };
    match value {
        Value::Partial(pieces) => (literal(pieces.first()), literal(pieces.last())),
        _ => ("", ""),
    }
}

/// Whether texts with these ends could be the same.
pub fn could_meet((a_start, a_end): (&str, &str), (b_start, b_end): (&str, &str)) -> bool {
    (a_start.starts_with(b_start) || b_start.starts_with(a_start))
        && (a_end.ends_with(b_end) || b_end.ends_with(a_end))
}

/// Whether a value says where it is deployed, which could turn out to be any region or account.
pub fn has_place(value: &Value<'_>) -> bool {
    value.holes().any(|hole| matches!(hole, Hole::Unknown(Unknown::Pseudo { .. })))
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

/// What calls have in common that give the same value.
enum Same<'a> {
    Named(&'a str),
    Written(StackId, NodeId),
    Parameter(StackId, &'a str),
    Pseudo(u32, &'a str),
    Itself,
}

fn same_calls(unknown: Unknown<'_>) -> Same<'_> {
    match unknown {
        Unknown::Parameter { stack, name, .. } => Same::Parameter(stack, name),
        Unknown::Pseudo { name, scope } => Same::Pseudo(scope, name),
        Unknown::Import { name, .. } if !name.is_empty() => Same::Named(name),
        // A macro may give something else each time.
        Unknown::Function { name: "Fn::Transform", .. } => Same::Itself,
        Unknown::Import { stack, node, .. }
        | Unknown::Function { stack, node, .. }
        | Unknown::Mapping { stack, node, .. } => Same::Written(stack, NodeId(node)),
        _ => Same::Itself,
    }
}

/// Writes the identity of a hole between two marks that no template text contains; true where the hole could
/// stand for any text. A reference stands for one resource, and is no other's.
fn write_hole<'a>(resolver: &Resolver<'_, 'a>, text: &mut String, hole: Hole<'a>) -> bool {
    if let Some(name) = resolver.name_of(hole) {
        text.push_str(&name);
        return false;
    }
    let written = match hole {
        Hole::Reference { resource, attribute } => {
            write!(text, "{HOLE_MARK}r{}.{}{HOLE_MARK}", resource.0, attribute.unwrap_or_default())
        }
        Hole::Unknown(unknown) => match same_calls(unknown) {
            Same::Named(name) => write!(text, "{HOLE_MARK}i{name}{HOLE_MARK}"),
            // The same call, however it is spelled, gives one stack the same value.
            Same::Written(stack, node) => {
                let call = resolver.world.graph.stack(stack).template.document.node(node);
                write!(text, "{HOLE_MARK}c{}.{call:?}{HOLE_MARK}", stack.0)
            }
            Same::Parameter(stack, name) => write!(text, "{HOLE_MARK}p{}.{name}{HOLE_MARK}", stack.0),
            Same::Pseudo(scope, name) => write!(text, "{HOLE_MARK}s{scope}.{name}{HOLE_MARK}"),
            Same::Itself => write!(text, "{HOLE_MARK}{unknown:?}{HOLE_MARK}"),
        },
    };
    written.expect("invariant: writing to a String does not fail");
    match hole {
        Hole::Reference { .. } => false,
        Hole::Unknown(Unknown::Pseudo { .. }) => false,
        Hole::Unknown(_) => true,
    }
}
