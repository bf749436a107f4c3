//! What a scenario calls otherwise: names and texts that it changes, indexed once for each scenario that is met, so that
//! what has a name, and who speaks of it, is looked up under it as it is under none.
use super::alarm;
use super::identity::{identity, is_vague};
use super::model::Value;
use super::name::{end_of_arn, is_name};
use super::resolver::Resolver;
use super::scenario::{Free, Row};
use super::store::Stored;
use super::world::Export;
use crate::graph::{Edge, EdgeKind, ResourceId, Sameness, StackId};
use crate::limits::MAX_MET;
use crate::syntax::{Node, NodeId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

type Index<T> = FxHashMap<String, Vec<T>>;

/// Things by the identity of the names that they are given.
#[derive(Debug)]
pub(super) struct ByName<'a, T> {
    /// Under no scenario, each with whether a scenario may change its name.
    all: Index<(T, bool)>,
    /// Those, and where their names are written.
    changing: Vec<(StackId, Node<'a>, T)>,
    decided_by: FxHashSet<Free<'a>>,
}

impl<T> Default for ByName<'_, T> {
    fn default() -> Self {
        ByName { all: Index::default(), changing: Vec::new(), decided_by: FxHashSet::default() }
    }
}

impl<'a, T: Copy> ByName<'a, T> {
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.changing.is_empty()
    }

    /// Adds what is called by the value of a node, as far as that is a name.
    pub fn add(&mut self, resolver: &Resolver<'_, 'a>, stack: StackId, name: Node<'a>, what: T) {
        let before = resolver.open_questions();
        let called = identity_of(resolver, stack, name);
        let changes = resolver.open_questions() != before;
        if changes {
            self.changing.push((stack, name, what));
            self.decided_by = resolver.read_open.borrow().clone();
        }
        if let Some(name) = called {
            self.all.entry(name).or_default().push((what, changes));
        }
    }

    /// Adds what is called by a literal.
    pub fn add_literal(&mut self, name: &str, what: T) {
        self.all.entry(name.to_owned()).or_default().push((what, false));
    }

    /// What has a name of that identity under the resolver's scenario.
    pub fn named(
        &self,
        resolver: &Resolver<'_, 'a>,
        name: &str,
        of: for<'r> fn(&'r Renamed<'a>) -> &'r Index<T>,
    ) -> Vec<T> {
        let all = self.all.get(name).into_iter().flatten();
        resolver.note_all(&self.decided_by);
        match resolver.renamed().filter(|_| !self.changing.is_empty()) {
            None => all.map(|(what, _)| *what).collect(),
            Some(renamed) => {
                let same = all.filter(|(_, changes)| !changes).map(|(what, _)| *what);
                same.chain(of(&renamed).get(name).into_iter().flatten().copied()).collect()
            }
        }
    }

    fn renamed(&self, resolver: &Resolver<'_, 'a>) -> Index<T> {
        let mut index = Index::default();
        for (stack, name, what) in &self.changing {
            if let Some(name) = identity_of(resolver, *stack, *name) {
                index.entry(name).or_insert_with(Vec::new).push(*what);
            }
        }
        index
    }
}

fn identity_of<'a>(resolver: &Resolver<'_, 'a>, stack: StackId, name: Node<'a>) -> Option<String> {
    let name = resolver.resolve(stack, name).value;
    identity(resolver, &name).filter(|_| !is_vague(&name)).map(|(name, _)| name)
}

/// Where texts stand, by what they are or, as ARNs, end with.
#[derive(Debug, Default)]
pub(super) struct Spoken<'a> {
    /// Those that are the same under all scenarios, where a scenario may change some name.
    texts: Index<(ResourceId, NodeId)>,
    /// Those that a scenario may change.
    changing: Vec<(ResourceId, NodeId)>,
    /// What a scenario decides for that.
    pub decided_by: FxHashSet<Free<'a>>,
}

impl<'a> Spoken<'a> {
    /// Notes a text, and whether a scenario may change it.
    pub fn note(
        &mut self,
        resolver: &Resolver<'_, 'a>,
        value: &Value<'a>,
        at: (ResourceId, NodeId),
        changes: bool,
    ) {
        if !changes && resolver.world.names.may_change() {
            enter(&mut self.texts, resolver, value, at);
        } else if changes && self.changing.last() != Some(&at) {
            self.changing.push(at);
        }
    }
}

fn enter<'a>(
    texts: &mut Index<(ResourceId, NodeId)>,
    resolver: &Resolver<'_, 'a>,
    value: &Value<'a>,
    at: (ResourceId, NodeId),
) {
    if let Some((text, _)) = identity(resolver, value).filter(|_| is_name(value)) {
        texts.entry(end_of_arn(&text).to_owned()).or_default().push(at);
    }
}

/// What one scenario calls otherwise.
#[derive(Debug, Default)]
pub(super) struct Renamed<'a> {
    /// Resources, by level.
    pub names: FxHashMap<u32, Index<ResourceId>>,
    pub exports: Index<Export<'a>>,
    pub stored: Index<Stored<'a>>,
    texts: Index<(ResourceId, NodeId)>,
}

impl<'a> Renamed<'a> {
    fn under(resolver: &Resolver<'_, 'a>) -> Renamed<'a> {
        let world = resolver.world;
        let graph = world.graph;
        let mut renamed = Renamed {
            exports: world.exports.renamed(resolver),
            stored: world.stored.renamed(resolver),
            ..Renamed::default()
        };
        for &id in world.names.changing() {
            let name = resolver.name(id).filter(is_name).and_then(|name| identity(resolver, &name));
            if let Some((name, _)) = name {
                let level = graph.stack(graph.resource(id).stack).input.level;
                renamed.names.entry(level).or_default().entry(name).or_default().push(id);
            }
        }
        for &(from, at) in &world.spoken.changing {
            let resource = graph.resource(from);
            let node = graph.stack(resource.stack).template.document.node(at);
            let value = resolver.resolve(resource.stack, node).value;
            let inner = match resource.declared.type_name {
                alarm::COMPOSITE => alarm::names(&value),
                _ => Vec::new(),
            };
            let all = std::iter::once(&value).chain(&inner);
            all.for_each(|value| enter(&mut renamed.texts, resolver, value, (from, at)));
        }
        renamed
    }
}

/// What some scenarios call otherwise, with their decisions, and whether those of the environment count.
pub(super) type Met<'a> = Vec<(Row<'a>, bool, Rc<Renamed<'a>>)>;

impl<'w, 'a> Resolver<'w, 'a> {
    /// What the current scenario calls otherwise; none where it has decided nothing, and while that is worked out.
    pub(super) fn renamed(&self) -> Option<Rc<Renamed<'a>>> {
        let scenario = self.scenario.borrow();
        if scenario.is_only() || self.is_renaming {
            return None;
        }
        let anywhere = self.anywhere.get();
        let mut met = self.met.borrow_mut();
        let found = met.iter().find(|(row, of, _)| *of == anywhere && scenario.is(row));
        if let Some((.., renamed)) = found {
            return Some(renamed.clone());
        }
        let row = scenario.row();
        let resolver = self.apart(&row);
        let renamed = Rc::new(Renamed::under(&resolver));
        if met.len() == MAX_MET {
            met.remove(0);
        }
        met.push((row, anywhere, renamed.clone()));
        Some(renamed)
    }

    /// Shows the edges to a resource under the current scenario, in order of their sources: what it is called, and what others
    /// speak of, may differ from what it is under none. A condition that decides its own name splits the scenario.
    pub fn visit_edges_to(&self, id: ResourceId, mut visit: impl FnMut(&Edge)) {
        let edges = self.world.edges().to(id);
        let Spoken { changing, .. } = &self.world.spoken;
        let may_change = !changing.is_empty() || self.world.names.may_change();
        let Some(mut all) = may_change.then(|| self.edges_by_name(id)).flatten() else {
            for edge in edges {
                visit(edge);
            }
            return;
        };
        let is_renamed = self.is_renamed(id);
        all.extend(edges.filter(|edge| !is_renamed || edge.kind != EdgeKind::Name));
        all.sort_by_key(|edge| (edge.from, edge.at));
        all.iter().for_each(&mut visit);
    }

    /// Those that a scenario adds: from texts that are then its name.
    fn edges_by_name(&self, to: ResourceId) -> Option<Vec<Edge>> {
        let Spoken { texts, decided_by, .. } = &self.world.spoken;
        let (stack, written) = self.world.name_of(to)?;
        self.resolve(stack, written);
        self.note_all(decided_by);
        let is_renamed = self.is_renamed(to);
        let renamed = self.renamed()?;
        let graph = self.world.graph;
        let name = self.name(to).filter(is_name).and_then(|name| identity(self, &name));
        let edge = |&(from, at): &(ResourceId, NodeId)| {
            let by = graph.resource(from).stack;
            let is_near = from != to && graph.stack(by).input.level == graph.stack(stack).input.level;
            let sameness = if is_near { graph.same_environment(by, stack) } else { Sameness::Different };
            let certain = sameness == Sameness::Same;
            let edge = Edge { from, to, at, kind: EdgeKind::Name, certain };
            (sameness != Sameness::Different).then_some(edge)
        };
        let found = |texts: &Index<(ResourceId, NodeId)>| -> Vec<Edge> {
            let places = name.as_ref().and_then(|(name, _)| texts.get(name));
            places.into_iter().flatten().filter_map(edge).collect()
        };
        let mut all = found(&renamed.texts);
        if is_renamed {
            all.extend(found(texts));
        }
        Some(all)
    }
}
