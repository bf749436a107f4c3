//! Values that one stack writes to the Parameter Store and another reads from it.
//!
//! Written by `AWS::SSM::Parameter`, and by the CDK's `Custom::CrossRegionExportWriter` into another region. Read by a
//! template parameter of type `AWS::SSM::Parameter::Value<...>`, by `{{resolve:ssm:NAME}}`, and by the CDK's
//! `Custom::CrossRegionExportReader`. A value is followed only where exactly one other stack of the same assembly
//! level surely writes that name to the reader's account and region; else it stays what is read at deployment.
use super::hole::{Hole, Unknown};
use super::identity::identity;
use super::model::{Resolved, Value};
use super::renamed::ByName;
use super::resolver::Resolver;
use super::text::TextBuilder;
use super::truth::Truth;
use super::world::World;
use crate::graph::{DYNAMIC, Graph, ResourceId, Sameness, StackId};
use crate::syntax::Node;
use std::borrow::Cow;

/// How those begin that read a text from the Parameter Store.
pub(super) const FROM_STORE: &str = "{{resolve:ssm:";

/// A value that a resource writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored<'a> {
    writer: ResourceId,
    stack: StackId,
    /// The region, where it is not that of the stack.
    region: Option<&'a str>,
    value: Node<'a>,
}

impl Stored<'_> {
    /// Whether a stack reads where the value is written.
    fn within_reach(&self, graph: &Graph<'_>, reader: StackId) -> Sameness {
        if graph.stack(reader).input.level != graph.stack(self.stack).input.level {
            return Sameness::Different;
        }
        match self.region {
            None => graph.same_environment(self.stack, reader),
            Some(region) => match (graph.same_account(self.stack, reader), &graph.stack(reader).input.region)
            {
                (account, Some(own)) if own == region => account,
                (_, Some(_)) | (Sameness::Different, None) => Sameness::Different,
                (_, None) => Sameness::Maybe,
            },
        }
    }
}

/// All that is written, by its name.
pub(super) fn stored<'a>(world: &World<'a>) -> ByName<'a, Stored<'a>> {
    let graph = world.graph;
    let mut all = ByName::default();
    let resolver = Resolver::new(world);
    for &writer in graph.of_type("AWS::SSM::Parameter") {
        let stack = graph.resource(writer).stack;
        let (name, value) = (graph.property(writer, "Name"), graph.property(writer, "Value"));
        if let (Some(name), Some(value)) = (name, value) {
            all.add(&resolver, stack, name, Stored { writer, stack, region: None, value });
        }
    }
    for &writer in graph.of_type("Custom::CrossRegionExportWriter") {
        let stack = graph.resource(writer).stack;
        let Some(written) = graph.property(writer, "WriterProps") else { continue };
        let Some(region) = written.get("region").and_then(Node::as_str) else { continue };
        for (name, value) in written.get("exports").into_iter().flat_map(Node::entries) {
            all.add_literal(name.text_or_empty(), Stored { writer, stack, region: Some(region), value });
        }
    }
    all
}

/// What a reader of the CDK reads under that name.
pub(super) fn read_by<'a>(graph: &Graph<'a>, reader: ResourceId, name: &str) -> Option<Node<'a>> {
    let declared = graph.resource(reader).declared;
    if declared.type_name != "Custom::CrossRegionExportReader" {
        return None;
    }
    graph.property(reader, "ReaderProps")?.get("imports")?.get(name)
}

impl<'a> Resolver<'_, 'a> {
    /// The value that another stack surely writes under that name where this one reads it.
    pub(super) fn stored(&self, reader: StackId, name: &Value<'a>) -> Option<Resolved<'a>> {
        if self.world.stored.is_empty() {
            return None;
        }
        let (name, _) = identity(self, name)?;
        let graph = self.world.graph;
        let candidates = self.world.stored.named(self, &name, |renamed| &renamed.stored);
        let mut near = candidates
            .iter()
            .map(|stored| (stored, stored.within_reach(graph, reader)))
            .filter(|(_, reach)| *reach != Sameness::Different);
        let (Some((only, Sameness::Same)), None) = (near.next(), near.next()) else { return None };
        if only.stack == reader || self.exists(only.writer) != Truth::True {
            return None;
        }
        self.deeper(|| self.resolve(only.stack, only.value))
    }

    /// A literal text, whose dynamic references are what they read, or holes.
    pub(super) fn literal(&self, stack: StackId, text: &'a str) -> Value<'a> {
        if !self.world.graph.stack(stack).has_dynamic || !text.contains(DYNAMIC) {
            return Value::text(text);
        }
        let mut builder = TextBuilder::default();
        let mut rest = text;
        while let Some(start) = rest.find(DYNAMIC) {
            let Some(length) = rest[start..].find("}}") else { break };
            builder.literal(Cow::Borrowed(&rest[..start]));
            let reference = &rest[start..start + length + 2];
            let read = name_in_store(reference).and_then(|name| self.stored(stack, &Value::text(name)));
            if read.is_none_or(|read| builder.value(read.value).is_err()) {
                builder.hole(Hole::Unknown(Unknown::Dynamic(reference)));
            }
            rest = &rest[start + length + 2..];
        }
        builder.literal(Cow::Borrowed(rest));
        builder.finish()
    }
}

/// The name in `{{resolve:ssm:NAME}}`. With a version it may be an older value than the one that is written.
fn name_in_store(reference: &str) -> Option<&str> {
    let name = reference.strip_prefix(FROM_STORE)?.strip_suffix("}}")?;
    (!name.contains(':')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_without_a_version() {
        for (reference, name) in [
            ("{{resolve:ssm:/a/b}}", Some("/a/b")),
            ("{{resolve:ssm:/a/b:3}}", None),
            ("{{resolve:ssm:arn:aws:ssm:eu-west-1:111122223333:parameter/a}}", None),
            ("{{resolve:ssm-secure:/a}}", None),
            ("{{resolve:secretsmanager:a}}", None),
        ] {
            assert_eq!(name_in_store(reference), name, "{reference}");
        }
    }
}
