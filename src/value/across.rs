//! Functions that reach into other stacks: `Fn::ImportValue` and `Fn::GetStackOutput`.
use super::function::Call;
use super::hole::Unknown;
use super::identity::{identity, known_text};
use super::model::Value;
use super::resolver::Resolver;
use crate::graph::{Sameness, StackId};
use crate::syntax::Node;
use crate::template::Intrinsic;
use std::borrow::Cow;

impl<'a> Resolver<'_, 'a> {
    /// The value of an output of another stack of the app, named by its stack name, region and output.
    pub(super) fn stack_output(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        if Intrinsic::GetStackOutput(argument).fault().is_some() {
            return call.misformed();
        }
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
    pub(super) fn import(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        let name = self.arguments(|| self.resolve(call.stack, argument).value);
        let known = argument.as_str().unwrap_or_default();
        let Some((identity, _)) = identity(self.world, &name) else {
            return match name {
                Value::List(_) | Value::Map(_) => call.misformed(),
                _ => Value::unknown(Unknown::Import(known)),
            };
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
