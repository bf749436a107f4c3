//! Whether the paths of a rule exist: every step against the published CloudFormation specification.
//!
//! A path that does not exist, or that crosses a list without saying so, is an error; for a type that the
//! specification does not know, a warning that says that nothing was checked. Attributes, facts and quoted
//! keys are not the specification's business.
use super::error::suggestion;
use super::fact::{FactInfo, FactShape};
use super::head::Rule;
use super::model::{Condition, Join, Match, Op, Operand, Target, Test};
use super::path::{Base, Path, Segment};
use super::reader::Reader;
use super::spec::{self, Cursor, Kind, StepError};
use super::table::Table;
use crate::source::Span;
use crate::syntax::Node;

/// Checks all paths of a rule; findings go to the reader.
pub(super) fn check<'a>(reader: &mut Reader<'a>, root: Node<'a>, rule: &Rule) {
    let mut walk = Walk { problems: Vec::new(), subject: Vec::new(), names: Vec::new() };
    walk.subject = walk.cursors(&rule.matches, Span::default());
    let here = walk.subject.clone();
    let conditions = rule.when.iter().chain(
        rule.require.iter().flat_map(|clause| clause.when.iter().chain(std::iter::once(&clause.that))),
    );
    for condition in conditions {
        walk.condition(condition, &here);
    }
    let matches = root.get("match").unwrap_or(root);
    for problem in walk.problems {
        let node = node_at(root, problem.span).unwrap_or(matches);
        if problem.unknown_type {
            reader.warn(node, problem.message);
        } else {
            match problem.help {
                Some(help) => reader.error_help(node, problem.message, help),
                None => reader.error(node, problem.message),
            }
        }
    }
}

/// Why a path names no property of a type, where the specification knows it better.
pub fn misnamed(type_name: &str, path: &Path) -> Option<String> {
    let mut cursor = Cursor::of(type_name)?;
    for segment in path.segments.iter() {
        cursor = match segment {
            Segment::Star => cursor.element()?,
            Segment::Name(name) => match cursor.step(name) {
                Ok(inner) => inner,
                Err(StepError::NoSuchProperty { nearest }) => {
                    let help = nearest.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                    return Some(format!("{type_name} has no property `{name}` in `{path}`{help}"));
                }
                Err(_) => return None,
            },
            Segment::Quoted(_) | Segment::Attribute(_) | Segment::Fact(..) | Segment::Row(..) => return None,
        };
    }
    None
}

/// The deepest node that stands at a span; keys of conditions are unique places.
fn node_at<'a>(root: Node<'a>, span: Span) -> Option<Node<'a>> {
    let document = root.document();
    (span != Span::default())
        .then(|| {
            (0..document.len() as u32)
                .map(|id| document.node(crate::syntax::NodeId(id)))
                .find(|node| node.span() == span)
        })
        .flatten()
}

struct Problem {
    span: Span,
    message: String,
    help: Option<String>,
    unknown_type: bool,
}

/// Where in the specification a condition stands; none where nothing is known.
#[derive(Clone)]
struct Position {
    type_name: String,
    cursor: Option<Cursor>,
    /// The fact whose record, or list of records, stands here.
    fact: Option<&'static FactInfo>,
    /// Whether it is that list itself.
    is_list: bool,
}

struct Walk {
    problems: Vec<Problem>,
    subject: Vec<Position>,
    /// What the names given with `as` stand for.
    names: Vec<(&'static str, Vec<Position>)>,
}

impl Walk {
    fn cursors(&mut self, matches: &[Match], span: Span) -> Vec<Position> {
        let mut positions = Vec::new();
        for matched in matches {
            match matched {
                Match::Type(name) => positions.push(self.position(name, span)),
                Match::Glob(glob) => {
                    let before = positions.len();
                    let fitting = spec::types().filter(|name| glob.is_match(name));
                    positions.extend(fitting.map(|name| Position::new(name, Cursor::of(name))));
                    if positions.len() == before && !glob.text().starts_with("Custom::") {
                        self.unknown(
                            span,
                            format!("no type that the specification knows fits `{}`", glob.text()),
                        );
                    }
                }
                Match::Stack | Match::NestedStack | Match::App => {}
            }
        }
        positions
    }

    fn position(&mut self, name: &str, span: Span) -> Position {
        let cursor = Cursor::of(name);
        if cursor.is_none() {
            self.unknown(
                span,
                format!("the specification does not know the type `{name}`: its paths are not checked"),
            );
        }
        Position::new(name, cursor)
    }

    fn unknown(&mut self, span: Span, message: String) {
        self.problems.push(Problem { span, message, help: None, unknown_type: true });
    }

    fn condition(&mut self, condition: &Condition, here: &[Position]) {
        match condition {
            Condition::All(all) | Condition::Any(all) => {
                all.iter().for_each(|condition| self.condition(condition, here))
            }
            Condition::Not(inner) => self.condition(inner, here),
            Condition::At(check) => {
                let at = self.path(&check.path, here, check.span);
                self.test(&check.test, &at, here, check.span);
            }
            Condition::Exists(join) | Condition::ReferencedBy(join) => self.join(join),
            Condition::Undecided(_) => {}
            Condition::Named(name, inner) => {
                self.names.push((name, here.to_vec()));
                self.condition(inner, here);
                self.names.pop();
            }
        }
    }

    fn join(&mut self, join: &Join) {
        let at = self.cursors(&join.types, join.span);
        if let Some(via) = &join.via {
            self.path(via, &at, join.span);
        }
        if let Some(filter) = &join.filter {
            self.condition(filter, &at);
        }
    }

    fn test(&mut self, test: &Test, at: &[Position], here: &[Position], span: Span) {
        match test {
            Test::All(tests) | Test::Any(tests) => {
                tests.iter().for_each(|test| self.test(test, at, here, span))
            }
            Test::Not(test) => self.test(test, at, here, span),
            Test::Nested(condition) => self.condition(condition, at),
            Test::Named(name, test) => {
                self.names.push((name, at.to_vec()));
                self.test(test, at, here, span);
                self.names.pop();
            }
            Test::Op(op) => match op {
                Op::Every { test, .. } | Op::Some(test) | Op::None(test) => {
                    let elements: Vec<Position> = at.iter().map(Position::element).collect();
                    self.test(test, &elements, here, span);
                }
                Op::RefersTo(target) => {
                    if let Target::Resource { types, filter, .. } = &**target {
                        let target = self.cursors(types, span);
                        if let Some(filter) = filter {
                            self.condition(filter, &target);
                        }
                    }
                }
                Op::Equals(operand) | Op::SameAs(operand) | Op::AtLeast(operand) | Op::AtMost(operand) => {
                    if let Operand::Path(reckoned) = operand {
                        self.path(&reckoned.path, here, span);
                    }
                }
                _ => {}
            },
        }
    }

    /// Follows a path from each position; a step that fails for every known type is an error.
    fn path(&mut self, path: &Path, here: &[Position], span: Span) -> Vec<Position> {
        let mut at = match &path.base {
            Base::Here => here.to_vec(),
            Base::Subject => self.subject.clone(),
            Base::Named(name) => {
                let known = self.names.iter().rfind(|(known, _)| known == name);
                known.map(|(_, at)| at.clone()).unwrap_or_default()
            }
        };
        for (index, segment) in path.segments.iter().enumerate() {
            let name = match segment {
                Segment::Name(name) => name,
                Segment::Row(row) => {
                    self.column(row.table, path.segments.get(index + 1), span);
                    for argument in &row.key {
                        self.path(argument, here, span);
                    }
                    return Vec::new();
                }
                Segment::Star => {
                    at = at.iter().map(Position::element).collect();
                    continue;
                }
                Segment::Fact(id, arguments) => {
                    for argument in arguments {
                        self.path(argument, here, span);
                    }
                    at = vec![Position::of_fact(id.info())];
                    continue;
                }
                Segment::Quoted(_) | Segment::Attribute(_) => return Vec::new(),
            };
            let mut next = Vec::new();
            let mut refused = None;
            for position in &at {
                if let Some(fact) = position.fact {
                    self.field(fact, position.is_list, path, name, span);
                }
                match position.cursor.map(|cursor| cursor.step(name)) {
                    None => next.push(Position::new(&position.type_name, None)),
                    Some(Ok(cursor)) => next.push(Position::new(&position.type_name, Some(cursor))),
                    Some(Err(error)) => refused = refused.or(Some((position.type_name.clone(), error))),
                }
            }
            if next.is_empty()
                && let Some((type_name, error)) = refused
            {
                self.refuse(path, name, &type_name, error, span);
            }
            at = next;
        }
        at
    }

    /// The field of a fact that a path goes on to.
    fn field(&mut self, fact: &'static FactInfo, is_list: bool, path: &Path, name: &str, span: Span) {
        let fact_name = fact.name;
        if is_list {
            let type_name = format!("{fact_name}()");
            self.refuse(path, name, &type_name, StepError::IsList, span);
        } else if !fact.fields.contains(&name) {
            let message = format!("the fact `{fact_name}()` has no field `{name}`");
            let help = Some(suggestion(name, fact.fields.iter().copied()));
            self.problems.push(Problem { span, message, help, unknown_type: false });
        }
    }

    /// The column of a table that a path goes on to.
    fn column(&mut self, table: &Table, next: Option<&Segment>, span: Span) {
        let Some(Segment::Name(column)) = next else { return };
        if !table.columns.contains(column) {
            let message = format!("the table `{}` has no column `{column}`", table.name);
            let help = Some(suggestion(column, table.columns.iter().copied()));
            self.problems.push(Problem { span, message, help, unknown_type: false });
        }
    }

    fn refuse(&mut self, path: &Path, name: &str, type_name: &str, error: StepError, span: Span) {
        let (message, help) = match error {
            StepError::NoSuchProperty { nearest } => (
                format!("{type_name} has no property `{name}` at `{path}`"),
                Some(match nearest {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => "a key that is meant all the same is quoted: '\"Key\"'".to_owned(),
                }),
            ),
            StepError::IsList => (
                format!("what stands before `{name}` in `{path}` is a list"),
                Some("ask its elements with `some`, `every` or `none`, or name them with `*`".to_owned()),
            ),
            StepError::IsMap => (
                format!("what stands before `{name}` in `{path}` is a map with free keys"),
                Some("quote a certain key, or name all values with `*`".to_owned()),
            ),
            StepError::IsScalar => {
                (format!("what stands before `{name}` in `{path}` is a single value"), None)
            }
        };
        self.problems.push(Problem { span, message, help, unknown_type: false });
    }
}

impl Position {
    fn new(type_name: &str, cursor: Option<Cursor>) -> Position {
        Position { type_name: type_name.to_owned(), cursor, fact: None, is_list: false }
    }

    /// What a fact gives; only records have fields that can be checked.
    fn of_fact(info: &'static FactInfo) -> Position {
        let has_fields = !info.fields.is_empty();
        Position {
            fact: has_fields.then_some(info),
            is_list: info.shape == FactShape::Records,
            ..Position::new(info.name, None)
        }
    }

    fn element(&self) -> Position {
        let cursor = self.cursor.and_then(|cursor| match cursor.kind() {
            Kind::List | Kind::Map | Kind::Union => cursor.element(),
            _ => None,
        });
        Position { fact: self.fact, ..Position::new(&self.type_name, cursor) }
    }
}
