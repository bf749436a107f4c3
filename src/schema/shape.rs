//! From shapes and forms to the pieces of a schema.
//!
//! A form is written once, among the definitions, and referred to: the language of conditions is recursive.
use super::language;
use crate::policy;
use crate::rule::{ChecklistLine, Form, Profile, Raise, Rule, Shape, forms};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The levels that a rule may have, with what they mean.
const LEVELS: [(&str, &str); 4] = [
    ("error", "Fails a run"),
    ("warning", "Is shown, and fails a run with --fail-on warning"),
    ("note", "Is shown with --show notes"),
    ("off", "Is not asked"),
];

/// What is defined so far.
pub(super) struct Definitions<'r> {
    pub rules: &'r [Arc<Rule>],
    lines: Vec<ChecklistLine>,
    done: Map<String, Value>,
}

impl<'r> Definitions<'r> {
    /// Nothing but what the words mean.
    pub fn new(rules: &'r [Arc<Rule>], lines: &[ChecklistLine]) -> Self {
        Definitions { rules, lines: lines.to_vec(), done: Map::new() }
    }

    /// All that was defined.
    pub fn finish(self) -> Map<String, Value> {
        self.done
    }

    /// A definition by its name; it is written when it is first asked for.
    pub fn named(&mut self, name: &str, write: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.done.contains_key(name) {
            // What refers to itself finds its name taken.
            self.done.insert(name.to_owned(), Value::Null);
            let written = write(self);
            self.done.insert(name.to_owned(), written);
        }
        json!({"$ref": format!("#/definitions/{name}")})
    }

    /// A form, by reference.
    pub fn reference(&mut self, form: &'static Form) -> Value {
        self.named(form.name, |definitions| definitions.form(form))
    }

    /// A form, written out.
    pub fn form(&mut self, form: &'static Form) -> Value {
        let mut properties = Map::new();
        for key in form.keys {
            properties.insert(key.name.to_owned(), described(self.shape(key.shape), key.doc));
        }
        let required: Vec<&str> = form.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
        let mut written = json!({"type": "object", "properties": properties, "additionalProperties": false});
        if !required.is_empty() {
            written["required"] = json!(required);
        }
        if let Some(choice) = choice(form) {
            for (word, value) in choice {
                written[word] = value;
            }
        }
        written
    }

    /// What a shape is in a schema.
    pub fn shape(&mut self, shape: Shape) -> Value {
        let text = || json!({"type": "string", "minLength": 1});
        let scalar = || json!({"type": ["string", "number", "boolean"]});
        match shape {
            Shape::Text => text(),
            Shape::Texts => one_or_list(text()),
            Shape::TextList => json!({"type": "array", "items": text()}),
            Shape::Flag => json!({"type": "boolean"}),
            Shape::Scalar => scalar(),
            Shape::Scalars => json!({"type": "object", "additionalProperties": scalar()}),
            Shape::Day => json!({"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"}),
            Shape::Word(words) => json!({"type": "string", "enum": words}),
            Shape::Levels => self.named("levels", |all| {
                let level = all.level();
                all.by_profile(level, &Profile::ALL)
            }),
            Shape::SomeLevels => self.named("some-levels", |all| {
                let level = all.level();
                all.by_profile(level, &[])
            }),
            Shape::SomeUndecided => self.named("some-undecided", |all| {
                all.by_profile(json!({"type": "string", "enum": Raise::ALL.map(Raise::as_str)}), &[])
            }),
            Shape::Param => param(),
            Shape::Params => json!({"type": "object", "additionalProperties": param()}),
            Shape::ProfiledParams => {
                let value = self.by_profile(param(), &[]);
                json!({"type": "object", "additionalProperties": value})
            }
            Shape::Line => self.named("line", |all| super::lines(&all.lines)),
            Shape::Lines => one_or_list(self.shape(Shape::Line)),
            Shape::Rules => self.rules_meant("rules-meant", |rule| rule.suppressible),
            Shape::Attestable => self.rules_meant("attestable", Rule::attestable),
            Shape::RuleEntries => super::entries(self),
            Shape::Aliases => {
                let long = self.reference(&forms::ALIAS);
                json!({"type": "array", "items": {"anyOf": [text(), long]}})
            }
            Shape::Of(form) => self.reference(form),
            Shape::ListOf(form) => {
                let item = self.reference(form);
                let list = if nullable(form) { json!(["array", "null"]) } else { json!("array") };
                json!({"type": list, "items": item})
            }
            Shape::MapOf(form) => {
                let value = self.reference(form);
                json!({"type": "object", "additionalProperties": value})
            }
            Shape::Types
            | Shape::Condition
            | Shape::Conditions
            | Shape::Clauses
            | Shape::Test
            | Shape::Tests
            | Shape::Operand
            | Shape::Operands
            | Shape::DateOperand
            | Shape::Target
            | Shape::Amount => language::shape(self, shape),
        }
    }

    /// One value, or a mapping of profiles to such values; those that must be named are.
    pub fn by_profile(&mut self, value: Value, required: &[Profile]) -> Value {
        let properties: Map<String, Value> =
            Profile::ALL.iter().map(|profile| (profile.as_str().to_owned(), value.clone())).collect();
        let required: Vec<&str> = required.iter().map(|profile| profile.as_str()).collect();
        let mapping = json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        json!({"anyOf": [value, mapping]})
    }

    /// A level. `off` is a boolean for those who read YAML 1.1.
    fn level(&mut self) -> Value {
        self.named("level", |_| {
            let mut any: Vec<Value> = LEVELS
                .iter()
                .map(|(name, doc)| json!({"type": "string", "const": name, "description": doc}))
                .collect();
            // `false` and nothing else, in words that editors do not propose.
            let others = ["string", "number", "null", "array", "object"];
            any.push(json!({"not": {"anyOf": [{"type": others}, {"const": true}]}}));
            json!({"anyOf": any})
        })
    }

    /// Rules that may be meant are proposed; a rule of one's own may be another.
    fn rules_meant(&mut self, name: &str, may_be: impl Fn(&Rule) -> bool) -> Value {
        one_or_list(self.named(name, |all| {
            let mut any: Vec<Value> = all
                .rules
                .iter()
                .filter(|rule| may_be(rule))
                .map(|rule| json!({"const": &*rule.id, "description": rule.title}))
                .collect();
            any.push(json!({"type": "string", "minLength": 1}));
            json!({"anyOf": any})
        }))
    }
}

/// A value with what it is for. Beside `$ref` draft 7 reads nothing else.
pub(super) fn described(mut value: Value, doc: &str) -> Value {
    if value.get("$ref").is_some() {
        value = json!({"allOf": [value]});
    }
    value["description"] = json!(doc);
    value
}

/// The value of a parameter.
fn param() -> Value {
    json!({"type": ["string", "number", "boolean", "array"], "items": {"type": "string"}})
}

/// A value, or a list of such values.
pub(super) fn one_or_list(value: Value) -> Value {
    json!({"anyOf": [value, {"type": "array", "items": value}]})
}

/// Sections of `stackproof.yaml` may be empty, with all their entries commented out.
fn nullable(form: &Form) -> bool {
    policy::POLICY.keys.iter().any(|key| matches!(key.shape, Shape::ListOf(of) if std::ptr::eq(of, form)))
}

/// Which of the keys that may be left out a form needs.
fn choice(form: &'static Form) -> Option<Vec<(&'static str, Value)>> {
    let need = |names: &[&str]| names.iter().map(|name| json!({"required": [name]})).collect::<Vec<_>>();
    let names = |words: &[&str]| form.names().filter(|name| !words.contains(name)).collect::<Vec<_>>();
    match form.name {
        "profile" => Some(vec![("anyOf", json!(need(&names(&["profile"]))))]),
        "attestation" => Some(vec![("anyOf", json!(need(&["line", "rule"])))]),
        "example" => Some(vec![("oneOf", json!(need(&["template", "stacks"])))]),
        _ => None,
    }
}
