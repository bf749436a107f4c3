//! The candidates of joins: which resources a join has to look at, found once and shared by all subjects and threads.
//!
//! A run over n functions and n alarms must not ask n times n questions. So each join keeps, for each assembly level or
//! stack that it looks into: its resources by type, without those that fail its condition whoever asks; by the identity
//! of a value, where the condition says `PATH: {same-as: ...}`; and those that hold an unknown value, and so could speak
//! of anything. All is read under no scenario: what some scenario may change stays a candidate.
use super::evaluate::Evaluator;
use super::fact::OpenAttachments;
use super::lookup::{Found, Lookup};
use super::subject::{Here, Subject};
use crate::graph::{ResourceId, StackId};
use crate::rule::{Base, Condition, Join, Match, Op, Operand, Path, Scope, Segment, Test};
use crate::value::{Alike, Resolver, Truth, Value, has_place, identity, is_vague};
use rustc_hash::FxHashMap;
use std::sync::atomic::AtomicU8;
use std::sync::{Arc, Mutex, OnceLock};

/// A join, the kind of place that it looks into, and its number.
type Key = (usize, Scope, u32);

/// The candidates of all joins over one assembly, found when they are first asked for.
#[derive(Debug, Default)]
pub(super) struct Joins {
    found: Mutex<FxHashMap<Key, Arc<Candidates>>>,
    /// Backup selections that do not only name resources of the app.
    pub broad_selections: OnceLock<Vec<ResourceId>>,
    /// Policies of which it is not known who holds them.
    pub open_attachments: OnceLock<OpenAttachments>,
    /// Whether CDK made a resource for itself, by resource, where it was asked.
    pub owned: OnceLock<Box<[AtomicU8]>>,
}

/// The candidates of one join in one place, each list in the order of the graph.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// All that could pass.
    pub all: Vec<ResourceId>,
    /// Those of them that could speak of any node by the way that the join goes, as a value there is not known.
    pub open: Vec<ResourceId>,
    /// Of `all`, by the identity of the value that the condition compares: those that equal no other.
    by_identity: FxHashMap<String, Vec<ResourceId>>,
    /// The same identities, by their ends: a value that is open could equal some of them.
    identities: OnceLock<Alike<()>>,
    /// Those that could equal another, or of which a scenario decides what they equal.
    with_holes: Alike<ResourceId>,
    /// Those of which nothing is known.
    unidentified: Vec<ResourceId>,
}

impl Candidates {
    /// Those whose compared value could be of that identity, which could equal others where it is open.
    pub fn identified(&self, wanted: &str, is_open: bool) -> Vec<ResourceId> {
        let mut all = self.unidentified.clone();
        all.extend(self.by_identity.get(wanted).into_iter().flatten());
        if is_open {
            let identities = self.identities.get_or_init(|| {
                let mut alike = Alike::default();
                self.by_identity.keys().for_each(|known| alike.add(known.clone(), ()));
                alike
            });
            let others = identities.to(wanted).filter(|(known, ())| *known != wanted);
            all.extend(others.filter_map(|(known, ())| self.by_identity.get(known)).flatten());
        }
        all.extend(self.with_holes.to(wanted).map(|(_, id)| id));
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// The candidates of a join that is asked in a stack.
    pub(super) fn candidates(&self, join: &'a Join, stack: StackId) -> Arc<Candidates> {
        let place = match join.scope {
            Scope::Stack => stack.0,
            Scope::App => self.world.graph.stack(stack).input.level,
            Scope::Assembly => 0,
        };
        let key = (std::ptr::from_ref(join) as usize, join.scope, place);
        let found = self.joins.found.lock().ok().and_then(|all| all.get(&key).cloned());
        found.unwrap_or_else(|| {
            let found = Arc::new(self.find_candidates(join, stack));
            if let Ok(mut all) = self.joins.found.lock() {
                all.insert(key, found.clone());
            }
            found
        })
    }

    fn find_candidates(&self, join: &'a Join, stack: StackId) -> Candidates {
        let resolver = Resolver::new(self.world);
        let neutral = Evaluator::new(self.subject, &resolver, self.joins, self.known, self.today, self.base);
        let compared = join.filter.as_ref().and_then(identity_test);
        let mut found = Candidates { all: self.of_types(join, stack), ..Candidates::default() };
        let could_pass = |id: &ResourceId| {
            self.in_scope(*id, stack, join.scope) && !neutral.fails_for_all(*id, join.filter.as_ref())
        };
        found.all.retain(could_pass);
        for &id in &found.all {
            let could_speak = match &join.via {
                Some(via) => {
                    (self.world.is_open(id) || self.world.is_changing(id)) && !neutral.is_silent(id, via)
                }
                None => self.world.is_open(id),
            };
            if could_speak {
                found.open.push(id);
            }
            let Some((path, _)) = compared else { continue };
            let (read, lasts) = neutral.lastingly(|| {
                let read = neutral.lookup(path, &Here::of(Subject::Resource(id))).found;
                // It may hold a name, which a scenario may change.
                let identity = match &read {
                    Found::Value(value) => neutral.identity_of(value),
                    _ => None,
                };
                (read, identity)
            });
            match read {
                (Found::Absent, _) if lasts => {}
                (_, Some((text, false))) if lasts => found.by_identity.entry(text).or_default().push(id),
                (Found::Value(value), Some((text, true))) if lasts && !is_vague(&value) => {
                    found.with_holes.add(text, id);
                }
                _ => {
                    let texts = if lasts { None } else { neutral.lasting_texts(id, path) };
                    match texts {
                        Some(texts) => texts.into_iter().for_each(|text| found.with_holes.add(text, id)),
                        None => found.unidentified.push(id),
                    }
                }
            }
        }
        found
    }

    /// What is left of the text of a property under any scenario; none where that is not all that could be compared.
    fn lasting_texts(&self, id: ResourceId, path: &Path) -> Option<Vec<String>> {
        let [Segment::Name(name)] = &*path.segments else { return None };
        let graph = self.world.graph;
        Some(self.resolver.lasting_texts(graph.resource(id).stack, graph.property(id, name)?))
    }

    /// What is read of a candidate, and whether it is the same for every node of the rule and under every scenario.
    fn lastingly<T>(&self, read: impl FnOnce() -> T) -> (T, bool) {
        self.asked.set(false);
        self.looks.set(0);
        let before = self.resolver.open_questions();
        let read = read();
        (read, !self.asked.get() && self.resolver.open_questions() == before)
    }

    /// Whether a candidate fails for every node: it never exists, or does not pass wherever it does.
    fn fails_for_all(&self, id: ResourceId, filter: Option<&'a Condition>) -> bool {
        let here = Here::of(Subject::Resource(id));
        let passes = |filter| self.lastingly(|| self.condition::<Truth>(filter, &here));
        self.lastingly(|| self.resolver.exists(id)) == (Truth::False, true)
            || filter.is_some_and(|filter| passes(filter) == (Truth::False, true))
    }

    /// Whether a candidate has nothing that could speak of any node by the way that the join goes: edges tell all of what
    /// it speaks of.
    fn is_silent(&self, id: ResourceId, via: &'a Path) -> bool {
        let told = || match self.lookup(via, &Here::of(Subject::Resource(id))) {
            Lookup { found: Found::Absent, .. } => true,
            Lookup { found: Found::Value(value), place, .. } => self.is_told(&value, place),
            Lookup { found: Found::Unknown(_), .. } => false,
        };
        self.lastingly(told) == (true, true)
    }

    /// The identity of the value that the condition compares with, and whether it could equal another: twice none where
    /// none is compared, once where it has none.
    pub(super) fn wanted_identity(&self, join: &'a Join, here: &Here<'a>) -> Option<Option<(String, bool)>> {
        let (_, operand) = join.filter.as_ref().and_then(identity_test)?;
        let Found::Value(value) = self.operand(operand, here) else { return None };
        Some(self.identity_of(&value))
    }

    /// The identity of a value, and whether it could equal another: by a hole that is no resource.
    fn identity_of(&self, value: &Value<'a>) -> Option<(String, bool)> {
        identity(self.resolver, value).map(|(text, open)| (text, open || has_place(value)))
    }

    /// Whether the assembly surely has no resource of these types.
    pub(super) fn has_none_of(&self, types: &[Match]) -> bool {
        types.iter().all(|wanted| match wanted {
            Match::Type(name) => self.world.graph.of_type(name).is_empty(),
            _ => false,
        })
    }

    fn of_types(&self, join: &Join, stack: StackId) -> Vec<ResourceId> {
        let mut all: Vec<ResourceId> = self.all_of_types(join, stack).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The resources of a join's types that it could look at from a stack, type by type, perhaps some twice.
    pub(super) fn all_of_types<'j>(
        &self,
        join: &'j Join,
        stack: StackId,
    ) -> impl Iterator<Item = ResourceId> + use<'_, 'j, 'a> {
        let graph = self.world.graph;
        let level = graph.stack(stack).input.level;
        let of_type = move |name: &str| match join.scope {
            Scope::Assembly => graph.of_type(name),
            Scope::Stack | Scope::App => graph.of_type_in(name, level),
        };
        join.types.iter().flat_map(move |wanted| {
            let (single, several) = match wanted {
                Match::Type(name) => (of_type(name), Vec::new()),
                Match::Glob(glob) => {
                    let fitting = graph.types().filter(|name| glob.is_match(name));
                    (&[][..], fitting.flat_map(of_type).copied().collect())
                }
                Match::Stack | Match::NestedStack | Match::App => (&[][..], Vec::new()),
            };
            single.iter().copied().chain(several)
        })
    }
}

/// `PATH: {same-as: ...}` among the conditions that must all hold, with a path that reads one resource alone.
fn identity_test(filter: &Condition) -> Option<(&Path, &Operand)> {
    match filter {
        Condition::All(all) => all.iter().find_map(identity_test),
        Condition::Named(_, inner) => identity_test(inner),
        Condition::At(check) if check.default.is_none() && check.path.base == Base::Here => match &check.test
        {
            Test::Op(Op::SameAs(operand)) => Some((&check.path, operand)),
            _ => None,
        },
        _ => None,
    }
}
