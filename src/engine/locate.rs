//! Places for people: from nodes of templates to files and spans, property paths, construct paths and identities.
use super::home;
use super::subject::Subject;
use crate::finding::{Fingerprint, Kin, Location, Subject as Reported};
use crate::graph::ResourceId;
use crate::syntax::{Node, NodeId, View};
use crate::template::{Intrinsic, Resource};
use crate::value::{Place, World};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

/// The construct path of a resource: its own metadata, else the manifest's.
pub(super) fn construct_path<'a>(world: &World<'a>, id: ResourceId) -> Option<&'a str> {
    own_path(world, id).or_else(|| {
        let resource = world.graph.resource(id);
        world.graph.stack(resource.stack).input.metadata.construct_path(resource.declared.logical_id())
    })
}

/// The text of the template from a resource's logical id to the next one: all that it writes, and a little more.
pub(super) fn written<'a>(world: &World<'a>, id: ResourceId) -> &'a str {
    let resource = world.graph.resource(id);
    let template = &world.graph.stack(resource.stack).template;
    let start = resource.declared.key().span().start as usize;
    let next = world.graph.resources.get(id.0 as usize + 1).filter(|next| next.stack == resource.stack);
    let end = next.map(|next| next.declared.key().span().start as usize);
    let text = template.document.source().text();
    // What a loop made stands nowhere: then the whole text is what may hold it.
    end.and_then(|end| text.get(start..end)).or_else(|| text.get(start..)).unwrap_or(text)
}

/// The construct path that a resource's own metadata tells.
pub(super) fn own_path<'a>(world: &World<'a>, id: ResourceId) -> Option<&'a str> {
    world.graph.resource(id).declared.body().get("Metadata")?.get("aws:cdk:path")?.as_str()
}

/// File and span of a place.
pub(super) fn location(world: &World<'_>, place: Place) -> Location {
    let node = super::lookup::node_at(world, place);
    Location { source: world.graph.source(place.stack).clone(), span: node.span() }
}

/// What a subject has in common with others of its type in its stack, as findings name it.
pub(super) fn kin(world: &World<'_>, subject: Subject) -> Kin {
    let input = world.graph.stack(subject.stack(world)).input;
    let kind = type_of(world, subject).into();
    match subject {
        Subject::App(_) => Kin { stack: "".into(), artifact: None, kind },
        _ => Kin {
            stack: input.display_name.as_str().into(),
            artifact: input.artifact.as_deref().map(Into::into),
            kind,
        },
    }
}

/// The type of a subject, as findings name it.
pub(super) fn type_of<'a>(world: &World<'a>, subject: Subject) -> &'a str {
    match subject {
        Subject::Resource(id) => world.graph.resource(id).declared.type_name,
        Subject::Stack(_) => "Stack",
        Subject::App(_) => "App",
    }
}

/// A subject as findings name it, of that kin.
pub(super) fn reported(world: &World<'_>, subject: Subject, kin: Arc<Kin>) -> Reported {
    let input = world.graph.stack(subject.stack(world)).input;
    let (resource, path) = match subject {
        Subject::Resource(id) => {
            (Some(world.graph.resource(id).declared.logical_id()), construct_path(world, id))
        }
        Subject::Stack(_) => (None, input.metadata.stack_path()),
        Subject::App(_) => (None, None),
    };
    Reported {
        kin,
        resource: resource.map(Into::into),
        construct_path: path.map(Into::into),
        source: path.and_then(|path| input.source_place(path)).map(Box::new),
    }
}

/// The path of a place below the properties of the resource that holds it.
#[derive(Default)]
pub(super) struct Path {
    shown: String,
    /// Where it is another text: from the first list element on.
    identity: Option<String>,
}

impl Path {
    /// For people (`Rules[0].Status`); none of the resource itself.
    pub fn shown(&self) -> Option<&str> {
        Some(self.shown.as_str()).filter(|path| !path.is_empty())
    }

    /// As an identity, in which a list element goes by its own key.
    pub fn identity(&self) -> &str {
        self.identity.as_ref().unwrap_or(&self.shown)
    }

    /// Goes on below a key.
    pub fn enter(&mut self, key: &str) {
        for path in self.identity.iter_mut().chain([&mut self.shown]) {
            push(path, key);
        }
    }

    fn enter_element(&mut self, index: usize, element: Node<'_>) {
        push(self.identity.get_or_insert_with(|| self.shown.clone()), &element_key(element));
        write!(self.shown, "[{index}]").expect("invariant: a string takes every write");
    }
}

fn push(path: &mut String, key: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}

/// The path of a place. Functions on the way are left out.
pub(super) fn property_path(world: &World<'_>, place: Place) -> Path {
    let stack = world.graph.stack(place.stack);
    let wanted = place.node;
    let mut path = Path::default();
    let (mut node, mut level) = match holder(world, place) {
        Some(resource) if resource.key().id() == wanted => return path,
        Some(resource) => (resource.body(), 2),
        None => (stack.template.document.root(), 0),
    };
    while node.id() != wanted {
        let Some((step, child)) = child_holding(node, wanted) else { break };
        let in_function = || Intrinsic::of(node).is_some() || in_if(node);
        level += 1;
        // Resources, logical id, Properties: the path begins below.
        match step {
            Step::Element(index) if level > 3 && !in_function() => path.enter_element(index, child),
            Step::Key(key) if level > 3 && !in_function() || level == 3 && key != "Properties" => {
                path.enter(key)
            }
            _ => {}
        }
        node = child;
    }
    path
}

/// The resource that holds a place, found without a walk over all the others.
fn holder<'w, 'a>(world: &'w World<'a>, place: Place) -> Option<&'w Resource<'a>> {
    let resources = world.graph.resources_of(place.stack);
    let next = resources.partition_point(|resource| resource.declared.key().id() <= place.node);
    let declared = &resources.get(next.checked_sub(1)?)?.declared;
    (place.node < declared.body().end()).then_some(declared)
}

/// A branch of `Fn::If` that a place lies in.
pub(super) struct Branch<'a> {
    /// The name of the condition.
    pub condition: &'a str,
    /// What the condition must be for the place to count.
    pub holds: bool,
    /// The other branch.
    pub other: NodeId,
    /// Where the condition is declared.
    pub declared: Option<NodeId>,
}

/// The branches of `Fn::If` that a place lies in, from the outside.
pub(super) fn branches<'a>(world: &World<'a>, place: Place) -> Vec<Branch<'a>> {
    let template = &world.graph.stack(place.stack).template;
    let mut node = holder(world, place).map_or(template.document.root(), |resource| resource.body());
    let mut found = Vec::new();
    while node.id() != place.node {
        let Some((_, child)) = child_holding(node, place.node) else { break };
        if let Some(Intrinsic::If(argument)) = Intrinsic::of(node) {
            let parts: Vec<Node<'a>> = argument.items().take(3).collect();
            if let [name, then, otherwise] = parts[..]
                && let Some(condition) = name.as_str()
                && place.node >= then.id()
            {
                let holds = place.node < otherwise.id();
                let other = if holds { otherwise.id() } else { then.id() };
                let declared = template.conditions.get(condition).map(|body| body.id());
                found.push(Branch { condition, holds, other, declared });
            }
        }
        node = child;
    }
    found
}

/// A step from a container to what it holds.
enum Step<'a> {
    Key(&'a str),
    Element(usize),
}

/// The step from a container to a node, and the child that it is or lies in.
fn child_holding<'a>(node: Node<'a>, wanted: NodeId) -> Option<(Step<'a>, Node<'a>)> {
    match node.view() {
        View::Map(mut entries) => entries
            .find(|(key, value)| wanted >= key.id() && wanted < value.end())
            .map(|(key, value)| (Step::Key(key.text_or_empty()), value)),
        View::List(items) => items
            .enumerate()
            .find(|(_, item)| wanted >= item.id() && wanted < item.end())
            .map(|(index, item)| (Step::Element(index), item)),
        _ => None,
    }
}

/// Whether a list is the argument of `Fn::If`; its elements are branches, not elements of a property.
fn in_if(node: Node<'_>) -> bool {
    if !node.is_list() || node.id().0 < 2 {
        return false;
    }
    let document = node.document();
    let key = document.node(crate::syntax::NodeId(node.id().0 - 1));
    let holder = document.node(crate::syntax::NodeId(node.id().0 - 2));
    holder.single_entry().is_some() && key.as_str() == Some("Fn::If")
}

/// What names a list element when others come and go: its own key, else a hash of its content.
fn element_key(node: Node<'_>) -> String {
    for key in ["Sid", "Id", "Key", "Name", "RuleName"] {
        if let Some(name) = node.get(key).and_then(Node::as_str) {
            return name.to_owned();
        }
    }
    let mut hash = Fnv::default();
    hash_content(&mut hash, node);
    format!("#{:08x}", hash.0 as u32)
}

/// Hashes content, whatever its format: keys in order of their names.
fn hash_content(hash: &mut Fnv, node: Node<'_>) {
    match node.view() {
        View::Null => hash.write(b"n"),
        View::Bool(value) => hash.write(if value { b"t" } else { b"f" }),
        View::Number(number) => hash.write(number.text().as_bytes()),
        View::Text(text) => hash.write(text.as_bytes()),
        View::List(items) => items.for_each(|item| {
            hash.write(b"[");
            hash_content(hash, item);
        }),
        View::Map(entries) => {
            let mut pairs: Vec<_> = entries.map(|(key, value)| (key.text_or_empty(), value)).collect();
            pairs.sort_unstable_by_key(|(key, _)| *key);
            for (key, value) in pairs {
                hash.write(b"{");
                hash.write(key.as_bytes());
                hash_content(hash, value);
            }
        }
    }
}

/// The name by which a stack is known from run to run: that of the manifest, or the template's path from a folder.
pub(super) fn stack_name<'s>(
    base: Option<&std::path::Path>,
    input: &'s crate::intake::Stack,
) -> Cow<'s, str> {
    known_as(base, &input.display_name, input.has_manifest())
}

/// The same of a stack as findings name it.
pub fn known_stack<'s>(base: Option<&std::path::Path>, subject: &'s Reported) -> Cow<'s, str> {
    known_as(base, &subject.stack, subject.artifact.is_some() || subject.stack.is_empty())
}

fn known_as<'s>(base: Option<&std::path::Path>, name: &'s str, has_manifest: bool) -> Cow<'s, str> {
    match base.filter(|_| !has_manifest && !name.starts_with('<')) {
        Some(base) => Cow::Owned(home::relative(std::path::Path::new(name), base)),
        None => Cow::Borrowed(name),
    }
}

/// The identity of a finding that stands for so many more.
pub(super) fn also(fingerprint: Fingerprint, more: usize) -> Fingerprint {
    let mut hash = Fnv::default();
    hash.write(&fingerprint.digits());
    hash.write(&more.to_le_bytes());
    Fingerprint(hash.0)
}

/// FNV-1a, 64 bits: small, and the same in every version of everything.
#[derive(Clone, Copy)]
pub(super) struct Fnv(pub u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Adds bytes, and a separator behind them.
    pub fn write(&mut self, bytes: &[u8]) {
        let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 = add(bytes.iter().fold(self.0, |hash, &byte| add(hash, byte)), 0xff);
    }
}
