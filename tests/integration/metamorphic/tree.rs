//! A template as a tree that tests rewrite, and the texts that it can be written as.
use stackproof::syntax::{self, Node, View};
use std::sync::Arc;

/// A value of a template, keys in the order of the text.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// `null`, a boolean or a number, as written.
    Plain(String),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl Tree {
    /// Reads a template, JSON or YAML.
    pub fn read(text: &str) -> Tree {
        let source = Arc::new(stackproof::source::Source::new("t", text));
        Tree::of(syntax::parse(source).unwrap().root())
    }

    fn of(node: Node<'_>) -> Tree {
        match node.view() {
            View::Null => Tree::Plain("null".to_owned()),
            View::Bool(value) => Tree::Plain(value.to_string()),
            View::Number(number) => Tree::Plain(number.text().into_owned()),
            View::Text(text) => Tree::text(text),
            View::List(items) => Tree::List(items.map(Tree::of).collect()),
            View::Map(entries) => Tree::Map(
                entries.map(|(key, value)| (key.text_or_empty().to_owned(), Tree::of(value))).collect(),
            ),
        }
    }

    pub fn text(text: &str) -> Tree {
        Tree::Text(text.to_owned())
    }

    /// A map of one pair: an intrinsic function, mostly.
    pub fn one(key: &str, value: Tree) -> Tree {
        Tree::Map(vec![(key.to_owned(), value)])
    }

    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.entries().iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Tree> {
        match self {
            Tree::Map(entries) => entries.iter_mut().find(|(known, _)| known == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The section of that name, made where it is absent.
    pub fn section(&mut self, key: &str) -> &mut Vec<(String, Tree)> {
        if self.get(key).is_none() {
            self.push(key, Tree::Map(Vec::new()));
        }
        match self.get_mut(key) {
            Some(Tree::Map(entries)) => entries,
            other => panic!("{key} is no map: {other:?}"),
        }
    }

    pub fn push(&mut self, key: &str, value: Tree) {
        match self {
            Tree::Map(entries) => entries.push((key.to_owned(), value)),
            other => panic!("no map: {other:?}"),
        }
    }

    pub fn entries(&self) -> &[(String, Tree)] {
        match self {
            Tree::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The name and the argument of an intrinsic function.
    pub fn function(&self) -> Option<(&str, &Tree)> {
        match self {
            Tree::Map(entries) if entries.len() == 1 => {
                let (name, argument) = &entries[0];
                (name == "Ref" || name.starts_with("Fn::")).then_some((name.as_str(), argument))
            }
            _ => None,
        }
    }

    /// The text of a scalar; none of `null`, lists and maps.
    pub fn scalar(&self) -> Option<&str> {
        match self {
            Tree::Text(text) => Some(text),
            Tree::Plain(text) if text != "null" => Some(text),
            _ => None,
        }
    }

    /// Every value, parents first; what `change` gives takes the place of the value, and is not looked into.
    pub fn rewrite(&mut self, change: &mut dyn FnMut(&Tree) -> Option<Tree>) {
        if let Some(new) = change(self) {
            *self = new;
            return;
        }
        match self {
            Tree::List(items) => items.iter_mut().for_each(|item| item.rewrite(change)),
            Tree::Map(entries) => entries.iter_mut().for_each(|(_, value)| value.rewrite(change)),
            _ => {}
        }
    }

    /// Calls `see` for every value.
    pub fn each(&self, see: &mut dyn FnMut(&Tree)) {
        see(self);
        match self {
            Tree::List(items) => items.iter().for_each(|item| item.each(see)),
            Tree::Map(entries) => entries.iter().for_each(|(_, value)| value.each(see)),
            _ => {}
        }
    }

    /// How many values there are, itself included.
    pub fn size(&self) -> usize {
        let mut size = 0;
        self.each(&mut |_| size += 1);
        size
    }

    pub fn to_json(&self) -> String {
        match self {
            Tree::Plain(text) => text.clone(),
            Tree::Text(text) => quoted(text),
            Tree::List(items) => {
                format!("[{}]", items.iter().map(Tree::to_json).collect::<Vec<_>>().join(","))
            }
            Tree::Map(entries) => {
                let pairs: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{}: {}", quoted(key), value.to_json()))
                    .collect();
                format!("{{{}}}", pairs.join(","))
            }
        }
    }

    /// YAML in block style, every function in its long form.
    pub fn to_yaml(&self) -> String {
        let mut out = String::new();
        self.block(&mut out, 0);
        out
    }

    fn block(&self, out: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        match self {
            Tree::List(items) if !items.is_empty() => {
                for item in items {
                    out.push_str(&format!("{indent}-"));
                    item.behind(out, depth);
                }
            }
            Tree::Map(entries) if !entries.is_empty() => {
                for (key, value) in entries {
                    out.push_str(&format!("{indent}{}:", quoted(key)));
                    value.behind(out, depth);
                }
            }
            other => out.push_str(&format!("{indent}{}\n", other.to_json())),
        }
    }

    fn behind(&self, out: &mut String, depth: usize) {
        match self {
            Tree::List(items) if !items.is_empty() => {
                out.push('\n');
                self.block(out, depth + 1);
            }
            Tree::Map(entries) if !entries.is_empty() => {
                out.push('\n');
                self.block(out, depth + 1);
            }
            other => out.push_str(&format!(" {}\n", other.to_json())),
        }
    }

    /// YAML with a short tag wherever YAML allows one: a tag cannot follow a tag.
    pub fn to_tagged_yaml(&self) -> String {
        let sections: Vec<String> =
            self.entries().iter().map(|(key, value)| format!("{key}: {}\n", value.tagged(true))).collect();
        sections.concat()
    }

    fn tagged(&self, may: bool) -> String {
        match (self.function(), self) {
            (Some((name, argument)), _) if may && !name.starts_with("Fn::ForEach") => {
                let argument = match (name, argument) {
                    ("Fn::GetAtt", Tree::List(parts)) => {
                        let parts: Vec<&str> = parts.iter().filter_map(Tree::scalar).collect();
                        quoted(&parts.join("."))
                    }
                    _ => argument.tagged(argument.function().is_none()),
                };
                format!("!{} {argument}", name.trim_start_matches("Fn::"))
            }
            (_, Tree::List(items)) => {
                format!("[{}]", items.iter().map(|item| item.tagged(true)).collect::<Vec<_>>().join(", "))
            }
            (_, Tree::Map(entries)) => {
                let pairs: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{}: {}", quoted(key), value.tagged(true)))
                    .collect();
                format!("{{{}}}", pairs.join(", "))
            }
            (_, scalar) => scalar.to_json(),
        }
    }
}

/// A text in quotes, as JSON and YAML both read it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
