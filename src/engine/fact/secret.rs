//! `secrets(PATH)`: the values under a path that look like secrets.
//!
//! The path leads to a text, a list or a map: environment variables as a map, as a list of names and values, or the text of
//! a script. A literal counts wherever it was written; what is a reference, or is read at deployment, does not. Neither the
//! value nor a part of it is in any field.
use super::super::evaluate::Evaluator;
use super::super::lookup::node_at;
use super::super::pattern;
use super::super::secret::{self, Kind};
use super::super::subject::Here;
use super::record;
use crate::rule::{FactId, Path, Segment};
use crate::template::Intrinsic;
use crate::value::{Hole, Place, Record, Resolved, Unknown, Value};
use std::borrow::Cow;

/// Keys under which lists hold names and values.
const NAMED: [(&str, &str); 4] =
    [("Name", "Value"), ("name", "value"), ("Key", "Value"), ("ParameterKey", "ParameterValue")];
/// Keys of what goes by the name of its map.
const OF_OUTER: [&str; 2] = ["Value", "Default"];
/// Types of values that say where the value is read from.
const STORES: [&str; 2] = ["PARAMETER_STORE", "SECRETS_MANAGER"];

/// A value that looks like a secret.
struct Secret {
    name: String,
    kind: Kind,
    place: Place,
}

impl<'a> Record<'a> for Secret {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        let value = match (name, self.kind) {
            ("Name", _) => Value::Text(Cow::Owned(self.name.clone())),
            ("Kind", Kind::Format(_)) => Value::text("format"),
            ("Kind", Kind::Entropy) => Value::text("entropy"),
            ("Format", Kind::Format(what)) => Value::text(what),
            _ => return None,
        };
        Some(value.at(self.place))
    }

    fn names(&self) -> &'static [&'static str] {
        FactId::Secrets.info().fields
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// All that look like secrets, each at its value.
    pub(super) fn secrets(&self, path: &'a Path, here: &Here<'a>) -> Resolved<'a> {
        let mut found = Vec::new();
        let mut place = here.owner.place(self.world);
        if let Some(value) = self.value_at(path, here) {
            place = value.place;
            let name = path.segments.iter().rev().find_map(|segment| match segment {
                Segment::Name(name) | Segment::Quoted(name) => Some(*name),
                _ => None,
            });
            self.look_for_secrets(name.unwrap_or_default(), &value, &mut found);
        }
        self.list(found).at(place)
    }

    fn look_for_secrets(&self, name: &str, value: &Resolved<'a>, found: &mut Vec<Resolved<'a>>) {
        if self.resolver.deeper(|| self.look_inside(name, value, found)).is_none() {
            found.push(Value::unknown(Unknown::Depth).at(value.place));
        }
    }

    fn look_inside(&self, name: &str, value: &Resolved<'a>, found: &mut Vec<Resolved<'a>>) {
        if let Some(Intrinsic::Base64(plain)) = Intrinsic::of(node_at(self.world, value.place)) {
            let plain = self.resolver.resolve(value.place.stack, plain);
            return self.look_for_secrets(name, &plain, found);
        }
        match &value.value {
            Value::Text(_) | Value::Partial(_) => {
                let Some(text) = pattern::marked(self.resolver, &value.value) else { return };
                if let Some(kind) = secret::kind(name, &text) {
                    let place = value.place;
                    found.push(record(Secret { name: name.to_owned(), kind, place }).at(place));
                }
            }
            Value::List(_) => match self.resolver.elements(value) {
                Ok(elements) => elements.iter().for_each(|one| self.look_for_secrets(name, one, found)),
                Err(unknown) => found.push(Value::unknown(unknown).at(value.place)),
            },
            Value::Map(_) => match self.resolver.pairs(value) {
                Ok(pairs) => self.look_at_pairs(name, &pairs, found),
                Err(unknown) => found.push(Value::unknown(unknown).at(value.place)),
            },
            Value::Hole(Hole::Unknown(unknown @ Unknown::Condition { .. })) => {
                self.look_at_branches(name, value.place, *unknown, found);
            }
            Value::Hole(Hole::Unknown(unknown @ Unknown::Mapping { .. })) if secret::is_secret_name(name) => {
                found.push(Value::unknown(*unknown).at(value.place));
            }
            _ => {}
        }
    }

    /// Of an `Fn::If` that cannot be decided: whether either branch looks like a secret.
    fn look_at_branches(
        &self,
        name: &str,
        place: Place,
        unknown: Unknown<'a>,
        found: &mut Vec<Resolved<'a>>,
    ) {
        let Some(Intrinsic::If(argument)) = Intrinsic::of(node_at(self.world, place)) else { return };
        let mut inside = Vec::new();
        for branch in argument.items().skip(1).take(2) {
            self.look_for_secrets(name, &self.resolver.resolve(place.stack, branch), &mut inside);
        }
        if !inside.is_empty() {
            found.push(Value::unknown(unknown).at(place));
        }
    }

    fn look_at_pairs(
        &self,
        outer: &str,
        pairs: &[(Cow<'a, str>, Resolved<'a>)],
        found: &mut Vec<Resolved<'a>>,
    ) {
        let field = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        let named = NAMED.iter().find_map(|(key, value)| Some((field(key)?, field(value)?)));
        let Some((name, value)) = named else {
            // An output or a parameter goes by its own name.
            for (key, value) in pairs {
                let name = if OF_OUTER.contains(&&**key) { outer } else { key };
                self.look_for_secrets(name, value, found);
            }
            return;
        };
        let is_read = field("Type")
            .and_then(|kind| kind.value.scalar_text())
            .is_some_and(|kind| STORES.iter().any(|store| store.eq_ignore_ascii_case(kind)));
        if !is_read {
            self.look_for_secrets(name.value.scalar_text().unwrap_or_default(), value, found);
        }
    }
}
