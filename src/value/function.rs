//! The intrinsic functions.
//!
//! Each gives what CloudFormation would give, as far as its arguments are known; else text with holes, or
//! unknown with the reason. The place of a result is that of the call, except where `Fn::If` chooses a branch.
//! Functions of lists, mappings and other stacks have files of their own.
use super::hole::{Hole, Unknown};
use super::identity::{identity, known_text, same_text};
use super::model::{Place, Resolved, Value};
use super::resolver::Resolver;
use super::store::read_by;
use super::text::TextBuilder;
use super::trace;
use super::truth::Truth;
use crate::graph::StackId;
use crate::syntax::Node;
use crate::template::{Intrinsic, SubPart, sub_parts};
use base64::prelude::{BASE64_STANDARD, Engine};

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
        let is_plain = matches!(
            function,
            Intrinsic::Base64(_)
                | Intrinsic::GetAZs(_)
                | Intrinsic::ImportValue(_)
                | Intrinsic::Length(_)
                | Intrinsic::ToJsonString(_)
                | Intrinsic::Transform(_)
                | Intrinsic::Other(..)
        );
        // The others look at their arguments themselves.
        if is_plain && function.fault().is_some() {
            return call.misformed().at(call.place());
        }
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
                match known_text(self, &text) {
                    Some(text) => Value::Text(BASE64_STANDARD.encode(text.as_bytes()).into()),
                    None if matches!(text, Value::List(_) | Value::Map(_)) => call.misformed(),
                    None => call.unknown("Fn::Base64"),
                }
            }
            Intrinsic::Cidr(argument) => self.cidr(call, argument),
            Intrinsic::GetAZs(argument) => self.zones(call, argument),
            Intrinsic::GetStackOutput(argument) => self.stack_output(call, argument),
            Intrinsic::Length(argument) => {
                let list = self.resolve(stack, argument);
                match self.count(&list) {
                    Ok(Some(count)) => Value::integer(count as i64),
                    Ok(None) if matches!(list.value, Value::Hole(_) | Value::Partial(_)) => {
                        call.unknown("Fn::Length")
                    }
                    Ok(None) => call.misformed(),
                    Err(_) => call.unknown("Fn::Length"),
                }
            }
            Intrinsic::ToJsonString(argument) => {
                let value = self.resolve(stack, argument);
                let mut text = TextBuilder::default();
                match &value.value {
                    Value::List(_) | Value::Map(_) => match self.write_json(&mut text, &value) {
                        Ok(()) => text.finish(),
                        Err(_) => call.unknown("Fn::ToJsonString"),
                    },
                    Value::Hole(_) => call.unknown("Fn::ToJsonString"),
                    _ => call.misformed(),
                }
            }
            Intrinsic::Transform(_) => call.unknown("Fn::Transform"),
            Intrinsic::Other(name, _) => call.unknown(name),
        };
        value.at(call.place())
    }

    fn reference(&self, call: Call<'a>, argument: Node<'a>) -> Resolved<'a> {
        if let Some(name) = argument.as_str() {
            return self.named(call, name);
        }
        if Intrinsic::Ref(argument).fault().is_some() {
            return call.misformed().at(call.place());
        }
        match self.declared_name(call, argument) {
            Some(name) => self.named(call, name),
            None => call.unknown("Ref").at(call.place()),
        }
    }

    /// The name of a resource or parameter that a function puts together, as `AWS::LanguageExtensions` allows.
    fn declared_name(&self, call: Call<'a>, argument: Node<'a>) -> Option<&'a str> {
        let value = self.arguments(|| self.resolve(call.stack, argument).value);
        let text = known_text(self, &value)?;
        let graph = self.world.graph;
        let node = graph.stack(call.stack);
        match node.resource(&text) {
            Some(resource) => Some(graph.resource(resource).declared.logical_id()),
            None => node.template.parameters.get_key_value(text.as_ref()).map(|(name, _)| *name),
        }
    }

    /// What `Ref` of a name gives.
    fn named(&self, call: Call<'a>, name: &'a str) -> Resolved<'a> {
        let place = call.place();
        // Nothing that a template declares has the name of a pseudo parameter.
        if let Some(value) = self.pseudo(call.stack, name) {
            return value.at(place);
        }
        let node = self.world.graph.stack(call.stack);
        if let Some(resource) = node.resource(name) {
            return Value::Hole(Hole::Reference { resource, attribute: None }).at(place);
        }
        if let Some(&declared) = node.template.parameters.get(name) {
            return self.parameter(call.stack, name, declared, place);
        }
        Value::unknown(Unknown::Dangling(name)).at(place)
    }

    fn choose(&self, call: Call<'a>, argument: Node<'a>) -> Resolved<'a> {
        let Some([name, then, otherwise]) = arguments(argument) else {
            return call.misformed().at(call.place());
        };
        let Some(name) = name.as_str() else { return call.misformed().at(call.place()) };
        let truth = self.condition(call.stack, name);
        if let Some(&condition) = self.world.graph.stack(call.stack).template.conditions.get(name) {
            self.note_turn(call.stack, condition, || format!("condition {name} is {}", truth.in_words()));
        }
        match truth {
            Truth::True => self.resolve(call.stack, then),
            Truth::False => self.resolve(call.stack, otherwise),
            Truth::Unknown => match self.either(call.stack, then, otherwise) {
                Some(value) => value,
                None => Value::unknown(Unknown::Condition { stack: call.stack, name }).at(call.place()),
            },
        }
    }

    /// The value of two branches, where it is the same.
    fn either(&self, stack: StackId, a: Node<'a>, b: Node<'a>) -> Option<Resolved<'a>> {
        if same_text(a, b) {
            return Some(self.resolve(stack, a));
        }
        self.without_forking(|| {
            let (a, b) = (self.resolve(stack, a), self.resolve(stack, b));
            let same = identity(self, &a.value)? == identity(self, &b.value)?;
            same.then_some(a)
        })
    }

    fn get_att(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        if let Some((logical_id, attribute)) = Intrinsic::get_att_parts(argument) {
            return self.resolve_attribute(call.stack, logical_id, attribute);
        }
        let Some([logical_id, attribute]) = arguments(argument) else { return call.misformed() };
        if Intrinsic::GetAtt(argument).fault().is_some() {
            return call.misformed();
        }
        let value = self.arguments(|| self.resolve(call.stack, attribute).value);
        let attribute = known_text(self, &value).and_then(|text| self.world.graph.keep(&text));
        match (self.declared_name(call, logical_id), attribute) {
            (Some(logical_id), Some(attribute)) => self.resolve_attribute(call.stack, logical_id, attribute),
            _ => call.unknown("Fn::GetAtt"),
        }
    }

    /// The zones of the stack's own region are a list of which nothing is known; two calls give the same.
    fn zones(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        let region = self.resolve(call.stack, argument).value;
        let own = &self.world.graph.stack(call.stack).input.region;
        let is_own = match &region {
            Value::Hole(Hole::Unknown(Unknown::Pseudo { name, .. })) => *name == "AWS::Region",
            value => value.scalar_text().is_some_and(|text| text.is_empty() || own.as_deref() == Some(text)),
        };
        match region {
            Value::List(_) | Value::Map(_) => call.misformed(),
            _ if is_own => Value::unknown(Unknown::Pseudo { name: "Fn::GetAZs", scope: call.stack.0 }),
            _ => call.unknown("Fn::GetAZs"),
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
        if let Some(read) = read_by(graph, resource, attribute) {
            return self.resolve(stack, read).value;
        }
        Value::Hole(Hole::Reference { resource, attribute: Some(attribute) })
    }

    fn substitute(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        if Intrinsic::Sub(argument).fault().is_some() {
            return call.misformed();
        }
        let mut items = argument.items();
        let text = argument.as_str().or_else(|| items.next().and_then(Node::as_str)).unwrap_or_default();
        let variables = items.next();
        let mut builder = TextBuilder::default();
        for part in sub_parts(text) {
            let value = match part {
                SubPart::Literal(text) => self.literal(call.stack, text),
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
}

/// A call: the stack and the node of the function.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub stack: StackId,
    pub node: Node<'a>,
}

impl<'a> Call<'a> {
    pub fn place(self) -> Place {
        Place { stack: self.stack, node: self.node.id() }
    }

    pub fn unknown(self, name: &'a str) -> Value<'a> {
        Value::unknown(Unknown::Function { name, stack: self.stack, node: self.node.id().0 })
    }

    pub fn malformed(self, why: &'static str) -> Value<'a> {
        Value::unknown(Unknown::Malformed { why, stack: self.stack, node: self.node.id().0 })
    }

    /// Unknown, because the arguments have a form that CloudFormation refuses.
    pub fn misformed(self) -> Value<'a> {
        let why = Intrinsic::of(self.node).and_then(Intrinsic::fault);
        self.malformed(why.unwrap_or("the arguments of the function have the wrong form"))
    }
}

/// The arguments of a call that has exactly so many.
pub(super) fn arguments<const N: usize>(list: Node<'_>) -> Option<[Node<'_>; N]> {
    let mut items = list.items();
    let mut all = [list; N];
    for slot in &mut all {
        *slot = items.next()?;
    }
    items.next().is_none().then_some(all)
}
