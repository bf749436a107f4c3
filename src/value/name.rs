//! Physical names: what each resource is called, and which resource a text speaks of.
//!
//! A name is a value like any other: a literal, a parameter's default, a text with holes. Two texts name the same
//! resource when they are surely equal, holes included, so `shop-${AWS::Region}` finds the function that is called
//! so. A name that is not known at all, or that depends on an open condition, names nothing here.
use super::hole::{Hole, Unknown};
use super::identity::{HOLE_MARK, identity};
use super::model::{Piece, Value};
use super::resolver::Resolver;
use super::world::World;
use crate::graph::{ResourceId, StackId};
use rustc_hash::FxHashMap;

/// The names of all resources.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The name of each resource that surely has one without holes.
    known: FxHashMap<ResourceId, String>,
    /// All that have a name, holes or not, by its identity, for each assembly level.
    by_identity: FxHashMap<u32, FxHashMap<String, Vec<ResourceId>>>,
    /// A bit for each length that some name has; longer ones share the last bit.
    lengths: u64,
    /// A bit for each byte that some name ends with; a few bytes share one.
    ends: u64,
}

impl Names {
    /// Reads the names of a world as far as it is built.
    pub fn of(world: &World<'_>) -> Names {
        let graph = world.graph;
        let resolver = Resolver::new(world);
        let mut names = Names::default();
        for index in 0..graph.resources.len() {
            let id = ResourceId(index as u32);
            let written = graph.name_rule(id).and_then(|rule| graph.property(id, rule.property));
            let Some(written) = written else { continue };
            let value = resolver.resolve(graph.resource(id).stack, written).value;
            let Some((identity, _)) = identity(world, &value).filter(|_| is_name(&value)) else { continue };
            if let Some(name) = super::known_text(world, &value).filter(|name| !name.is_empty()) {
                names.known.insert(id, name.into_owned());
            }
            names.lengths |= length_bit(&identity);
            names.ends |= end_bit(&identity);
            let level = graph.stack(graph.resource(id).stack).input.level;
            names.by_identity.entry(level).or_default().entry(identity).or_default().push(id);
        }
        names
    }

    /// The name of a resource, where it surely has one without holes.
    pub fn known(&self, id: ResourceId) -> Option<&str> {
        if self.known.is_empty() { None } else { self.known.get(&id).map(String::as_str) }
    }

    /// Whether nothing has a name.
    pub fn is_empty(&self) -> bool {
        self.by_identity.is_empty()
    }
}

impl World<'_> {
    /// The resources that a text of a stack names, whatever their type, in any stack of the same assembly level: it is
    /// their name, or ends, as an ARN, with it.
    pub fn named(&self, value: &Value<'_>, stack: StackId) -> &[ResourceId] {
        if self.names.is_empty() || !is_name(value) {
            return &[];
        }
        // Most texts are told apart from all names before they are put together.
        let may_name = match value {
            Value::Text(text) => self.names.lengths & length_bit(end_of_arn(text)) != 0,
            Value::Partial(pieces) => match pieces.last() {
                Some(Piece::Literal(end)) if !end.is_empty() => self.names.ends & end_bit(end) != 0,
                _ => true,
            },
            _ => true,
        };
        if !may_name {
            return &[];
        }
        let Some(names) = self.names.by_identity.get(&self.graph.stack(stack).input.level) else {
            return &[];
        };
        let found = match value {
            Value::Text(text) => names.get(end_of_arn(text)),
            _ => identity(self, value).and_then(|(text, _)| names.get(end_of_arn(&text))),
        };
        found.map_or(&[], Vec::as_slice)
    }
}

impl World<'_> {
    /// The resources that are surely called by a value, in one assembly level or in all, in order.
    pub fn of_name(&self, value: &Value<'_>, level: Option<u32>) -> Vec<ResourceId> {
        let Some((name, _)) = identity(self, value).filter(|_| is_name(value)) else { return Vec::new() };
        let levels =
            self.names.by_identity.iter().filter(|(known, _)| level.is_none_or(|level| level == **known));
        let mut all: Vec<ResourceId> =
            levels.filter_map(|(_, names)| names.get(&name)).flatten().copied().collect();
        all.sort_unstable();
        all
    }
}

fn length_bit(name: &str) -> u64 {
    1 << name.len().min(63)
}

fn end_bit(name: &str) -> u64 {
    1 << (name.as_bytes().last().unwrap_or(&0) & 63)
}

/// Whether a value is a text that equal values share: holes stand for what they are everywhere.
fn is_name(value: &Value<'_>) -> bool {
    let stands = |hole: &Hole<'_>| match hole {
        Hole::Reference { .. } => true,
        Hole::Unknown(unknown) => {
            matches!(unknown, Unknown::Parameter { .. } | Unknown::Pseudo { .. } | Unknown::Dynamic(_))
        }
    };
    match value {
        Value::Text(text) => !text.is_empty(),
        Value::Hole(hole) => matches!(hole, Hole::Unknown(_)) && stands(hole),
        Value::Partial(pieces) => pieces.iter().all(|piece| match piece {
            Piece::Literal(_) => true,
            Piece::Hole(hole) => stands(hole),
        }),
        _ => false,
    }
}

/// The last part of an ARN; any other text as it is. What stands inside holes divides nothing.
fn end_of_arn(text: &str) -> &str {
    if !text.starts_with("arn:") {
        return text;
    }
    let mut inside = false;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        match c {
            HOLE_MARK => inside = !inside,
            ':' | '/' if !inside => end = at + 1,
            _ => {}
        }
    }
    &text[end..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_arn_is_found_behind_its_holes() {
        for (text, end) in [
            ("shop", "shop"),
            ("a:b/c", "a:b/c"),
            ("arn:aws:lambda:eu-west-1:111122223333:function:shop", "shop"),
            ("arn:\u{1}AWS::Partition\u{1}:lambda:::function:shop-\u{1}A::B/C\u{1}", "shop-\u{1}A::B/C\u{1}"),
        ] {
            assert_eq!(end_of_arn(text), end);
        }
    }
}
