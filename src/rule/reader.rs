//! Reading typed things from a file of rules or policy, and collecting what is wrong with their places.
use super::error::{RuleError, suggestion};
use super::model::{Param, ParamValue};
use super::shape::Form;
use super::table::Tables;
use crate::source::{Source, Span};
use crate::syntax::{Document, Node};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Values that replace the defaults of a rule's parameters.
pub(super) type Overrides = FxHashMap<String, ParamValue>;

/// Reads one file; collects what is wrong.
pub(crate) struct Reader<'a> {
    pub source: &'a Arc<Source>,
    /// Whether everything is checked; a built-in rule was checked when it was built.
    pub strict: bool,
    pub errors: Vec<RuleError>,
    /// The parameters of the rule that is read.
    pub params: Vec<Param>,
    /// The names of those that something uses.
    pub used_params: Vec<String>,
    /// Values that replace the defaults of parameters.
    pub overrides: Overrides,
    /// The tables that the rule may name.
    pub tables: Tables,
    /// The names given with `as` around what is read.
    pub names: Vec<String>,
}

impl<'a> Reader<'a> {
    pub fn new(document: &'a Document, strict: bool) -> Reader<'a> {
        Reader {
            source: document.source(),
            strict,
            errors: Vec::new(),
            params: Vec::new(),
            used_params: Vec::new(),
            overrides: Overrides::default(),
            tables: Tables::default(),
            names: Vec::new(),
        }
    }

    pub fn error(&mut self, node: Node<'a>, message: impl Into<String>) {
        self.errors.push(RuleError::new(self.source, node.span(), message));
    }

    pub fn error_help(&mut self, node: Node<'a>, message: impl Into<String>, help: impl Into<String>) {
        self.errors.push(RuleError::new(self.source, node.span(), message).with_help(help));
    }

    pub fn warn(&mut self, node: Node<'a>, message: impl Into<String>) {
        self.errors.push(RuleError { warning: true, ..RuleError::new(self.source, node.span(), message) });
    }

    /// Where a node stands, for what is checked once the rule is read.
    pub fn span_of(&self, node: Node<'a>) -> Span {
        if self.strict { node.span() } else { Span::default() }
    }

    /// Refuses keys that do not belong.
    pub fn only_keys(&mut self, node: Node<'a>, allowed: &[&str]) {
        if !node.is_map() {
            self.error(node, format!("a mapping is expected here, with {}", allowed.join(", ")));
            return;
        }
        for (key, _) in node.entries() {
            let name = key.text_or_empty();
            if !allowed.contains(&name) {
                let help = suggestion(name, allowed.iter().copied());
                self.error_help(key, format!("the key `{name}` is not known here"), help);
            }
        }
    }

    /// Refuses keys that are not in the form.
    pub fn form(&mut self, node: Node<'a>, form: &Form) {
        if !node.is_map() {
            let names: Vec<&str> = form.names().collect();
            return self.error(node, format!("a mapping is expected here, with {}", names.join(", ")));
        }
        for (key, _) in node.entries() {
            let name = key.text_or_empty();
            if !form.names().any(|known| known == name) {
                let help = suggestion(name, form.names());
                self.error_help(key, format!("the key `{name}` is not known here"), help);
            }
        }
    }

    pub fn required(&mut self, root: Node<'a>, key: &str) -> Option<Node<'a>> {
        let node = root.get(key).filter(|node| !node.is_null());
        if node.is_none() {
            self.error(root, format!("`{key}` is missing"));
        }
        node
    }

    pub fn required_text(&mut self, root: Node<'a>, key: &str) -> Option<&'a str> {
        let node = self.required(root, key)?;
        self.text(node)
    }

    pub fn text(&mut self, node: Node<'a>) -> Option<&'a str> {
        let text = node.as_str().filter(|text| !text.is_empty());
        if text.is_none() {
            self.error(node, "a text is expected here");
        }
        text
    }

    pub fn boolean(&mut self, node: Node<'a>) -> Option<bool> {
        let value = node.as_bool();
        if value.is_none() {
            self.error(node, "`true` or `false` is expected here");
        }
        value
    }

    /// Reads each element of a list; errors are noted, and the rest is read.
    pub fn list_of<T>(&mut self, node: Node<'a>, read: impl Fn(&mut Self, Node<'a>) -> Option<T>) -> Vec<T> {
        if !node.is_list() {
            self.error(node, "a list is expected here");
            return Vec::new();
        }
        node.items().filter_map(|item| read(self, item)).collect()
    }
}
