//! What the current scenario says of values that are read: what a condition decides holds for the whole deployment.
//!
//! Under "Env equals prod" a `Ref` of Env is prod, whatever its default; under "Key does not equal nothing" a `Ref` of Key
//! is not empty. Only what conditions speak of is looked up. What was read, or asked of a candidate that may decide nothing,
//! before the scenario decided about it is stale: who judges asks, and judges once more.
use super::refuse::sub_names;
use super::resolver::Resolver;
use super::scenario::{Atom, Equal, Free};
use super::world::World;
use crate::graph::StackId;
use crate::syntax::{Node, NodeId, View};
use crate::template::Intrinsic;
use rustc_hash::FxHashSet;

/// The declarations of parameters that conditions speak of.
pub(super) type Conditioned = FxHashSet<(StackId, NodeId)>;

/// What a scenario says of something free.
#[derive(Default)]
pub(super) struct Chosen {
    /// What it is.
    pub is: Option<String>,
    /// What it is not.
    pub excluded: Vec<String>,
}

impl<'a> Resolver<'_, 'a> {
    /// What the scenario says of a parameter that nobody gives a value.
    pub(super) fn chosen_parameter(&self, stack: StackId, name: &'a str, declared: Node<'a>) -> Chosen {
        if self.in_condition.get() || !self.world.conditioned().contains(&(stack, declared.id())) {
            return Chosen::default();
        }
        self.chosen(Free::Parameter(stack, name))
    }

    /// What the scenario says of a text of the environment that nobody tells.
    pub(super) fn chosen_place(&self, scope: u32, name: &'a str) -> Option<String> {
        if self.in_condition.get() || !self.anywhere.get() {
            return None;
        }
        self.chosen(Free::Pseudo(scope, name)).is
    }

    fn chosen(&self, free: Free<'a>) -> Chosen {
        self.note_read(free);
        let scenario = self.scenario.borrow();
        if scenario.is_only() {
            return Chosen::default();
        }
        let excluded = scenario.excluded(free).into_iter().map(str::to_owned).collect();
        Chosen { is: scenario.literal(free), excluded }
    }

    /// Notes that something was read that a decision could speak of.
    pub(super) fn note_read(&self, free: Free<'a>) {
        self.atoms.set(self.atoms.get() + 1);
        self.read_open.borrow_mut().insert(free);
    }

    /// Notes that what all of these decide was read.
    pub(super) fn note_all(&self, decided_by: &FxHashSet<Free<'a>>) {
        decided_by.iter().for_each(|free| self.note_read(*free));
    }

    /// Notes that an atom was asked that may not be decided there, but may be later.
    pub(super) fn note_atom(&self, atom: &Atom<'a>) {
        self.note_read(atom.parameter);
        if let Equal::Parameter(other) = atom.equals {
            self.note_read(other);
        }
    }

    /// Notes that the scenario decides about an atom.
    pub(super) fn note_decision(&self, atom: &Atom<'a>) {
        let read = self.read_open.borrow();
        let speaks_of = |free: &Free<'a>| match (free, &atom.equals) {
            // The partition goes with the region.
            (Free::Pseudo(..), _) if atom.of_environment() => true,
            (free, Equal::Parameter(other)) => *free == atom.parameter || free == other,
            (free, Equal::Literal(_)) => *free == atom.parameter,
        };
        if read.iter().any(speaks_of) {
            self.stale.set(true);
        }
    }

    /// Runs something under the current scenario, once more for each time that it decides about what was read before.
    pub fn settled<T>(&self, run: impl Fn() -> T) -> T {
        // Each time decides something anew; what conditions name is finite. What one run read may have been kept for the next.
        self.read_open.borrow_mut().clear();
        for _ in 0..MOST_RUNS {
            self.stale.set(false);
            let result = run();
            if !self.stale.get() {
                return result;
            }
        }
        run()
    }
}

/// Most times that one scenario is run; each decides at least one atom more.
const MOST_RUNS: usize = 8;

impl World<'_> {
    fn conditioned(&self) -> &Conditioned {
        self.conditioned.get_or_init(|| {
            let mut found = Conditioned::default();
            let stacks = &self.graph.stacks;
            if stacks.iter().all(|stack| stack.template.conditions.is_empty()) {
                return found;
            }
            for (index, stack) in stacks.iter().enumerate() {
                let id = StackId(index as u32);
                let mut note = |name: &str| {
                    found.extend(stack.template.parameters.get(name).map(|declared| (id, declared.id())));
                };
                stack.template.conditions.values().for_each(|body| names_in(*body, &mut note));
                // What a nested stack is given may decide conditions there.
                let given =
                    stack.children.keys().filter_map(|holder| self.graph.property(*holder, "Parameters"));
                given.for_each(|given| names_in(given, &mut note));
            }
            found
        })
    }
}

/// The names that functions below a node refer to.
pub(super) fn names_in<'a>(node: Node<'a>, note: &mut impl FnMut(&'a str)) {
    match node.view() {
        View::List(items) => items.for_each(|item| names_in(item, note)),
        View::Map(entries) => {
            match Intrinsic::of(node) {
                Some(Intrinsic::Ref(name)) => name.as_str().into_iter().for_each(&mut *note),
                Some(Intrinsic::Sub(argument)) => sub_names(argument).for_each(&mut *note),
                _ => {}
            }
            entries.for_each(|(_, value)| names_in(value, note));
        }
        _ => {}
    }
}
