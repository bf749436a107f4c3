//! The values themselves, and where they were written.
use super::hole::{Hole, Unknown};
use crate::graph::StackId;
use crate::syntax::{Node, NodeId};
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// Where a value was written: a node of a stack's template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The stack.
    pub stack: StackId,
    /// The node of its document.
    pub node: NodeId,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Resolved<'a> {
    /// The value.
    pub value: Value<'a>,
    /// Where it was written, as the reader of the template sees it: the literal, or the function.
    pub place: Place,
}

/// What a property is.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// `AWS::NoValue`: as if it were not written.
    NoValue,
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number: its value, and its digits as written.
    Number(f64, Cow<'a, str>),
    /// Text.
    Text(Cow<'a, str>),
    /// A list.
    List(ListValue<'a>),
    /// A map.
    Map(MapValue<'a>),
    /// Text of which some pieces are decided at deployment; at least one piece is a hole.
    Partial(Rc<[Piece<'a>]>),
    /// A whole value that is decided at deployment.
    Hole(Hole<'a>),
}

/// A piece of text with holes.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece<'a> {
    /// Known text, not empty.
    Literal(Cow<'a, str>),
    /// A hole.
    Hole(Hole<'a>),
}

/// A list: as written, or computed.
#[derive(Clone, Debug)]
pub enum ListValue<'a> {
    /// As written in a stack's template; elements are resolved when they are asked for.
    Written(StackId, Node<'a>),
    /// Computed.
    Built(Rc<[Resolved<'a>]>),
}

/// The elements of a list: computed now, or those of a computed list, which stay where they are.
#[derive(Clone, Debug)]
pub enum Elements<'a> {
    /// Computed now.
    Own(Vec<Resolved<'a>>),
    /// Those of a computed list.
    Shared(Rc<[Resolved<'a>]>),
}

impl<'a> Elements<'a> {
    /// The elements as a list.
    pub fn into_list(self) -> Value<'a> {
        Value::List(ListValue::Built(self.into_shared()))
    }

    /// The elements, where others may hold them too.
    pub fn into_shared(self) -> Rc<[Resolved<'a>]> {
        match self {
            Elements::Own(all) => all.into(),
            Elements::Shared(all) => all,
        }
    }

    /// The elements by themselves.
    pub fn into_vec(self) -> Vec<Resolved<'a>> {
        match self {
            Elements::Own(all) => all,
            Elements::Shared(all) => all.to_vec(),
        }
    }
}

impl<'a> Deref for Elements<'a> {
    type Target = [Resolved<'a>];

    fn deref(&self) -> &[Resolved<'a>] {
        match self {
            Elements::Own(all) => all,
            Elements::Shared(all) => all,
        }
    }
}

/// A map: as written, computed, or derived.
#[derive(Clone)]
pub enum MapValue<'a> {
    /// As written in a stack's template; values are resolved when they are asked for.
    Written(StackId, Node<'a>),
    /// Computed.
    Built(Rc<[(Cow<'a, str>, Resolved<'a>)]>),
    /// A derived record with named fields.
    Record(Rc<dyn Record<'a> + 'a>),
}

/// A derived thing with named fields, such as a normalised policy statement.
pub trait Record<'a> {
    /// The value of a field; none where the field is absent.
    fn field(&self, name: &str) -> Option<Resolved<'a>>;
    /// The names of fields that it may have.
    fn names(&self) -> &'static [&'static str];
}

impl fmt::Debug for MapValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MapValue::Written(stack, node) => f.debug_tuple("Written").field(stack).field(node).finish(),
            MapValue::Built(pairs) => f.debug_list().entries(pairs.iter().map(|(key, _)| key)).finish(),
            MapValue::Record(record) => f.debug_list().entries(record.names()).finish(),
        }
    }
}

impl<'a> Value<'a> {
    /// A whole value that is not known for that reason.
    pub fn unknown(unknown: Unknown<'a>) -> Value<'a> {
        Value::Hole(Hole::Unknown(unknown))
    }

    /// The holes of a value, or of its text.
    pub fn holes(&self) -> impl Iterator<Item = Hole<'a>> {
        let (whole, pieces) = match self {
            Value::Hole(hole) => (Some(*hole), &[][..]),
            Value::Partial(pieces) => (None, &pieces[..]),
            _ => (None, &[][..]),
        };
        let inside = pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(*hole),
            Piece::Literal(_) => None,
        });
        whole.into_iter().chain(inside)
    }

    /// Borrowed text.
    pub fn text(text: &'a str) -> Value<'a> {
        Value::Text(Cow::Borrowed(text))
    }

    /// A whole number.
    pub fn integer(value: i64) -> Value<'a> {
        const SMALL: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let small = usize::try_from(value).ok().and_then(|small| SMALL.get(small));
        let text = small.map_or_else(|| Cow::Owned(value.to_string()), |text| Cow::Borrowed(*text));
        Value::Number(value as f64, text)
    }

    /// The value at a place.
    pub fn at(self, place: Place) -> Resolved<'a> {
        Resolved { value: self, place }
    }

    /// The unknown of a hole that is no reference.
    pub fn as_unknown(&self) -> Option<Unknown<'a>> {
        match self {
            Value::Hole(hole) => hole.unknown(),
            _ => None,
        }
    }

    /// Whether the value counts as written: neither null nor `AWS::NoValue`.
    pub fn is_set(&self) -> bool {
        !matches!(self, Value::NoValue | Value::Null)
    }

    /// Whether the value is a map.
    pub fn is_map(&self) -> bool {
        matches!(self, Value::Map(_))
    }

    /// The text of a scalar, as CloudFormation would coerce it: `true` is `"true"`, `7` is `"7"`.
    pub fn scalar_text(&self) -> Option<&str> {
        match self {
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Number(_, text) => Some(text),
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number that a scalar is, as CloudFormation would coerce it.
    pub fn scalar_number(&self) -> Option<f64> {
        match self {
            Value::Number(value, _) => Some(*value),
            Value::Text(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()),
            _ => None,
        }
    }

    /// The boolean that a scalar is, as CloudFormation would coerce it.
    pub fn scalar_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// What the value is, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::NoValue | Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Number(..) => "a number",
            Value::Text(_) | Value::Partial(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Hole(_) => "decided at deployment",
        }
    }
}
