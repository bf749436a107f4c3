//! JSON Schemas of the files that people write, so that editors complete and check them.
//!
//! In go the tables that the loader reads (`rule::forms`, `rule::OPERATORS`, `rule::FACTS`, `policy::POLICY`), the rules and
//! the lines of the checklist; out comes a schema of draft 7, which every editor reads. A schema says what a file looks like:
//! what it means (a property that exists, a day that is none) only the loader knows, so that a schema may let through what
//! the loader refuses, never the other way round. No key is named here that a table does not name.
mod language;
mod shape;

use crate::policy;
use crate::rule::{self, ChecklistLine, ParamValue, Rule, RuleSet, checklist_lines};
use serde_json::{Map, Value, json};
use shape::Definitions;

/// The schema of `stackproof.yaml`. The ids of the rules are proposed; others may be meant, so they pass too.
pub fn config(rules: &RuleSet) -> Value {
    let mut definitions = Definitions::new(&rules.rules, &checklist_lines());
    let mut root = definitions.form(&policy::POLICY);
    // A file of which everything is commented out says nothing, and is no mistake.
    root["type"] = json!(["object", "null"]);
    document(
        root,
        definitions,
        "The policy of a team for stackproof",
        "Which stacks count as what, how grave rules are, and what people vouch for.",
    )
}

/// The schema of a rule file.
pub fn rule(rules: &RuleSet) -> Value {
    let mut definitions = Definitions::new(&rules.rules, &checklist_lines());
    let root = definitions.form(&rule::forms::RULE);
    document(root, definitions, "A rule of stackproof", "One file is one rule: what must hold, and why.")
}

fn document(mut root: Value, definitions: Definitions<'_>, title: &str, description: &str) -> Value {
    root["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    root["title"] = json!(title);
    root["description"] = json!(description);
    root["definitions"] = Value::Object(definitions.finish());
    root
}

/// Entries of `rules`: what is known of each rule, and what any other entry may hold.
fn entries(definitions: &mut Definitions<'_>) -> Value {
    let any = definitions.reference(&policy::ENTRY);
    let short = definitions.shape(rule::Shape::SomeLevels);
    let mut properties = Map::new();
    for rule in definitions.rules {
        let mut entry = json!({"description": rule.title, "anyOf": [short, any]});
        if !rule.params.is_empty() {
            let mut long = definitions.form(&policy::ENTRY);
            long["properties"]["params"] = params(definitions, rule);
            entry["anyOf"] = json!([short, long]);
        }
        properties.insert(rule.id.to_string(), entry);
    }
    json!({
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": {"anyOf": [short, any]},
    })
}

/// The parameters of one rule, each with its type and its default.
fn params(definitions: &mut Definitions<'_>, rule: &Rule) -> Value {
    let mut properties = Map::new();
    for param in &rule.params {
        let (kind, default) = match &param.value {
            ParamValue::Number(number) => (json!({"type": "number"}), json!(number)),
            ParamValue::Text(text) => (json!({"type": "string"}), json!(text)),
            ParamValue::Bool(value) => (json!({"type": "boolean"}), json!(value)),
            ParamValue::List(items) => (json!({"type": "array", "items": {"type": "string"}}), json!(items)),
        };
        let mut value = definitions.by_profile(kind, &[]);
        value["description"] = json!(param.doc);
        value["default"] = whole(default);
        properties.insert(param.name.to_owned(), value);
    }
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

/// A whole number is written without a fraction.
fn whole(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => json!(number as i64),
        _ => value,
    }
}

/// The lines of the checklist, each with what it says.
fn lines(lines: &[ChecklistLine]) -> Value {
    let one = |line: &ChecklistLine| json!({"const": line.id, "description": line.title});
    json!({"type": "string", "anyOf": lines.iter().map(one).collect::<Vec<_>>()})
}
