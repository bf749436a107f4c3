//! The intrinsic functions.
//!
//! Each gives what CloudFormation would give, as far as its arguments are known; else text with holes, or
//! unknown with the reason. The place of a result is that of the call, except where `Fn::If` chooses a branch.
use super::compute;
use super::hole::{Hole, Unknown};
use super::identity::known_text;
use super::model::{ListValue, Place, Resolved, Value};
use super::resolver::Resolver;
use super::scenario::Truth;
use super::text::TextBuilder;
use super::trace;
use crate::graph::{Sameness, StackId};
use crate::syntax::Node;
use crate::template::{Intrinsic, SubPart, sub_parts};
use base64::prelude::{BASE64_STANDARD, Engine};
use std::borrow::Cow;

impl<'a> Resolver<'_, 'a> {
    /// The result of a function.
    pub(super) fn call(&self, stack: StackId, node: Node<'a>, function: Intrinsic<'a>) -> Resolved<'a> {
        let call = Call { stack, node };
        self.note_call(call.place(), || trace::call_in_words(function));
        if trace::follows(function) {
            self.compute(call, function)
        } else {
            self.arguments(|| self.compute(call, function))
        }
    }

    fn compute(&self, call: Call<'a>, function: Intrinsic<'a>) -> Resolved<'a> {
        let stack = call.stack;
        let value = match function {
            Intrinsic::Ref(argument) => return self.reference(call, argument),
            Intrinsic::If(argument) => return self.choose(call, argument),
            Intrinsic::GetAtt(argument) => self.get_att(call, argument),
            Intrinsic::Sub(argument) => self.substitute(call, argument),
            Intrinsic::Join(argument) => self.join(call, argument),
            Intrinsic::Select(argument) => return self.select(call, argument),
            Intrinsic::Split(argument) => self.split(call, argument),
            Intrinsic::FindInMap(argument) => return self.find_in_map(call, argument),
            Intrinsic::ImportValue(argument) => self.import(call, argument),
            Intrinsic::Base64(argument) => {
                let text = self.resolve(stack, argument).value;
                match known_text(self.world, &text) {
                    Some(text) => Value::Text(BASE64_STANDARD.encode(text.as_bytes()).into()),
                    None => call.unknown("Fn::Base64"),
                }
            }
            Intrinsic::Cidr(argument) => self.cidr(call, argument),
            Intrinsic::GetAZs(_) => {
                let scope = self.world.graph.stack(stack).input.level;
                Value::unknown(Unknown::Pseudo { name: "Fn::GetAZs", scope })
            }
            Intrinsic::GetStackOutput(argument) => self.stack_output(call, argument),
            Intrinsic::Length(argument) => {
                let list = self.resolve(stack, argument);
                match self.count(&list) {
                    Ok(Some(count)) => Value::integer(count as i64),
                    Ok(None) => call.malformed("Fn::Length needs a list"),
                    Err(unknown) => Value::unknown(unknown),
                }
            }
            Intrinsic::ToJsonString(argument) => {
                let mut text = TextBuilder::default();
                match self.write_json(&mut text, &self.resolve(stack, argument)) {
                    Ok(()) => text.finish(),
                    Err(_) => call.unknown("Fn::ToJsonString"),
                }
            }
            Intrinsic::Transform(_) => call.unknown("Fn::Transform"),
            Intrinsic::Other(name, _) => call.unknown(name),
        };
        value.at(call.place())
    }

    fn reference(&self, call: Call<'a>, argument: Node<'a>) -> Resolved<'a> {
        match argument.as_str() {
            Some(name) => self.named(call, name),
            None => call.malformed("Ref needs a name").at(call.place()),
        }
    }

    /// What `Ref` of a name gives.
    fn named(&self, call: Call<'a>, name: &'a str) -> Resolved<'a> {
        let place = call.place();
        let node = self.world.graph.stack(call.stack);
        if let Some(resource) = node.resource(name) {
            return Value::Hole(Hole::Reference { resource, attribute: None }).at(place);
        }
        if let Some(&declared) = node.template.parameters.get(name) {
            return self.parameter(call.stack, name, declared, place);
        }
        let value = self.pseudo(call.stack, name).unwrap_or(Value::unknown(Unknown::Dangling(name)));
        value.at(place)
    }

    fn choose(&self, call: Call<'a>, argument: Node<'a>) -> Resolved<'a> {
        let mut items = argument.items();
        let (Some(name), Some(then), Some(otherwise)) =
            (items.next().and_then(Node::as_str), items.next(), items.next())
        else {
            return call.malformed("Fn::If needs a condition's name and two values").at(call.place());
        };
        let truth = self.condition(call.stack, name);
        if let Some(&condition) = self.world.graph.stack(call.stack).template.conditions.get(name) {
            self.note_turn(call.stack, condition, || format!("condition {name} is {}", truth.in_words()));
        }
        match truth {
            Truth::True => self.resolve(call.stack, then),
            Truth::False => self.resolve(call.stack, otherwise),
            Truth::Unknown => Value::unknown(Unknown::Condition { stack: call.stack, name }).at(call.place()),
        }
    }

    fn get_att(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        match Intrinsic::get_att_parts(argument) {
            Some((logical_id, attribute)) => self.resolve_attribute(call.stack, logical_id, attribute),
            None => call.unknown("Fn::GetAtt"),
        }
    }

    /// What `Fn::GetAtt` gives; an output of a nested stack of the app is followed into it.
    pub(super) fn resolve_attribute(
        &self,
        stack: StackId,
        logical_id: &'a str,
        attribute: &'a str,
    ) -> Value<'a> {
        let graph = self.world.graph;
        let node = graph.stack(stack);
        let Some(resource) = node.resource(logical_id) else {
            return Value::unknown(Unknown::Dangling(logical_id));
        };
        if let (Some(output), Some(&child)) =
            (attribute.strip_prefix("Outputs."), node.children.get(&resource))
        {
            let outputs = &graph.stack(child).template.outputs;
            let found = outputs.iter().find(|(key, _)| key.as_str() == Some(output));
            return match found.and_then(|(_, body)| body.get("Value")) {
                Some(value) => {
                    self.note_output(child, value);
                    self.deeper(|| self.resolve(child, value).value).unwrap_or(Value::unknown(Unknown::Depth))
                }
                None => Value::unknown(Unknown::Dangling(attribute)),
            };
        }
        Value::Hole(Hole::Reference { resource, attribute: Some(attribute) })
    }

    fn substitute(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        let (text, variables) = match argument.as_str() {
            Some(text) => (text, None),
            None => {
                let mut items = argument.items();
                match (items.next().and_then(Node::as_str), items.next()) {
                    (Some(text), variables) => (text, variables),
                    _ => return call.malformed("Fn::Sub needs a text"),
                }
            }
        };
        let mut builder = TextBuilder::default();
        for part in sub_parts(text) {
            let value = match part {
                SubPart::Literal(text) => Value::text(text),
                SubPart::Open => Value::text("${"),
                SubPart::Variable(name) => match variables.and_then(|variables| variables.get(name)) {
                    Some(given) => self.resolve(call.stack, given).value,
                    None => {
                        self.note_call(call.place(), || format!("${{{name}}}"));
                        match name.split_once('.') {
                            Some((logical_id, attribute)) => {
                                self.resolve_attribute(call.stack, logical_id, attribute)
                            }
                            None => self.named(call, name).value,
                        }
                    }
                },
            };
            if builder.value(value).is_err() {
                return call.malformed("Fn::Sub cannot put a list or a map into a text");
            }
        }
        builder.finish()
    }

    fn join(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        let mut items = argument.items();
        let (Some(delimiter), Some(list)) = (items.next().and_then(Node::as_str), items.next()) else {
            return call.malformed("Fn::Join needs a delimiter and a list");
        };
        let list = self.resolve(call.stack, list);
        if matches!(list.value, Value::Hole(Hole::Reference { .. })) {
            return call.unknown("Fn::Join");
        }
        let elements = match self.elements(&list) {
            Ok(elements) => elements,
            Err(_) => return call.unknown("Fn::Join"),
        };
        let mut builder = TextBuilder::default();
        for (index, element) in elements.into_iter().enumerate() {
            if index > 0 {
                builder.literal(Cow::Borrowed(delimiter));
            }
            if builder.value(element.value).is_err() {
                return call.malformed("Fn::Join joins texts only");
            }
        }
        builder.finish()
    }

    fn select(&self, call: Call<'a>, argument: Node<'a>) -> Resolved<'a> {
        let mut items = argument.items();
        let (Some(index), Some(list)) = (items.next(), items.next()) else {
            return call.malformed("Fn::Select needs an index and a list").at(call.place());
        };
        let index = self.resolve(call.stack, index).value.scalar_number().filter(|index| *index >= 0.0);
        if let Some(known) = index.and_then(|index| self.split_before_hole(call, list, index as usize)) {
            return known.at(call.place());
        }
        let list = self.resolve(call.stack, list);
        if matches!(list.value, Value::Hole(Hole::Reference { .. })) {
            return call.unknown("Fn::Select").at(call.place());
        }
        match (index, self.elements(&list)) {
            (Some(index), Ok(elements)) => match elements.into_iter().nth(index as usize) {
                Some(element) => element.value.at(call.place()),
                None => call
                    .malformed("Fn::Select asks for an element that the list does not have")
                    .at(call.place()),
            },
            _ => call.unknown("Fn::Select").at(call.place()),
        }
    }

    fn cidr(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        let arguments: Vec<Value<'a>> =
            argument.items().map(|item| self.resolve(call.stack, item).value).collect();
        let known = |index: usize| arguments.get(index).and_then(|value| known_text(self.world, value));
        let number = |index: usize| known(index).and_then(|text| text.parse::<u32>().ok());
        if arguments.len() < 2 {
            return call.malformed("Fn::Cidr needs a network and a count");
        }
        let (Some(network), Some(count)) = (known(0), number(1)) else { return call.unknown("Fn::Cidr") };
        let bits = match arguments.len() {
            2 if network.contains(':') => Some(64),
            2 => Some(8),
            _ => number(2),
        };
        let Some(bits) = bits else { return call.unknown("Fn::Cidr") };
        match compute::cidr(&network, count as usize, bits) {
            Some(networks) => {
                let place = call.place();
                let items: Vec<_> =
                    networks.into_iter().map(|text| Value::Text(text.into()).at(place)).collect();
                Value::List(ListValue::Built(items.into()))
            }
            None => call.malformed("Fn::Cidr asks for more networks than there are"),
        }
    }

    /// The pieces of a text with holes that stand before its first hole: they are known whatever the holes hold.
    fn split_before_hole(&self, call: Call<'a>, list: Node<'a>, index: usize) -> Option<Value<'a>> {
        let Some(Intrinsic::Split(argument)) = Intrinsic::of(list) else { return None };
        let mut items = argument.items();
        let (delimiter, text) = (items.next()?.as_str().filter(|text| !text.is_empty())?, items.next()?);
        let Value::Partial(pieces) = self.resolve(call.stack, text).value else { return None };
        let super::Piece::Literal(first) = pieces.first()? else { return None };
        let mut parts: Vec<&str> = first.split(delimiter).collect();
        parts.pop();
        parts.get(index).map(|part| Value::Text(Cow::Owned((*part).to_owned())))
    }

    fn split(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        let mut items = argument.items();
        let (Some(delimiter), Some(text)) = (items.next().and_then(Node::as_str), items.next()) else {
            return call.malformed("Fn::Split needs a delimiter and a text");
        };
        let text = self.resolve(call.stack, text).value;
        match known_text(self.world, &text) {
            Some(text) if !delimiter.is_empty() => {
                let place = call.place();
                let parts: Vec<_> =
                    text.split(delimiter).map(|part| Value::Text(part.to_owned().into()).at(place)).collect();
                Value::List(ListValue::Built(parts.into()))
            }
            _ => call.unknown("Fn::Split"),
        }
    }

    fn find_in_map(&self, call: Call<'a>, argument: Node<'a>) -> Resolved<'a> {
        let place = call.place();
        let mut items = argument.items();
        let keys: Vec<_> = self
            .arguments(|| items.by_ref().take(3).map(|item| self.resolve(call.stack, item).value).collect());
        if keys.len() < 3 {
            return call.malformed("Fn::FindInMap needs a mapping and two keys").at(place);
        }
        let default = items.next().and_then(|options| options.get("DefaultValue"));
        let keys: Option<Vec<_>> = keys.iter().map(|key| known_text(self.world, key)).collect();
        let Some(keys) = keys else { return call.unknown("Fn::FindInMap").at(place) };
        let mappings = self.world.graph.stack(call.stack).template.mappings;
        let found = keys.iter().try_fold(mappings, |node, key| node.map(|node| node.get(key))).flatten();
        if let Some(value) = found {
            self.note_follow(call.stack, value, || format!("mapping {}", keys.join(".")));
        }
        match (found, default) {
            (Some(value), _) | (None, Some(value)) => self.resolve(call.stack, value).value.at(place),
            (None, None) => call.malformed("Fn::FindInMap finds no such key").at(place),
        }
    }

    /// The value of an output of another stack of the app, named by its stack name, region and output.
    fn stack_output(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        let text = |key: &str| {
            let value = self.arguments(|| Some(self.resolve(call.stack, argument.get(key)?).value))?;
            known_text(self.world, &value).map(Cow::into_owned)
        };
        let (Some(stack_name), Some(output)) = (text("StackName"), text("OutputName")) else {
            return call.unknown("Fn::GetStackOutput");
        };
        let graph = self.world.graph;
        let region = text("Region");
        let mut named = graph.stacks.iter().enumerate().filter(|(_, stack)| {
            let input = stack.input;
            input.parent.is_none()
                && input.stack_name.as_deref() == Some(&*stack_name)
                && (region.is_none() || input.region.is_none() || region == input.region)
        });
        let (Some((index, stack)), None) = (named.next(), named.next()) else {
            return call.unknown("Fn::GetStackOutput");
        };
        let found = stack.template.outputs.iter().find(|(key, _)| key.as_str() == Some(&*output));
        match found.and_then(|(_, body)| body.get("Value")) {
            Some(value) => {
                self.note_output(StackId(index as u32), value);
                self.resolve(StackId(index as u32), value).value
            }
            None => call.unknown("Fn::GetStackOutput"),
        }
    }

    /// The value of an export of the app, when exactly one stack of the same environment surely makes it.
    fn import(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        let name = self.arguments(|| self.resolve(call.stack, argument).value);
        let known = argument.as_str().unwrap_or_default();
        let Some((identity, _)) = super::identity(self.world, &name) else {
            return Value::unknown(Unknown::Import(known));
        };
        let graph = self.world.graph;
        let level = graph.stack(call.stack).input.level;
        let candidates = self.world.exports.get(&identity).map_or(&[][..], Vec::as_slice);
        let mut sure = candidates.iter().filter(|export| {
            graph.stack(export.stack).input.level == level
                && graph.same_environment(export.stack, call.stack) == Sameness::Same
        });
        match (sure.next(), sure.next()) {
            (Some(export), None) => {
                self.note_output(export.stack, export.value);
                self.resolve(export.stack, export.value).value
            }
            _ => Value::unknown(Unknown::Import(known)),
        }
    }
}

/// A call: the stack and the node of the function.
#[derive(Clone, Copy)]
struct Call<'a> {
    stack: StackId,
    node: Node<'a>,
}

impl<'a> Call<'a> {
    fn place(self) -> Place {
        Place { stack: self.stack, node: self.node.id() }
    }

    fn unknown(self, name: &'a str) -> Value<'a> {
        Value::unknown(Unknown::Function { name, stack: self.stack, node: self.node.id().0 })
    }

    fn malformed(self, why: &'static str) -> Value<'a> {
        Value::unknown(Unknown::Malformed { why, stack: self.stack, node: self.node.id().0 })
    }
}
