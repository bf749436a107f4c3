//! The derived facts, one file each: what rules read like paths, written once.
//!
//! Names, arguments and fields are the table of `rule::FACTS`; here they are computed from resolved values, so that
//! intrinsics, both spellings and both forms of a thing look the same to a rule.
mod arn;
mod backup;
mod code;
mod grant;
mod json;
mod literal;
mod meant;
mod metric;
mod namesake;
mod owned;
mod parameter;
mod permission;
mod scopable;
mod secret;
mod stack;
mod statement;
mod table;
mod tag;
mod traffic;

pub(super) use permission::OpenAttachments;

use super::evaluate::Evaluator;
use super::lookup::Found;
use super::subject::{Here, Subject};
use crate::rule::{FactId, Path};
use crate::value::{Hole, ListValue, MapValue, Record, Resolved, Value};
use std::rc::Rc;

impl<'a> Evaluator<'_, 'a> {
    /// The value of a fact here. What is worked out of the owner alone, and no scenario can change, serves every rule.
    pub(super) fn fact(&self, id: FactId, arguments: &'a [Path], here: &Here<'a>) -> Resolved<'a> {
        let is_shared = arguments.is_empty() && here.value.is_none();
        if !is_shared || matches!(id, FactId::CdkOwned | FactId::Literals | FactId::PhysicalName) {
            return self.work_out(id, arguments, here);
        }
        let key = (id, here.owner);
        if let Some(known) = self.known.facts.borrow().get(&key) {
            return known.clone();
        }
        let questions = self.resolver.open_questions();
        let value = self.work_out(id, arguments, here);
        if questions == self.resolver.open_questions() {
            self.known.facts.borrow_mut().insert(key, value.clone());
        }
        value
    }

    fn work_out(&self, id: FactId, arguments: &'a [Path], here: &Here<'a>) -> Resolved<'a> {
        let place = self.place_of(here);
        match id {
            FactId::Arn => self.arn(&arguments[0], here).unwrap_or(Value::NoValue.at(place)),
            FactId::BackedUp => self.backed_up(here),
            FactId::CdkOwned => match here.owner {
                Subject::Resource(resource) => Value::Bool(self.cdk_owned(resource)).at(place),
                Subject::Stack(_) | Subject::App(_) => Value::Bool(false).at(place),
            },
            FactId::Code => self.code(&arguments[0], here).unwrap_or(Value::NoValue.at(place)),
            FactId::Cycles => self.cycles(here),
            FactId::Dangling => self.dangling(here),
            FactId::Egress => self.traffic(&traffic::OUTBOUND, here),
            FactId::Exports => self.exports(here),
            FactId::GivenName => self.given_name(here).unwrap_or(Value::NoValue.at(place)),
            FactId::Ingress => self.traffic(&traffic::INBOUND, here),
            FactId::Literals => self.literals(here),
            FactId::Metrics => self.metrics(here),
            FactId::Namesakes => self.namesakes(here),
            FactId::OwnStatements => self.own_statements(here),
            FactId::Parameters => self.parameters(&arguments[0], here),
            FactId::Permissions => self.permissions(here),
            FactId::PhysicalName => match here.owner {
                Subject::Resource(resource) => {
                    Value::Hole(Hole::Reference { resource, attribute: self.name_attribute(resource) })
                        .at(place)
                }
                Subject::Stack(_) | Subject::App(_) => Value::NoValue.at(place),
            },
            FactId::Secrets => self.secrets(&arguments[0], here),
            FactId::Size => self.size(here),
            FactId::Statements => self.statements(&arguments[0], here),
            FactId::Table => Value::NoValue.at(place),
            FactId::Tags => self.tags(here),
        }
    }

    /// A computed list; that of nothing, which many a fact is, is one for all.
    fn list(&self, items: Vec<Resolved<'a>>) -> Value<'a> {
        if items.is_empty() { self.nothing() } else { list(items) }
    }

    /// The list of nothing.
    pub(super) fn nothing(&self) -> Value<'a> {
        self.known.nothing.get_or_init(|| list(Vec::new())).clone()
    }

    /// Where what a condition speaks of stands.
    pub(super) fn place_of(&self, here: &Here<'a>) -> crate::value::Place {
        here.value.as_ref().map_or_else(|| here.owner.place(self.world), |value| value.place)
    }

    /// The value of the property that names a resource; none where it is not set.
    fn given_name(&self, here: &Here<'a>) -> Option<Resolved<'a>> {
        let Subject::Resource(id) = here.owner else { return None };
        let rule = self.world.graph.name_rule(id)?;
        let properties = self.properties(here.owner).ok()?;
        match self.resolver.field(&properties, rule.property) {
            Ok(name) => name,
            Err(unknown) => Some(Value::unknown(unknown).at(properties.place)),
        }
    }

    /// The attribute that stands for a resource's physical name: none where `Ref` gives it.
    fn name_attribute(&self, resource: crate::graph::ResourceId) -> Option<&'a str> {
        self.world.graph.name_rule(resource).filter(|rule| !rule.ref_is_name).map(|rule| rule.property)
    }

    /// The value at a path; none where it is absent, a hole where it is not known.
    fn value_at(&self, path: &'a Path, here: &Here<'a>) -> Option<Resolved<'a>> {
        let at = self.lookup(path, here);
        match at.found {
            Found::Value(value) => Some(value.at(at.place)),
            Found::Absent => None,
            Found::Unknown(unknown) => Some(Value::unknown(unknown).at(at.place)),
        }
    }
}

/// A computed list.
fn list(items: Vec<Resolved<'_>>) -> Value<'_> {
    Value::List(ListValue::Built(items.into()))
}

/// A derived record.
fn record<'a>(record: impl Record<'a> + 'a) -> Value<'a> {
    Value::Map(MapValue::Record(Rc::new(record)))
}
