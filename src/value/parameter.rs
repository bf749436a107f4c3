//! Parameters and pseudo parameters: what `Ref` of a name gives that is no resource.
use super::environment::of_region;
use super::hole::{Hole, Lack, Unknown};
use super::model::{ListValue, Place, Resolved, Value};
use super::resolver::Resolver;
use crate::graph::StackId;
use crate::syntax::{Node, View};
use crate::template;
use std::borrow::Cow;

impl<'a> Resolver<'_, 'a> {
    /// The value of a declared parameter: given on the command line, by the parent stack or by the manifest,
    /// else its default where defaults count, else unknown. That of a `NoEcho` parameter decides conditions, and
    /// is a hole everywhere else, so that no report can tell it. One of the Parameter Store is what another stack of the app writes under
    /// that name.
    pub(super) fn parameter(
        &self,
        stack: StackId,
        name: &'a str,
        declared: Node<'a>,
        place: Place,
    ) -> Resolved<'a> {
        let type_name = declared.get("Type").and_then(Node::as_str).unwrap_or("String");
        let from_store = type_name.starts_with("AWS::SSM::Parameter::Value<");
        self.note_follow(stack, declared, || format!("parameter {name} of {}", self.stack_name(stack)));
        let open = |nonempty: bool, lack: Lack| {
            let nonempty = nonempty || self.excludes_empty(stack, name, declared, type_name);
            Value::unknown(Unknown::Parameter { stack, name, nonempty, lack }).at(place)
        };
        let settings = self.world.settings;
        let defaults_count =
            if self.in_condition.get() { settings.default_conditions } else { settings.defaults };
        let default = declared.get("Default").and_then(|default| Some((default, default_of(default)?)));
        let has_default = default.is_some();
        let mut excluded = Vec::new();
        let written = match self.given(stack, name) {
            Some(given) => Some(given.value),
            None => {
                let chosen = self.chosen_parameter(stack, name, declared);
                excluded = chosen.excluded;
                let by = match chosen.is.is_some() || !excluded.is_empty() {
                    true => "value that conditions decide",
                    false => "only value that is allowed",
                };
                if let Some(text) = chosen.is.or_else(|| self.only_value(stack, name, &excluded)) {
                    self.note_turn(stack, declared, || by.to_owned());
                    let value = Value::Text(Cow::Owned(text));
                    return self.as_told(stack, name, declared, value, place);
                }
                let default = default.filter(|_| defaults_count);
                // One that conditions or the rules of the template refuse is not what is deployed.
                let holds = |value: &Value<'a>| {
                    value.scalar_text().is_none_or(|text| {
                        !excluded.iter().any(|other| other == text)
                            && (is_list_type(type_name)
                                || self.asserted(stack, name).is_none_or(|set| set.holds(text)))
                    })
                };
                default.filter(|(_, value)| from_store || holds(value)).map(|(node, value)| {
                    self.note_turn(stack, node, || format!("default of {name}"));
                    value
                })
            }
        };
        let filled = excluded.iter().any(String::is_empty);
        // A parameter of the Parameter Store is given the name under which its value is stored.
        let value = match written {
            Some(name) if from_store => match self.stored(stack, &name) {
                Some(read) => read.value,
                None => return open(filled, Lack::Stored),
            },
            Some(value) => value,
            None if from_store => return open(filled, Lack::Stored),
            None if has_default && defaults_count => return open(filled, Lack::Excluded),
            None => return open(filled, if has_default { Lack::Given } else { Lack::Default }),
        };
        self.as_told(stack, name, declared, value, place)
    }

    /// The one allowed value that is left, without those that are excluded.
    fn only_value(&self, stack: StackId, name: &'a str, excluded: &[String]) -> Option<String> {
        let mut allowed = self.allowed_values(stack, name)?;
        allowed.retain(|value| !excluded.iter().any(|other| *other == **value));
        match &allowed[..] {
            [one] => Some(one.to_string()),
            _ => None,
        }
    }

    /// A value of a parameter as it is told: a secret is a hole, a list falls into its elements.
    fn as_told(
        &self,
        stack: StackId,
        name: &'a str,
        declared: Node<'a>,
        value: Value<'a>,
        place: Place,
    ) -> Resolved<'a> {
        if template::is_secret(declared) && !self.in_condition.get() {
            let hidden = |nonempty| {
                Value::unknown(Unknown::Parameter { stack, name, nonempty, lack: Lack::Secret }).at(place)
            };
            let type_name = declared.get("Type").and_then(Node::as_str).unwrap_or("String");
            return match &value {
                Value::Hole(Hole::Reference { .. }) => value.at(place),
                Value::Text(text) if text.is_empty() => value.at(place),
                Value::Text(_) | Value::Number(..) | Value::Bool(_) => hidden(true),
                _ => hidden(self.excludes_empty(stack, name, declared, type_name)),
            };
        }
        match value {
            Value::Text(text) if declared.get("Type").and_then(Node::as_str).is_some_and(is_list_type) => {
                split_list(text, place)
            }
            value => value.at(place),
        }
    }

    /// A value that somebody gives: the parent stack for a nested one, else the caller or the manifest.
    fn given(&self, stack: StackId, name: &str) -> Option<Resolved<'a>> {
        let graph = self.world.graph;
        let node = graph.stack(stack);
        if let Some(holder) = node.parent {
            let parent = graph.resource(holder).stack;
            let value = graph.property(holder, "Parameters")?.get(name)?;
            self.note_turn(parent, value, || format!("value that {} gives", self.stack_name(parent)));
            let given = self.deeper(|| self.resolve(parent, value))?;
            return Some(as_given(given)).filter(|given| given.value.is_set());
        }
        let place = Place { stack, node: crate::syntax::NodeId(0) };
        let declared = *node.template.parameters.get(name)?;
        if let Some(text) = self.world.settings.parameters.get(name) {
            self.note_turn(stack, declared, || "value that the caller gives".to_owned());
            return Some(Value::Text(Cow::Borrowed(text.as_str())).at(place));
        }
        let (_, text) = node.input.parameters.iter().find(|(key, _)| key == name)?;
        self.note_turn(stack, declared, || "value that the manifest gives".to_owned());
        Some(Value::Text(Cow::Borrowed(text.as_str())).at(place))
    }

    /// Whether a hole is a parameter whose value is a list.
    pub(super) fn is_list(&self, hole: Hole<'a>) -> bool {
        let Hole::Unknown(Unknown::Parameter { stack, name, .. }) = hole else { return false };
        let declared = self.world.graph.stack(stack).template.parameters.get(name);
        declared.and_then(|declared| declared.get("Type")?.as_str()).is_some_and(is_list_type)
    }

    /// The value of a pseudo parameter, if the name is one.
    pub(super) fn pseudo(&self, stack: StackId, name: &'a str) -> Option<Value<'a>> {
        let input = self.world.graph.stack(stack).input;
        let open = |scope: u32| match self.chosen_place(scope, name) {
            Some(text) => Value::Text(text.into()),
            None => Value::unknown(Unknown::Pseudo { name, scope }),
        };
        let known = |value: &'a Option<String>| match value {
            Some(text) => Value::text(text),
            None => open(input.level),
        };
        let region = input.region.as_deref();
        Some(match name {
            "AWS::NoValue" => Value::NoValue,
            "AWS::Region" => known(&input.region),
            "AWS::AccountId" => known(&input.account),
            "AWS::Partition" | "AWS::URLSuffix" => match region.and_then(|region| of_region(name, region)) {
                Some(text) => Value::text(text),
                None => open(input.level),
            },
            "AWS::StackName" => match &input.stack_name {
                Some(text) if input.parent.is_none() => Value::text(text),
                _ => open(stack.0),
            },
            "AWS::StackId" | "AWS::NotificationARNs" => open(stack.0),
            _ => return None,
        })
    }
}

/// Whether a parameter of that type is a list, which its value gives with commas.
pub(super) fn is_list_type(type_name: &str) -> bool {
    let value_type = type_name.strip_prefix("AWS::SSM::Parameter::Value<").unwrap_or(type_name);
    value_type.starts_with("CommaDelimitedList") || value_type.starts_with("List<")
}

/// A value as a nested stack is given it: a scalar is its text.
fn as_given(given: Resolved<'_>) -> Resolved<'_> {
    match given.value {
        Value::Number(_, text) => Value::Text(text).at(given.place),
        Value::Bool(value) => Value::text(if value { "true" } else { "false" }).at(given.place),
        _ => given,
    }
}

/// The default of a declaration, a text as all values of parameters are; none where it is no scalar.
fn default_of(default: Node<'_>) -> Option<Value<'_>> {
    Some(Value::Text(match default.view() {
        View::Text(text) => Cow::Borrowed(text),
        View::Number(number) => number.text(),
        View::Bool(value) => Cow::Borrowed(if value { "true" } else { "false" }),
        _ => return None,
    }))
}

/// A comma-delimited text as the list that `Ref` gives.
fn split_list(text: Cow<'_, str>, place: Place) -> Resolved<'_> {
    let items: Vec<Resolved<'_>> = match text {
        Cow::Borrowed("") => Vec::new(),
        Cow::Borrowed(text) => text.split(',').map(|item| Value::text(item.trim()).at(place)).collect(),
        Cow::Owned(text) => {
            text.split(',').map(|item| Value::Text(item.trim().to_owned().into()).at(place)).collect()
        }
    };
    Value::List(ListValue::Built(items.into())).at(place)
}
