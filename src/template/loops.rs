//! Document with loops -> document without: `Fn::ForEach` of `AWS::LanguageExtensions`, written out.
//!
//! In: a parsed template and what is given for its parameters. Out: the document that the transform would make, as
//! far as it can be known here; every node keeps the place it was written at, a made key that of the loop's output
//! key. A loop whose collection is not known before deployment stays as it is, with a [`Fault`] that says
//! why. Loops are looked for below `Conditions`, `Resources` and `Outputs`, at any depth. No nest of loops makes or reads
//! more than the limits below.
use super::binding::Bindings;
use super::collection::{Room, Scope, Trouble};
use super::fragment::Seen;
use super::section::Fault;
use crate::limits::{MAX_ELEMENTS, MAX_MADE_BYTES, MAX_MADE_NODES, MAX_NODES};
use crate::source::Span;
use crate::syntax::{Document, Node, NodeId, Rewrite};
use rustc_hash::{FxHashMap, FxHashSet};

/// How the keys of loops begin.
pub(super) const LOOP: &str = "Fn::ForEach::";

/// Writes out the loops of a template; nothing if it has none, and none stands where it may not. `given` is asked for the values of parameters, and of
/// pseudo parameters, by name; where it knows none, the default of the parameter counts.
///
/// Loops that cannot be written out stay in the new document, each with a fault.
pub fn expand_loops(
    document: &Document,
    given: &dyn Fn(&str) -> Option<String>,
) -> Option<(Document, Vec<Fault>)> {
    let loops = document.functions().filter(|key| key.text_or_empty().starts_with(LOOP));
    let candidates: Vec<u32> = loops.map(|key| key.id().0).collect();
    if candidates.is_empty() {
        return None;
    }
    let root = document.root();
    let parameters = root.get("Parameters").map(|section| section.entries()).into_iter().flatten();
    let resources = root.get("Resources").map(|section| section.entries()).into_iter().flatten();
    let mut expander = Expander {
        out: Rewrite::of(document),
        candidates,
        scope: Scope {
            bindings: Bindings::default(),
            room: Room { elements: MAX_ELEMENTS, bytes: MAX_MADE_BYTES },
            parameters: parameters.map(|(key, declared)| (key.text_or_empty(), declared)).collect(),
            mappings: root.get("Mappings"),
            given,
        },
        ceiling: (document.len() + MAX_MADE_NODES).min(MAX_NODES),
        full: false,
        logical_ids: resources.map(|(key, _)| key.text_or_empty()).collect(),
        names: FxHashMap::default(),
        told: FxHashSet::default(),
        faults: Vec::new(),
    };
    expander.template(root);
    let Expander { out, names, faults, .. } = expander;
    (!names.is_empty() || !faults.is_empty()).then(|| (out.finish(), faults))
}

/// What a fault is about: one place is told of once for each.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum About {
    NotExpanded,
    Name,
    Key,
    Transform,
    Section,
}

pub(super) struct Expander<'d, 'g> {
    pub(super) out: Rewrite<'d>,
    /// The nodes that look like keys of loops, in order.
    candidates: Vec<u32>,
    pub(super) scope: Scope<'d, 'g>,
    /// Most nodes that the new document may have.
    ceiling: usize,
    /// Whether a limit was hit: from there on no loop is written out.
    full: bool,
    /// The logical ids that stand in the template.
    logical_ids: FxHashSet<&'d str>,
    /// The keys of loops that were met, by their text.
    names: FxHashMap<&'d str, NodeId>,
    told: FxHashSet<(Span, About)>,
    faults: Vec<Fault>,
}

impl<'d> Expander<'d, '_> {
    fn template(&mut self, root: Node<'d>) {
        if !root.is_map() {
            return;
        }
        self.out.open(root);
        for (key, section) in root.entries() {
            self.out.keep(key);
            let sections = ["Conditions", "Resources", "Outputs"];
            if ["Mappings", "Parameters", "Rules"].contains(&key.text_or_empty()) {
                self.misplaced(section);
            }
            if !sections.contains(&key.text_or_empty()) || !section.is_map() || !self.has_loop(section) {
                self.out.keep(section);
                continue;
            }
            self.out.open(section);
            // No limit reaches the outside of a loop: the outermost one is taken back as a whole.
            let written = self.pairs(section, &mut Seen::default(), true);
            debug_assert!(written.is_ok());
            self.out.close();
        }
        self.out.close();
        let extends = |transform: Node<'_>| {
            transform.items().chain([transform]).any(|name| name.as_str() == Some("AWS::LanguageExtensions"))
        };
        let first = self.names.values().min().copied();
        if let Some(first) = first.filter(|_| !root.get("Transform").is_some_and(extends)) {
            let place = self.out.span(root.document().node(first));
            let message = "Fn::ForEach needs `Transform: AWS::LanguageExtensions` at the top of the template: without \
                           it CloudFormation refuses the loop, which is looked at here all the same";
            self.fault(About::Transform, place, message.to_owned());
        }
    }

    pub(super) fn has_loop(&self, node: Node<'d>) -> bool {
        let next = self.candidates.partition_point(|&candidate| candidate < node.id().0);
        self.candidates.get(next).is_some_and(|&candidate| candidate < node.end().0)
    }

    /// Tells of loops in a section that has none.
    fn misplaced(&mut self, section: Node<'d>) {
        let next = self.candidates.partition_point(|&candidate| candidate < section.id().0);
        let inside = self.candidates[next..].iter().take_while(|candidate| **candidate < section.end().0);
        let document = section.document();
        let places: Vec<Span> = inside.map(|&index| self.out.span(document.node(NodeId(index)))).collect();
        for place in places {
            let message = "Fn::ForEach stands in Conditions, Resources and Outputs only: CloudFormation refuses the \
                           template";
            self.fault(About::Section, place, message.to_owned());
        }
    }

    pub(super) fn fault(&mut self, about: About, span: Span, message: String) {
        if self.told.insert((span, about)) {
            self.faults.push(Fault { message, span });
        }
    }

    /// Writes out a loop, or leaves it as it is. The outermost one is taken back if a limit is hit in it.
    pub(super) fn any_loop(
        &mut self,
        key: Node<'d>,
        value: Node<'d>,
        seen: &mut Seen<'d>,
        logical: bool,
    ) -> Result<(), Trouble> {
        let outermost = self.scope.bindings.is_empty();
        let mark = self.out.mark();
        let written = if self.full { Err(Trouble::Full) } else { self.one_loop(key, value, seen, logical) };
        let reason = match written {
            Ok(()) => return Ok(()),
            Err(Trouble::Full) if !outermost => return Err(Trouble::Full),
            Err(Trouble::Full) => {
                self.full = true;
                self.scope.bindings.clear();
                self.out.back_to(mark);
                let kept = self.out.len();
                seen.retain(|_, &mut at| at <= kept);
                format!(
                    "the loops make more than {MAX_ELEMENTS} elements, {MAX_MADE_NODES} values or {MAX_MADE_BYTES} \
                     bytes, and CloudFormation takes 500 resources and 1 MB"
                )
            }
            Err(Trouble::Why(reason)) => reason,
        };
        let name = key.text_or_empty();
        self.names.entry(name).or_insert(key.id());
        let message =
            format!("the loop {name} is not expanded, and what it makes is not looked at: {reason}");
        self.fault(About::NotExpanded, self.out.span(key), message);
        if !seen.contains_key(name) {
            self.out.keep(key);
            seen.insert(name.into(), self.out.len());
            self.out.keep(value);
        }
        Ok(())
    }

    fn one_loop(
        &mut self,
        key: Node<'d>,
        value: Node<'d>,
        seen: &mut Seen<'d>,
        logical: bool,
    ) -> Result<(), Trouble> {
        let parts: Vec<Node<'d>> = value.items().take(4).collect();
        let (identifier, collection, body) = match parts[..] {
            [identifier, collection, body] if body.is_map() => (identifier, collection, body),
            _ => {
                let form = "it is no list of an identifier, a collection, and a map of what to make";
                return Err(Trouble::Why(form.to_owned()));
            }
        };
        let Some(name) = identifier.as_str().filter(|name| !name.is_empty()) else {
            return Err(Trouble::Why("its identifier, the first of the list, is no text".to_owned()));
        };
        self.check_names(key, identifier, name);
        let elements = self.scope.collection(collection)?;
        let left = self.scope.room.elements.checked_sub(elements.len());
        self.scope.room.elements = left.ok_or(Trouble::Full)?;
        for element in elements {
            self.scope.bindings.push(name, element);
            self.pairs(body, seen, logical)?;
            self.scope.bindings.pop();
            if self.out.len() > self.ceiling {
                return Err(Trouble::Full);
            }
        }
        Ok(())
    }

    /// Names of loops and identifiers must be nobody else's.
    fn check_names(&mut self, key: Node<'d>, identifier: Node<'d>, name: &'d str) {
        let full = key.text_or_empty();
        let first = *self.names.entry(full).or_insert(key.id());
        let own = full.strip_prefix(LOOP).unwrap_or_default();
        if first != key.id() || self.logical_ids.contains(own) {
            let message = format!(
                "the name of the loop {full} is not its own: it must be the only one in the template"
            );
            self.fault(About::Name, self.out.span(key), message);
        }
        if self.scope.parameters.contains_key(name) || self.scope.bindings.get(name).is_some() {
            let message = format!(
                "the identifier {name} is also a parameter, or the identifier of a loop around it: CloudFormation \
                 refuses that; the element of this loop counts here"
            );
            self.fault(About::Name, self.out.span(identifier), message);
        }
    }
}
