//! The same app, its resources elsewhere: under other names, or divided over two stacks.
use super::tree::Tree;
use stackproof::rule::Example;
use std::collections::BTreeSet;

/// Whether text names a resource or parameter of the template, and which attribute of it.
fn reference(value: &Tree) -> Option<(String, Option<String>)> {
    let (name, argument) = value.function()?;
    match (name, argument) {
        ("Ref", argument) => Some((argument.scalar()?.to_owned(), None)),
        ("Fn::GetAtt", Tree::List(parts)) => {
            Some((parts.first()?.scalar()?.to_owned(), Some(parts.get(1)?.scalar()?.to_owned())))
        }
        ("Fn::GetAtt", argument) => {
            let (id, attribute) = argument.scalar()?.split_once('.')?;
            Some((id.to_owned(), Some(attribute.to_owned())))
        }
        _ => None,
    }
}

/// The pieces of a text of `Fn::Sub`: literals, and variables.
fn pieces(text: &str) -> Vec<(bool, String)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let Some(length) = rest[at..].find('}') else { break };
        pieces.push((false, rest[..at].to_owned()));
        let inner = &rest[at + 2..at + length];
        match inner.starts_with('!') {
            true => pieces.push((false, rest[at..=at + length].to_owned())),
            false => pieces.push((true, inner.to_owned())),
        }
        rest = &rest[at + length + 1..];
    }
    pieces.push((false, rest.to_owned()));
    pieces
}

/// The names that a value refers to.
fn names(value: &Tree) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    value.each(&mut |inner| {
        if let Some((name, _)) = reference(inner) {
            names.insert(name);
        }
        if let Some(("Fn::Sub", argument)) = inner.function() {
            let text = match argument {
                Tree::List(parts) => parts.first().and_then(Tree::scalar),
                other => other.scalar(),
            };
            let variables = pieces(text.unwrap_or_default()).into_iter().filter(|(variable, _)| *variable);
            names.extend(variables.map(|(_, name)| name.split('.').next().unwrap_or_default().to_owned()));
        }
    });
    if let Some(depends_on) = value.get("DependsOn") {
        depends_on.each(&mut |name| names.extend(name.scalar().map(str::to_owned)));
    }
    names
}

/// Puts something else in the place of every reference that `with` knows, also inside `Fn::Sub`.
fn replace(value: &mut Tree, with: &mut dyn FnMut(&str, Option<&str>) -> Option<Tree>) {
    value.rewrite(&mut |inner| {
        if let Some((name, attribute)) = reference(inner) {
            return with(&name, attribute.as_deref());
        }
        let Some(("Fn::Sub", argument)) = inner.function() else { return None };
        let (text, mut variables) = match argument {
            Tree::List(parts) => {
                let mut given = parts.get(1)?.clone();
                replace(&mut given, with);
                (parts.first()?.scalar()?, given)
            }
            other => (other.scalar()?, Tree::Map(Vec::new())),
        };
        let mut new = String::new();
        for (variable, piece) in pieces(text) {
            if !variable {
                new.push_str(&piece);
                continue;
            }
            let (name, attribute) = match piece.split_once('.') {
                Some((name, attribute)) => (name, Some(attribute)),
                None => (piece.as_str(), None),
            };
            match with(name, attribute).filter(|_| variables.get(&piece).is_none()) {
                Some(value) => {
                    let key = format!("Moved{}", variables.entries().len());
                    new.push_str(&format!("${{{key}}}"));
                    variables.push(&key, value);
                }
                None => new.push_str(&format!("${{{piece}}}")),
            }
        }
        Some(match variables.entries().is_empty() {
            true => Tree::one("Fn::Sub", Tree::Text(new)),
            false => Tree::one("Fn::Sub", Tree::List(vec![Tree::Text(new), variables])),
        })
    });
}

/// The new name of a resource: another beginning, another order.
pub fn renamed_id(id: &str) -> String {
    format!("{}{id}", if id.len().is_multiple_of(2) { "Zz" } else { "Aa" })
}

/// Renames all resources of an example.
pub fn renamed(example: &Example) -> Example {
    let mut example = example.clone();
    for stack in &mut example.stacks {
        let mut template = Tree::read(&stack.template);
        let ids: BTreeSet<String> = ids(&template);
        let new = |name: &str| ids.contains(name).then(|| renamed_id(name));
        replace(&mut template, &mut |name, attribute| {
            let name = Tree::Text(new(name)?);
            Some(match attribute {
                None => Tree::one("Ref", name),
                Some(attribute) => Tree::one("Fn::GetAtt", Tree::List(vec![name, Tree::text(attribute)])),
            })
        });
        let change = &mut |value: &Tree| value.scalar().and_then(new).map(Tree::Text);
        if let Some(Tree::Map(resources)) = template.get_mut("Resources") {
            // A loop is no resource; what it makes has names of its own.
            for (id, resource) in resources.iter_mut().filter(|(id, _)| !id.starts_with("Fn::")) {
                *id = renamed_id(id);
                resource.get_mut("DependsOn").into_iter().for_each(|names| names.rewrite(change));
            }
        }
        stack.template = template.to_json().into();
        if let Some((parent, id)) = stack.nested_in.as_ref().and_then(|place| place.split_once('/')) {
            stack.nested_in = Some(format!("{parent}/{}", renamed_id(id)));
        }
    }
    example
}

fn ids(template: &Tree) -> BTreeSet<String> {
    let resources = template.get("Resources").map(Tree::entries).unwrap_or_default();
    resources.iter().map(|(id, _)| id.clone()).collect()
}

/// How two halves of a template are joined again.
#[derive(Clone, Copy, Debug)]
pub enum Seam {
    /// The moved half exports, the rest imports.
    Export,
    /// The moved half is a nested stack, the rest reads its outputs.
    Outputs,
    /// The rest is a nested stack, and takes parameters.
    Parameters,
}

/// Every way to move a resource, with all that it refers to, out of a template that others keep referring to.
pub fn divided(example: &Example, seam: Seam) -> Vec<Example> {
    let [stack] = example.stacks.as_slice() else { return Vec::new() };
    let template = Tree::read(&stack.template);
    // What two stacks declare each for itself are two things.
    let own = ["Conditions", "Parameters", "Mappings", "Outputs", "Transform", "Rules"];
    if own.iter().any(|section| template.get(section).is_some()) {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let all = ids(&template);
    let halves = all.iter().map(|id| closure(&template, id));
    let halves = halves.filter(|half| half.len() < all.len() && seen.insert(half.clone()));
    let halves: Vec<_> = halves.filter(|half| crosses(&template, half)).collect();
    halves.iter().map(|half| divide(example, &template, half, seam)).collect()
}

fn resource<'t>(template: &'t Tree, id: &str) -> &'t Tree {
    template.get("Resources").and_then(|all| all.get(id)).unwrap()
}

/// A resource and all that it refers to.
fn closure(template: &Tree, id: &str) -> BTreeSet<String> {
    let all = ids(template);
    let (mut half, mut open) = (BTreeSet::from([id.to_owned()]), vec![id.to_owned()]);
    while let Some(next) = open.pop() {
        for name in names(resource(template, &next)).intersection(&all) {
            if half.insert(name.clone()) {
                open.push(name.clone());
            }
        }
    }
    half
}

/// Whether a resource that stays refers to one that goes.
fn crosses(template: &Tree, half: &BTreeSet<String>) -> bool {
    ids(template).difference(half).any(|id| !names(resource(template, id)).is_disjoint(half))
}

fn divide(example: &Example, template: &Tree, half: &BTreeSet<String>, seam: Seam) -> Example {
    let part = |wanted: bool| {
        let entries = template.get("Resources").map(Tree::entries).unwrap_or_default();
        let of_part = entries.iter().filter(|(id, _)| half.contains(id) == wanted);
        Tree::one("Resources", Tree::Map(of_part.cloned().collect()))
    };
    let (mut moved, mut kept) = (part(true), part(false));
    let mut read: Vec<(String, Tree)> = Vec::new();
    replace(&mut kept, &mut |name, attribute| {
        if !half.contains(name) {
            return None;
        }
        let id = Tree::text(name);
        let (key, value) = match attribute {
            None => (format!("{name}Ref"), Tree::one("Ref", id)),
            Some(attribute) => (
                format!("{name}{}", attribute.replace('.', "")),
                Tree::one("Fn::GetAtt", Tree::List(vec![id, Tree::text(attribute)])),
            ),
        };
        let reading = match seam {
            Seam::Export => Tree::one("Fn::ImportValue", Tree::Text(format!("Moved:{key}"))),
            Seam::Outputs => {
                let output = Tree::Text(format!("Outputs.{key}"));
                Tree::one("Fn::GetAtt", Tree::List(vec![Tree::text("MovedStack"), output]))
            }
            Seam::Parameters => Tree::one("Ref", Tree::Text(key.clone())),
        };
        if !read.iter().any(|(known, _)| *known == key) {
            read.push((key, value));
        }
        Some(reading)
    });
    if let Some(Tree::Map(resources)) = kept.get_mut("Resources") {
        for (_, resource) in resources {
            if let Tree::Map(entries) = resource {
                entries.retain(|(key, value)| key != "DependsOn" || !depends_on(value, half));
            }
        }
    }
    let mut example = example.clone();
    let mut other = example.stacks[0].clone();
    let nested = |properties: Tree| {
        Tree::Map(vec![
            ("Type".to_owned(), Tree::text("AWS::CloudFormation::Stack")),
            ("Properties".to_owned(), properties),
        ])
    };
    match seam {
        Seam::Export => {
            for (key, value) in read {
                let name = Tree::one("Name", Tree::Text(format!("Moved:{key}")));
                let output = vec![("Value".to_owned(), value), ("Export".to_owned(), name)];
                moved.section("Outputs").push((key, Tree::Map(output)));
            }
            if !other.name.is_empty() {
                other.name.push_str("Moved");
            }
        }
        Seam::Outputs => {
            for (key, value) in read {
                moved.section("Outputs").push((key, Tree::one("Value", value)));
            }
            let properties = Tree::one("TemplateURL", Tree::text("https://s3/moved.json"));
            kept.section("Resources").push(("MovedStack".to_owned(), nested(properties)));
            other.nested_in = Some(format!("{}/MovedStack", other.name));
            other.name = String::new();
        }
        Seam::Parameters => {
            let mut given = Vec::new();
            for (key, value) in read {
                let declared = Tree::one("Type", Tree::text("String"));
                kept.section("Parameters").push((key.clone(), declared));
                given.push((key, value));
            }
            let properties = vec![
                ("TemplateURL".to_owned(), Tree::text("https://s3/kept.json")),
                ("Parameters".to_owned(), Tree::Map(given)),
            ];
            moved.section("Resources").push(("MovedStack".to_owned(), nested(Tree::Map(properties))));
            example.stacks[0].nested_in = Some(format!("{}/MovedStack", other.name));
            example.stacks[0].name = "Kept".to_owned();
        }
    }
    example.stacks[0].template = kept.to_json().into();
    other.template = moved.to_json().into();
    example.stacks.push(other);
    example
}

fn depends_on(value: &Tree, half: &BTreeSet<String>) -> bool {
    let mut any = false;
    value.each(&mut |name| any |= name.scalar().is_some_and(|name| half.contains(name)));
    any
}
