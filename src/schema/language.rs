//! Conditions, tests and operands: the part of a rule file whose keys are paths.
//!
//! A condition has operators of its own, facts that need no argument are proposed, and any other key is a path. The value of a
//! path is a scalar, a list, a mapping of operators only, or a condition on what the path names.
use super::shape::{Definitions, described, one_or_list};
use crate::rule::{FACTS, OPERATORS, Shape, forms};
use serde_json::{Map, Value, json};

/// What combines conditions as well as tests.
const NEUTRAL: [&str; 3] = ["all", "any", "not"];

/// A shape of the language.
pub(super) fn shape(all: &mut Definitions<'_>, shape: Shape) -> Value {
    match shape {
        Shape::Condition => all.named("condition", condition),
        Shape::Test => all.named("test", test),
        Shape::Conditions => list(all, Shape::Condition),
        Shape::Tests => list(all, Shape::Test),
        Shape::Clauses => {
            let (condition, clause) = (all.shape(Shape::Condition), all.reference(&forms::CLAUSE));
            json!({"anyOf": [condition, {"type": "array", "items": clause}]})
        }
        Shape::Types => one_or_list(json!({
            "anyOf": [
                {"const": "App", "description": "The app as a whole"},
                {"const": "Stack", "description": "Stacks that are deployed by themselves"},
                {"const": "NestedStack", "description": "Stacks inside others"},
                {"type": "string", "pattern": "::|[*?{]", "description": "A resource type, or a glob of them"},
            ]
        })),
        Shape::Operand => all.named("operand", operand),
        Shape::Operands => {
            let one = all.shape(Shape::Operand);
            one_or_list(one_or_list(one))
        }
        Shape::DateOperand => {
            let (date, other) = (all.reference(&forms::DATE), all.shape(Shape::Operand));
            json!({"anyOf": [{"const": "today", "description": "The day of the run"}, date, other]})
        }
        Shape::Amount => {
            let reckoned = all.reference(&forms::RECKONED);
            json!({"anyOf": [{"type": ["number", "string"]}, reckoned]})
        }
        _ => {
            let target = all.reference(&forms::TARGET);
            json!({"anyOf": [{"const": "$subject", "description": "The rule's own node"}, target]})
        }
    }
}

fn list(all: &mut Definitions<'_>, shape: Shape) -> Value {
    let item = all.shape(shape);
    json!({"type": "array", "items": item})
}

fn operand(all: &mut Definitions<'_>) -> Value {
    let reckoned = all.reference(&forms::RECKONED);
    json!({"anyOf": [{"type": ["string", "number", "boolean"]}, reckoned]})
}

/// A mapping that combines conditions, asks for other resources, or tests paths.
fn condition(all: &mut Definitions<'_>) -> Value {
    let properties = conditions(all);
    let test = all.shape(Shape::Test);
    json!({
        "type": "object",
        "minProperties": 1,
        "properties": properties,
        "propertyNames": {"not": {"enum": stray()}},
        "additionalProperties": test,
    })
}

/// The keys of a condition that are no paths, and the facts that need no argument.
fn conditions(all: &mut Definitions<'_>) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut put = |name: &str, value: Value, doc: &str| {
        properties.insert(name.to_owned(), described(value, doc));
    };
    put("all", all.shape(Shape::Conditions), "All of a list of conditions hold.");
    put("any", all.shape(Shape::Conditions), "At least one of a list of conditions holds.");
    put("not", all.shape(Shape::Condition), "A condition does not hold.");
    put("exists", all.reference(&forms::EXISTS), "Some resource passes.");
    put(
        "referenced-by",
        all.reference(&forms::REFERENCED_BY),
        "Some resource that speaks of this one passes.",
    );
    put("undecided", json!({"type": "string", "minLength": 1}), "Not known, for that reason.");
    let test = all.shape(Shape::Test);
    for fact in FACTS.iter().filter(|fact| fact.arguments == 0) {
        put(&format!("{}()", fact.name), test.clone(), fact.doc);
    }
    properties
}

/// What is asked of the value of a path.
fn test(all: &mut Definitions<'_>) -> Value {
    let mapping = all.named("mapping", mapping);
    let list = all.shape(Shape::Operands);
    json!({
        "anyOf": [
            {"type": ["string", "number", "boolean"]},
            {"type": "array", "items": list},
            mapping,
        ]
    })
}

/// A mapping of operators only, or a condition on what the path names. It is one mapping with the keys of both, because
/// editors propose what stands in the one alternative that an unfinished text fits, which is the other.
fn mapping(all: &mut Definitions<'_>) -> Value {
    let mut properties = conditions(all);
    for row in OPERATORS {
        properties.insert(row.name.to_owned(), described(all.shape(row.operand), row.doc));
    }
    let names: Vec<&str> = OPERATORS.iter().map(|row| row.name).collect();
    let test = all.shape(Shape::Test);
    json!({
        "type": "object",
        "minProperties": 1,
        "properties": properties,
        "anyOf": [{"propertyNames": {"enum": names}}, {"propertyNames": {"not": {"enum": stray()}}}],
        "additionalProperties": test,
    })
}

/// The operators that need a path before them.
fn stray() -> Vec<&'static str> {
    OPERATORS.iter().map(|row| row.name).filter(|name| !NEUTRAL.contains(name)).collect()
}
