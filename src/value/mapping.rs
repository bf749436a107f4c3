//! `Fn::FindInMap`, also with keys that are known only at deployment.
//!
//! An open key stands for any key of its level. Where all that could be found is the same, that is the value; where it
//! differs, what could be found is known all the same: values that a rule asks about, and a condition that hangs on the
//! key.
use super::function::Call;
use super::hole::Unknown;
use super::identity::{known_text, same_text};
use super::model::{Resolved, Value};
use super::resolver::Resolver;
use super::truth::Truth;
use crate::graph::StackId;
use crate::limits::MAX_CANDIDATES;
use crate::syntax::{Node, NodeId, View};
use crate::template::Intrinsic;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// What a call could find.
struct Mapped<'a> {
    /// The values, each with what the open key is there, where there is one.
    rows: Vec<(Option<Cow<'a, str>>, Node<'a>)>,
    /// What the open key may be without a value being found.
    lost: Vec<Cow<'a, str>>,
    /// Whether a key may be none of those.
    missed: bool,
    /// The default, where it may count.
    default: Option<Node<'a>>,
    /// The keys that are open.
    open: Vec<Value<'a>>,
    /// The keys in words.
    words: Vec<String>,
}

impl<'a> Resolver<'_, 'a> {
    pub(super) fn find_in_map(&self, call: Call<'a>, argument: Node<'a>) -> Resolved<'a> {
        let place = call.place();
        if Intrinsic::FindInMap(argument).fault().is_some() {
            return call.misformed().at(place);
        }
        let Some(mapped) = self.mapped(call.stack, argument) else {
            return call.unknown("Fn::FindInMap").at(place);
        };
        let mut found = mapped.rows.iter().map(|(_, node)| *node).chain(mapped.default);
        match found.next() {
            None => call.malformed("Fn::FindInMap finds no such key").at(place),
            Some(first) if found.clone().all(|other| same_text(first, other)) => {
                if !mapped.rows.is_empty() {
                    self.note_follow(call.stack, first, || format!("mapping {}", mapped.words.join(".")));
                }
                self.resolve(call.stack, first).value.at(place)
            }
            Some(first) => {
                debug_assert!(!mapped.open.is_empty() || mapped.default.is_some());
                let nonempty = is_filled(first) && found.all(is_filled);
                let (stack, node) = (call.stack, call.node.id().0);
                Value::unknown(Unknown::Mapping { stack, node, nonempty }).at(place)
            }
        }
    }

    /// All that the arguments of a call could find; none where that is too much.
    fn mapped(&self, stack: StackId, argument: Node<'a>) -> Option<Mapped<'a>> {
        let mut items = argument.items();
        let mappings = self.world.graph.stack(stack).template.mappings;
        let mut mapped = Mapped {
            rows: mappings.into_iter().map(|all| (None, all)).collect(),
            lost: Vec::new(),
            missed: mappings.is_none(),
            default: None,
            open: Vec::new(),
            words: Vec::new(),
        };
        for key in items.by_ref().take(3) {
            let key = self.arguments(|| self.resolve(stack, key).value);
            let rows = std::mem::take(&mut mapped.rows);
            match known_text(self, &key) {
                Some(key) => {
                    mapped.words.push(key.to_string());
                    for (known, map) in rows {
                        match map.get(&key) {
                            Some(below) => mapped.rows.push((known, below)),
                            None => mapped.lose(known),
                        }
                    }
                }
                None => {
                    mapped.words.push("*".to_owned());
                    let forms = self.forms(&key).into_iter().map(text_of);
                    let possible: Option<Vec<_>> = forms.collect();
                    let possible = possible.filter(|keys| !keys.is_empty());
                    for (_, map) in rows {
                        match &possible {
                            Some(keys) => mapped.look_up(map, keys),
                            None => {
                                let each = map.entries();
                                mapped.rows.extend(
                                    each.map(|(key, below)| (Some(key.text_or_empty().into()), below)),
                                );
                                mapped.missed = true;
                            }
                        }
                    }
                    mapped.open.push(key);
                }
            }
            if mapped.rows.len() > MAX_CANDIDATES {
                return None;
            }
        }
        // A default counts where some key may be missing; without one, the service refuses the missing key.
        let default = items.next().and_then(|options| options.get("DefaultValue"));
        mapped.default = default.filter(|_| mapped.missed || !mapped.lost.is_empty());
        Some(mapped)
    }

    /// The values that a call with an open key could give; none where one of them is a list or a map, or nothing, for which
    /// something else may count.
    pub(super) fn mapped_values(&self, stack: StackId, call: u32) -> Vec<Value<'a>> {
        let Some(mapped) = self.mapped_at(stack, call) else { return Vec::new() };
        let found = mapped.rows.iter().map(|(_, node)| *node).chain(mapped.default);
        let mut values = Vec::new();
        for node in found {
            match self.resolve(stack, node).value {
                Value::List(_) | Value::Map(_) | Value::NoValue | Value::Null => return Vec::new(),
                value => values.push(value),
            }
        }
        values
    }

    /// Whether what a call with an open key gives is that text: the same for all keys, or decided by what the one open
    /// key equals.
    pub(super) fn mapped_equals(&self, stack: StackId, call: u32, literal: &str) -> Truth {
        self.atoms.set(self.atoms.get() + 1);
        let Some(mapped) = self.mapped_at(stack, call) else { return Truth::Unknown };
        let is = |node: Node<'a>| {
            let value = self.resolve(stack, node).value;
            known_text(self, &value).map(|text| text == literal)
        };
        let rows: Option<Vec<_>> = mapped.rows.iter().map(|(key, node)| Some((key, is(*node)?))).collect();
        let Some(rows) = rows else { return Truth::Unknown };
        let default = match mapped.default.map(is) {
            Some(None) => return Truth::Unknown,
            Some(truth) => truth,
            None => None,
        };
        let mut truths = rows.iter().map(|(_, truth)| *truth).chain(default);
        let Some(first) = truths.next() else { return Truth::Unknown };
        if truths.all(|truth| truth == first) {
            return first.into();
        }
        let [key] = &mapped.open[..] else { return Truth::Unknown };
        let keys = |wanted: bool| {
            let found = rows.iter().filter(move |(_, truth)| *truth == wanted);
            let lost = mapped.lost.iter().filter(move |_| default == Some(wanted));
            found.filter_map(|(key, _)| key.as_deref()).chain(lost.map(AsRef::as_ref))
        };
        // Of the keys for which it holds and those for which it does not, what may be more cannot be told one by one.
        let beyond = default.filter(|_| mapped.missed);
        let wanted = beyond.map_or(keys(true).count() <= keys(false).count(), |beyond| !beyond);
        let mut any = Truth::False;
        for text in keys(wanted) {
            any = any.or(self.text_equals(key, text));
            if any == Truth::True {
                break;
            }
        }
        if wanted { any } else { !any }
    }

    fn mapped_at(&self, stack: StackId, call: u32) -> Option<Mapped<'a>> {
        let node = self.world.graph.stack(stack).template.document.node(NodeId(call));
        match Intrinsic::of(node) {
            Some(Intrinsic::FindInMap(argument)) => self.deeper(|| self.mapped(stack, argument)).flatten(),
            _ => None,
        }
    }
}

impl<'a> Mapped<'a> {
    /// Looks up all that the open key may be.
    fn look_up(&mut self, map: Node<'a>, keys: &[Cow<'a, str>]) {
        let entries = map.entries().map(|(key, below)| (key.text_or_empty(), below));
        // Of a key that stands twice the first counts, as everywhere.
        let mut index: FxHashMap<&str, Node<'a>> = FxHashMap::default();
        entries.for_each(|(key, below)| _ = index.entry(key).or_insert(below));
        for key in keys {
            match index.get(key.as_ref()) {
                Some(below) => self.rows.push((Some(key.clone()), *below)),
                None => self.lose(Some(key.clone())),
            }
        }
    }

    /// Notes that nothing is found where the open key is that.
    fn lose(&mut self, key: Option<Cow<'a, str>>) {
        match key {
            Some(key) => self.lost.push(key),
            None => self.missed = true,
        }
    }
}

/// The text of a value that is one.
fn text_of(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value {
        Value::Text(text) | Value::Number(_, text) => Some(text),
        Value::Bool(value) => Some(Cow::Borrowed(if value { "true" } else { "false" })),
        _ => None,
    }
}

/// Whether a literal is surely not empty.
fn is_filled(node: Node<'_>) -> bool {
    match node.view() {
        View::Text(text) => !text.is_empty(),
        View::Bool(_) | View::Number(_) => true,
        View::List(_) => !node.is_empty(),
        View::Map(_) | View::Null => false,
    }
}
