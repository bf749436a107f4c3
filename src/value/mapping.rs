//! `Fn::FindInMap`, also with keys that are known only at deployment.
//!
//! An open key stands for any key of its level. Where all that could be found is the same, that is the value; where none
//! of it is empty, that much is known of it.
use super::function::Call;
use super::hole::{Hole, Unknown};
use super::identity::{known_text, same_text};
use super::model::{Resolved, Value};
use super::resolver::Resolver;
use crate::limits::MAX_CANDIDATES;
use crate::syntax::{Node, View};
use crate::template::Intrinsic;
use std::borrow::Cow;

impl<'a> Resolver<'_, 'a> {
    pub(super) fn find_in_map(&self, call: Call<'a>, argument: Node<'a>) -> Resolved<'a> {
        let place = call.place();
        if Intrinsic::FindInMap(argument).fault().is_some() {
            return call.misformed().at(place);
        }
        let mut items = argument.items();
        let mut found: Vec<Node<'a>> =
            self.world.graph.stack(call.stack).template.mappings.into_iter().collect();
        let mut open = false;
        let mut words = Vec::new();
        let mut missed = found.is_empty();
        for key in items.by_ref().take(3) {
            let key = self.arguments(|| self.resolve(call.stack, key).value);
            let keys = match known_text(self.world, &key) {
                Some(key) => {
                    words.push(key.to_string());
                    Some(vec![key])
                }
                None => {
                    open = true;
                    words.push("*".to_owned());
                    self.possible(&key)
                }
            };
            let mut below = Vec::new();
            for map in found {
                match &keys {
                    Some(keys) => {
                        let before = below.len();
                        below.extend(keys.iter().filter_map(|key| map.get(key)));
                        missed |= below.len() - before < keys.len();
                    }
                    None => {
                        below.extend(map.entries().map(|(_, value)| value));
                        missed = true;
                    }
                }
                if below.len() > MAX_CANDIDATES {
                    return call.unknown("Fn::FindInMap").at(place);
                }
            }
            found = below;
        }
        let mapped = !found.is_empty();
        // A default counts where some key may be missing; without one, the service refuses the missing key.
        let default = items.next().and_then(|options| options.get("DefaultValue")).filter(|_| missed);
        found.extend(default);
        match found.split_first() {
            None => call.malformed("Fn::FindInMap finds no such key").at(place),
            Some((first, rest)) if rest.iter().all(|other| same_text(*first, *other)) => {
                if mapped {
                    self.note_follow(call.stack, *first, || format!("mapping {}", words.join(".")));
                }
                self.resolve(call.stack, *first).value.at(place)
            }
            Some(_) => {
                debug_assert!(open || default.is_some());
                let nonempty = found.iter().all(|value| is_filled(*value));
                let (stack, node) = (call.stack, call.node.id().0);
                Value::unknown(Unknown::Mapping { stack, node, nonempty }).at(place)
            }
        }
    }

    /// The texts that an open value can be, where its declaration bounds them.
    fn possible(&self, value: &Value<'a>) -> Option<Vec<Cow<'a, str>>> {
        match value {
            Value::Hole(Hole::Unknown(Unknown::Parameter { stack, name, .. })) => {
                self.allowed_values(*stack, name)
            }
            _ => None,
        }
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
