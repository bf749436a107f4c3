//! Reading what values are compared with: scalars, lists, other values and what is reckoned with them, days.
use super::forms;
use super::lasting::lasting;
use super::model::{Operand, ParamValue, Reckoned, TemplatePart};
use super::path::{Base, Path};
use super::reader::Reader;
use crate::syntax::{Node, View};

impl<'a> Reader<'a> {
    /// A scalar operand, a path with arithmetic, or a text template.
    pub(super) fn operand(&mut self, node: Node<'a>) -> Option<Operand> {
        match node.view() {
            View::Bool(value) => Some(Operand::Bool(value)),
            View::Number(number) => Some(Operand::Number(number.as_f64())),
            View::Text(text) => match self.param(node, text)? {
                Some(ParamValue::Number(value)) => Some(Operand::Number(value)),
                Some(ParamValue::Text(text)) => Some(Operand::Text(lasting(&text))),
                Some(ParamValue::Bool(value)) => Some(Operand::Bool(value)),
                Some(ParamValue::List(_)) => {
                    self.error(node, "a list cannot be compared with a single value here");
                    None
                }
                None => self.text_operand(node, text),
            },
            View::Map(_) => self.reckoned(node),
            View::Null | View::List(_) => {
                self.error(node, "a single value is expected here");
                None
            }
        }
    }

    /// `{path: PATH, default: VALUE, times: N, plus: N}`.
    fn reckoned(&mut self, node: Node<'a>) -> Option<Operand> {
        self.form(node, &forms::RECKONED);
        let Some(path) = node.get("path") else {
            self.error(node, "an operand is a scalar, or {path: PATH, default: VALUE, times: N, plus: N}");
            return None;
        };
        let path = self.path(path)?;
        let default = match node.get("default") {
            Some(default) => Some(self.operand(default)?),
            None => None,
        };
        let times = self.number(node, "times", 1.0)?;
        let plus = self.number(node, "plus", 0.0)?;
        Some(Operand::Path(Box::new(Reckoned { path, default, times, plus })))
    }

    /// The number under a key, or a parameter that is one.
    fn number(&mut self, node: Node<'a>, key: &str, absent: f64) -> Option<f64> {
        let Some(value) = node.get(key) else { return Some(absent) };
        match self.operand(value)? {
            Operand::Number(number) => Some(number),
            _ => {
                self.error(value, "a number is expected here");
                None
            }
        }
    }

    /// What `before` and `after` take: an ISO date, `today`, `{date: today, plus: DAYS}`, or any other operand.
    pub(super) fn date(&mut self, node: Node<'a>) -> Option<Operand> {
        if node.as_str() == Some("today") {
            return Some(Operand::Today(0.0));
        }
        let Some(date) = node.get("date") else { return self.operand(node) };
        self.form(node, &forms::DATE);
        if date.as_str() != Some("today") {
            self.error(date, "`date` is `today`; any other date is written by itself");
            return None;
        }
        Some(Operand::Today(self.number(node, "plus", 0.0)?))
    }

    /// Text, a path from a named start, or a template around such paths.
    fn text_operand(&mut self, node: Node<'a>, text: &str) -> Option<Operand> {
        if !text.contains('$') {
            return Some(Operand::Text(lasting(text)));
        }
        let starts: Vec<String> = self
            .names
            .iter()
            .map(String::as_str)
            .chain(["subject"])
            .map(|name| format!("${name}."))
            .collect();
        // `$LATEST` is a text; `$name.PATH` cannot be one.
        let is_path = Path::parse_with(text, &self.tables)
            .is_ok_and(|path| path.base != Base::Here && !path.segments.is_empty());
        if is_path {
            return Some(Reckoned::plain(self.path_of(node, text)?));
        }
        let next = |rest: &str| starts.iter().filter_map(|start| rest.find(&format!("{{{start}"))).min();
        if next(text).is_none() {
            return Some(Operand::Text(lasting(text)));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = next(rest) {
            let Some(length) = rest[start..].find('}') else { break };
            if start > 0 {
                parts.push(TemplatePart::Literal(lasting(&rest[..start])));
            }
            parts.push(TemplatePart::Path(self.path_of(node, &rest[start + 1..start + length])?));
            rest = &rest[start + length + 1..];
        }
        if !rest.is_empty() {
            parts.push(TemplatePart::Literal(lasting(rest)));
        }
        Some(Operand::Template(parts.into()))
    }

    /// A list of operands; a single one counts as a list of itself, a list parameter is put in.
    pub(super) fn operands(&mut self, node: Node<'a>) -> Option<Box<[Operand]>> {
        if node.is_list() {
            return Some(node.items().filter_map(|item| self.operands(item)).flatten().collect());
        }
        if let Some(text) = node.as_str()
            && let Some(ParamValue::List(texts)) = self.param(node, text)?
        {
            return Some(texts.iter().map(|text| Operand::Text(lasting(text))).collect());
        }
        Some([self.operand(node)?].into())
    }

    /// A text, or a list of texts.
    pub(super) fn texts(&mut self, node: Node<'a>) -> Option<Box<[&'static str]>> {
        let mut texts = Vec::new();
        for operand in self.operands(node)? {
            match operand {
                Operand::Text(text) => texts.push(text),
                _ => {
                    self.error(node, "a text, or a list of texts, is expected here");
                    return None;
                }
            }
        }
        Some(texts.into())
    }
}
