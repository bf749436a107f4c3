//! `literals()`: the texts that a resource's properties spell out.
//!
//! Every literal counts: elements of lists, values of maps, what `Fn::Sub` says between its variables, both branches of
//! `Fn::If`. Names of parameters, resources, mappings, conditions and exports are no literals, and neither are keys.
//! A number is the text that it is written as.
use super::super::evaluate::Evaluator;
use super::super::subject::{Here, Subject};
use super::{list, record};
use crate::graph::StackId;
use crate::rule::FactId;
use crate::syntax::{Node, View};
use crate::template::{Intrinsic, SubPart, sub_parts};
use crate::value::{Place, Record, Resolved, Value};
use std::borrow::Cow;

/// One text, and where it stands.
struct Literal<'a> {
    text: Cow<'a, str>,
    path: Box<str>,
    place: Place,
}

impl<'a> Record<'a> for Literal<'a> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        match name {
            "Text" => Some(Value::Text(self.text.clone()).at(self.place)),
            "Path" => Some(Value::Text(Cow::Owned(self.path.to_string())).at(self.place)),
            _ => None,
        }
    }

    fn names(&self) -> &'static [&'static str] {
        FactId::Literals.info().fields
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// All literal texts in a resource's properties, in order.
    pub(super) fn literals(&self, here: &Here<'a>) -> Resolved<'a> {
        let place = here.owner.place(self.world);
        let Subject::Resource(id) = here.owner else { return list(Vec::new()).at(place) };
        // One rule after the other asks the same resource; keeping those of all would fill the memory.
        let known = self.known.literals.borrow();
        if let Some((_, literals)) = known.as_ref().filter(|(known, _)| *known == id) {
            return literals.clone();
        }
        drop(known);
        let mut walk = Walk { stack: here.owner.stack(self.world), path: String::new(), found: Vec::new() };
        if let Some(properties) = self.world.graph.resource(id).declared.properties() {
            walk.visit(properties);
        }
        let literals = list(walk.found).at(place);
        *self.known.literals.borrow_mut() = Some((id, literals.clone()));
        literals
    }
}

struct Walk<'a> {
    stack: StackId,
    /// Where the walk is, as people read it; functions on the way are left out.
    path: String,
    found: Vec<Resolved<'a>>,
}

impl<'a> Walk<'a> {
    fn add(&mut self, node: Node<'a>, text: Cow<'a, str>) {
        let place = Place { stack: self.stack, node: node.id() };
        let literal = Literal { text, path: self.path.as_str().into(), place };
        self.found.push(record(literal).at(place));
    }

    fn visit(&mut self, node: Node<'a>) {
        match node.view() {
            View::Null | View::Bool(_) => {}
            View::Number(number) => self.add(node, number.text()),
            View::Text(text) => self.add(node, Cow::Borrowed(text)),
            View::List(items) => {
                for (index, item) in items.enumerate() {
                    self.below(|path| path.push_str(&format!("[{index}]")), item);
                }
            }
            View::Map(entries) => match Intrinsic::of(node) {
                Some(function) => self.function(function),
                None => {
                    for (key, value) in entries {
                        let name = |path: &mut String| {
                            if !path.is_empty() {
                                path.push('.');
                            }
                            path.push_str(key.text_or_empty());
                        };
                        self.below(name, value);
                    }
                }
            },
        }
    }

    fn below(&mut self, name: impl FnOnce(&mut String), node: Node<'a>) {
        let length = self.path.len();
        name(&mut self.path);
        self.visit(node);
        self.path.truncate(length);
    }

    fn function(&mut self, function: Intrinsic<'a>) {
        match function {
            // Their arguments are names, not texts.
            Intrinsic::Ref(_)
            | Intrinsic::GetAtt(_)
            | Intrinsic::FindInMap(_)
            | Intrinsic::ImportValue(_)
            | Intrinsic::GetStackOutput(_)
            | Intrinsic::Transform(_) => {}
            Intrinsic::Sub(argument) => {
                let mut items = argument.items();
                let text = if argument.is_list() { items.next() } else { Some(argument) };
                if let Some((node, text)) = text.and_then(|node| Some((node, node.as_str()?))) {
                    for part in sub_parts(text) {
                        if let SubPart::Literal(text) = part {
                            self.add(node, Cow::Borrowed(text));
                        }
                    }
                }
                for (_, value) in items.flat_map(Node::entries) {
                    self.visit(value);
                }
            }
            Intrinsic::If(argument) => argument.items().skip(1).for_each(|branch| self.visit(branch)),
            Intrinsic::Select(argument) | Intrinsic::Join(argument) | Intrinsic::Split(argument) => {
                argument.items().skip(1).for_each(|part| self.elements(part));
            }
            Intrinsic::Base64(argument)
            | Intrinsic::Cidr(argument)
            | Intrinsic::GetAZs(argument)
            | Intrinsic::Length(argument)
            | Intrinsic::ToJsonString(argument)
            | Intrinsic::Other(_, argument) => self.elements(argument),
        }
    }

    /// An argument: its elements are no elements of the property.
    fn elements(&mut self, argument: Node<'a>) {
        match argument.is_list() {
            true => argument.items().for_each(|item| self.visit(item)),
            false => self.visit(argument),
        }
    }
}
