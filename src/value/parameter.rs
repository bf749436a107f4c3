//! Parameters and pseudo parameters: what `Ref` of a name gives that is no resource.
use super::function::arguments;
use super::hole::{Hole, Lack, Unknown};
use super::model::{ListValue, Place, Resolved, Value};
use super::resolver::Resolver;
use super::world::World;
use crate::graph::StackId;
use crate::syntax::{Node, View};
use crate::template::{self, Intrinsic};
use rustc_hash::FxHashMap;
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
            let nonempty = nonempty || excludes_empty(declared, type_name);
            Value::unknown(Unknown::Parameter { stack, name, nonempty, lack }).at(place)
        };
        let settings = self.world.settings;
        let defaults_count =
            if self.in_condition.get() { settings.default_conditions } else { settings.defaults };
        let default = declared.get("Default").and_then(|default| Some((default, default_of(default)?)));
        let has_default = default.is_some();
        let written = self.given(stack, name).map(|given| given.value).or_else(|| {
            let (node, value) = default.filter(|_| defaults_count)?;
            self.note_turn(stack, node, || format!("default of {name}"));
            Some(value)
        });
        // A parameter of the Parameter Store is given the name under which its value is stored.
        let value = match written {
            Some(name) if from_store => match self.stored(stack, &name) {
                Some(read) => read.value,
                None => return open(false, Lack::Stored),
            },
            Some(value) => value,
            None if from_store => return open(false, Lack::Stored),
            None => return open(false, if has_default { Lack::Given } else { Lack::Default }),
        };
        if template::is_secret(declared) && !self.in_condition.get() {
            return match &value {
                Value::Hole(Hole::Reference { .. }) => value.at(place),
                Value::Text(text) if text.is_empty() => value.at(place),
                Value::Text(_) | Value::Number(..) | Value::Bool(_) => open(true, Lack::Secret),
                _ => open(false, Lack::Secret),
            };
        }
        match value {
            Value::Text(text) if is_list_type(type_name) => split_list(text, place),
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
            return self.deeper(|| self.resolve(parent, value));
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

    /// The values that a parameter may take, when its declaration bounds them.
    pub(super) fn allowed_values(&self, stack: StackId, name: &str) -> Option<Vec<Cow<'a, str>>> {
        let declared = self.world.graph.stack(stack).template.parameters.get(name)?;
        let own = declared.get("AllowedValues").and_then(literals);
        let asserted = self.world.asserted.get(&(stack, name)).map_or(&[][..], Vec::as_slice);
        let mut bounds = own.into_iter().chain(asserted.iter().filter_map(|list| literals(*list)));
        let first = bounds.next()?;
        let allowed = bounds.fold(first, |mut allowed, bound| {
            allowed.retain(|value| bound.contains(value));
            allowed
        });
        // No value at all fits no deployment; nothing follows from that.
        (!allowed.is_empty()).then_some(allowed)
    }

    /// The value of a pseudo parameter, if the name is one.
    pub(super) fn pseudo(&self, stack: StackId, name: &'a str) -> Option<Value<'a>> {
        let input = self.world.graph.stack(stack).input;
        let open = |scope: u32| Value::unknown(Unknown::Pseudo { name, scope });
        let known = |value: &'a Option<String>| match value {
            Some(text) => Value::text(text),
            None => open(input.level),
        };
        let region = input.region.as_deref();
        Some(match name {
            "AWS::NoValue" => Value::NoValue,
            "AWS::Region" => known(&input.region),
            "AWS::AccountId" => known(&input.account),
            "AWS::Partition" => match region {
                Some(region) if region.starts_with("cn-") => Value::text("aws-cn"),
                Some(region) if region.starts_with("us-gov-") => Value::text("aws-us-gov"),
                Some(region)
                    if region.starts_with("us-iso")
                        || region.starts_with("eu-isoe-")
                        || region.starts_with("eusc-") =>
                {
                    open(input.level)
                }
                Some(_) => Value::text("aws"),
                None => open(input.level),
            },
            "AWS::URLSuffix" => match region {
                Some(region) if region.starts_with("cn-") => Value::text("amazonaws.com.cn"),
                Some(region) if region.contains("-iso") || region.starts_with("eusc-") => open(input.level),
                Some(_) => Value::text("amazonaws.com"),
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

/// The texts of a list of literals; none where some element is no scalar, or there is none.
fn literals(list: Node<'_>) -> Option<Vec<Cow<'_, str>>> {
    let all: Option<Vec<_>> = list
        .items()
        .map(|item| match item.view() {
            View::Text(text) => Some(Cow::Borrowed(text)),
            View::Number(number) => Some(number.text()),
            View::Bool(value) => Some(Cow::Borrowed(if value { "true" } else { "false" })),
            _ => None,
        })
        .collect();
    all.filter(|all| !all.is_empty())
}

/// What the `Rules` section asserts of parameters in every deployment: the lists that `Fn::Contains` holds their values
/// against. Rules under a condition, and other assertions, bound nothing here.
pub(super) fn asserted<'a>(world: &World<'a>) -> FxHashMap<(StackId, &'a str), Vec<Node<'a>>> {
    let mut all: FxHashMap<(StackId, &'a str), Vec<Node<'a>>> = FxHashMap::default();
    for (index, stack) in world.graph.stacks.iter().enumerate() {
        let rules = stack.template.rules.into_iter().flat_map(Node::entries).map(|(_, rule)| rule);
        for rule in rules.filter(|rule| rule.get("RuleCondition").is_none()) {
            for assertion in rule.get("Assertions").into_iter().flat_map(Node::items) {
                let Some(("Fn::Contains", argument)) = assertion.get("Assert").and_then(Node::single_entry)
                else {
                    continue;
                };
                let Some([list, value]) = arguments(argument) else { continue };
                if let (true, Some(Intrinsic::Ref(name))) = (list.is_list(), Intrinsic::of(value))
                    && let Some(name) = name.as_str()
                {
                    all.entry((StackId(index as u32), name)).or_default().push(list);
                }
            }
        }
    }
    all
}

/// Whether a parameter of that type is a list, which its value gives with commas.
fn is_list_type(type_name: &str) -> bool {
    let value_type = type_name.strip_prefix("AWS::SSM::Parameter::Value<").unwrap_or(type_name);
    value_type.starts_with("CommaDelimitedList") || value_type.starts_with("List<")
}

/// The default of a declaration; none where it is no scalar.
fn default_of(default: Node<'_>) -> Option<Value<'_>> {
    Some(match default.view() {
        View::Text(text) => Value::text(text),
        View::Number(number) => Value::Number(number.as_f64(), number.text()),
        View::Bool(value) => Value::Bool(value),
        _ => return None,
    })
}

/// Whether a declaration rules out an empty value: a length, a set without `""`, or a type of AWS's own.
fn excludes_empty(declared: Node<'_>, type_name: &str) -> bool {
    if type_name.starts_with("AWS::") || type_name.starts_with("List<AWS::") || type_name == "Number" {
        return true;
    }
    let length = declared.get("MinLength").map(Node::view);
    let long_enough = match length {
        Some(View::Number(number)) => number.as_f64() >= 1.0,
        Some(View::Text(text)) => text.parse::<u32>().is_ok_and(|length| length >= 1),
        _ => false,
    };
    let allowed = declared.get("AllowedValues").filter(|allowed| allowed.is_list() && !allowed.is_empty());
    long_enough || allowed.is_some_and(|allowed| allowed.items().all(|item| item.as_str() != Some("")))
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
