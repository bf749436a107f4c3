//! Each intrinsic function against the answers of AWS's documentation: a table that is a folder of files.
//!
//! `tests/functions/<Function>/*.yaml` is a stack, or several under `stacks`, each with a template, what is known of its
//! deployment, and what the properties of its resource `T` are. Every file is read as it stands and once more with its
//! templates as JSON, so that short tags and long forms are both asked. In an expected text `<...>` is a hole: `<Name>` a
//! reference, parameter or pseudo parameter, `<Name[0]>` an element of a list parameter, `<? why>` anything else. `remarks` are all that is told of the template.
use stackproof::graph::{Graph, StackId};
use stackproof::intake::{Assembly, Parent, Stack};
use stackproof::source::Source;
use stackproof::syntax::{self, Document, Node};
use stackproof::value::{Hole, Piece, Resolved, Resolver, Settings, Unknown, Value, World};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn files() -> Vec<PathBuf> {
    let folder = crate::support::project().join("tests/functions");
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    entries
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "yaml"))
        .collect()
}

fn parse(name: &str, text: &str) -> Document {
    syntax::parse(Arc::new(Source::new(name, text))).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"))
}

/// A stack of a case. A nested one names its parent's place and the resource that holds it: `nested-in: 0/Child`.
fn stack(name: &str, case: Node<'_>, as_json: bool) -> Stack {
    let template =
        case.get("template").and_then(Node::as_str).unwrap_or_else(|| panic!("{name} has no template"));
    let mut document = parse(name, template);
    if as_json {
        document = parse(name, &format!("{:?}", document.root()));
    }
    let text = |key: &str| case.get(key).and_then(Node::as_str).map(str::to_owned);
    let parameters = case.get("parameters").into_iter().flat_map(Node::entries);
    Stack {
        stack_name: text("name"),
        region: text("region"),
        account: text("account"),
        parent: text("nested-in").map(|place| {
            let (stack, logical_id) = place.split_once('/').unwrap();
            Parent { stack: stack.parse().unwrap(), logical_id: logical_id.to_owned() }
        }),
        level: case.get("stage").map_or(0, |_| 1),
        parameters: parameters
            .map(|(key, value)| (key.text_or_empty().to_owned(), value.text_or_empty().to_owned()))
            .collect(),
        ..Stack::plain(document)
    }
}

/// A value in the words of a case.
fn show<'a>(resolver: &Resolver<'_, 'a>, of: &Resolved<'a>) -> serde_json::Value {
    use serde_json::Value as Json;
    match &of.value {
        Value::NoValue | Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(_, digits) => serde_json::from_str(digits).unwrap_or_else(|_| (&**digits).into()),
        Value::Text(text) => Json::String(text.to_string()),
        Value::Hole(hole) => Json::String(hole_in_words(resolver.world, *hole)),
        Value::Partial(pieces) => Json::String(
            pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => text.to_string(),
                    Piece::Hole(hole) => hole_in_words(resolver.world, *hole),
                })
                .collect(),
        ),
        Value::List(_) => {
            resolver.elements(of).unwrap().iter().map(|element| show(resolver, element)).collect()
        }
        Value::Map(_) => match resolver.pairs(of) {
            Ok(pairs) => pairs.iter().map(|(key, value)| (key.to_string(), show(resolver, value))).collect(),
            Err(unknown) => Json::String(format!("<? {unknown}>")),
        },
    }
}

fn hole_in_words(world: &World<'_>, hole: Hole<'_>) -> String {
    match hole {
        Hole::Reference { resource, attribute: None } => {
            format!("<{}>", world.graph.resource(resource).declared.logical_id())
        }
        Hole::Reference { resource, attribute: Some(attribute) } => {
            format!("<{}.{attribute}>", world.graph.resource(resource).declared.logical_id())
        }
        Hole::Unknown(Unknown::Parameter { name, .. } | Unknown::Pseudo { name, .. }) => format!("<{name}>"),
        Hole::Unknown(Unknown::Element { name, index: Some(index), .. }) => format!("<{name}[{index}]>"),
        Hole::Unknown(unknown) => format!("<? {unknown}>"),
    }
}

/// Runs a case; what turned out otherwise, a sentence each.
fn run(path: &Path, as_json: bool) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let file = parse(&path.display().to_string(), &text);
    let cases: Vec<(&str, Node<'_>)> = match file.root().get("stacks") {
        Some(stacks) => stacks.entries().map(|(key, case)| (key.text_or_empty(), case)).collect(),
        None => vec![("", file.root())],
    };
    let stacks = cases.iter().map(|(name, case)| stack(name, *case, as_json)).collect();
    let assembly = Assembly::plain("case", stacks);
    let graph = Graph::build(&assembly);
    let settings =
        Settings { defaults: file.root().get("defaults").is_none_or(|_| false), ..Settings::default() };
    let world = World::build(&graph, &settings);
    let mut wrong = Vec::new();
    for (index, (name, case)) in cases.iter().enumerate() {
        let id = StackId(index as u32);
        let expected: BTreeMap<&str, String> = case
            .get("expect")
            .into_iter()
            .flat_map(Node::entries)
            .map(|(key, value)| {
                let json: serde_json::Value = serde_json::from_str(&format!("{value:?}")).unwrap();
                (key.text_or_empty(), json.to_string())
            })
            .collect();
        let mut got = BTreeMap::new();
        if let Some(table) = graph.stack(id).resource("T") {
            let properties = graph.resource(table).declared.properties().unwrap();
            for (key, value) in properties.entries() {
                let resolver = Resolver::new(&world);
                let value = resolver.resolve(id, value);
                got.insert(key.text_or_empty(), show(&resolver, &value).to_string());
            }
        }
        for key in expected.keys().chain(got.keys()).collect::<std::collections::BTreeSet<_>>() {
            let (want, is) = (expected.get(key), got.get(key));
            if want != is {
                wrong.push(format!("{name} {key}: expected {want:?}, got {is:?}"));
            }
        }
        let told: Vec<String> = world.refusals(id).iter().map(|fault| fault.message.clone()).collect();
        let expected: Vec<&str> =
            case.get("remarks").into_iter().flat_map(Node::items).map(Node::text_or_empty).collect();
        if told != expected {
            wrong.push(format!("{name} remarks: expected {expected:#?}, got {told:#?}"));
        }
    }
    wrong
}

#[test]
fn every_function_answers_as_the_documentation_says() {
    let mut wrong = Vec::new();
    let files = files();
    assert!(files.len() > 20, "only {} cases", files.len());
    for path in files {
        for as_json in [false, true] {
            for message in run(&path, as_json) {
                let form = if as_json { "JSON" } else { "YAML" };
                wrong.push(format!("{} as {form}: {message}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
