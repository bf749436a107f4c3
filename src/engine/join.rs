//! Looking at other resources: `exists`, `referenced-by`, `refers-to`.
//!
//! Joins are served from indexes: by type, by edge, and, where the condition says `PATH: {same-as: ...}`, by the
//! identity of the value at that path. Candidates are judged under the subject's scenario; a condition that it
//! leaves open makes a candidate unknown.
use super::evaluate::Evaluator;
use super::lookup::{Found, Lookup};
use super::outcome::{Fold, Outcome, Witness};
use super::subject::{Here, Subject};
use crate::graph::{ResourceId, Sameness, StackId};
use crate::rule::{Condition, Join, Match, Op, Operand, Path, Scope, Target, Test};
use crate::value::{Hole, ListValue, MapValue, Piece, Place, Resolver, Truth, Unknown, Value, identity};
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex};

/// The indexes of one run over one assembly, built when they are first asked for and shared by all threads.
#[derive(Debug, Default)]
pub(super) struct Joins {
    by_identity: Mutex<FxHashMap<(usize, u32), Arc<Index>>>,
}

/// The resources of a join's types, by the identity of the value at its path.
#[derive(Debug, Default)]
struct Index {
    known: FxHashMap<String, Vec<ResourceId>>,
    /// Those whose value is open: they could be any.
    open: Vec<ResourceId>,
}

/// Whether a type is among those that a join or reference names; no names: any.
fn fits(types: &[Match], type_name: &str) -> bool {
    types.is_empty()
        || types.iter().any(|wanted| match wanted {
            Match::Type(name) => name == type_name,
            Match::Glob(_, glob) => glob.is_match(type_name),
            Match::Stack | Match::NestedStack | Match::App => false,
        })
}

impl<'a> Evaluator<'_, 'a> {
    /// Whether some resource of the stack or app passes.
    pub(super) fn exists(&self, join: &'a Join, here: &Here<'a>) -> Outcome<'a> {
        let stack = here.owner.stack(self.world);
        let candidates = match join.filter.as_ref().and_then(identity_test) {
            Some((path, operand)) => match self.operand(operand, here) {
                Found::Value(value) => self.by_identity(join, path, &value, stack),
                _ => self.of_types(&join.types),
            },
            None => self.of_types(&join.types),
        };
        let outcomes = candidates
            .into_iter()
            .filter(|id| self.in_scope(*id, stack, join.scope))
            .map(|id| self.candidate(id, join.filter.as_ref()));
        self.any_candidate(outcomes, here)
    }

    /// Whether some resource that speaks of this one passes.
    pub(super) fn referenced_by(&self, join: &'a Join, here: &Here<'a>) -> Outcome<'a> {
        let Subject::Resource(target) = here.owner else { return Outcome::plain(false) };
        let graph = self.world.graph;
        let stack = graph.resource(target).stack;
        let mut speakers: Vec<(ResourceId, bool)> = Vec::new();
        for edge in self.world.edges().to(target) {
            if !fits(&join.types, graph.resource(edge.from).declared.type_name) {
                continue;
            }
            match speakers.last_mut() {
                Some((last, certain)) if *last == edge.from => *certain |= edge.certain,
                _ => speakers.push((edge.from, edge.certain)),
            }
        }
        let known = speakers.len();
        if self.world.has_open() && (join.via.is_some() || join.filter.is_some()) {
            let open = self.of_types(&join.types).into_iter().filter(|id| self.world.is_open(*id));
            let open: Vec<_> =
                open.filter(|id| !speakers[..known].iter().any(|(known, _)| known == id)).collect();
            speakers.extend(open.into_iter().map(|id| (id, true)));
        }
        let outcomes = speakers.into_iter().filter(|(id, _)| self.in_scope(*id, stack, join.scope)).map(
            |(id, certain)| {
                let mut fold = Fold::all(false);
                if !certain {
                    fold.add(Outcome::unknown(
                        Unknown::Comparison,
                        Witness::at(Subject::Resource(id).place(self.world), 0),
                    ));
                }
                if let Some(via) = &join.via {
                    let at = self.lookup(via, &Here::of(Subject::Resource(id)));
                    let truth = match &at.found {
                        Found::Value(value) => self.speaks_of(value, target, at.place),
                        Found::Absent => Truth::False,
                        Found::Unknown(_) => Truth::Unknown,
                    };
                    fold.add(self.leaf(truth, &at));
                }
                fold.add(self.candidate(id, join.filter.as_ref()));
                fold.finish()
            },
        );
        self.any_candidate(outcomes, here)
    }

    /// Whether a value refers to the target that a rule wants.
    pub(super) fn refers_to(&self, target: &'a Target, at: &Lookup<'a>, here: &Here<'a>) -> Outcome<'a> {
        let value = match &at.found {
            Found::Absent => return self.leaf(Truth::False, at),
            Found::Unknown(_) => return self.leaf(Truth::Unknown, at),
            Found::Value(value) => value,
        };
        match target {
            Target::Subject => match self.subject {
                Subject::Resource(subject) => self.leaf(self.speaks_of(value, subject, at.place), at),
                _ => self.leaf(Truth::False, at),
            },
            Target::Resource { types, filter } => {
                let (targets, open) = self.targets(value, at.place.stack);
                let graph = self.world.graph;
                let fitting =
                    targets.into_iter().filter(|id| fits(types, graph.resource(*id).declared.type_name));
                let outcomes = fitting.map(|id| self.candidate(id, filter.as_deref()));
                let open = open.map(|unknown| Outcome::unknown(unknown, at.witness()));
                let _ = here;
                self.any_target(at, outcomes.chain(open))
            }
        }
    }

    /// A resource as a candidate: it exists, and the condition holds of it.
    fn candidate(&self, id: ResourceId, filter: Option<&'a Condition>) -> Outcome<'a> {
        self.resolver.without_forking(|| {
            let here = Here::of(Subject::Resource(id));
            let mut fold = Fold::all(false);
            let exists = self.resolver.exists(id);
            if exists != Truth::True {
                let witness = Witness::at(here.owner.place(self.world), 0);
                fold.add(match exists {
                    Truth::Unknown => Outcome::unknown(self.open_condition(id), witness),
                    _ => Outcome::plain(false),
                });
            }
            if let Some(filter) = filter {
                fold.add(self.condition(filter, &here));
            }
            fold.finish()
        })
    }

    fn open_condition(&self, id: ResourceId) -> Unknown<'a> {
        let resource = self.world.graph.resource(id);
        let name =
            resource.declared.body.get("Condition").and_then(crate::syntax::Node::as_str).unwrap_or_default();
        Unknown::Condition { stack: resource.stack, name }
    }

    /// Any of the candidates; when none passes, what the condition speaks of is the witness.
    fn any_candidate(&self, outcomes: impl Iterator<Item = Outcome<'a>>, here: &Here<'a>) -> Outcome<'a> {
        let place = match &here.value {
            Some(value) => value.place,
            None => here.owner.place(self.world),
        };
        let at = Lookup { found: Found::Absent, place, depth: here.depth, absent: None };
        self.any_target(&at, outcomes)
    }

    fn of_types(&self, types: &[Match]) -> Vec<ResourceId> {
        let graph = self.world.graph;
        let mut all: Vec<ResourceId> = Vec::new();
        for wanted in types {
            match wanted {
                Match::Type(name) => all.extend(graph.of_type(name)),
                Match::Glob(_, glob) => {
                    for name in graph.types().filter(|name| glob.is_match(name)) {
                        all.extend(graph.of_type(name));
                    }
                }
                Match::Stack | Match::NestedStack | Match::App => {}
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    fn in_scope(&self, id: ResourceId, stack: StackId, scope: Scope) -> bool {
        let graph = self.world.graph;
        let other = graph.resource(id).stack;
        match scope {
            Scope::Stack => other == stack,
            Scope::App => graph.stack(other).input.level == graph.stack(stack).input.level,
        }
    }

    fn by_identity(
        &self,
        join: &'a Join,
        path: &'a Path,
        value: &Value<'a>,
        stack: StackId,
    ) -> Vec<ResourceId> {
        let Some((wanted, open)) = identity(self.world, value) else { return Vec::new() };
        if open {
            return self.of_types(&join.types);
        }
        let key = (std::ptr::from_ref(join) as usize, self.world.graph.stack(stack).input.level);
        let found = self.joins.by_identity.lock().ok().and_then(|indexes| indexes.get(&key).cloned());
        let index = found.unwrap_or_else(|| {
            let index = Arc::new(self.build_index(join, path));
            if let Ok(mut indexes) = self.joins.by_identity.lock() {
                indexes.insert(key, index.clone());
            }
            index
        });
        let mut all: Vec<ResourceId> =
            index.known.get(&wanted).into_iter().flatten().chain(&index.open).copied().collect();
        all.sort_unstable();
        all
    }

    /// Reads the values under no scenario at all: what a condition leaves open is open.
    fn build_index(&self, join: &'a Join, path: &'a Path) -> Index {
        let resolver = Resolver::new(self.world);
        let neutral = Evaluator {
            world: self.world,
            resolver: &resolver,
            joins: self.joins,
            subject: self.subject,
            tracing: std::cell::Cell::new(false),
            known: self.known,
        };
        let mut index = Index::default();
        for id in neutral.of_types(&join.types) {
            match neutral.lookup(path, &Here::of(Subject::Resource(id))).found {
                Found::Absent => {}
                Found::Unknown(_) => index.open.push(id),
                Found::Value(value) => match identity(self.world, &value) {
                    Some((text, false)) => index.known.entry(text).or_default().push(id),
                    _ => index.open.push(id),
                },
            }
        }
        index
    }

    /// Whether a value, or anything inside it, speaks of a resource.
    fn speaks_of(&self, value: &Value<'a>, target: ResourceId, place: Place) -> Truth {
        match value {
            Value::List(ListValue::Written(..) | ListValue::Built(_))
            | Value::Map(MapValue::Written(..) | MapValue::Built(_)) => {
                match self.resolver.elements(&value.clone().at(place)) {
                    Ok(elements) => elements.iter().fold(Truth::False, |any, element| {
                        any.or(self.speaks_of(&element.value, target, element.place))
                    }),
                    Err(_) => Truth::Unknown,
                }
            }
            _ => {
                let (targets, open) = self.targets(value, place.stack);
                if targets.contains(&target) {
                    Truth::True
                } else if open.is_some() {
                    Truth::Unknown
                } else {
                    Truth::False
                }
            }
        }
    }

    /// The resources that a value refers to: by reference, inside text, or by literal name; and what is open in it.
    fn targets(&self, value: &Value<'a>, stack: StackId) -> (Vec<ResourceId>, Option<Unknown<'a>>) {
        let graph = self.world.graph;
        let mut targets = Vec::new();
        let mut open = None;
        let mut hole = |hole: Hole<'a>| match hole {
            Hole::Reference { resource, .. } => targets.push(resource),
            Hole::Unknown(Unknown::Pseudo { .. }) => {}
            Hole::Unknown(unknown) => open = open.or(Some(unknown)),
        };
        match value {
            Value::Hole(single) => hole(*single),
            Value::Partial(pieces) => pieces.iter().for_each(|piece| {
                if let Piece::Hole(inner) = piece {
                    hole(*inner);
                }
            }),
            _ => {}
        }
        targets.extend(self.world.named(value).iter().copied().filter(|id| {
            let other = graph.resource(*id).stack;
            graph.stack(other).input.level == graph.stack(stack).input.level
                && graph.same_environment(stack, other) != Sameness::Different
        }));
        (targets, open)
    }
}

/// `PATH: {same-as: ...}` among the conditions that must all hold, with a path that reads one resource alone.
fn identity_test(filter: &Condition) -> Option<(&Path, &Operand)> {
    match filter {
        Condition::All(all) => all.iter().find_map(identity_test),
        Condition::At(check) if check.default.is_none() => match &check.test {
            Test::Op(Op::SameAs(operand)) => Some((&check.path, operand)),
            _ => None,
        },
        _ => None,
    }
}
