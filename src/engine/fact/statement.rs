//! `statements(PATH)`: policy documents, normalised.
//!
//! A document may be an object, a list of documents, or a JSON text; `Statement` an object or a list; actions,
//! resources, principals and condition values a scalar or a list. A statement that is not known is an unknown
//! element, so that "none" and "every" are undecided rather than wrong.
use super::super::evaluate::Evaluator;
use super::super::subject::Here;
use super::grant::{Condition, Principal, any_condition, any_of, everyone, is_any};
use super::scopable::Scopable;
use super::{json, list, record};
use crate::rule::{FactId, Path};
use crate::value::{Elements, ListValue, Place, Record, Resolved, Truth, Unknown, Value};
use std::cell::OnceCell;
use std::rc::Rc;

/// A normalised statement.
struct Statement<'a> {
    place: Place,
    sid: Option<Resolved<'a>>,
    effect: Option<Resolved<'a>>,
    actions: Option<Rc<[Resolved<'a>]>>,
    not_actions: Option<Rc<[Resolved<'a>]>>,
    resources: Option<Rc<[Resolved<'a>]>>,
    not_resources: Option<Rc<[Resolved<'a>]>>,
    principals: Option<Vec<Principal<'a>>>,
    not_principals: Option<Vec<Principal<'a>>>,
    conditions: Vec<Condition<'a>>,
    /// What takes some work, for the rules that ask again.
    derived: Derived<'a>,
    any_resource: Truth,
    any_resource_place: Place,
    everyone: Truth,
    everyone_place: Place,
    narrowed: Truth,
    scoped: Truth,
}

/// The elements of a statement as policies write them.
const FIELDS: [&str; 9] = [
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
];

/// Fields that are worked out when the first rule asks.
#[derive(Default)]
struct Derived<'a> {
    principals: OnceCell<Option<Resolved<'a>>>,
    not_principals: OnceCell<Option<Resolved<'a>>>,
    conditions: OnceCell<Resolved<'a>>,
    scopable_actions: OnceCell<Resolved<'a>>,
    scopable_writes: OnceCell<Resolved<'a>>,
}

impl<'a> Evaluator<'_, 'a> {
    /// All statements of the document, or documents, at a path.
    pub(super) fn statements(&self, path: &'a Path, here: &Here<'a>) -> Resolved<'a> {
        match self.value_at(path, here) {
            Some(document) => self.document(document),
            None => self.nothing().at(here.owner.place(self.world)),
        }
    }

    /// All statements of a policy document.
    pub(in crate::engine) fn document(&self, document: Resolved<'a>) -> Resolved<'a> {
        let place = document.place;
        if let Some(known) = self.known.documents.borrow().get(&place) {
            return known.clone();
        }
        let questions = self.resolver.open_questions();
        let mut statements = Vec::new();
        self.collect_statements(document, &mut statements);
        let statements = list(statements).at(place);
        if questions == self.resolver.open_questions() {
            self.known.documents.borrow_mut().insert(place, statements.clone());
        }
        statements
    }

    pub(super) fn collect_statements(&self, document: Resolved<'a>, out: &mut Vec<Resolved<'a>>) {
        let place = document.place;
        match &document.value {
            Value::Text(_) => match json::parse(&document.value, place) {
                Some(parsed) if !matches!(parsed.value, Value::Text(_)) => {
                    self.collect_statements(parsed, out)
                }
                _ => {
                    out.push(Value::unknown(Unknown::Shape("the policy document is no JSON text")).at(place))
                }
            },
            Value::List(_) => match self.resolver.elements(&document) {
                Ok(documents) => {
                    documents.into_iter().for_each(|document| self.collect_statements(document, out))
                }
                Err(unknown) => out.push(Value::unknown(unknown).at(place)),
            },
            Value::Map(_) => match self.resolver.field(&document, "Statement") {
                Ok(None) => {}
                Ok(Some(inner)) => {
                    if let Err(unknown) = self.visit_each(&inner, |one| out.push(self.statement(one))) {
                        out.push(Value::unknown(unknown).at(inner.place));
                    }
                }
                Err(unknown) => out.push(Value::unknown(unknown).at(place)),
            },
            Value::Hole(hole) => {
                let unknown = hole.unknown().unwrap_or(Unknown::Shape("the policy document is a reference"));
                out.push(Value::unknown(unknown).at(place));
            }
            Value::Partial(_) => match json::parse(&document.value, place) {
                Some(parsed) if matches!(parsed.value, Value::List(_) | Value::Map(_)) => {
                    self.collect_statements(parsed, out)
                }
                _ => out.push(
                    Value::unknown(Unknown::Shape("the policy document is a text with unknown pieces"))
                        .at(place),
                ),
            },
            _ => {}
        }
    }

    /// Shows the elements of a value: an object or scalar is a list of itself.
    fn visit_each(
        &self,
        value: &Resolved<'a>,
        mut visit: impl FnMut(Resolved<'a>),
    ) -> Result<(), Unknown<'a>> {
        if value.value.is_map() {
            visit(value.clone());
            return Ok(());
        }
        self.resolver.visit_elements(&value.value, value.place, |element| {
            visit(element);
            false
        })
    }

    /// The same as a list, in which what is not known is an element.
    fn each(&self, value: Resolved<'a>) -> Rc<[Resolved<'a>]> {
        if !matches!(value.value, Value::List(_) | Value::Hole(_)) {
            return Rc::new([value]);
        }
        let unknown = |unknown| Elements::Own(vec![Value::unknown(unknown).at(value.place)]);
        self.resolver.shared_elements(&value).unwrap_or_else(unknown).into_shared()
    }

    fn statement(&self, of: Resolved<'a>) -> Resolved<'a> {
        let place = of.place;
        if !matches!(of.value, Value::Map(_)) {
            return of;
        }
        let fields = match self.resolver.fields(&of, FIELDS) {
            Ok(fields) => fields,
            Err(unknown) => return Value::unknown(unknown).at(place),
        };
        let [
            sid,
            effect,
            actions,
            not_actions,
            resources,
            not_resources,
            principal,
            not_principal,
            conditions,
        ] = fields;
        let many = |of: Option<Resolved<'a>>| of.map(|value| self.each(value));
        let conditions = conditions.map(|conditions| self.conditions(&conditions)).unwrap_or_default();
        let resources = many(resources);
        let principals = principal.map(|value| self.principals(&value));
        let not_principals = not_principal.map(|value| self.principals(&value));
        let (any_resource, any_resource_place) =
            any_of(resources.as_deref(), place, |value| is_any(self.resolver, value));
        let (everyone, everyone_place) = match (&not_principals, &principals) {
            (Some(not), _) => (Truth::True, not.first().map_or(place, |first| first.value.place)),
            (None, Some(principals)) => everyone(self.resolver, principals, place),
            (None, None) => (Truth::False, place),
        };
        record(Statement {
            place,
            sid,
            effect,
            actions: many(actions),
            not_actions: many(not_actions),
            not_resources: many(not_resources),
            narrowed: any_condition(&conditions, |condition| condition.narrows(self.resolver)),
            scoped: any_condition(&conditions, |condition| condition.scopes(self.resolver)),
            resources,
            principals,
            not_principals,
            conditions,
            derived: Derived::default(),
            any_resource,
            any_resource_place,
            everyone,
            everyone_place,
        })
        .at(place)
    }

    /// `"*"`, or a map from kinds to one or many.
    fn principals(&self, value: &Resolved<'a>) -> Vec<Principal<'a>> {
        let unknown = |unknown: Unknown<'a>, place: Place| Principal {
            kind: Value::unknown(unknown).at(place),
            value: Value::unknown(unknown).at(place),
        };
        match &value.value {
            Value::Map(_) => match self.resolver.pairs(value) {
                Ok(pairs) => {
                    let mut principals = Vec::with_capacity(pairs.len());
                    for (kind, values) in pairs {
                        let kind = Value::Text(kind).at(values.place);
                        let mut add = |value| principals.push(Principal { kind: kind.clone(), value });
                        // Of whom it speaks may not be known, of what kind they are is.
                        if let Err(reason) = self.visit_each(&values, &mut add) {
                            add(Value::unknown(reason).at(values.place));
                        }
                    }
                    principals
                }
                Err(reason) => vec![unknown(reason, value.place)],
            },
            _ => vec![Principal { kind: Value::text("*").at(value.place), value: value.clone() }],
        }
    }

    fn conditions(&self, value: &Resolved<'a>) -> Vec<Condition<'a>> {
        let open = |operator: Option<Resolved<'a>>| {
            let open =
                Value::unknown(Unknown::Shape("the condition of the statement is not known")).at(value.place);
            Condition {
                operator: operator.unwrap_or_else(|| open.clone()),
                key: open.clone(),
                values: open,
                known_values: Rc::new([]),
            }
        };
        let mut conditions = Vec::new();
        let Ok(operators) = self.resolver.pairs(value) else { return vec![open(None)] };
        for (operator, keys) in operators {
            let operator = Value::Text(operator).at(keys.place);
            let Ok(pairs) = self.resolver.pairs(&keys) else {
                conditions.push(open(Some(operator)));
                continue;
            };
            for (key, values) in pairs {
                let place = values.place;
                let known_values = self.each(values);
                conditions.push(Condition {
                    operator: operator.clone(),
                    key: Value::Text(key).at(place),
                    values: Value::List(ListValue::Built(known_values.clone())).at(place),
                    known_values,
                });
            }
        }
        conditions
    }
}

impl<'a> Statement<'a> {
    fn truth(&self, truth: Truth, place: Place) -> Resolved<'a> {
        match truth {
            Truth::True => Value::Bool(true),
            Truth::False => Value::Bool(false),
            Truth::Unknown => {
                Value::unknown(Unknown::Shape("a value of the statement is decided at deployment"))
            }
        }
        .at(place)
    }

    fn values(&self, values: &Option<Rc<[Resolved<'a>]>>) -> Option<Resolved<'a>> {
        let values = values.as_ref()?;
        let place = values.first().map_or(self.place, |first| first.place);
        Some(Value::List(ListValue::Built(values.clone())).at(place))
    }

    fn principals(&self, principals: &Option<Vec<Principal<'a>>>) -> Option<Resolved<'a>> {
        let principals = principals.as_ref()?;
        let place = principals.first().map_or(self.place, |first| first.value.place);
        let records = principals.iter().map(|principal| {
            let place = principal.value.place;
            record(Pairs([("Kind", principal.kind.clone()), ("Value", principal.value.clone())])).at(place)
        });
        Some(list(records.collect()).at(place))
    }

    fn all_conditions(&self) -> Resolved<'a> {
        let records = self.conditions.iter().map(|condition| {
            record(Pairs([
                ("Operator", condition.operator.clone()),
                ("Key", condition.key.clone()),
                ("Values", condition.values.clone()),
            ]))
            .at(condition.values.place)
        });
        list(records.collect()).at(self.place)
    }

    /// The actions, as written, that grant something that could be scoped to a resource.
    fn scopable(&self, wanted: fn(&Scopable) -> bool) -> Resolved<'a> {
        let actions = self.actions.as_deref().unwrap_or_default();
        let kept = actions.iter().filter(|action| match action.value.scalar_text() {
            Some(pattern) => wanted(&Scopable::of(pattern)),
            None => true,
        });
        let kept: Vec<Resolved<'a>> = kept.cloned().collect();
        let place = kept.first().map_or(self.place, |first| first.place);
        list(kept).at(place)
    }
}

impl<'a> Record<'a> for Statement<'a> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        let derived = &self.derived;
        match name {
            "Sid" => self.sid.clone(),
            "Effect" => self.effect.clone(),
            "Actions" => self.values(&self.actions),
            "NotActions" => self.values(&self.not_actions),
            "Resources" => self.values(&self.resources),
            "NotResources" => self.values(&self.not_resources),
            "Principals" => derived.principals.get_or_init(|| self.principals(&self.principals)).clone(),
            "NotPrincipals" => {
                derived.not_principals.get_or_init(|| self.principals(&self.not_principals)).clone()
            }
            "Conditions" => Some(derived.conditions.get_or_init(|| self.all_conditions()).clone()),
            "Everyone" => Some(self.truth(self.everyone, self.everyone_place)),
            "Narrowed" => Some(self.truth(self.narrowed, self.place)),
            "Scoped" => Some(self.truth(self.scoped, self.place)),
            "AnyResource" => Some(self.truth(self.any_resource, self.any_resource_place)),
            "ScopableActions" => {
                Some(derived.scopable_actions.get_or_init(|| self.scopable(|action| action.any)).clone())
            }
            "ScopableWrites" => {
                Some(derived.scopable_writes.get_or_init(|| self.scopable(|action| action.writes)).clone())
            }
            _ => None,
        }
    }

    fn names(&self) -> &'static [&'static str] {
        FactId::Statements.info().fields
    }
}

/// A small record of named values.
struct Pairs<'a, const N: usize>([(&'static str, Resolved<'a>); N]);

impl<'a, const N: usize> Record<'a> for Pairs<'a, N> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
    }

    fn names(&self) -> &'static [&'static str] {
        &["Kind", "Value", "Operator", "Key", "Values"]
    }
}
