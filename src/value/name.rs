//! Physical names: what each resource is called, and which resource a text speaks of.
//!
//! A name is a value like any other: a literal, a parameter's default, a text with holes. Two texts name the same
//! resource when they are surely equal, holes included, so `shop-${AWS::Region}` finds the function that is called
//! so. A name that is not known at all names nothing here. One that hangs on what conditions decide is read again under
//! each scenario: `${Env}-shop` is `prod-shop` where Env is decided to be prod.
use super::hole::{Hole, Unknown};
use super::identity::{HOLE_MARK, identity, known_text};
use super::model::{Piece, Value};
use super::resolver::Resolver;
use super::scenario::Free;
use super::world::World;
use crate::graph::{ResourceId, StackId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// The names of all resources, as they are under no scenario.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    /// The name of each resource that surely has one without holes.
    known: FxHashMap<ResourceId, String>,
    /// All that have a name, holes or not, by its identity, for each assembly level.
    by_identity: FxHashMap<u32, FxHashMap<String, Vec<ResourceId>>>,
    /// A bit for each length that some name has; longer ones share the last bit.
    lengths: u64,
    /// A bit for each byte that some name ends with; a few bytes share one.
    ends: u64,
    /// Those whose names a scenario may change, in order.
    open: Vec<ResourceId>,
    /// How those names end, whatever a scenario decides; none where they may end in any way.
    open_ends: Option<FxHashSet<[u8; END]>>,
    /// What a scenario decides for that.
    decided_by: FxHashSet<Free<'a>>,
}

impl<'a> Names<'a> {
    /// Reads the names of a world as far as it is built.
    pub fn of(world: &World<'a>) -> Names<'a> {
        let resolver = Resolver::new(world);
        let mut names = Names::default();
        for index in 0..world.graph.resources.len() {
            let id = ResourceId(index as u32);
            let before = resolver.open_questions();
            let value = resolver.name(id);
            if resolver.open_questions() != before {
                names.open.push(id);
            }
            let Some(value) = value.filter(is_name) else { continue };
            let Some((identity, _)) = identity(&resolver, &value) else { continue };
            if let Some(name) = known_text(&resolver, &value).filter(|name| !name.is_empty()) {
                names.known.insert(id, name.into_owned());
            }
            names.lengths |= length_bit(&identity);
            names.ends |= end_bit(&identity);
            let level = world.graph.stack(world.graph.resource(id).stack).input.level;
            names.by_identity.entry(level).or_default().entry(identity).or_default().push(id);
        }
        names.decided_by = resolver.read_open.take();
        // No default counts in a condition.
        resolver.in_condition.set(true);
        let ends = names.open.iter().map(|id| resolver.name(*id).as_ref().and_then(end_of).copied());
        names.open_ends = ends.collect();
        names
    }

    /// The name of a resource, where it surely has one without holes.
    fn known(&self, id: ResourceId) -> Option<&str> {
        if self.known.is_empty() { None } else { self.known.get(&id).map(String::as_str) }
    }

    /// The resources whose names a scenario may change, in order.
    pub fn changing(&self) -> &[ResourceId] {
        &self.open
    }

    /// Whether a scenario may change a name.
    pub fn may_change(&self) -> bool {
        !self.open.is_empty()
    }

    /// Whether a text may be a name that a scenario changes.
    fn may_be_open(&self, value: &Value<'a>) -> bool {
        let is_end = |end| self.open_ends.as_ref().is_none_or(|ends| ends.contains(end));
        self.may_change() && is_name(value) && end_of(value).is_none_or(is_end)
    }

    /// Whether nothing has a name.
    pub fn is_empty(&self) -> bool {
        self.by_identity.is_empty() && self.open.is_empty()
    }
}

impl<'w, 'a> Resolver<'w, 'a> {
    /// What the template calls a resource.
    pub(super) fn name(&self, id: ResourceId) -> Option<Value<'a>> {
        let (stack, written) = self.world.name_of(id)?;
        Some(self.without_forking(|| self.resolve(stack, written).value))
    }

    /// Whether the current scenario may change what a resource is called.
    pub(super) fn is_renamed(&self, id: ResourceId) -> bool {
        let Names { open, decided_by, .. } = &self.world.names;
        if open.binary_search(&id).is_err() {
            return false;
        }
        self.note_all(decided_by);
        !self.scenario.borrow().is_only()
    }

    /// The known physical name that a hole stands for: a `Ref` that gives the name, or an attribute that is it.
    pub fn name_of(&self, hole: Hole<'a>) -> Option<Cow<'w, str>> {
        let Hole::Reference { resource, attribute } = hole else { return None };
        if self.is_renamed(resource) {
            // Names that are made of names are followed once.
            if self.naming.get() || !self.world.is_name(resource, attribute) {
                return None;
            }
            self.naming.set(true);
            let name = self.name(resource).and_then(|name| Some(known_text(self, &name)?.into_owned()));
            self.naming.set(false);
            return name.filter(|name| !name.is_empty()).map(Cow::Owned);
        }
        let name = self.world.names.known(resource)?;
        self.world.is_name(resource, attribute).then_some(Cow::Borrowed(name))
    }

    /// The resources that a text of a stack names, whatever their type, in any stack of the same assembly level: it is
    /// their name, or ends, as an ARN, with it.
    pub fn resources_named(
        &self,
        value: &Value<'a>,
        stack: StackId,
    ) -> impl Iterator<Item = ResourceId> + use<'_, 'w, 'a> {
        let known = self.indexed(value, stack).iter().copied().filter(|id| !self.is_renamed(*id));
        let names = &self.world.names;
        let renamed = if names.may_be_open(value) {
            self.note_all(&names.decided_by);
            self.renamed()
        } else {
            None
        };
        let renamed = renamed.and_then(|renamed| {
            let (text, _) = identity(self, value)?;
            let level = self.world.graph.stack(stack).input.level;
            renamed.names.get(&level)?.get(end_of_arn(&text)).cloned()
        });
        known.chain(renamed.unwrap_or_default())
    }

    /// Whether a text of a stack names that resource.
    pub fn is_named(&self, value: &Value<'a>, stack: StackId, id: ResourceId) -> bool {
        match self.is_renamed(id) {
            true => {
                is_name(value) && identity(self, value).is_some_and(|(text, _)| self.is_called(id, &text))
            }
            false => self.indexed(value, stack).contains(&id),
        }
    }

    /// Whether a text of that identity is what the scenario makes of a resource's name, or ends, as an ARN, with it.
    fn is_called(&self, id: ResourceId, text: &str) -> bool {
        let name = self.name(id).filter(is_name);
        name.and_then(|name| identity(self, &name)).is_some_and(|(name, _)| name == end_of_arn(text))
    }

    /// Those that a text names under no scenario.
    fn indexed(&self, value: &Value<'a>, stack: StackId) -> &'w [ResourceId] {
        let names = &self.world.names;
        if names.by_identity.is_empty() || !is_name(value) {
            return &[];
        }
        // Most texts are told apart from all names before they are put together.
        let may_name = match value {
            Value::Text(text) => names.lengths & length_bit(end_of_arn(text)) != 0,
            Value::Partial(pieces) => match pieces.last() {
                Some(Piece::Literal(end)) if !end.is_empty() => names.ends & end_bit(end) != 0,
                _ => true,
            },
            _ => true,
        };
        if !may_name {
            return &[];
        }
        let Some(names) = names.by_identity.get(&self.world.graph.stack(stack).input.level) else {
            return &[];
        };
        let found = match value {
            Value::Text(text) => names.get(end_of_arn(text)),
            _ => identity(self, value).and_then(|(text, _)| names.get(end_of_arn(&text))),
        };
        found.map_or(&[], Vec::as_slice)
    }

    /// The resources that are surely called by a value, in one assembly level or in all, in order.
    pub fn of_name(&self, value: &Value<'a>, level: Option<u32>) -> Vec<ResourceId> {
        let Some((name, _)) = identity(self, value).filter(|_| is_name(value)) else { return Vec::new() };
        let Names { by_identity, open, decided_by, .. } = &self.world.names;
        let levels = by_identity.iter().filter(|(known, _)| level.is_none_or(|level| level == **known));
        let mut all: Vec<ResourceId> =
            levels.filter_map(|(_, names)| names.get(&name)).flatten().copied().collect();
        if self.world.names.may_be_open(value) {
            self.note_all(decided_by);
        }
        if let Some(renamed) = self.renamed().filter(|_| !open.is_empty()) {
            all.retain(|id| open.binary_search(id).is_err());
            let levels = renamed.names.iter().filter(|(known, _)| level.is_none_or(|level| level == **known));
            all.extend(levels.filter_map(|(_, names)| names.get(&name)).flatten());
        }
        all.sort_unstable();
        all
    }
}

/// How many bytes at the end of a name tell it from others.
const END: usize = 3;

/// The last bytes of a text; none where they are not known.
fn end_of<'v>(value: &'v Value<'_>) -> Option<&'v [u8; END]> {
    let text = match value {
        Value::Text(text) => text,
        Value::Partial(pieces) => match pieces.last()? {
            Piece::Literal(end) => end,
            Piece::Hole(_) => return None,
        },
        _ => return None,
    };
    text.as_bytes().last_chunk()
}

fn length_bit(name: &str) -> u64 {
    1 << name.len().min(63)
}

fn end_bit(name: &str) -> u64 {
    1 << (name.as_bytes().last().unwrap_or(&0) & 63)
}

/// Whether a value is a text that equal values share: holes stand for what they are everywhere.
pub(super) fn is_name(value: &Value<'_>) -> bool {
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
pub(super) fn end_of_arn(text: &str) -> &str {
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
