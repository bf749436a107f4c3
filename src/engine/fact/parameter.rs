//! `parameters(PATH)`: the parameters of the template that the value at a path is made of.
//!
//! Those count that the value itself names: by `Ref`, or in the text of `Fn::Sub`, however deep among the arguments of
//! functions. Of an `Fn::If` only the branch that is chosen counts. What stands in a dynamic reference
//! (`{{resolve:secretsmanager:${Name}}}`) is a name and no value. A parameter's own value is in no field.
use super::super::evaluate::Evaluator;
use super::super::lookup::node_at;
use super::super::pattern;
use super::super::subject::Here;
use super::record;
use crate::rule::{FactId, Path};
use crate::syntax::{Node, View};
use crate::template::{Intrinsic, SubPart, is_secret, sub_parts};
use crate::value::{ListValue, MapValue, Place, Record, Resolved, Truth, Value};

/// A parameter, and where it is named.
struct Parameter<'a> {
    name: &'a str,
    declared: Node<'a>,
    place: Place,
}

impl<'a> Record<'a> for Parameter<'a> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        let value = match name {
            "Name" => Value::text(self.name),
            "NoEcho" => Value::Bool(is_secret(self.declared)),
            "HasDefault" => Value::Bool(self.declared.get("Default").is_some()),
            _ => return None,
        };
        Some(value.at(self.place))
    }

    fn names(&self) -> &'static [&'static str] {
        FactId::Parameters.info().fields
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// The parameters that a value names, each at the function that names it.
    pub(super) fn parameters(&self, path: &'a Path, here: &Here<'a>) -> Resolved<'a> {
        let Some(value) = self.value_at(path, here) else {
            return self.nothing().at(self.place_of(here));
        };
        let mut found = Vec::new();
        let text = pattern::marked(self.resolver, &value.value);
        if text.is_some_and(|text| pattern::starts_with(&text, "{{resolve:") == Truth::True) {
            return self.nothing().at(value.place);
        }
        self.parameters_of(&value, &mut found);
        self.list(found).at(value.place)
    }

    fn parameters_of(&self, value: &Resolved<'a>, found: &mut Vec<Resolved<'a>>) {
        let written =
            matches!(&value.value, Value::List(ListValue::Written(..)) | Value::Map(MapValue::Written(..)));
        match self.resolver.elements(value) {
            Ok(elements) if written => {
                for element in &elements {
                    self.resolver.deeper(|| self.parameters_of(element, found));
                }
            }
            _ => self.parameters_in(node_at(self.world, value.place), value.place, found),
        }
    }

    fn parameters_in(&self, node: Node<'a>, at: Place, found: &mut Vec<Resolved<'a>>) {
        let declared = &self.world.graph.stack(at.stack).template.parameters;
        let mut add = |name: &'a str| {
            if let Some(&declared) = declared.get(name) {
                found.push(record(Parameter { name, declared, place: at }).at(at));
            }
        };
        match Intrinsic::of(node) {
            Some(Intrinsic::Ref(name)) => name.as_str().into_iter().for_each(add),
            Some(Intrinsic::Sub(argument)) => {
                let mut items = argument.items();
                let text = argument.as_str().or_else(|| items.next().and_then(Node::as_str));
                for part in sub_parts(text.unwrap_or_default()) {
                    if let SubPart::Variable(name) = part {
                        add(name);
                    }
                }
                items.flat_map(Node::entries).for_each(|(_, given)| self.parameters_in(given, at, found));
            }
            // Branches that are not chosen do not count, and a chosen one stands for itself.
            Some(Intrinsic::If(_)) => {}
            _ => match node.view() {
                View::List(items) => items.for_each(|item| self.parameters_in(item, at, found)),
                View::Map(entries) => entries.for_each(|(_, value)| self.parameters_in(value, at, found)),
                _ => {}
            },
        }
    }
}
