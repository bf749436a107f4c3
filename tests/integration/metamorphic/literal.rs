//! The same values, computed: literals of a template become functions, parameters, mappings, branches.
use super::tree::Tree;

/// Replaces every scalar literal of the resources' properties and of the outputs.
pub fn literals(template: &mut Tree, change: &mut dyn FnMut(&Tree) -> Option<Tree>) {
    for_values(template, &mut |value| visit(value, change));
}

/// Calls `visit` for each resource's properties, each output's value and each export's name.
fn for_values(template: &mut Tree, visit: &mut dyn FnMut(&mut Tree)) {
    if let Some(Tree::Map(resources)) = template.get_mut("Resources") {
        let properties = resources.iter_mut().filter_map(|(_, resource)| resource.get_mut("Properties"));
        properties.for_each(&mut *visit);
    }
    if let Some(Tree::Map(outputs)) = template.get_mut("Outputs") {
        for (_, output) in outputs {
            output.get_mut("Value").into_iter().for_each(&mut *visit);
            output
                .get_mut("Export")
                .and_then(|export| export.get_mut("Name"))
                .into_iter()
                .for_each(&mut *visit);
        }
    }
}

/// Literals below a value; those arguments of functions that must stay as they are do.
fn visit(value: &mut Tree, change: &mut dyn FnMut(&Tree) -> Option<Tree>) {
    let function = value.function().map(|(name, _)| name.to_owned());
    match (function.as_deref(), value) {
        (Some(name), Tree::Map(entries)) => {
            let argument = &mut entries[0].1;
            match (name, argument) {
                ("Fn::Sub", Tree::List(parts)) => {
                    if let Some(Tree::Map(variables)) = parts.get_mut(1) {
                        variables.iter_mut().for_each(|(_, value)| visit(value, change));
                    }
                }
                ("Fn::Join" | "Fn::Select" | "Fn::Split" | "Fn::If", Tree::List(parts)) => {
                    parts.iter_mut().skip(1).for_each(|part| visit(part, change));
                }
                ("Fn::Base64" | "Fn::ImportValue" | "Fn::ToJsonString", argument) => visit(argument, change),
                _ => {}
            }
        }
        (_, Tree::List(items)) => items.iter_mut().for_each(|item| visit(item, change)),
        (_, Tree::Map(entries)) => entries.iter_mut().for_each(|(_, value)| visit(value, change)),
        (_, scalar) => {
            if let Some(new) = change(scalar) {
                *scalar = new;
            }
        }
    }
}

/// `Fn::Sub` of the literal; where it holds `${`, which `Fn::Sub` would read, `Fn::Join`.
pub fn sub(template: &mut Tree) {
    literals(template, &mut |literal| {
        let text = literal.scalar()?;
        Some(match text.contains("${") {
            true => joined(&[text], ""),
            false => Tree::one("Fn::Sub", Tree::text(text)),
        })
    });
}

/// `Fn::Sub` with the literal as the value of a variable.
pub fn sub_variable(template: &mut Tree) {
    literals(template, &mut |literal| {
        literal.scalar()?;
        let variables = Tree::one("V", literal.clone());
        Some(Tree::one("Fn::Sub", Tree::List(vec![Tree::text("${V}"), variables])))
    });
}

/// `Fn::Join` of two halves.
pub fn join(template: &mut Tree) {
    literals(template, &mut |literal| {
        let text = literal.scalar()?;
        let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
        let (left, right) = text.split_at(middle);
        Some(joined(&[left, right], ""))
    });
}

/// `Fn::Join` of what stands between colons.
pub fn join_colons(template: &mut Tree) {
    literals(template, &mut |literal| {
        let parts: Vec<&str> = literal.scalar()?.split(':').collect();
        Some(joined(&parts, ":"))
    });
}

fn joined(parts: &[&str], delimiter: &str) -> Tree {
    let parts = Tree::List(parts.iter().map(|part| Tree::text(part)).collect());
    Tree::one("Fn::Join", Tree::List(vec![Tree::text(delimiter), parts]))
}

/// `Fn::Select` of the literal among others.
pub fn select(template: &mut Tree) {
    literals(template, &mut |literal| {
        literal.scalar()?;
        let list = Tree::List(vec![Tree::text("other"), literal.clone(), Tree::text("another")]);
        Some(Tree::one("Fn::Select", Tree::List(vec![Tree::Plain("1".to_owned()), list])))
    });
}

/// A parameter with the literal as its default. What is given to a nested stack may decide conditions there,
/// for which defaults do not count, and stays.
pub fn parameters(template: &mut Tree) {
    let mut made = Vec::new();
    let given = take_given(template);
    literals(template, &mut |literal| {
        let text = literal.scalar()?;
        let name = format!("P{}", made.len());
        made.push((name.clone(), map(&[("Type", "String"), ("Default", text)])));
        Some(Tree::one("Ref", Tree::Text(name)))
    });
    for (id, parameters) in given {
        let resource = template.get_mut("Resources").and_then(|all| all.get_mut(&id));
        resource.and_then(|resource| resource.get_mut("Properties")).into_iter().for_each(|properties| {
            properties.push("Parameters", parameters.clone());
        });
    }
    template.section("Parameters").extend(made);
}

/// A parameter without a default for each literal, which is the only value that it allows.
pub fn only_values(template: &mut Tree) {
    let mut made = Vec::new();
    let given = take_given(template);
    assert!(given.is_empty(), "one stack");
    literals(template, &mut |literal| {
        let text = literal.scalar().filter(|text| !text.contains("{{") && !text.contains("}}"))?;
        let name = format!("P{}", made.len());
        let mut declared = map(&[("Type", "String")]);
        declared.push("AllowedValues", Tree::List(vec![Tree::text(text)]));
        made.push((name.clone(), declared));
        Some(Tree::one("Ref", Tree::Text(name)))
    });
    template.section("Parameters").extend(made);
}

/// Takes away the parameters that are given to nested stacks.
fn take_given(template: &mut Tree) -> Vec<(String, Tree)> {
    let mut given = Vec::new();
    if let Some(Tree::Map(resources)) = template.get_mut("Resources") {
        for (id, resource) in resources {
            if resource.get("Type") != Some(&Tree::text("AWS::CloudFormation::Stack")) {
                continue;
            }
            let Some(Tree::Map(properties)) = resource.get_mut("Properties") else { continue };
            if let Some(at) = properties.iter().position(|(key, _)| key == "Parameters") {
                given.push((id.clone(), properties.remove(at).1));
            }
        }
    }
    given
}

fn map(pairs: &[(&str, &str)]) -> Tree {
    Tree::Map(pairs.iter().map(|(key, value)| ((*key).to_owned(), Tree::text(value))).collect())
}

/// A mapping that holds the literals, and a parameter's default as one of the keys.
pub fn mappings(template: &mut Tree) {
    let mut made = Vec::new();
    literals(template, &mut |literal| {
        literal.scalar()?;
        let key = format!("K{}", made.len());
        made.push((key.clone(), literal.clone()));
        let keys = vec![Tree::text("Literals"), Tree::text("Top"), Tree::Text(key)];
        Some(Tree::one("Fn::FindInMap", Tree::List(keys)))
    });
    let top = Tree::one("Top", Tree::Map(made));
    template.section("Mappings").push(("Literals".to_owned(), top));
}

/// `Fn::If` around every literal: over a condition that is always true, the literal stands first.
pub fn if_literals(template: &mut Tree) {
    literals(template, &mut |literal| {
        literal.scalar()?;
        Some(always(literal.clone(), Tree::text("never")))
    });
    conditions(template);
}

/// `Fn::If` over a condition that is never true, around every property and every element, nested.
pub fn if_everything(template: &mut Tree) {
    for_values(template, &mut |value| match value {
        Tree::Map(entries) if !is_function(entries) => {
            entries.iter_mut().for_each(|(_, value)| wrap(value));
        }
        other => wrap(other),
    });
    conditions(template);
}

fn is_function(entries: &[(String, Tree)]) -> bool {
    matches!(entries, [(key, _)] if key == "Ref" || key.starts_with("Fn::"))
}

fn wrap(value: &mut Tree) {
    if value.function().is_none() {
        match value {
            Tree::List(items) => items.iter_mut().for_each(wrap),
            Tree::Map(entries) => entries.iter_mut().for_each(|(_, value)| wrap(value)),
            _ => {}
        }
    }
    let parts = vec![Tree::text("IsNever"), no_value(), value.clone()];
    *value = Tree::one("Fn::If", Tree::List(parts));
}

/// Elements and properties that `AWS::NoValue` takes away again.
pub fn no_values(template: &mut Tree) {
    for_values(template, &mut |value| add_no_values(value));
    conditions(template);
}

fn add_no_values(value: &mut Tree) {
    if value.function().is_some() {
        return;
    }
    match value {
        Tree::List(items) => {
            items.iter_mut().for_each(add_no_values);
            items.insert(0, no_value());
            items.push(always(no_value(), Tree::text("never")));
        }
        Tree::Map(entries) if !entries.is_empty() => {
            entries.iter_mut().for_each(|(_, value)| add_no_values(value));
            entries.push(("Nothing".to_owned(), always(no_value(), Tree::text("never"))));
        }
        _ => {}
    }
}

fn no_value() -> Tree {
    Tree::one("Ref", Tree::text("AWS::NoValue"))
}

fn always(then: Tree, otherwise: Tree) -> Tree {
    Tree::one("Fn::If", Tree::List(vec![Tree::text("IsAlways"), then, otherwise]))
}

fn conditions(template: &mut Tree) {
    let equals = |a: &str, b: &str| Tree::one("Fn::Equals", Tree::List(vec![Tree::text(a), Tree::text(b)]));
    let named = Tree::one("Condition", Tree::text("IsAlways"));
    let section = template.section("Conditions");
    section.push(("IsAlways".to_owned(), equals("a", "a")));
    section.push(("IsNever".to_owned(), Tree::one("Fn::Not", Tree::List(vec![named]))));
}

/// A parameter for each literal, which its default is not: all resources exist only where each parameter is its literal.
pub fn decided(template: &mut Tree) {
    decided_to(template, &|text| text.len());
}

/// The same of the first half of each literal, with the other behind it.
pub fn decided_half(template: &mut Tree) {
    decided_to(template, &|text| {
        text.char_indices().nth(text.chars().count().div_ceil(2)).map_or(text.len(), |(at, _)| at)
    });
}

fn decided_to(template: &mut Tree, end: &dyn Fn(&str) -> usize) {
    let mut texts: Vec<String> = Vec::new();
    let given = take_given(template);
    assert!(given.is_empty(), "one stack");
    literals(template, &mut |literal| {
        // What a dynamic reference gives no condition can be compared with.
        let text =
            literal.scalar().filter(|text| ["{{", "}}", "${"].iter().all(|mark| !text.contains(mark)))?;
        let (start, rest) = text.split_at(end(text));
        let index = texts.iter().position(|known| known == start).unwrap_or_else(|| {
            texts.push(start.to_owned());
            texts.len() - 1
        });
        Some(match rest {
            "" => Tree::one("Ref", Tree::Text(format!("P{index}"))),
            rest => Tree::one("Fn::Sub", Tree::Text(format!("${{P{index}}}{rest}"))),
        })
    });
    for (index, text) in texts.iter().enumerate() {
        let declared = map(&[("Type", "String"), ("Default", "never")]);
        template.section("Parameters").push((format!("P{index}"), declared));
        let parameter = Tree::one("Ref", Tree::Text(format!("P{index}")));
        let is = Tree::one("Fn::Equals", Tree::List(vec![parameter, Tree::text(text)]));
        let all = match index.checked_sub(1) {
            Some(before) => Tree::one("Fn::And", Tree::List(vec![condition(&format!("Is{before}")), is])),
            None => is,
        };
        template.section("Conditions").push((format!("Is{index}"), all));
    }
    if let Some(last) = texts.len().checked_sub(1) {
        exist_under(template, &format!("Is{last}"));
    }
}

/// `Fn::If` around every literal, over a condition on a parameter, under which alone all resources exist.
pub fn chosen(template: &mut Tree) {
    literals(template, &mut |literal| {
        literal.scalar()?;
        let parts = vec![Tree::text("IsOn"), literal.clone(), Tree::text("never")];
        Some(Tree::one("Fn::If", Tree::List(parts)))
    });
    switch(template);
}

/// A mapping with the literals for one value of a parameter, under which alone all resources exist.
pub fn chosen_mapping(template: &mut Tree) {
    let (mut on, mut off) = (Vec::new(), Vec::new());
    literals(template, &mut |literal| {
        literal.scalar()?;
        let key = format!("K{}", on.len());
        on.push((key.clone(), literal.clone()));
        off.push((key.clone(), Tree::text("never")));
        let keys = vec![Tree::text("Literals"), Tree::one("Ref", Tree::text("On")), Tree::Text(key)];
        Some(Tree::one("Fn::FindInMap", Tree::List(keys)))
    });
    if !on.is_empty() {
        let rows = vec![("on".to_owned(), Tree::Map(on)), ("off".to_owned(), Tree::Map(off))];
        template.section("Mappings").push(("Literals".to_owned(), Tree::Map(rows)));
    }
    switch(template);
}

/// A parameter that is off by default, and the condition that it is on, under which alone all resources exist.
fn switch(template: &mut Tree) {
    let declared = map(&[("Type", "String"), ("Default", "off")]);
    template.section("Parameters").push(("On".to_owned(), declared));
    let parts = vec![Tree::one("Ref", Tree::text("On")), Tree::text("on")];
    let is_on = Tree::one("Fn::Equals", Tree::List(parts));
    template.section("Conditions").push(("IsOn".to_owned(), is_on));
    exist_under(template, "IsOn");
}

/// Gives each resource a condition, beside its own.
fn exist_under(template: &mut Tree, name: &str) {
    let mut made = Vec::new();
    if let Some(Tree::Map(resources)) = template.get_mut("Resources") {
        for (id, resource) in resources {
            match resource.get_mut("Condition") {
                None => resource.push("Condition", Tree::text(name)),
                Some(own) => {
                    let both = [name, own.scalar().unwrap_or_default()].map(condition);
                    made.push((format!("IsOf{id}"), Tree::one("Fn::And", Tree::List(both.to_vec()))));
                    *own = Tree::Text(format!("IsOf{id}"));
                }
            }
        }
    }
    template.section("Conditions").extend(made);
}

fn condition(name: &str) -> Tree {
    Tree::one("Condition", Tree::text(name))
}

/// All maps turned round.
pub fn reversed(value: &mut Tree) {
    match value {
        Tree::List(items) => items.iter_mut().for_each(reversed),
        Tree::Map(entries) => {
            entries.reverse();
            entries.iter_mut().for_each(|(_, value)| reversed(value));
        }
        _ => {}
    }
}
