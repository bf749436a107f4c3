//! What only a whole stack or app tells: `exports()`, `size()`, `cycles()`, `dangling()`.
//!
//! Of an app, the stacks of its assembly level count; of a resource, its own stack. The circles of stacks hold only
//! deployable ones: what is nested is deployed with its parent.
use super::super::evaluate::Evaluator;
use super::super::subject::{Here, Subject};
use super::{list, record};
use crate::graph::StackId;
use crate::rule::FactId;
use crate::syntax::Node;
use crate::value::{Place, Record, Resolved, Truth, Unknown, Value};
use std::borrow::Cow;

/// An export.
struct Export<'a> {
    name: Resolved<'a>,
    used: Truth,
}

impl<'a> Record<'a> for Export<'a> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        let used = match self.used {
            Truth::True => Value::Bool(true),
            Truth::False => Value::Bool(false),
            Truth::Unknown => Value::unknown(Unknown::Shape("which stacks import the value is not known")),
        };
        match name {
            "Name" => Some(self.name.clone()),
            "Used" => Some(used.at(self.name.place)),
            _ => None,
        }
    }

    fn names(&self) -> &'static [&'static str] {
        FactId::Exports.info().fields
    }
}

/// How large a template is.
struct Size<'a> {
    counts: [Value<'a>; 5],
    place: Place,
}

impl<'a> Record<'a> for Size<'a> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        let index = self.names().iter().position(|known| *known == name)?;
        Some(self.counts[index].clone().at(self.place))
    }

    fn names(&self) -> &'static [&'static str] {
        FactId::Size.info().fields
    }
}

impl<'a> Evaluator<'_, 'a> {
    fn stacks_of(&self, owner: Subject) -> Vec<StackId> {
        let graph = self.world.graph;
        match owner {
            Subject::App(first) => {
                let level = graph.stack(first).input.level;
                let all = (0..graph.stacks.len() as u32).map(StackId);
                all.filter(|id| graph.stack(*id).input.level == level).collect()
            }
            Subject::Stack(_) | Subject::Resource(_) => vec![owner.stack(self.world)],
        }
    }

    /// The exported outputs, and whether anything in the unit reads them.
    pub(super) fn exports(&self, here: &Here<'a>) -> Resolved<'a> {
        let mut exports = Vec::new();
        let roots = self.world.graph.stacks.iter().filter(|stack| stack.parent.is_none()).count();
        for stack in self.stacks_of(here.owner) {
            let alone = roots == 1 && !self.world.graph.stack(stack).input.has_manifest();
            for (_, body) in &self.world.graph.stack(stack).template.outputs {
                let name = body.get("Export").and_then(|export| export.get("Name"));
                let (Some(name), Some(value)) = (name, body.get("Value")) else { continue };
                let name = self.resolver.resolve(stack, name);
                let place = name.place;
                let read = self.resolver.is_read(stack, value, &name.value);
                // Who imports from a template by itself is not here.
                let used = if alone { read.or(Truth::Unknown) } else { read };
                exports.push(record(Export { name, used }).at(place));
            }
        }
        list(exports).at(here.owner.place(self.world))
    }

    /// The counts that the service limits. A macro may add anything but to the text itself.
    pub(super) fn size(&self, here: &Here<'a>) -> Resolved<'a> {
        let place = here.owner.place(self.world);
        let (mut sums, mut grows) = ([0usize; 5], false);
        for stack in self.stacks_of(here.owner) {
            let template = &self.world.graph.stack(stack).template;
            grows |= !self.world.is_whole(stack);
            let counts = [
                self.world.graph.resources_of(stack).len(),
                template.outputs.len(),
                template.parameters.len(),
                template.mappings.map_or(0, Node::len),
                self.world.graph.source(stack).text().len(),
            ];
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        let mut counts = sums.map(|count| Value::integer(count as i64));
        if grows {
            counts[..4].fill(Value::unknown(Unknown::Shape("a macro writes a part of the template")));
        }
        record(Size { counts, place }).at(place)
    }

    /// Circles of stacks that read from each other.
    pub(super) fn cycles(&self, here: &Here<'a>) -> Resolved<'a> {
        let place = here.owner.place(self.world);
        let graph = self.world.graph;
        let level = graph.stack(here.owner.stack(self.world)).input.level;
        let own = self.world.root_of(here.owner.stack(self.world));
        let mut texts = Vec::new();
        for circle in self.world.circles_of_stacks() {
            let start = match here.owner {
                Subject::App(_) => circle.iter().position(|id| graph.stack(*id).input.level == level),
                Subject::Stack(_) | Subject::Resource(_) => circle.iter().position(|id| *id == own),
            };
            let Some(start) = start else { continue };
            let around = circle[start..].iter().chain(&circle[..=start]);
            let names: Vec<&str> = around.map(|id| graph.stack(*id).input.display_name.as_str()).collect();
            texts.push(Value::Text(Cow::Owned(names.join(" -> "))).at(place));
        }
        list(texts).at(place)
    }

    /// Names that a template refers to, in a function or `DependsOn`, and does not declare.
    pub(super) fn dangling(&self, here: &Here<'a>) -> Resolved<'a> {
        let mut texts = Vec::new();
        for stack in self.stacks_of(here.owner) {
            if !self.world.is_whole(stack) {
                let why = Unknown::Shape("a macro may add what the template does not declare");
                return Value::unknown(why).at(here.owner.place(self.world));
            }
            let missing = self.world.dangling(stack).iter();
            texts.extend(
                missing.map(|(node, name)| {
                    Value::Text(Cow::Owned(name.clone())).at(Place { stack, node: *node })
                }),
            );
        }
        list(texts).at(here.owner.place(self.world))
    }
}
