//! Functions that reach into other stacks: `Fn::ImportValue` and `Fn::GetStackOutput`.
use super::function::Call;
use super::hole::Unknown;
use super::identity::{identity, known_text};
use super::model::Value;
use super::resolver::Resolver;
use super::world::Export;
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
        match self.output_of(call.stack, argument) {
            Some((stack, value)) => {
                self.note_output(stack, value);
                self.resolve(stack, value).value
            }
            None => call.unknown("Fn::GetStackOutput"),
        }
    }

    /// The stack and the value of the output that the arguments of `Fn::GetStackOutput` surely name.
    pub(super) fn output_of(&self, stack: StackId, argument: Node<'a>) -> Option<(StackId, Node<'a>)> {
        let text = |key: &str| {
            let value = self.arguments(|| Some(self.resolve(stack, argument.get(key)?).value))?;
            known_text(self, &value).map(Cow::into_owned)
        };
        let (stack_name, output) = (text("StackName")?, text("OutputName")?);
        let graph = self.world.graph;
        // Without a region it is that of the stack that reads.
        let region = text("Region").or_else(|| graph.stack(stack).input.region.clone());
        let mut named = graph.stacks.iter().enumerate().filter(|(_, stack)| {
            let input = stack.input;
            input.parent.is_none()
                && input.stack_name.as_deref() == Some(&*stack_name)
                && (region.is_none() || input.region.is_none() || region == input.region)
        });
        let (Some((index, stack)), None) = (named.next(), named.next()) else { return None };
        let (_, body) = stack.template.outputs.iter().find(|(key, _)| key.as_str() == Some(&*output))?;
        Some((StackId(index as u32), body.get("Value")?))
    }

    /// The exports of the same assembly level that a name means for a stack, and whether they lie in its environment;
    /// none where the name is no text.
    pub(super) fn exports_named(
        &self,
        stack: StackId,
        name: &Value<'a>,
    ) -> Option<Vec<(Export<'a>, Sameness)>> {
        let (identity, _) = identity(self, name)?;
        let graph = self.world.graph;
        let level = graph.stack(stack).input.level;
        let candidates = self.world.exports.named(self, &identity, |renamed| &renamed.exports);
        let near = candidates.into_iter().filter(|export| graph.stack(export.stack).input.level == level);
        Some(near.map(|export| (export, graph.same_environment(export.stack, stack))).collect())
    }

    /// The value of an export of the app, when exactly one stack of the same environment surely makes it.
    pub(super) fn import(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        let name = self.arguments(|| self.resolve(call.stack, argument).value);
        let text = known_text(self, &name).and_then(|text| self.world.graph.keep(&text));
        let open = Value::unknown(Unknown::Import {
            name: text.unwrap_or_default(),
            stack: call.stack,
            node: call.node.id().0,
        });
        let Some(found) = self.exports_named(call.stack, &name) else {
            return match name {
                Value::List(_) | Value::Map(_) => call.misformed(),
                _ => open,
            };
        };
        let mut sure = found.into_iter().filter(|(_, sameness)| *sameness == Sameness::Same);
        match (sure.next(), sure.next()) {
            (Some((export, _)), None) => {
                self.note_output(export.stack, export.value);
                self.resolve(export.stack, export.value).value
            }
            _ => open,
        }
    }
}
