//! How a value came about: the hops that a resolver took to it, told only when somebody asks.
//!
//! A resolver that traces notes each function that it calls and each parameter, output and mapping that it
//! follows, with its place, in the order in which it met them; a function's arguments stand one level
//! deeper. Each value that is resolved from outside has a chain of its own, found by the value's place. Hops name
//! things and never repeat values. Conditions are not traced. A resolver that does not trace pays one look at a flag.
use super::model::{Place, Resolved};
use super::resolver::Resolver;
use crate::graph::StackId;
use crate::limits::MAX_HOPS;
use crate::syntax::Node;
use crate::template::Intrinsic;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};

/// A step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// What was followed: `Fn::GetAtt Key.Arn`, `output KeyArn of Base`.
    pub what: String,
    /// Where it stands.
    pub place: Place,
    /// How deep among the arguments of functions; 0 is the value's own way.
    pub level: u16,
    /// Whether it names a parameter, an output or a mapping; the others say how one comes to the next.
    pub follows: bool,
}

/// What a resolver noted.
#[derive(Debug, Default)]
pub(super) struct Trace {
    on: Cell<bool>,
    open: Cell<usize>,
    level: Cell<u16>,
    /// The hops to each value that was resolved from outside, with the value's place once it is known.
    chains: RefCell<Vec<(Option<Place>, Vec<Hop>)>>,
}

impl<'a> Resolver<'_, 'a> {
    /// Starts to note hops, or forgets those noted so far.
    pub fn trace(&self) {
        self.trace.on.set(true);
        self.trace.chains.borrow_mut().clear();
    }

    /// The hops noted on the way to each of those values, by their places; none for one that was written out.
    pub fn hops_to(&self, values: impl Iterator<Item = Place>) -> Vec<Vec<Hop>> {
        let chains = self.trace.chains.borrow();
        let by_place: FxHashMap<Option<Place>, &Vec<Hop>> =
            chains.iter().map(|(place, hops)| (*place, hops)).collect();
        values
            .map(|place| by_place.get(&Some(place)).map(|hops| (*hops).clone()).unwrap_or_default())
            .collect()
    }

    /// All hops noted, in order.
    pub fn hops(&self) -> Vec<Hop> {
        self.trace.chains.borrow().iter().flat_map(|(_, hops)| hops.iter().cloned()).collect()
    }

    /// Whether hops are noted.
    pub(super) fn tracing(&self) -> bool {
        self.trace.on.get() && !self.in_condition.get()
    }

    /// Runs a call of a function; the outermost one begins a chain.
    pub(super) fn traced(&self, run: impl FnOnce() -> Resolved<'a>) -> Resolved<'a> {
        if !self.tracing() {
            return run();
        }
        let trace = &self.trace;
        let outer = trace.open.replace(trace.open.get() + 1);
        if outer == 0 {
            trace.chains.borrow_mut().push((None, Vec::new()));
        }
        let value = run();
        trace.open.set(outer);
        if outer == 0
            && let Some((place, _)) = trace.chains.borrow_mut().last_mut()
        {
            *place = Some(value.place);
        }
        value
    }

    /// Runs what computes the arguments of a function: their hops stand one level deeper.
    pub(super) fn arguments<T>(&self, run: impl FnOnce() -> T) -> T {
        let outer = self.trace.level.replace(self.trace.level.get().saturating_add(1));
        let result = run();
        self.trace.level.set(outer);
        result
    }

    fn note(&self, place: Place, follows: bool, what: impl FnOnce() -> String) {
        if !self.tracing() || self.trace.open.get() == 0 {
            return;
        }
        let level = self.trace.level.get();
        if let Some((_, hops)) = self.trace.chains.borrow_mut().last_mut()
            && hops.len() < MAX_HOPS
        {
            hops.push(Hop { what: what(), place, level, follows });
        }
    }

    /// Notes the call of a function.
    pub(super) fn note_call(&self, place: Place, what: impl FnOnce() -> String) {
        self.note(place, false, what);
    }

    /// Notes how one comes to the next: the branch of a condition, who gives a value.
    pub(super) fn note_turn(&self, stack: StackId, node: Node<'a>, what: impl FnOnce() -> String) {
        self.note(Place { stack, node: node.id() }, false, what);
    }

    /// Notes that a parameter, an output or a mapping of a stack is followed.
    pub(super) fn note_follow(&self, stack: StackId, node: Node<'a>, what: impl FnOnce() -> String) {
        self.note(Place { stack, node: node.id() }, true, what);
    }

    /// Notes that an output is followed, by the node of its value.
    pub(super) fn note_output(&self, stack: StackId, value: Node<'a>) {
        if !self.tracing() {
            return;
        }
        let graph = self.world.graph;
        let outputs = &graph.stack(stack).template.outputs;
        let found = outputs.iter().find(|(_, body)| body.get("Value").is_some_and(|v| v.id() == value.id()));
        if let Some((key, _)) = found {
            let name = key.text_or_empty();
            self.note_follow(stack, *key, || format!("output {name} of {}", self.stack_name(stack)));
        }
    }

    /// A stack as people name it.
    pub(super) fn stack_name(&self, stack: StackId) -> &'a str {
        &self.world.graph.stack(stack).input.display_name
    }
}

/// The longest argument that is told with a call, in bytes; the place shows the others.
const LONGEST: usize = 80;

/// A call in words, as far as its argument is written out; none where the choice of a branch says more.
pub(super) fn call_in_words(function: Intrinsic<'_>) -> String {
    let with = |name: &str, argument: Node<'_>| match argument.as_str() {
        Some(text) if text.len() <= LONGEST => format!("{name} {text}"),
        _ => name.to_owned(),
    };
    match function {
        Intrinsic::Ref(argument) => with("Ref", argument),
        Intrinsic::GetAtt(argument) => match Intrinsic::get_att_parts(argument) {
            Some((logical_id, attribute)) => format!("Fn::GetAtt {logical_id}.{attribute}"),
            None => "Fn::GetAtt".to_owned(),
        },
        Intrinsic::Sub(argument) => with("Fn::Sub", argument),
        Intrinsic::ImportValue(argument) => with("Fn::ImportValue", argument),
        Intrinsic::If(argument) => match argument.items().next().and_then(Node::as_str) {
            Some(name) => format!("Fn::If {name}"),
            None => "Fn::If".to_owned(),
        },
        Intrinsic::Join(_) => "Fn::Join".to_owned(),
        Intrinsic::Select(_) => "Fn::Select".to_owned(),
        Intrinsic::Split(_) => "Fn::Split".to_owned(),
        Intrinsic::FindInMap(_) => "Fn::FindInMap".to_owned(),
        Intrinsic::Base64(_) => "Fn::Base64".to_owned(),
        Intrinsic::Cidr(_) => "Fn::Cidr".to_owned(),
        Intrinsic::GetAZs(_) => "Fn::GetAZs".to_owned(),
        Intrinsic::GetStackOutput(_) => "Fn::GetStackOutput".to_owned(),
        Intrinsic::Length(_) => "Fn::Length".to_owned(),
        Intrinsic::ToJsonString(_) => "Fn::ToJsonString".to_owned(),
        Intrinsic::Transform(_) => "Fn::Transform".to_owned(),
        Intrinsic::Other(name, _) => name.to_owned(),
    }
}

/// Whether a function leads to another place; the others compute with their arguments.
pub(super) fn follows(function: Intrinsic<'_>) -> bool {
    matches!(
        function,
        Intrinsic::Ref(_)
            | Intrinsic::If(_)
            | Intrinsic::GetAtt(_)
            | Intrinsic::ImportValue(_)
            | Intrinsic::GetStackOutput(_)
            | Intrinsic::FindInMap(_)
    )
}
