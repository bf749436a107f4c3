//! `namesakes()`: other resources of the same type that are called the same where that is refused.
//!
//! A name is one in its account and region; names of IAM in their account, names of buckets everywhere, and some in
//! what holds them (a VPC, an event bus) only. `data/names.txt` says which. Names are compared like `same-as`: surely the
//! same or not at all. Where all who share the name may lie in another environment, or not exist, nothing is known.
use super::super::evaluate::Evaluator;
use super::super::join::TIRED;
use super::super::subject::{Here, Subject};
use super::record;
use crate::graph::{NameRule, NameScope, ResourceId, Sameness};
use crate::limits::MAX_NAMESAKES;
use crate::rule::FactId;
use crate::value::{Place, Record, Resolved, Truth, Unknown, Value, identity};

/// Another resource of that name.
struct Namesake<'a> {
    logical_id: &'a str,
    stack: &'a str,
    place: Place,
}

impl<'a> Record<'a> for Namesake<'a> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        match name {
            "LogicalId" => Some(Value::text(self.logical_id).at(self.place)),
            "Stack" => Some(Value::text(self.stack).at(self.place)),
            _ => None,
        }
    }

    fn names(&self) -> &'static [&'static str] {
        FactId::Namesakes.info().fields
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// The namesakes of a resource; each stands at the resource's own name.
    pub(super) fn namesakes(&self, here: &Here<'a>) -> Resolved<'a> {
        let nothing = self.nothing().at(here.owner.place(self.world));
        let Subject::Resource(id) = here.owner else { return nothing };
        let graph = self.world.graph;
        let Some(rule) = graph.name_rule(id).filter(|rule| rule.scope != NameScope::Shared) else {
            return nothing;
        };
        let Some(written) = graph.property(id, rule.property) else { return nothing };
        let own = graph.resource(id);
        let name = self.resolver.resolve(own.stack, written);
        let level = (rule.scope != NameScope::Global).then(|| graph.stack(own.stack).input.level);
        let mut sure = Vec::new();
        let mut open = None;
        for &other in self.resolver.of_name(&name.value, level).iter() {
            let node = graph.resource(other);
            if sure.len() == MAX_NAMESAKES {
                break;
            }
            if other == id || node.declared.type_name != own.declared.type_name {
                continue;
            }
            if self.is_tired() {
                open = Some(TIRED);
                break;
            }
            match self.collides(rule, id, other) {
                (Truth::True, _) => sure.push(
                    record(Namesake {
                        logical_id: node.declared.logical_id(),
                        stack: &graph.stack(node.stack).input.display_name,
                        place: name.place,
                    })
                    .at(name.place),
                ),
                (Truth::Unknown, why) => open = open.or(Some(why)),
                (Truth::False, _) => {}
            }
        }
        match open {
            Some(why) if sure.is_empty() => Value::unknown(why).at(name.place),
            _ => self.list(sure).at(name.place),
        }
    }

    /// Whether two resources of one name cannot stand beside each other, and why that is not known.
    fn collides(&self, rule: &NameRule, id: ResourceId, other: ResourceId) -> (Truth, Unknown<'a>) {
        let graph = self.world.graph;
        let (own, theirs) = (graph.resource(id).stack, graph.resource(other).stack);
        let sameness = match rule.scope {
            NameScope::Global => Sameness::Same,
            NameScope::Account => graph.same_account(own, theirs),
            NameScope::Region | NameScope::Shared => graph.same_environment(own, theirs),
        };
        let environment = Unknown::Shape("another resource of that name may lie in another environment");
        let near = match sameness {
            Sameness::Same => Truth::True,
            Sameness::Maybe => Truth::Unknown,
            Sameness::Different => Truth::False,
        };
        let holder = rule.within.map_or(Truth::True, |property| self.same_property(property, id, other));
        let exists = self.resolver.aside(|| self.resolver.exists(other));
        let why = match (near, holder, exists) {
            (Truth::Unknown, ..) => environment,
            (_, Truth::Unknown, _) => Unknown::Comparison,
            _ => self.open_condition(other),
        };
        (near.and(holder).and(exists), why)
    }

    /// Whether a property of two resources is the same.
    fn same_property(&self, property: &str, id: ResourceId, other: ResourceId) -> Truth {
        let graph = self.world.graph;
        let value = |id: ResourceId| {
            let node = graph.property(id, property)?;
            Some(self.resolver.resolve(graph.resource(id).stack, node).value).filter(Value::is_set)
        };
        self.resolver.aside(|| match (value(id), value(other)) {
            (None, None) => Truth::True,
            (Some(own), Some(theirs)) => {
                match (identity(self.resolver, &own), identity(self.resolver, &theirs)) {
                    (Some(own), Some(theirs)) if own.0 == theirs.0 => Truth::True,
                    (Some((_, false)), Some((_, false))) => Truth::False,
                    _ => Truth::Unknown,
                }
            }
            // What stands for absence may well be the other's value.
            _ => Truth::Unknown,
        })
    }
}
