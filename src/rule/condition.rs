//! Reading conditions and tests from a rule file.
//!
//! A condition is a mapping: all its keys must hold. The value of a path is a scalar (equals), a list (in), a
//! mapping of operators only, or a mapping of paths only, relative to what the path names.
use super::error::suggestion;
use super::model::{
    Check, Condition, Join, Match, Op, Operand, ParamValue, Pattern, Scope, Target, TemplatePart, Test,
};
use super::operator::{OPERATORS, is_operator};
use super::path::{Path, Segment};
use super::reader::Reader;
use crate::syntax::{Node, View};

impl<'a> Reader<'a> {
    /// Reads a condition; none after an error that has been noted.
    pub(super) fn condition(&mut self, node: Node<'a>) -> Option<Condition> {
        if !node.is_map() {
            self.error(node, "a condition is a mapping of paths to tests");
            return None;
        }
        if node.is_empty() {
            self.error(node, "an empty condition says nothing");
            return None;
        }
        let mut all = Vec::with_capacity(node.len());
        for (key, value) in node.entries() {
            match key.text_or_empty() {
                "all" => all.push(Condition::All(self.list_of(value, Self::condition))),
                "any" => all.push(Condition::Any(self.list_of(value, Self::condition))),
                "not" => all.push(Condition::Not(Box::new(self.condition(value)?))),
                "exists" => all.push(Condition::Exists(Box::new(self.join(key, value, false)?))),
                "referenced-by" => all.push(Condition::ReferencedBy(Box::new(self.join(key, value, true)?))),
                "undecided" => match value.as_str() {
                    Some(reason) => all.push(Condition::Undecided(reason.to_owned())),
                    None => self.error(value, "`undecided` takes the reason, a text"),
                },
                name if is_operator(name) => self.error_help(
                    key,
                    format!("the operator `{name}` needs a path before it"),
                    "a path that spells an operator is quoted: '\"count\"': ...",
                ),
                _ => all.extend(self.check(key, value)),
            }
        }
        if all.len() == 1 { all.pop() } else { Some(Condition::All(all)) }
    }

    /// `PATH: TEST`.
    fn check(&mut self, key: Node<'a>, value: Node<'a>) -> Option<Condition> {
        let path = self.path(key)?;
        let mut default = None;
        if let Some((at, operand)) = value.entry("default").filter(|_| value.is_map()) {
            default = self.operand(operand);
            if value.len() == 1 {
                self.error(at, "`default` stands beside an operator that compares with it");
            }
        }
        let test = self.test(value)?;
        if path.segments.contains(&Segment::Star) && !accepts_list(&test) {
            self.error_help(
                key,
                "a path with `*` names a list",
                "say what of it must hold with `some`, `every`, `none` or `count`",
            );
        }
        Some(Condition::At(Box::new(Check { path, test, default, span: key.span() })))
    }

    /// Reads a path from a key or a text, with its errors placed.
    pub(super) fn path(&mut self, node: Node<'a>) -> Option<Path> {
        match Path::parse(node.text_or_empty()) {
            Ok(path) => Some(path),
            Err(message) => {
                self.error(node, message);
                None
            }
        }
    }

    /// Reads the value of a path.
    pub(super) fn test(&mut self, node: Node<'a>) -> Option<Test> {
        let entries = match node.view() {
            View::Map(entries) => entries,
            View::List(items) => {
                let operands = items.filter_map(|item| self.operands(item)).flatten().collect();
                return Some(Test::Op(Op::In(operands)));
            }
            _ => return Some(Test::Op(Op::Equals(self.operand(node)?))),
        };
        if node.is_empty() {
            self.error(node, "an empty test says nothing");
            return None;
        }
        let is_op = |key: Node<'a>| is_operator(key.text_or_empty());
        let operators = entries.filter(|(key, _)| is_op(*key)).count();
        let neutral = entries.filter(|(key, _)| matches!(key.text_or_empty(), "all" | "any" | "not")).count();
        if operators == node.len() {
            let mut tests = Vec::with_capacity(operators);
            for (key, value) in entries {
                tests.extend(self.operator(node, key, value));
            }
            return if tests.len() == 1 { tests.pop() } else { Some(Test::All(tests)) };
        }
        if operators > neutral {
            let (stray, _) = node.entries().find(|(key, _)| !is_op(*key))?;
            let name = stray.text_or_empty();
            self.error_help(
                stray,
                format!("`{name}` is no operator, and paths do not mix with operators"),
                suggestion(name, OPERATORS.iter().map(|row| row.name)),
            );
            return None;
        }
        Some(Test::Nested(Box::new(self.condition(node)?)))
    }

    fn operator(&mut self, all: Node<'a>, key: Node<'a>, value: Node<'a>) -> Option<Test> {
        let op = match key.text_or_empty() {
            "all" => return Some(Test::All(self.list_of(value, Self::test))),
            "any" => return Some(Test::Any(self.list_of(value, Self::test))),
            "not" => return Some(Test::Not(Box::new(self.test(value)?))),
            "default" => return None,
            "or-empty" => {
                if all.get("every").is_none() {
                    self.error(key, "`or-empty` stands beside `every`");
                }
                return None;
            }
            "present" => Op::Present(self.boolean(value)?),
            "empty" => Op::Empty(self.boolean(value)?),
            "equals" => Op::Equals(self.operand(value)?),
            "in" => Op::In(self.operands(value)?),
            "matches" => Op::Matches(self.pattern(value)?),
            "glob" => Op::Glob(self.texts(value)?),
            "starts-with" => Op::StartsWith(self.texts(value)?),
            "ends-with" => Op::EndsWith(self.texts(value)?),
            "contains" => Op::Contains(self.operands(value)?),
            "at-least" => Op::AtLeast(self.operand(value)?),
            "at-most" => Op::AtMost(self.operand(value)?),
            "before" => Op::Before(self.operand(value)?),
            "after" => Op::After(self.operand(value)?),
            "count" => Op::Count(Box::new(self.test(value)?)),
            "keys" => Op::Keys(Box::new(self.test(value)?)),
            "every" => {
                let or_empty = match all.get("or-empty") {
                    Some(node) => self.boolean(node)?,
                    None => false,
                };
                Op::Every { test: Box::new(self.test(value)?), or_empty }
            }
            "some" => Op::Some(Box::new(self.test(value)?)),
            "none" => Op::None(Box::new(self.test(value)?)),
            "refers-to" => Op::RefersTo(self.target(value)?),
            "same-as" => Op::SameAs(self.operand(value)?),
            other => {
                self.error(key, format!("the operator `{other}` is not read here"));
                return None;
            }
        };
        Some(Test::Op(op))
    }

    fn pattern(&mut self, node: Node<'a>) -> Option<Pattern> {
        let text = self.text(node)?;
        if self.strict
            && let Err(error) = Pattern::compile(text)
        {
            let told = error.to_string();
            let last = told.lines().last().unwrap_or_default().trim_start_matches("error: ");
            self.error(node, format!("this regular expression is refused: {last}"));
            return None;
        }
        Some(Pattern::new(text))
    }

    fn target(&mut self, node: Node<'a>) -> Option<Target> {
        if node.as_str() == Some("$subject") {
            return Some(Target::Subject);
        }
        if !node.is_map() {
            self.error_help(
                node,
                "`refers-to` takes a mapping or `$subject`",
                "refers-to: {type: AWS::KMS::Key, where: {...}}",
            );
            return None;
        }
        self.only_keys(node, &["type", "where"]);
        let types = node.get("type").map(|types| self.types(types)).unwrap_or_default();
        let filter = match node.get("where") {
            Some(filter) => Some(Box::new(self.condition(filter)?)),
            None => None,
        };
        Some(Target::Resource { types, filter })
    }

    fn join(&mut self, key: Node<'a>, node: Node<'a>, by_edge: bool) -> Option<Join> {
        if !node.is_map() {
            self.error(node, format!("`{}` takes a mapping with `type`", key.text_or_empty()));
            return None;
        }
        self.only_keys(
            node,
            if by_edge { &["type", "via", "where", "scope"] } else { &["type", "where", "scope"] },
        );
        let Some(types) = node.get("type") else {
            self.error(key, format!("`{}` needs a `type`", key.text_or_empty()));
            return None;
        };
        let types = self.types(types);
        let scope = match node.get("scope").map(|scope| (scope, scope.text_or_empty())) {
            None | Some((_, "app")) => Scope::App,
            Some((_, "stack")) => Scope::Stack,
            Some((scope, other)) => {
                self.error(scope, format!("`{other}` is no scope: `stack` or `app`"));
                return None;
            }
        };
        let via = match node.get("via") {
            Some(via) => Some(self.path(via)?),
            None => None,
        };
        let filter = match node.get("where") {
            Some(filter) => Some(self.condition(filter)?),
            None => None,
        };
        Some(Join { types, scope, via, filter, span: key.span() })
    }

    /// One type, or a list of them; globs allowed.
    pub(super) fn types(&mut self, node: Node<'a>) -> Vec<Match> {
        let nodes: Vec<Node<'a>> = if node.is_list() { node.items().collect() } else { vec![node] };
        nodes.into_iter().filter_map(|node| self.match_of(node)).collect()
    }

    /// A scalar operand, a path with arithmetic, or a text template.
    pub(super) fn operand(&mut self, node: Node<'a>) -> Option<Operand> {
        match node.view() {
            View::Bool(value) => Some(Operand::Bool(value)),
            View::Number(number) => Some(Operand::Number(number.as_f64())),
            View::Text(text) => match self.param(node, text)? {
                Some(ParamValue::Number(value)) => Some(Operand::Number(value)),
                Some(ParamValue::Text(text)) => Some(Operand::Text(text)),
                Some(ParamValue::Bool(value)) => Some(Operand::Bool(value)),
                Some(ParamValue::List(_)) => {
                    self.error(node, "a list cannot be compared with a single value here");
                    None
                }
                None => self.text_operand(node, text),
            },
            View::Map(_) => {
                self.only_keys(node, &["path", "plus"]);
                let Some(path) = node.get("path") else {
                    self.error(node, "an operand is a scalar, or {path: PATH, plus: NUMBER}");
                    return None;
                };
                let path = self.path(path)?;
                let plus = match node.get("plus").map(Node::view) {
                    Some(View::Number(number)) => number.as_f64(),
                    _ => 0.0,
                };
                Some(Operand::Path(path, plus))
            }
            View::Null | View::List(_) => {
                self.error(node, "a single value is expected here");
                None
            }
        }
    }

    /// Text, a path at the subject, or a template around such paths.
    fn text_operand(&mut self, node: Node<'a>, text: &str) -> Option<Operand> {
        let path = |reader: &mut Self, text: &str| match Path::parse(text) {
            Ok(path) => Some(path),
            Err(message) => {
                reader.error(node, message);
                None
            }
        };
        if text.starts_with("$subject.") {
            return Some(Operand::Path(path(self, text)?, 0.0));
        }
        if !text.contains("{$subject.") {
            return Some(Operand::Text(text.to_owned()));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{$subject.") {
            let Some(length) = rest[start..].find('}') else { break };
            if start > 0 {
                parts.push(TemplatePart::Literal(rest[..start].to_owned()));
            }
            parts.push(TemplatePart::Path(path(self, &rest[start + 1..start + length])?));
            rest = &rest[start + length + 1..];
        }
        if !rest.is_empty() {
            parts.push(TemplatePart::Literal(rest.to_owned()));
        }
        Some(Operand::Template(parts))
    }

    /// A list of operands; a single one counts as a list of itself, a list parameter is put in.
    fn operands(&mut self, node: Node<'a>) -> Option<Vec<Operand>> {
        if node.is_list() {
            return Some(node.items().filter_map(|item| self.operands(item)).flatten().collect());
        }
        if let Some(text) = node.as_str()
            && let Some(ParamValue::List(texts)) = self.param(node, text)?
        {
            return Some(texts.into_iter().map(Operand::Text).collect());
        }
        Some(vec![self.operand(node)?])
    }

    /// A text, or a list of texts.
    fn texts(&mut self, node: Node<'a>) -> Option<Vec<String>> {
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
        Some(texts)
    }
}

/// Whether a test can be asked of a list.
fn accepts_list(test: &Test) -> bool {
    match test {
        Test::All(tests) | Test::Any(tests) => tests.iter().all(accepts_list),
        Test::Not(test) => accepts_list(test),
        Test::Nested(_) => false,
        Test::Op(op) => matches!(
            op,
            Op::Every { .. }
                | Op::Some(_)
                | Op::None(_)
                | Op::Count(_)
                | Op::Empty(_)
                | Op::Contains(_)
                | Op::Present(_)
        ),
    }
}
