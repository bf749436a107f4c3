//! Following paths: what stands there, where, and what is missing.
use super::evaluate::Evaluator;
use super::outcome::Witness;
use super::subject::{Here, Subject};
use crate::graph::StackId;
use crate::rule::{Base, Path, Segment};
use crate::syntax::Node;
use crate::value::{ListValue, Place, Resolved, Unknown, Value};
use std::borrow::Cow;
use std::fmt::Write;

/// What a path leads to.
#[derive(Clone, Debug)]
pub(super) struct Lookup<'a> {
    pub found: Found<'a>,
    /// The value's place, or that of the deepest thing on the path that exists.
    pub place: Place,
    pub depth: u16,
    /// The rest of the path behind `place`, for an absent value; kept only while tracing.
    pub absent: &'a [Segment],
}

/// The thing itself.
#[derive(Clone, Debug)]
pub(super) enum Found<'a> {
    /// A value that is set.
    Value(Value<'a>),
    /// Nothing.
    Absent,
    /// Not known whether there is something.
    Unknown(Unknown<'a>),
}

impl<'a> Lookup<'a> {
    /// A value.
    pub fn of(value: Resolved<'a>, depth: u16) -> Self {
        let found = match value.value {
            Value::NoValue | Value::Null => Found::Absent,
            value => Found::Value(value),
        };
        Lookup { found, place: value.place, depth, absent: &[] }
    }

    /// Nothing, at a place.
    pub fn absent(place: Place) -> Self {
        Lookup { found: Found::Absent, place, depth: 0, absent: &[] }
    }

    /// The same place with another value: a count, a list of keys, a default.
    pub fn with(&self, value: Value<'a>) -> Self {
        Lookup { found: Found::Value(value), place: self.place, depth: self.depth, absent: self.absent }
    }

    /// The witness that this is.
    pub fn witness(&self) -> Witness<'a> {
        let value = match &self.found {
            Found::Value(value) => Some(value.clone()),
            _ => None,
        };
        Witness { absent: self.absent, value, ..Witness::at(self.place, self.depth) }
    }

    /// The value with its place, where there is one.
    pub fn resolved(&self) -> Option<Resolved<'a>> {
        match &self.found {
            Found::Value(value) => Some(value.clone().at(self.place)),
            _ => None,
        }
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// Follows a path from where a condition stands.
    pub(super) fn lookup(&self, path: &'a Path, here: &Here<'a>) -> Lookup<'a> {
        match &path.base {
            Base::Here => self.follow(&path.segments, here),
            Base::Subject => {
                self.asked.set(true);
                self.follow(&path.segments, &Here::of(self.subject))
            }
            Base::Named(name) => {
                // What a name stands for changes with the question, as the subject does.
                self.asked.set(true);
                let names = self.names.borrow();
                let start = names.iter().rfind(|(known, _)| known == name).map(|(_, start)| start.clone());
                drop(names);
                match start {
                    Some(start) => self.follow(&path.segments, &start),
                    // Candidates are looked for once, before anything has the name.
                    None => Lookup {
                        found: Found::Unknown(Unknown::Comparison),
                        place: here.owner.place(self.world),
                        depth: here.depth,
                        absent: &[],
                    },
                }
            }
        }
    }

    fn follow(&self, segments: &'a [Segment], here: &Here<'a>) -> Lookup<'a> {
        let Some((mut first, mut rest)) = segments.split_first() else { return self.itself(here) };
        let mut depth = here.depth + 1;
        let (mut place, mut step) = self.step(first, here);
        loop {
            let behind = |rest: &'a [Segment]| self.rest_of(&segments[segments.len() - rest.len() - 1..]);
            let value = match step {
                Ok(Some(value)) => value,
                Ok(None) => return Lookup { found: Found::Absent, place, depth, absent: behind(rest) },
                Err(unknown) => {
                    return Lookup { found: Found::Unknown(unknown), place, depth, absent: behind(rest) };
                }
            };
            let Some((next, after)) = rest.split_first() else { return Lookup::of(value, depth) };
            if matches!(first, Segment::Star) {
                return self.spread(value, rest, here, depth);
            }
            if matches!(value.value, Value::List(_)) && !matches!(next, Segment::Star) {
                let why = "a list stands where the rule expects a map";
                let found = Found::Unknown(Unknown::Shape(why));
                return Lookup { found, place: value.place, depth, absent: &[] };
            }
            (first, rest) = (next, after);
            (place, step) = match first {
                Segment::Name(name) | Segment::Quoted(name) => {
                    (value.place, self.resolver.field(&value, name))
                }
                _ => self.step(first, &here.value(value, depth)),
            };
            depth += 1;
        }
    }

    /// One step from where a condition stands: the place that it starts from, and what is there.
    fn step(
        &self,
        segment: &'a Segment,
        here: &Here<'a>,
    ) -> (Place, Result<Option<Resolved<'a>>, Unknown<'a>>) {
        match (segment, &here.value) {
            (Segment::Name(name) | Segment::Quoted(name), Some(value)) => {
                (value.place, self.resolver.field(value, name))
            }
            (Segment::Name(name) | Segment::Quoted(name), None) => match self.sections(here.owner) {
                Some((stack, node)) => self.resolver.field_of(stack, node, name),
                None => (here.owner.place(self.world), Ok(None)),
            },
            (Segment::Fact(id, arguments), _) => {
                let value = self.fact(*id, arguments, here);
                (value.place, Ok(Some(value)))
            }
            (Segment::Row(row), _) => {
                let (place, row) = self.row(row.table, &row.key, here);
                (place, Ok(row))
            }
            (Segment::Attribute(name), _) => self.attribute(name, here.owner),
            (Segment::Star, Some(value)) => (value.place, self.all_elements(value)),
            (Segment::Star, None) => match self.properties(here.owner) {
                Ok(properties) => (properties.place, self.all_elements(&properties)),
                Err(place) => (place, Ok(None)),
            },
        }
    }

    /// The rest of a path after `*`, from each element: the list of what is found.
    fn spread(&self, list: Resolved<'a>, rest: &'a [Segment], here: &Here<'a>, depth: u16) -> Lookup<'a> {
        let place = list.place;
        let elements = match self.resolver.shared_elements(&list) {
            Ok(elements) => elements,
            Err(unknown) => return Lookup { found: Found::Unknown(unknown), place, depth, absent: &[] },
        };
        let mut found = Vec::with_capacity(elements.len());
        for element in elements.iter() {
            let inner = self.follow(rest, &here.value(element.clone(), depth));
            match inner.found {
                Found::Value(Value::List(_)) => {
                    let list = inner.resolved().expect("invariant: a value was found");
                    match self.resolver.elements(&list) {
                        Ok(inner) => found.extend(inner),
                        Err(unknown) => found.push(Value::unknown(unknown).at(inner.place)),
                    }
                }
                Found::Value(value) => found.push(value.at(inner.place)),
                Found::Unknown(unknown) => found.push(Value::unknown(unknown).at(inner.place)),
                Found::Absent => {}
            }
        }
        Lookup { found: Found::Value(Value::List(ListValue::Built(found.into()))), place, depth, absent: &[] }
    }

    fn all_elements(&self, value: &Resolved<'a>) -> Result<Option<Resolved<'a>>, Unknown<'a>> {
        Ok(Some(self.resolver.shared_elements(value)?.into_list().at(value.place)))
    }

    /// What the condition speaks of, as a value.
    fn itself(&self, here: &Here<'a>) -> Lookup<'a> {
        match &here.value {
            Some(value) => Lookup::of(value.clone(), here.depth),
            None => {
                let place = here.owner.place(self.world);
                let value = match here.owner {
                    Subject::Resource(resource) => {
                        Value::Hole(crate::value::Hole::Reference { resource, attribute: None })
                    }
                    Subject::Stack(_) | Subject::App(_) => Value::text(""),
                };
                Lookup::of(value.at(place), here.depth)
            }
        }
    }

    /// The properties of a resource, or the sections of a stack; else the place that stands for their absence.
    pub(super) fn properties(&self, owner: Subject) -> Result<Resolved<'a>, Place> {
        match self.sections(owner) {
            Some((stack, node)) => Ok(self.resolver.resolve(stack, node)),
            None => Err(owner.place(self.world)),
        }
    }

    /// The node that holds them.
    pub(super) fn sections(&self, owner: Subject) -> Option<(StackId, Node<'a>)> {
        match owner {
            Subject::Resource(id) => {
                let resource = self.world.graph.resource(id);
                Some((resource.stack, resource.declared.properties()?))
            }
            Subject::Stack(id) => Some((id, self.world.graph.stack(id).template.document.root())),
            Subject::App(_) => None,
        }
    }

    /// `@Name`: what a resource declares beside its properties, or what is known of a stack.
    pub(super) fn attribute(
        &self,
        name: &'a str,
        owner: Subject,
    ) -> (Place, Result<Option<Resolved<'a>>, Unknown<'a>>) {
        let place = owner.place(self.world);
        let known = |text: &'a str| Ok(Some(Value::text(text).at(place)));
        let stack = owner.stack(self.world);
        let input = self.world.graph.stack(stack).input;
        let environment = |value: &'a Option<String>, name: &'static str| match value {
            Some(text) => known(text),
            None => Ok(Some(Value::unknown(Unknown::Pseudo { name, scope: input.level }).at(place))),
        };
        let result = match (name, owner) {
            ("Region", _) => environment(&input.region, "AWS::Region"),
            ("Account", _) => environment(&input.account, "AWS::AccountId"),
            ("StackName", _) => match &input.stack_name {
                Some(name) => known(name),
                None => Err(Unknown::Manifest("the stack's name")),
            },
            ("TerminationProtection", _) => match input.termination_protection {
                Some(value) => Ok(Some(Value::Bool(value).at(place))),
                None => Err(Unknown::Manifest("termination protection")),
            },
            ("ConstructPath", Subject::Resource(id)) => match self.construct_path(id) {
                Some(path) => Ok(Some(Value::Text(path).at(place))),
                None => Ok(None),
            },
            ("Text", Subject::Resource(id)) => known(super::locate::written(self.world, id)),
            ("LogicalId", Subject::Resource(id)) => {
                known(self.world.graph.resource(id).declared.logical_id())
            }
            (_, Subject::Resource(id)) => {
                let declared = self.world.graph.resource(id).declared;
                match declared.body().get(name) {
                    Some(node) => {
                        Ok(Some(self.resolver.resolve(stack, node)).filter(|value| value.value.is_set()))
                    }
                    None => Ok(None),
                }
            }
            (_, Subject::Stack(id)) => {
                let root = self.world.graph.stack(id).template.document.root();
                Ok(root.get(name).map(|node| self.resolver.resolve(id, node)))
            }
            (_, Subject::App(_)) => Ok(None),
        };
        (place, result)
    }

    /// The construct path of a resource: its own metadata, else the manifest's.
    pub(super) fn construct_path(&self, id: crate::graph::ResourceId) -> Option<Cow<'a, str>> {
        super::locate::construct_path(self.world, id).map(Cow::Borrowed)
    }

    /// A path's rest, while tracing.
    fn rest_of(&self, segments: &'a [Segment]) -> &'a [Segment] {
        if self.tracing.get() { segments } else { &[] }
    }
}

/// The rest of a path as people read it.
pub(super) fn in_words(segments: &[Segment]) -> String {
    let mut text = String::new();
    for segment in segments {
        let separator = if text.is_empty() { "" } else { "." };
        match segment {
            Segment::Name(name) | Segment::Quoted(name) => write!(text, "{separator}{name}"),
            Segment::Attribute(name) => write!(text, "{separator}{name}"),
            Segment::Star => Ok(()),
            Segment::Fact(..) | Segment::Row(..) => write!(text, "{separator}{segment}"),
        }
        .expect("invariant: writing to a String does not fail");
    }
    text
}

/// The node that a place names.
pub(super) fn node_at<'a>(world: &crate::value::World<'a>, place: Place) -> Node<'a> {
    world.graph.stack(place.stack).template.document.node(place.node)
}
