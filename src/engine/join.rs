//! Looking at other resources: `exists`, `referenced-by`, `refers-to`.
//!
//! Joins are served by edges, and by the lists of `candidate`. Candidates are judged under the subject's scenario; a
//! condition that it leaves open makes a candidate unknown.
use super::evaluate::Evaluator;
use super::lookup::{Found, Lookup};
use super::outcome::{Answer, Fold, Witness};
use super::subject::{Here, Subject};
use crate::graph::{ResourceId, Sameness, StackId};
use crate::limits::{MAX_LOOKS, MAX_NAMED, MIN_LOOKS};
use crate::rule::{Condition, Join, Match, Scope, Target};
use crate::value::{Hole, ListValue, MapValue, Place, Resolved, Truth, Unknown, Value};

/// Whether a type is among those that a join or reference names; no names: any.
fn fits(types: &[Match], type_name: &str) -> bool {
    types.is_empty()
        || types.iter().any(|wanted| match wanted {
            Match::Type(name) => *name == type_name,
            Match::Glob(glob) => glob.is_match(type_name),
            Match::Stack | Match::NestedStack | Match::App => false,
        })
}

/// The resources of which a value, or a piece of its text, is that attribute; and what is open in it.
fn attribute_of<'a>(value: &Value<'a>, wanted: &str) -> (Vec<ResourceId>, Option<Unknown<'a>>) {
    let mut found = (Vec::new(), None);
    for hole in value.holes() {
        match hole {
            Hole::Reference { resource, attribute: Some(attribute) } if attribute == wanted => {
                found.0.push(resource);
            }
            // What comes from outside is no attribute of a resource of the app.
            Hole::Unknown(
                unknown @ (Unknown::Condition { .. } | Unknown::Import { .. } | Unknown::Mapping { .. }),
            ) => found.1 = found.1.or(Some(unknown)),
            Hole::Reference { .. } | Hole::Unknown(_) => {}
        }
    }
    found
}

/// What is open in a value, and could be anything.
fn open_in<'a>(value: &Value<'a>) -> Option<Unknown<'a>> {
    let is_open = |unknown: &Unknown<'_>| !matches!(unknown, Unknown::Pseudo { .. });
    value.holes().filter_map(|hole| hole.unknown()).find(is_open)
}

/// So many edges are looked at sooner than it is asked whether there is anything to look for.
const FEW: usize = 16;

/// Why nothing is known of what a question is too tired to look at.
pub(super) const TIRED: Unknown<'static> =
    Unknown::Shape("that takes a look at more resources than one question may look at");

impl<'a> Evaluator<'_, 'a> {
    /// What a look at other resources says. Of candidates that decide no more is told than where the condition stands: the
    /// truth is enough, and mostly known from when the question was put, where it is that of the owner.
    pub(super) fn joined<A: Answer<'a>>(
        &self,
        join: &'a Join,
        here: &Here<'a>,
        is_of_owner: bool,
        truth: impl FnOnce(&Self, &'a Join, &Here<'a>) -> Truth,
        whole: impl FnOnce(&Self, &'a Join, &Here<'a>) -> A,
    ) -> A {
        let is_same =
            |(known, owner, _): &&(&Join, Subject, Truth)| std::ptr::eq(*known, join) && *owner == here.owner;
        let is_lasting = self.world.is_straight && is_of_owner && self.names.borrow().is_empty();
        let known = self.known.joined.borrow().iter().find(is_same).map(|(.., truth)| *truth);
        let truth = match known.filter(|_| is_lasting) {
            Some(known) => {
                // The rule's own node may have been looked at for it.
                self.asked.set(true);
                known
            }
            None => truth(self, join, here),
        };
        if is_lasting && known.is_none() && truth != Truth::Unknown {
            self.known.joined.borrow_mut().push((join, here.owner, truth));
        }
        match truth {
            _ if !A::TELLS => A::bare(truth),
            Truth::Unknown => whole(self, join, here),
            truth => self.leaf(truth, &self.spoken_of(here)),
        }
    }

    /// Whether some resource of the stack or app passes.
    pub(super) fn exists<A: Answer<'a>>(&self, join: &'a Join, here: &Here<'a>) -> A {
        let stack = here.owner.stack(self.world);
        if self.has_none_of(&join.types) {
            return self.any_candidate(std::iter::empty(), here);
        }
        // What all stages look at is looked at once for all of them.
        let is_shared = join.scope == Scope::Assembly && self.world.graph.has_levels();
        if !A::TELLS && matches!(here.owner, Subject::App(_)) && !is_shared {
            // An app is asked once: the first that passes will do, and a list of candidates would serve nobody else.
            let near = self.all_of_types(join, stack).filter(|id| self.in_scope(*id, stack, join.scope));
            return self.any_candidate(near.map(|id| self.candidate(id, join.filter.as_ref())), here);
        }
        let candidates = self.candidates(join, stack);
        let identified;
        let wanted = match self.wanted_identity(join, here) {
            Some(Some((identity, is_open))) => {
                identified = candidates.identified(&identity, is_open);
                &identified[..]
            }
            // A list or a map, which equals nothing.
            Some(None) => &[],
            None => &candidates.all[..],
        };
        let outcomes = wanted.iter().map(|id| self.candidate(*id, join.filter.as_ref()));
        self.any_candidate(outcomes, here)
    }

    /// Whether some resource that speaks of this one passes.
    pub(super) fn referenced_by<A: Answer<'a>>(&self, join: &'a Join, here: &Here<'a>) -> A {
        let Subject::Resource(target) = here.owner else { return A::plain(false) };
        let graph = self.world.graph;
        let stack = graph.resource(target).stack;
        let mut speakers: Vec<(ResourceId, bool)> = Vec::new();
        // What very many speak of is mostly asked about a few of them.
        if self.world.edges().to(target).len() > FEW
            && !join.types.is_empty()
            && self.has_none_of(&join.types)
        {
            return self.any_candidate(std::iter::empty(), here);
        }
        self.resolver.visit_edges_to(target, |edge| {
            if !fits(&join.types, graph.resource(edge.from).declared.type_name) {
                return;
            }
            match speakers.last_mut() {
                Some((last, certain)) if *last == edge.from => *certain |= edge.certain,
                _ => speakers.push((edge.from, edge.certain)),
            }
        });
        let in_scope = speakers.iter().filter(|(id, _)| self.in_scope(*id, stack, join.scope));
        let outcomes = in_scope.map(|(id, certain)| self.speaker(join, *id, *certain, target));
        // What holds an unknown value could speak of this one. No number of such makes it sure, so one is enough.
        let could = std::iter::once_with(|| {
            if join.via.is_none() && join.filter.is_none() || !self.world.has_open() {
                return None;
            }
            let known = |id: &ResourceId| speakers.binary_search_by_key(id, |(known, _)| *known).is_ok();
            let candidates = self.candidates(join, stack);
            let open = candidates.open.iter().filter(|id| !known(id));
            open.map(|id| self.speaker(join, *id, join.via.is_some(), target))
                .find(|outcome: &A| outcome.truth() != Truth::False)
        });
        let outcomes = outcomes.chain(could.flatten());
        self.any_candidate(outcomes, here)
    }

    /// A resource that speaks, or could speak, of the target: whether it does so where and how the join wants it.
    fn speaker<A: Answer<'a>>(&self, join: &'a Join, id: ResourceId, certain: bool, target: ResourceId) -> A {
        let mut fold = Fold::all(false);
        if let Some(via) = join.via.as_ref().filter(|_| !self.is_tired()) {
            let at = self.lookup(via, &Here::of(Subject::Resource(id)));
            let truth = match &at.found {
                Found::Value(value) => {
                    let named =
                        || self.named_inside(Subject::Resource(id), value, at.place).contains(&target);
                    match self.speaks_of(value, target, at.place) {
                        Truth::True => Truth::True,
                        other => other.or(named().into()),
                    }
                }
                Found::Absent => Truth::False,
                Found::Unknown(_) => Truth::Unknown,
            };
            if fold.add(self.leaf(truth, &at)) {
                return fold.finish();
            }
        }
        fold.add(self.candidate(id, join.filter.as_ref()));
        if !certain {
            let witness = || Witness::at(Subject::Resource(id).place(self.world), 0);
            fold.add(A::unknown(Unknown::Comparison, witness));
        }
        fold.finish()
    }

    /// Whether a value refers to the target that a rule wants.
    pub(super) fn refers_to<A: Answer<'a>>(&self, target: &'a Target, at: &Lookup<'a>, here: &Here<'a>) -> A {
        let value = match &at.found {
            Found::Absent => return self.leaf(Truth::False, at),
            Found::Unknown(_) => return self.leaf(Truth::Unknown, at),
            Found::Value(value) => value,
        };
        match target {
            Target::Subject => {
                self.asked.set(true);
                match self.subject {
                    Subject::Resource(subject) => self.leaf(self.speaks_of(value, subject, at.place), at),
                    _ => self.leaf(Truth::False, at),
                }
            }
            Target::Resource { types, attribute, filter } => {
                let (targets, open) = match attribute {
                    Some(attribute) => attribute_of(value, attribute),
                    None => {
                        let named = self.named_inside(here.owner, value, at.place);
                        (self.targets(value, at.place.stack).chain(named).collect(), open_in(value))
                    }
                };
                let graph = self.world.graph;
                let fitting =
                    targets.into_iter().filter(|id| fits(types, graph.resource(*id).declared.type_name));
                let outcomes = fitting.map(|id| self.candidate(id, filter.as_deref()));
                let open = open.map(|unknown| A::unknown(unknown, || at.witness()));
                self.any_target(at, outcomes.chain(open))
            }
        }
    }

    /// The resources that a text names among other things: the rule of a composite alarm, alarms.
    fn named_inside(&self, owner: Subject, value: &Value<'a>, place: Place) -> Vec<ResourceId> {
        let Subject::Resource(owner) = owner else { return Vec::new() };
        let mut named = self.resolver.alarms_named(owner, value);
        named.retain(|id| self.is_near(place.stack, *id));
        named
    }

    /// A resource as a candidate: it exists, and the condition holds of it. Looks within looks are bounded.
    pub(super) fn candidate<A: Answer<'a>>(&self, id: ResourceId, filter: Option<&'a Condition>) -> A {
        if self.is_tired() {
            return A::unknown(TIRED, || Witness::at(self.subject.place(self.world), 0));
        }
        self.resolver.aside(|| {
            let here = Here::of(Subject::Resource(id));
            let mut fold = Fold::all(false);
            let exists = self.resolver.exists(id);
            if exists != Truth::True {
                let witness = || Witness::at(here.owner.place(self.world), 0);
                fold.add(match exists {
                    Truth::Unknown => A::unknown(self.open_condition(id), witness),
                    _ => A::plain(false),
                });
            }
            if let Some(filter) = filter {
                fold.add(self.condition(filter, &here));
            }
            fold.finish()
        })
    }

    /// Notes a look at another resource; true where it is one too many for the question.
    pub(super) fn is_tired(&self) -> bool {
        let most = (MAX_LOOKS / self.world.graph.resources.len()).max(MIN_LOOKS);
        self.looks.replace(self.looks.get() + 1) >= most
    }

    /// Why it is not known whether a resource exists.
    pub(super) fn open_condition(&self, id: ResourceId) -> Unknown<'a> {
        let graph = self.world.graph;
        let is_open = |(stack, name): &(StackId, &'a str)| {
            self.resolver.without_forking(|| self.resolver.condition(*stack, name)) == Truth::Unknown
        };
        let open = graph.conditions(id).find(is_open).or_else(|| graph.conditions(id).next());
        let (stack, name) = open.unwrap_or((graph.resource(id).stack, ""));
        Unknown::Condition { stack, name }
    }

    /// Any of the candidates; when none passes, what the condition speaks of is the witness.
    fn any_candidate<A: Answer<'a>>(&self, outcomes: impl Iterator<Item = A>, here: &Here<'a>) -> A {
        self.any_target(&self.spoken_of(here), outcomes)
    }

    /// What a condition speaks of, as what decides where a look at other resources does.
    fn spoken_of(&self, here: &Here<'a>) -> Lookup<'a> {
        Lookup { depth: here.depth, ..Lookup::absent(self.place_of(here)) }
    }

    pub(super) fn in_scope(&self, id: ResourceId, stack: StackId, scope: Scope) -> bool {
        let graph = self.world.graph;
        let other = graph.resource(id).stack;
        match scope {
            Scope::Stack => other == stack,
            Scope::Assembly => true,
            Scope::App => graph.stack(other).input.level == graph.stack(stack).input.level,
        }
    }

    /// Whether a value, or anything inside it, speaks of a resource.
    pub(super) fn speaks_of(&self, value: &Value<'a>, target: ResourceId, place: Place) -> Truth {
        match value {
            Value::List(ListValue::Written(..) | ListValue::Built(_))
            | Value::Map(MapValue::Written(..) | MapValue::Built(_)) => {
                match self.resolver.shared_elements(&value.clone().at(place)) {
                    Ok(elements) => elements.iter().fold(Truth::False, |any, element| {
                        let inner = || self.speaks_of(&element.value, target, element.place);
                        any.or(self.resolver.deeper(inner).unwrap_or(Truth::Unknown))
                    }),
                    Err(_) => Truth::Unknown,
                }
            }
            _ if self.refers(value, place.stack, target) => Truth::True,
            _ if open_in(value).is_some() => Truth::Unknown,
            _ => Truth::False,
        }
    }

    /// Whether edges tell all of what a value, or anything inside it, speaks of.
    pub(super) fn is_told(&self, value: &Value<'a>, place: Place) -> bool {
        match value {
            Value::List(ListValue::Written(..) | ListValue::Built(_))
            | Value::Map(MapValue::Written(..) | MapValue::Built(_)) => {
                let elements = self.resolver.shared_elements(&value.clone().at(place));
                elements.is_ok_and(|elements| {
                    let inner = |element: &Resolved<'a>| self.is_told(&element.value, element.place);
                    elements.iter().all(|element| self.resolver.deeper(|| inner(element)) == Some(true))
                })
            }
            _ => {
                let mut named = self.resolver.resources_named(value, place.stack);
                open_in(value).is_none() && named.nth(MAX_NAMED).is_none()
            }
        }
    }

    /// Whether a value refers to a resource: by reference, inside text, or by literal name.
    fn refers(&self, value: &Value<'a>, stack: StackId, target: ResourceId) -> bool {
        let is_target =
            |hole: Hole<'_>| matches!(hole, Hole::Reference { resource, .. } if resource == target);
        value.holes().any(is_target)
            || self.is_near(stack, target) && self.resolver.is_named(value, stack, target)
    }

    /// Whether a resource may lie where a stack does.
    fn is_near(&self, stack: StackId, id: ResourceId) -> bool {
        let graph = self.world.graph;
        graph.same_environment(stack, graph.resource(id).stack) != Sameness::Different
    }

    /// The resources that a value refers to.
    fn targets(&self, value: &Value<'a>, stack: StackId) -> impl Iterator<Item = ResourceId> {
        let referred = value.holes().filter_map(|hole| match hole {
            Hole::Reference { resource, .. } => Some(resource),
            Hole::Unknown(_) => None,
        });
        let named = self.resolver.resources_named(value, stack);
        referred.chain(named.filter(move |id| self.is_near(stack, *id)))
    }
}
