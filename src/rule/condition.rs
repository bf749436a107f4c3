//! Reading conditions and tests from a rule file.
//!
//! A condition is a mapping: all its keys must hold. The value of a path is a scalar (equals), a list (in), a
//! mapping of operators only, or a mapping of paths only, relative to what the path names.
use super::error::suggestion;
use super::forms;
use super::lasting::lasting;
use super::model::{Check, Condition, Join, Match, Op, Scope, Target, Test};
use super::operator::{OPERATORS, is_operator};
use super::path::{Base, Path, Segment};
use super::pattern::Pattern;
use super::reader::Reader;
use crate::syntax::{Node, View};

/// Alternatives of which several that follow each other test the same path: they become one, so that the path is looked
/// up once.
fn joined(any: Vec<Condition>) -> Vec<Condition> {
    let mut joined: Vec<Condition> = Vec::with_capacity(any.len());
    for condition in any {
        match (joined.last_mut(), condition) {
            (Some(Condition::At(last)), Condition::At(next))
                if last.path == next.path && last.default.is_none() && next.default.is_none() =>
            {
                let first = std::mem::replace(&mut last.test, Test::Any(Vec::new().into()));
                let mut tests = if let Test::Any(tests) = first { tests.into() } else { vec![first] };
                tests.push(next.test);
                last.test = Test::Any(tests.into());
            }
            (_, condition) => joined.push(condition),
        }
    }
    joined
}

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
                "all" => all.push(Condition::All(self.list_of(value, Self::condition).into())),
                "any" => {
                    let any = self.list_of(value, Self::condition);
                    // The places of a rule that is checked tell which of them is wrong.
                    all.push(Condition::Any(if self.strict { any } else { joined(any) }.into()));
                }
                "not" => all.push(Condition::Not(Box::new(self.condition(value)?))),
                "exists" => all.push(Condition::Exists(Box::new(self.join(key, value, false)?))),
                "referenced-by" => all.push(Condition::ReferencedBy(Box::new(self.join(key, value, true)?))),
                "undecided" => match value.as_str() {
                    Some(reason) => all.push(Condition::Undecided(lasting(reason))),
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
        if all.len() == 1 { all.pop() } else { Some(Condition::All(all.into())) }
    }

    /// `PATH: TEST`.
    fn check(&mut self, key: Node<'a>, value: Node<'a>) -> Option<Condition> {
        let path = self.path(key)?;
        let mut default = None;
        if let Some((at, operand)) = value.entry("default").filter(|_| value.is_map()) {
            default = self.operand(operand).map(Box::new);
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
        Some(Condition::At(Check { path, test, default, span: self.span_of(key) }))
    }

    /// Reads a path from a key or a text, with its errors placed.
    pub(super) fn path(&mut self, node: Node<'a>) -> Option<Path> {
        self.path_of(node, node.text_or_empty())
    }

    /// Reads a path that is the whole of a text, or a part of it.
    pub(super) fn path_of(&mut self, node: Node<'a>, text: &str) -> Option<Path> {
        let path = match Path::parse_with(text, &self.tables) {
            Ok(path) => path,
            Err(message) => {
                self.error(node, message);
                return None;
            }
        };
        if let Some(name) = unnamed(&path, &self.names) {
            let known: Vec<String> = self.names.iter().map(|name| format!("${name}")).collect();
            let known = known.iter().map(String::as_str).chain(["$subject", "$param"]);
            let help = suggestion(&format!("${name}"), known);
            self.error_help(node, format!("nothing around this is called `${name}` with `as`"), help);
            return None;
        }
        Some(path)
    }

    /// Reads what may use the name that a mapping gives with `as`.
    fn naming<T>(
        &mut self,
        mapping: Node<'a>,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<(Option<&'static str>, T)> {
        let Some(name) = mapping.get("as") else { return Some((None, read(self)?)) };
        let text = self.text(name)?;
        let plain = Path::parse(text).is_ok_and(|path| matches!(&path.segments[..], [Segment::Name(_)]));
        if !plain || matches!(text, "subject" | "param") || self.names.iter().any(|known| known == text) {
            self.error(name, format!("`{text}` cannot be a name here: it is taken, or no plain word"));
            return None;
        }
        self.names.push(text.to_owned());
        let read = read(self);
        self.names.pop();
        Some((Some(lasting(text)), read?))
    }

    /// A test of elements, under their name if they have one.
    fn named_test(&mut self, all: Node<'a>, node: Node<'a>) -> Option<Box<Test>> {
        let (name, test) = self.naming(all, |reader| reader.test(node))?;
        Some(Box::new(match name {
            Some(name) => Test::Named(name, Box::new(test)),
            None => test,
        }))
    }

    /// A condition on a resource, under its name if it has one.
    fn named_condition(&mut self, all: Node<'a>) -> Option<Option<Condition>> {
        let Some(node) = all.get("where") else { return Some(None) };
        let (name, condition) = self.naming(all, |reader| reader.condition(node))?;
        Some(Some(match name {
            Some(name) => Condition::Named(name, Box::new(condition)),
            None => condition,
        }))
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
            return if tests.len() == 1 { tests.pop() } else { Some(Test::All(tests.into())) };
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
            "all" => return Some(Test::All(self.list_of(value, Self::test).into())),
            "any" => return Some(Test::Any(self.list_of(value, Self::test).into())),
            "not" => return Some(Test::Not(Box::new(self.test(value)?))),
            "default" => return None,
            "as" => {
                if all.get("every").or(all.get("some")).or(all.get("none")).is_none() {
                    self.error(key, "`as` stands beside `every`, `some` or `none`, or in a join");
                }
                return None;
            }
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
            "matches" => Op::Matches(Box::new(self.pattern(value)?)),
            "glob" => Op::Glob(self.texts(value)?),
            "starts-with" => Op::StartsWith(self.texts(value)?),
            "ends-with" => Op::EndsWith(self.texts(value)?),
            "contains" => Op::Contains(self.operands(value)?),
            "at-least" => Op::AtLeast(self.operand(value)?),
            "at-most" => Op::AtMost(self.operand(value)?),
            "before" => Op::Before(self.date(value)?),
            "after" => Op::After(self.date(value)?),
            "known" => Op::Known(self.boolean(value)?),
            "covers" => Op::Covers(self.texts(value)?),
            "count" => Op::Count(Box::new(self.test(value)?)),
            "keys" => Op::Keys(Box::new(self.test(value)?)),
            "every" => {
                let or_empty = match all.get("or-empty") {
                    Some(node) => self.boolean(node)?,
                    None => false,
                };
                Op::Every { test: self.named_test(all, value)?, or_empty }
            }
            "some" => Op::Some(self.named_test(all, value)?),
            "none" => Op::None(self.named_test(all, value)?),
            "refers-to" => Op::RefersTo(Box::new(self.target(value)?)),
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
        Some(Pattern::new(lasting(text)))
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
        self.form(node, &forms::TARGET);
        let types = node.get("type").map(|types| self.types(types)).unwrap_or_default();
        let filter = self.named_condition(node)?.map(Box::new);
        let attribute = match node.get("attribute") {
            Some(attribute) => Some(lasting(self.text(attribute)?)),
            None => None,
        };
        Some(Target::Resource { types, attribute, filter })
    }

    fn join(&mut self, key: Node<'a>, node: Node<'a>, by_edge: bool) -> Option<Join> {
        if !node.is_map() {
            self.error(node, format!("`{}` takes a mapping with `type`", key.text_or_empty()));
            return None;
        }
        self.form(node, if by_edge { &forms::REFERENCED_BY } else { &forms::EXISTS });
        let Some(types) = node.get("type") else {
            self.error(key, format!("`{}` needs a `type`", key.text_or_empty()));
            return None;
        };
        let types = self.types(types);
        let scope = match node.get("scope").map(|scope| (scope, scope.text_or_empty())) {
            None | Some((_, "app")) => Scope::App,
            Some((_, "stack")) => Scope::Stack,
            Some((_, "assembly")) => Scope::Assembly,
            Some((scope, other)) => {
                self.error(scope, format!("`{other}` is no scope: `stack`, `app` or `assembly`"));
                return None;
            }
        };
        let via = match node.get("via") {
            Some(via) => Some(self.path(via)?),
            None => None,
        };
        let filter = self.named_condition(node)?;
        Some(Join { types, scope, via, filter, span: self.span_of(key) })
    }

    /// One type, or a list of them; globs allowed.
    pub fn types(&mut self, node: Node<'a>) -> Box<[Match]> {
        let nodes: Vec<Node<'a>> = if node.is_list() { node.items().collect() } else { vec![node] };
        nodes.into_iter().filter_map(|node| self.match_of(node)).collect()
    }
}

/// The name that a path, or an argument of a fact in it, starts at without anything having it.
fn unnamed<'p>(path: &'p Path, names: &[String]) -> Option<&'p str> {
    if let Base::Named(name) = &path.base
        && !names.iter().any(|known| known == name)
    {
        return Some(name);
    }
    let mut arguments = path.segments.iter().flat_map(|segment| match segment {
        Segment::Fact(_, arguments) => &arguments[..],
        Segment::Row(row) => &row.key,
        _ => &[],
    });
    arguments.find_map(|argument| unnamed(argument, names))
}

/// Whether a test can be asked of a list.
fn accepts_list(test: &Test) -> bool {
    match test {
        Test::Named(_, test) => accepts_list(test),
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
