//! What a loop goes through, as far as it is known before deployment: lists, list parameters, mappings.
//!
//! In: the collection of a loop, and the identifiers bound around it. Out: its elements as texts, or why they are
//! not known. A parameter is the value that is given, else its default. Resources are never looked into. All that
//! is read counts against [`Room`], so that no nest of loops reads without end.
use super::binding::Bindings;
use super::intrinsic::{Intrinsic, SubPart, sub_parts};
use crate::syntax::{Node, View};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Why something is not known.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A reason to tell.
    Why(String),
    /// There is no room left.
    Full,
}

/// A value that is one text, or `AWS::NoValue`.
#[derive(Debug)]
pub(super) enum Scalar<'d> {
    Text(Cow<'d, str>),
    NoValue,
}

/// What the loops of one document may still make.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub elements: usize,
    pub bytes: usize,
}

/// All that a value may depend on.
pub(super) struct Scope<'d, 'g> {
    pub bindings: Bindings<'d>,
    pub room: Room,
    pub parameters: FxHashMap<&'d str, Node<'d>>,
    pub mappings: Option<Node<'d>>,
    pub given: &'g dyn Fn(&str) -> Option<String>,
}

fn why<T>(reason: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::Why(reason.into()))
}

impl<'d> Scope<'d, '_> {
    /// Takes that many bytes of the room that is left.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Trouble> {
        self.room.bytes = self.room.bytes.checked_sub(bytes).ok_or(Trouble::Full)?;
        Ok(())
    }

    /// A text with the identifiers filled in.
    pub(super) fn fill<'t>(&mut self, text: &'t str) -> Result<Cow<'t, str>, Trouble> {
        if self.bindings.is_empty() {
            return Ok(Cow::Borrowed(text));
        }
        self.take(text.len())?;
        let filled = self.bindings.fill(text, self.room.bytes).ok_or(Trouble::Full)?;
        if let Cow::Owned(filled) = &filled {
            self.take(filled.len())?;
        }
        Ok(filled)
    }

    /// The elements of a collection.
    pub(super) fn collection(&mut self, node: Node<'d>) -> Result<Vec<Cow<'d, str>>, Trouble> {
        match Intrinsic::of(node) {
            Some(Intrinsic::Ref(name)) => {
                let name = self.text(name)?;
                self.list_parameter(&name)
            }
            Some(Intrinsic::FindInMap(argument)) => match self.find_in_map(argument)? {
                (found, true) if found.is_list() => {
                    self.list(found, |_, item| literal(item).map(Scalar::Text))
                }
                (_, true) => why("Fn::FindInMap finds a value that is no list"),
                (default, false) => self.collection(default),
            },
            Some(_) => why(format!(
                "{} is not computed here; a collection is a list, Ref of a list parameter, or Fn::FindInMap",
                node.single_entry().map_or("it", |(name, _)| name)
            )),
            None if node.is_list() => self.list(node, Self::scalar),
            None => why(
                "its collection is no list; write a list, or Ref of a parameter of type CommaDelimitedList",
            ),
        }
    }

    fn list(
        &mut self,
        list: Node<'d>,
        element: impl Fn(&mut Self, Node<'d>) -> Result<Scalar<'d>, Trouble>,
    ) -> Result<Vec<Cow<'d, str>>, Trouble> {
        if list.len() > self.room.elements {
            return Err(Trouble::Full);
        }
        self.take(list.len())?;
        let mut elements = Vec::with_capacity(list.len());
        for item in list.items() {
            if let Scalar::Text(text) = element(self, item)? {
                self.take(text.len())?;
                elements.push(text);
            }
        }
        Ok(elements)
    }

    fn list_parameter(&mut self, name: &str) -> Result<Vec<Cow<'d, str>>, Trouble> {
        if self.bindings.get(name).is_some() {
            return why(format!(
                "{name} is the identifier of a loop around it, which is one text and no list"
            ));
        }
        let type_name = self.parameters.get(name).and_then(|declared| declared.get("Type")?.as_str());
        let type_name = type_name.unwrap_or("CommaDelimitedList");
        let text = self.parameter(name)?;
        if type_name != "CommaDelimitedList" && !type_name.starts_with("List<") {
            return why(format!("the parameter {name} is a {type_name}; make it a CommaDelimitedList"));
        }
        self.take(text.len())?;
        let most = self.room.elements + 1;
        let elements: Vec<Cow<'d, str>> = match text {
            text if text.is_empty() => Vec::new(),
            Cow::Borrowed(text) => text.split(',').take(most).map(|part| part.trim().into()).collect(),
            Cow::Owned(text) => {
                text.split(',').take(most).map(|part| part.trim().to_owned().into()).collect()
            }
        };
        if elements.len() == most { Err(Trouble::Full) } else { Ok(elements) }
    }

    /// The value of a parameter: the given one, else the default.
    fn parameter(&mut self, name: &str) -> Result<Cow<'d, str>, Trouble> {
        let declared = self.parameters.get(name).copied();
        let type_name = declared.and_then(|declared| declared.get("Type")?.as_str()).unwrap_or_default();
        if type_name.starts_with("AWS::SSM::") {
            return why(format!(
                "the parameter {name} is read from the Parameter Store when the stack is deployed"
            ));
        }
        if declared.is_some_and(super::section::is_secret) {
            return why(format!("the parameter {name} is NoEcho, and names made of its value would tell it"));
        }
        if let Some(text) = (self.given)(name) {
            self.take(text.len())?;
            return Ok(text.into());
        }
        match declared {
            Some(declared) => match declared.get("Default").map(literal) {
                Some(Ok(text)) => self.take(text.len()).map(|()| text),
                _ => {
                    why(format!("the parameter {name} has neither a given value nor a Default; give it one"))
                }
            },
            None if name.starts_with("AWS::") => {
                why(format!("{name} is known only when the stack is deployed"))
            }
            None => why(format!("{name} is no parameter, and no identifier of a loop around it")),
        }
    }

    /// A value that must be one text.
    pub(super) fn scalar(&mut self, node: Node<'d>) -> Result<Scalar<'d>, Trouble> {
        self.take(1)?;
        let text = match (node.view(), Intrinsic::of(node)) {
            (View::Text(text), _) => self.fill(text)?,
            (_, Some(Intrinsic::Ref(argument))) => {
                let name = self.text(argument)?;
                if name == "AWS::NoValue" {
                    return Ok(Scalar::NoValue);
                }
                self.named(&name)?
            }
            (_, Some(Intrinsic::Sub(argument))) => self.sub(argument)?,
            (_, Some(Intrinsic::Join(argument))) => self.join(argument)?,
            (_, Some(Intrinsic::FindInMap(argument))) => match self.find_in_map(argument)? {
                (found, true) => {
                    let text = literal(found)?;
                    self.take(text.len()).map(|()| text)?
                }
                (default, false) => return self.scalar(default),
            },
            (_, Some(_)) => {
                let name = node.single_entry().map_or("a function", |(name, _)| name);
                return why(format!("{name} is not computed here"));
            }
            (_, None) => literal(node)?,
        };
        Ok(Scalar::Text(text))
    }

    fn text(&mut self, node: Node<'d>) -> Result<Cow<'d, str>, Trouble> {
        match self.scalar(node)? {
            Scalar::Text(text) => Ok(text),
            Scalar::NoValue => why("AWS::NoValue stands where a text is expected"),
        }
    }

    /// What a name stands for that is no resource.
    fn named(&mut self, name: &str) -> Result<Cow<'d, str>, Trouble> {
        match self.bindings.get(name).cloned() {
            Some(element) => self.take(element.len()).map(|()| element),
            None => self.parameter(name),
        }
    }

    fn sub(&mut self, argument: Node<'d>) -> Result<Cow<'d, str>, Trouble> {
        let mut items = argument.items();
        let (text, own) = (items.next().unwrap_or(argument), items.next());
        let Some(text) = text.as_str() else { return why("Fn::Sub has no text") };
        let text = self.fill(text)?;
        let mut built = String::new();
        for part in sub_parts(&text) {
            match part {
                SubPart::Literal(text) => built.push_str(text),
                SubPart::Open => built.push_str("${"),
                SubPart::Variable(name) => match own.and_then(|own| own.get(name)) {
                    Some(value) => built.push_str(&self.text(value)?),
                    None => built.push_str(&self.named(name)?),
                },
            }
        }
        Ok(built.into())
    }

    fn join(&mut self, argument: Node<'d>) -> Result<Cow<'d, str>, Trouble> {
        let mut items = argument.items();
        let (Some(between), Some(parts)) = (items.next(), items.next().filter(|parts| parts.is_list()))
        else {
            return why("Fn::Join has no list of texts");
        };
        let between = self.text(between)?;
        let mut built = String::new();
        for (index, part) in parts.items().enumerate() {
            self.take(between.len())?;
            built.push_str(if index == 0 { "" } else { &between });
            built.push_str(&self.text(part)?);
        }
        Ok(built.into())
    }

    /// What `Fn::FindInMap` finds, and whether it was found in the mappings and not in its `DefaultValue`.
    fn find_in_map(&mut self, argument: Node<'d>) -> Result<(Node<'d>, bool), Trouble> {
        let items: Vec<Node<'d>> = argument.items().take(4).collect();
        let [name, top, second, options @ ..] = items.as_slice() else {
            return why("Fn::FindInMap needs a mapping and two keys");
        };
        let mut found = self.mappings;
        for key in [name, top, second] {
            let key = self.text(*key)?;
            self.take(found.map_or(0, Node::len))?;
            found = found.and_then(|found| found.get(&key));
        }
        let default = options.first().and_then(|options| options.get("DefaultValue"));
        match (found, default) {
            (Some(found), _) => Ok((found, true)),
            (None, Some(default)) => Ok((default, false)),
            (None, None) => why("Fn::FindInMap finds no such key"),
        }
    }
}

/// A scalar as it is written, nothing filled in.
fn literal<'d>(node: Node<'d>) -> Result<Cow<'d, str>, Trouble> {
    match node.view() {
        View::Text(text) => Ok(text.into()),
        View::Number(number) => Ok(number.text()),
        View::Bool(value) => Ok(if value { "true" } else { "false" }.into()),
        View::Null => why("null stands where a text is expected"),
        View::List(_) => why("a list stands where a text is expected"),
        View::Map(_) => why("a map stands where a text is expected"),
    }
}
