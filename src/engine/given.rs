//! Values that a caller gives to parameters, held against what the templates declare.
//!
//! A value outside its declaration's bounds is a remark: the service would refuse it, the templates are
//! linted all the same. A name that no template declares is a mistake of the caller. The value of a `NoEcho`
//! parameter is in no message.
use crate::finding::{Problem, Undeclared};
use crate::graph::{Graph, StackId};
use crate::intake::Assembly;
use crate::rule::{Pattern, nearest};
use crate::syntax::{Node, View};
use crate::template::{self, is_secret};
use crate::value::Settings;
use std::collections::BTreeSet;

/// The parameters that the caller may give: those of stacks that have no parent in the graph.
pub(super) fn declared(graph: &Graph<'_>) -> BTreeSet<String> {
    let roots = graph.stacks.iter().filter(|stack| stack.parent.is_none());
    roots.flat_map(|stack| stack.template.parameters.keys().map(|name| (*name).to_owned())).collect()
}

/// The given names that are not among the declared ones, each with what could have been meant.
pub(super) fn undeclared(settings: &Settings, declared: &BTreeSet<String>) -> Vec<Undeclared> {
    let mut names: Vec<&String> =
        settings.parameters.keys().filter(|name| !declared.contains(*name)).collect();
    names.sort_unstable();
    let known = || declared.iter().map(String::as_str);
    names
        .into_iter()
        .map(|name| Undeclared { name: name.clone(), nearest: nearest(name, known()).map(str::to_owned) })
        .collect()
}

/// Remarks about given values that the service would refuse.
pub(super) fn remarks(graph: &Graph<'_>, settings: &Settings) -> Vec<Problem> {
    let mut remarks = Vec::new();
    for (index, stack) in graph.stacks.iter().enumerate().filter(|(_, stack)| stack.parent.is_none()) {
        let source = graph.source(StackId(index as u32));
        let manifest = stack.input.parameters.iter().map(|(name, value)| (name, value));
        let caller = settings.parameters.iter();
        let overridden = |name: &str| settings.parameters.contains_key(name);
        let mut given: Vec<_> = manifest.filter(|(name, _)| !overridden(name)).chain(caller).collect();
        given.sort_unstable();
        for (name, value) in given {
            let Some(&declared) = stack.template.parameters.get(name.as_str()) else { continue };
            for (bound, why) in broken_bounds(declared, value) {
                let shown = if is_secret(declared) || value.chars().count() > 100 {
                    String::new()
                } else {
                    format!(" `{value}`")
                };
                let message = format!("the value{shown} given for the parameter {name} {why}");
                remarks.push(Problem::remark(source.name(), message).at(source, bound.span()));
            }
        }
    }
    remarks
}

/// The bounds of a declaration that a value breaks, with the words for each. What cannot be judged is no breach.
fn broken_bounds<'a>(declared: Node<'a>, value: &str) -> Vec<(Node<'a>, &'static str)> {
    let kind = declared.get("Type").and_then(Node::as_str).unwrap_or("String");
    let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
    let items: Vec<&str> = if is_list { value.split(',').map(str::trim).collect() } else { vec![value] };
    let number = || value.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let length = value.chars().count() as f64;
    let mut broken = Vec::new();
    if let (Some(node), "Number", None) = (declared.get("Type"), kind, number()) {
        broken.push((node, "is no number"));
    }
    if let Some(allowed) = declared.get("AllowedValues").filter(|allowed| allowed.is_list()) {
        let texts: Vec<String> = allowed.items().filter_map(scalar).collect();
        let complete = texts.len() == allowed.len();
        if complete && !items.iter().all(|item| texts.iter().any(|text| text == item)) {
            broken.push((allowed, "is not among its AllowedValues"));
        }
    }
    if let Some((node, pattern)) =
        declared.get("AllowedPattern").and_then(|node| Some((node, node.as_str()?)))
    {
        // A pattern of Java that has no meaning here is not judged.
        if let Ok(pattern) = Pattern::compile(&format!("^(?:{pattern})$"))
            && !items.iter().all(|item| pattern.is_match(item))
        {
            broken.push((node, "does not match its AllowedPattern"));
        }
    }
    for (key, measured, least, why) in [
        ("MinLength", (kind == "String").then_some(length), true, "is shorter than its MinLength"),
        ("MaxLength", (kind == "String").then_some(length), false, "is longer than its MaxLength"),
        ("MinValue", number().filter(|_| kind == "Number"), true, "is below its MinValue"),
        ("MaxValue", number().filter(|_| kind == "Number"), false, "is above its MaxValue"),
    ] {
        let bound = declared.get(key).and_then(|node| Some((node, scalar(node)?.parse::<f64>().ok()?)));
        if let (Some((node, bound)), Some(measured)) = (bound, measured)
            && (if least { measured < bound } else { measured > bound })
        {
            broken.push((node, why));
        }
    }
    broken
}

fn scalar(node: Node<'_>) -> Option<String> {
    match node.view() {
        View::Text(text) => Some(text.to_owned()),
        View::Number(number) => Some(number.text().into_owned()),
        View::Bool(value) => Some(value.to_string()),
        View::Null | View::List(_) | View::Map(_) => None,
    }
}

/// Writes out `Fn::ForEach`, so that all that follows sees plain templates; gives what is wrong with the loops.
pub(super) fn expand_loops(assembly: &mut Assembly, settings: &super::run::Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    for stack in &mut assembly.stacks {
        let given = |name: &str| {
            let value = match name {
                "AWS::Region" => stack.region.as_ref(),
                "AWS::AccountId" => stack.account.as_ref(),
                _ => settings.values.parameters.get(name),
            };
            let known = || stack.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value);
            value.or_else(known).cloned()
        };
        let Some((document, faults)) = template::expand_loops(&stack.document, &given) else { continue };
        let source = document.source().clone();
        problems.extend(
            faults
                .into_iter()
                .map(|fault| Problem::remark(source.name(), fault.message).at(&source, fault.span)),
        );
        stack.document = document;
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use std::sync::Arc;

    #[test]
    fn a_value_is_held_against_each_bound() {
        for (declared, value, wanted) in [
            ("{Type: String, AllowedValues: [dev, prod]}", "stage", Some("AllowedValues")),
            ("{Type: String, AllowedValues: [dev, prod]}", "dev", None),
            ("{Type: CommaDelimitedList, AllowedValues: [a, b]}", "a, b", None),
            ("{Type: CommaDelimitedList, AllowedValues: [a, b]}", "a,c", Some("AllowedValues")),
            ("{Type: Number, AllowedValues: [1, 2]}", "2", None),
            ("{Type: String, AllowedPattern: '[a-z]+'}", "ab1", Some("AllowedPattern")),
            ("{Type: String, AllowedPattern: '[a-z]+'}", "ab", None),
            ("{Type: String, AllowedPattern: '(?=x)y'}", "z", None),
            ("{Type: Number}", "many", Some("is no number")),
            ("{Type: Number, MinValue: 3}", "2", Some("MinValue")),
            ("{Type: Number, MaxValue: '3'}", "4", Some("MaxValue")),
            ("{Type: String, MinLength: 3}", "ab", Some("MinLength")),
            ("{Type: String, MaxLength: 1}", "ü", None),
            ("{Type: String, MaxLength: 1, NoEcho: true}", "ab", Some("MaxLength")),
        ] {
            let document =
                crate::syntax::parse(Arc::new(Source::new("t", format!("--- {declared}")))).unwrap();
            let broken = broken_bounds(document.root(), value);
            assert_eq!(broken.len(), usize::from(wanted.is_some()), "{declared} {value}: {broken:?}");
            assert!(
                broken.iter().all(|(_, why)| why.contains(wanted.unwrap_or_default())),
                "{declared} {value}"
            );
        }
    }
}
