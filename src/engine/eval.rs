//! One resource and a path -> what the rules would see there, and how it comes about.
//!
//! The resource is found by its logical id, by `Stack/LogicalId` or by its construct path. Paths are followed by the
//! evaluator and values resolved by the resolver that judge rules, under the same scenarios; this file only
//! asks them to tell their hops, and puts the answers into words.
use super::candidate::Joins;
use super::evaluate::{Evaluator, Known};
use super::lookup::Found;
use super::subject::{Here, Subject};
use super::{Settings, given, locate, message};
use crate::answer::{Answer, Case, Line, Property, Step, Told};
use crate::date::Date;
use crate::finding::{Problem, Undeclared};
use crate::graph::{Graph, ResourceId};
use crate::intake::Discovery;
use crate::limits::{MAX_DEPTH, MAX_SCENARIOS, MAX_TOLD};
use crate::rule::{Base, Path, Segment, lasting, misnamed, nearest};
use crate::syntax::Node;
use crate::template::Intrinsic;
use crate::value::{
    Asked, Hole, Hop, Piece, Place, Resolved, Resolver, Truth, Unknown, Value, World, known_text,
};
use std::collections::BTreeSet;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// No resource is called so; the one that could have been meant.
    #[error("there is no resource {0}")]
    NoResource(String, Option<String>),
    /// Several resources are called so.
    #[error("several resources are called {0}")]
    Several(String, Vec<String>),
    /// The path is none.
    #[error("{0}")]
    Path(String),
}

/// What came of a question.
#[derive(Debug)]
pub struct Evaluated {
    /// The answer.
    pub answer: Result<Answer, EvalError>,
    /// What is wrong with the input.
    pub problems: Vec<Problem>,
    /// Parameters that were given a value, and that no template declares.
    pub undeclared: Vec<Undeclared>,
}

/// Says what a resource's properties are, or what stands at a path.
pub fn eval(found: &Discovery, resource: &str, path: Option<&str>, settings: &Settings) -> Evaluated {
    let mut evaluated = Evaluated {
        answer: Err(EvalError::NoResource(resource.to_owned(), None)),
        problems: found.problems.clone(),
        undeclared: Vec::new(),
    };
    let path = match path.map(Path::parse).transpose() {
        Ok(path) => path,
        Err(error) => {
            evaluated.answer = Err(EvalError::Path(error));
            return evaluated;
        }
    };
    let mut called = Vec::new();
    let mut names = BTreeSet::new();
    let mut declared = BTreeSet::new();
    for input in &found.inputs {
        let loaded = input.load();
        evaluated.problems.extend(loaded.problems);
        let Some(mut assembly) = loaded.assembly else { continue };
        evaluated.problems.extend(given::expand_loops(&mut assembly, settings));
        evaluated.problems.extend(assembly.problems.iter().cloned());
        let graph = Graph::build(&assembly);
        evaluated.problems.extend(given::remarks(&graph, &settings.values));
        declared.extend(given::declared(&graph));
        let world = World::build(&graph, &settings.values);
        for index in 0..graph.resources.len() {
            let id = ResourceId(index as u32);
            let node = graph.resource(id);
            let stack = &graph.stack(node.stack).input.display_name;
            let full = format!("{stack}/{}", node.declared.logical_id());
            if is_called(&world, id, resource) {
                if called.is_empty() {
                    evaluated.answer = answer(&world, id, path.as_ref());
                }
                called.push(full.clone());
            }
            names.insert(if resource.contains('/') { full } else { node.declared.logical_id().to_owned() });
        }
        evaluated.problems.extend(assembly.late_problems());
    }
    if called.is_empty() {
        let near = nearest(resource, names.iter().map(String::as_str)).map(str::to_owned);
        evaluated.answer = Err(EvalError::NoResource(resource.to_owned(), near));
    } else if called.len() > 1 {
        evaluated.answer = Err(EvalError::Several(resource.to_owned(), called));
    }
    evaluated.undeclared = given::undeclared(&settings.values, &declared);
    evaluated
}

/// Whether a resource is called so: its logical id, with or without a name of its stack, or its construct path.
fn is_called(world: &World<'_>, id: ResourceId, name: &str) -> bool {
    let node = world.graph.resource(id);
    let logical_id = node.declared.logical_id();
    if name == logical_id {
        return true;
    }
    let input = world.graph.stack(node.stack).input;
    let stack = name.strip_suffix(logical_id).and_then(|stack| stack.strip_suffix('/'));
    if stack.is_some_and(|stack| {
        let named = [Some(&input.display_name), input.stack_name.as_ref()];
        named.into_iter().flatten().any(|known| known == stack)
            || input.parent.is_none() && input.artifact.as_deref() == Some(stack)
    }) {
        return true;
    }
    let construct_path = name.contains('/').then(|| locate::construct_path(world, id)).flatten();
    construct_path.is_some_and(|path| path == name || path.strip_suffix("/Resource") == Some(name))
}

fn answer(world: &World<'_>, id: ResourceId, path: Option<&Path>) -> Result<Answer, EvalError> {
    let declared = world.graph.resource(id).declared;
    let paths = match path {
        Some(path) => vec![path.clone()],
        None => all_paths(declared.properties()),
    };
    let properties: Vec<Property> = paths.iter().map(|path| property(world, id, path)).collect();
    let absent = |property: &Property| {
        property.cases.iter().all(|case| case.lines.iter().all(|line| line.value == Told::Absent))
    };
    if let Some(path) = path.filter(|_| properties.iter().all(absent))
        && let Some(error) = misnamed(declared.type_name, path)
    {
        return Err(EvalError::Path(error));
    }
    let subject = Subject::Resource(id);
    Ok(Answer {
        subject: locate::reported(world, subject, locate::kin(world, subject).into()),
        location: locate::location(world, subject.place(world)),
        properties,
    })
}

/// The paths of all properties; that of their map where a function makes it.
fn all_paths(properties: Option<Node<'_>>) -> Vec<Path> {
    let Some(properties) = properties else { return Vec::new() };
    let path = |segment| Path { base: Base::Here, segments: vec![segment].into() };
    if Intrinsic::of(properties).is_some() || !properties.is_map() {
        return vec![path(Segment::Attribute("Properties"))];
    }
    let names = properties.entries().map(|(key, _)| key.text_or_empty());
    names.map(|name| path(Segment::Quoted(lasting(name)))).collect()
}

/// What stands at a path, under every scenario that it depends on.
fn property<'a>(world: &World<'a>, id: ResourceId, path: &'a Path) -> Property {
    let resolver = Resolver::new(world);
    let joins = Joins::default();
    let subject = Subject::Resource(id);
    let known = Known::default();
    let evaluator = Evaluator::new(subject, &resolver, &joins, &known, Date::default(), None);
    let mut cases: Vec<Case> = Vec::new();
    let mut more = true;
    resolver.begin_anywhere();
    for _ in 0..MAX_SCENARIOS {
        let case = resolver.settled(|| case(&evaluator, id, path));
        // Different ways to the same conditions are one scenario to the reader.
        if !cases.iter().any(|known| known.when == case.when && same(known, &case)) {
            cases.push(case);
        }
        if !resolver.advance() {
            more = false;
            break;
        }
    }
    Property { path: in_words(path), cases, more }
}

fn same(a: &Case, b: &Case) -> bool {
    let told = |case: &Case| -> Vec<(String, Told)> {
        case.lines.iter().map(|line| (line.path.clone(), line.value.clone())).collect()
    };
    told(a) == told(b)
}

fn case<'a>(evaluator: &Evaluator<'_, 'a>, id: ResourceId, path: &'a Path) -> Case {
    let (world, resolver) = (evaluator.world, evaluator.resolver);
    let exists = resolver.exists(id);
    let doubt = match evaluator.open_condition(id) {
        Unknown::Condition { name, .. } if exists == Truth::Unknown => Some(name),
        _ => None,
    };
    let mut telling = Telling { evaluator, lines: Vec::new(), left: MAX_TOLD };
    let name = in_words(path);
    if exists == Truth::False {
        telling.push(name, Told::NotCreated, evaluator.subject.place(world), &[]);
    } else {
        resolver.trace();
        let at = evaluator.lookup(path, &Here::of(evaluator.subject));
        let hops = resolver.hops();
        match at.found {
            Found::Value(value) => telling.value(name, value.at(at.place), &hops, 0),
            Found::Absent => telling.push(name, Told::Absent, at.place, &hops),
            Found::Unknown(unknown) => {
                telling.push(name, Told::Unknown(unknown.to_string()), at.place, &hops)
            }
        }
    }
    Case {
        when: Asked::in_words(&resolver.asked_conditions()),
        doubt: doubt.map(str::to_owned),
        more: telling.left == 0,
        lines: telling.lines,
    }
}

/// Puts values into words, the members of lists and maps each for itself.
struct Telling<'e, 'w, 'a> {
    evaluator: &'e Evaluator<'w, 'a>,
    lines: Vec<Line>,
    /// How many more values may be told.
    left: usize,
}

impl<'a> Telling<'_, '_, 'a> {
    fn push(&mut self, path: String, value: Told, place: Place, hops: &[Hop]) {
        let world = self.evaluator.world;
        let step = |hop: &Hop| Step {
            what: hop.what.clone(),
            location: locate::location(world, hop.place),
            level: hop.level,
        };
        let location = locate::location(world, place);
        let chain = hops.iter().map(step).collect();
        self.lines.push(Line { path, value, bounds: None, location, chain });
    }

    fn value(&mut self, path: String, value: Resolved<'a>, hops: &[Hop], depth: usize) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let resolver = self.evaluator.resolver;
        let members = match &value.value {
            _ if depth > MAX_DEPTH => Err(Unknown::Depth),
            Value::Map(_) => {
                resolver.trace();
                resolver.pairs(&value).map(|pairs| {
                    pairs.into_iter().map(|(key, member)| (join(&path, &key), member)).collect::<Vec<_>>()
                })
            }
            Value::List(_) => {
                resolver.trace();
                resolver.elements(&value).map(|elements| {
                    let named = elements.into_iter().enumerate();
                    named.map(|(index, member)| (format!("{path}[{index}]"), member)).collect()
                })
            }
            scalar => {
                let told = self.told(scalar);
                let is_open = matches!(told, Told::Unknown(_) | Told::Partial(..));
                self.push(path, told, value.place, hops);
                if let Some(line) = self.lines.last_mut().filter(|_| is_open) {
                    line.bounds = resolver.bounds_in_words(scalar, |form| {
                        message::in_full(self.evaluator.resolver, form).into()
                    });
                }
                return;
            }
        };
        match members {
            Err(unknown) => self.push(path, Told::Unknown(unknown.to_string()), value.place, hops),
            Ok(members) => {
                let is_map = matches!(value.value, Value::Map(_));
                if members.is_empty() || !hops.is_empty() {
                    let words = match (members.len(), is_map) {
                        (0, true) => Told::Known("{}".to_owned()),
                        (0, false) => Told::Known("[]".to_owned()),
                        (count, true) => Told::Members(format!("{{{count}}}")),
                        (count, false) => Told::Members(format!("[{count}]")),
                    };
                    self.push(path, words, value.place, hops);
                }
                let chains = resolver.hops_to(members.iter().map(|(_, member)| member.place));
                for ((path, member), hops) in members.into_iter().zip(chains) {
                    self.value(path, member, &hops, depth + 1);
                }
            }
        }
    }

    /// A scalar in words.
    fn told(&self, value: &Value<'a>) -> Told {
        let text = || message::in_full(self.evaluator.resolver, value);
        match value {
            Value::NoValue => Told::Absent,
            Value::Null => Told::Known("null".to_owned()),
            Value::Bool(_) | Value::Number(..) => Told::Known(text()),
            Value::Hole(Hole::Unknown(Unknown::Pseudo { .. })) => Told::Reference(text()),
            Value::Hole(Hole::Unknown(unknown)) => Told::Unknown(unknown.to_string()),
            Value::Hole(Hole::Reference { .. }) if known_text(self.evaluator.resolver, value).is_none() => {
                Told::Reference(text())
            }
            Value::Partial(pieces) if known_text(self.evaluator.resolver, value).is_none() => {
                let mut reasons: Vec<String> = Vec::new();
                for piece in pieces.iter() {
                    if let Piece::Hole(Hole::Unknown(unknown)) = piece
                        && !matches!(unknown, Unknown::Pseudo { .. })
                        && !reasons.contains(&unknown.to_string())
                    {
                        reasons.push(unknown.to_string());
                    }
                }
                Told::Partial(quoted(&text()), reasons)
            }
            _ => Told::Known(quoted(&text())),
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A path as a reader writes it: keys are quoted only where they have to be.
fn in_words(path: &Path) -> String {
    match &path.segments[..] {
        [Segment::Quoted(name)] => join("", name),
        _ => path.to_string(),
    }
}

/// A path with a further key.
fn join(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ':'));
    let dot = if path.is_empty() { "" } else { "." };
    if plain { format!("{path}{dot}{key}") } else { format!("{path}{dot}\"{key}\"") }
}
