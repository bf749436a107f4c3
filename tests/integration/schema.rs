//! The JSON Schemas that editors read, held against what the loader reads: by a validator that we did not write.
use crate::support::{project, run, run_in};
use serde_json::{Map, Value, json};
use stackproof::rule::{self, Tables};
use stackproof::source::Source;
use stackproof::syntax::{self, Node, View};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn validator(which: &str) -> jsonschema::Validator {
    let ran = run(&["schema", which]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let schema: Value = serde_json::from_str(&ran.out).unwrap();
    jsonschema::draft7::meta::validate(&schema).unwrap();
    jsonschema::draft7::new(&schema).unwrap()
}

/// What a YAML text holds.
fn value(text: &str) -> Value {
    of(syntax::parse(Arc::new(Source::new("text", text))).unwrap().root())
}

fn of(node: Node<'_>) -> Value {
    match node.view() {
        View::Null => Value::Null,
        View::Bool(value) => json!(value),
        View::Number(number) => number.as_i64().map_or_else(|| json!(number.as_f64()), |whole| json!(whole)),
        View::Text(text) => json!(text),
        View::List(items) => items.map(of).collect(),
        View::Map(entries) => {
            Value::Object(entries.map(|(key, value)| (key.text_or_empty().to_owned(), of(value))).collect())
        }
    }
}

fn told(validator: &jsonschema::Validator, value: &Value) -> String {
    validator.iter_errors(value).map(|error| format!("{}: {error}\n", error.instance_path())).collect()
}

/// Every rule file, with what it holds.
fn rules() -> Vec<(PathBuf, Value)> {
    let files = walkdir::WalkDir::new(project().join("rules")).sort_by_file_name().into_iter();
    let files = files.map(|entry| entry.unwrap().into_path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .filter(|path| path.file_name().is_some_and(|name| name != "checklist.yaml"))
        .map(|path| (path.clone(), value(&std::fs::read_to_string(path).unwrap())))
        .collect()
}

/// The messages of the loader about a rule.
fn loaded(path: &Path, text: &str) -> Vec<String> {
    let source = Arc::new(Source::new("rule", text));
    let document = syntax::parse(source).unwrap();
    let stem = path.file_stem().unwrap().to_string_lossy();
    match rule::load(&document, &stem, &Tables::default()) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_iter().filter(|error| !error.warning).map(|error| error.message).collect(),
    }
}

/// The YAML blocks of a page.
fn blocks(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(project().join(page)).unwrap();
    text.split("```").filter_map(|block| block.strip_prefix("yaml\n")).map(str::to_owned).collect()
}

#[test]
fn every_built_in_rule_fits_the_schema() {
    let validator = validator("rule");
    let rules = rules();
    assert!(rules.len() > 250, "{}", rules.len());
    for (path, rule) in &rules {
        let told = told(&validator, rule);
        assert!(told.is_empty(), "{}: {told}", path.display());
    }
}

/// Every mapping of a value, by its path.
fn mappings(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.push(path.to_owned());
            for (key, value) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                mappings(value, &format!("{path}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                mappings(item, &format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_key_that_the_loader_does_not_know_is_not_known_to_the_schema_either() {
    let validator = validator("rule");
    let mut refused = 0;
    // Every eighth rule: all of them take minutes, and have the same keys.
    for (path, rule) in rules().into_iter().step_by(8) {
        let mut places = Vec::new();
        mappings(&rule, "", &mut places);
        for place in places {
            let mut changed = rule.clone();
            let map: &mut Map<String, Value> = changed.pointer_mut(&place).unwrap().as_object_mut().unwrap();
            map.insert("zzz".to_owned(), json!({"present": true}));
            let messages = loaded(&path, &changed.to_string());
            let unknown = messages.iter().any(|message| message == "the key `zzz` is not known here");
            let fits = validator.is_valid(&changed);
            assert!(!(unknown && fits), "{}: the schema lets `zzz` through at {place}", path.display());
            // What the schema refuses, the loader refuses, whatever it calls it.
            assert!(fits || !messages.is_empty(), "{}: the loader takes `zzz` at {place}", path.display());
            refused += usize::from(unknown);
        }
    }
    assert!(refused > 200, "{refused}");
}

#[test]
fn a_rule_without_a_key_that_it_needs_or_with_a_value_of_another_kind_is_refused_by_both() {
    let validator = validator("rule");
    let path = project().join("rules/lambda/lambda-env-kms.yaml");
    let rule = value(&std::fs::read_to_string(&path).unwrap());
    let both = |changed: &Value, what: &str| {
        let messages = loaded(&path, &changed.to_string());
        let fits = validator.is_valid(changed);
        assert_eq!(fits, messages.is_empty(), "{what}: {messages:?} {}", told(&validator, changed));
        fits
    };
    assert!(both(&rule, "unchanged"));
    let mut needed = 0;
    for key in rule.as_object().unwrap().keys() {
        let mut changed = rule.clone();
        changed.as_object_mut().unwrap().remove(key);
        needed += usize::from(!both(&changed, key));
    }
    assert_eq!(needed, 11);
    for (pointer, wrong) in [
        ("/id", json!(7)),
        ("/title", json!("")),
        ("/severity", json!("eror")),
        ("/severity", json!({"production": "error"})),
        ("/severity", json!({"production": "error", "staging": "loud", "dev": "off"})),
        ("/match", json!("Lambda")),
        ("/match", json!([7])),
        ("/when", json!({})),
        ("/when", json!([])),
        ("/when", json!({"equals": 1})),
        ("/when", json!({"exists": {"where": {"@LogicalId": "x"}}})),
        ("/when", json!({"exists": {"type": "AWS::S3::Bucket", "scope": "world"}})),
        ("/when", json!({"undecided": ["why"]})),
        ("/when", json!({"@LogicalId": {"present": "yes"}})),
        ("/when", json!({"@LogicalId": {"equals": 1, "sounds-like": 2}})),
        ("/when", json!({"@LogicalId": {}})),
        ("/when", json!({"@LogicalId": {"refers-to": "x"}})),
        ("/when", json!({"@LogicalId": {"at-least": {"path": "@Type", "minus": 1}}})),
        ("/when", json!({"@LogicalId": {"before": {"date": "tomorrow"}}})),
        ("/require", json!("KmsKeyArn")),
        ("/require", json!([{"when": {"@LogicalId": "x"}}])),
        ("/fix", json!("mend it")),
        ("/fix", json!({"cdk": ["a"]})),
        ("/see", json!("https://docs.aws.amazon.com/")),
        ("/see", json!([7])),
        ("/aliases", json!([{"id": "CKV_AWS_1", "covers": "most"}])),
        ("/aliases", json!([{"covers": "part"}])),
        ("/examples", json!([{"name": "x", "expect": "perhaps", "template": "Resources: {}"}])),
        ("/examples", json!([{"name": "x", "expect": "pass"}])),
        ("/examples", json!([{"name": "x", "expect": "pass", "template": "a: 1", "today": "soon"}])),
        ("/group", json!("stack")),
        ("/conceal", json!("yes, please")),
        ("/suppressible", json!("never")),
        ("/params", json!({"days": {"default": 1}})),
        ("/params", json!({"days": {"default": {"a": 1}, "doc": "x"}})),
    ] {
        let mut changed = rule.clone();
        changed.as_object_mut().unwrap().insert(pointer[1..].to_owned(), wrong.clone());
        assert!(!both(&changed, &format!("{pointer} {wrong}")));
    }
}

/// What `check` says of a text as `stackproof.yaml`.
fn policy(text: &str) -> (bool, String) {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::create_dir(scratch.path().join("docs")).unwrap();
    std::fs::write(scratch.path().join("docs/recovery.md"), "steps").unwrap();
    std::fs::create_dir(scratch.path().join("old")).unwrap();
    std::fs::write(scratch.path().join("old/findings.txt"), "# stackproof-baseline 1\n").unwrap();
    std::fs::write(scratch.path().join("stackproof-baseline.txt"), "# stackproof-baseline 1\n").unwrap();
    std::fs::write(scratch.path().join("stackproof.yaml"), text).unwrap();
    std::fs::write(scratch.path().join("t.yaml"), "Resources: {B: {Type: 'AWS::S3::Bucket'}}").unwrap();
    let ran = run_in(scratch.path(), &["check", "t.yaml", "--today", "2026-06-01"]);
    (ran.code != 2, ran.err)
}

#[test]
fn what_the_pages_show_of_stackproof_yaml_fits_the_schema_and_loads() {
    let validator = validator("config");
    let mut seen = 0;
    for page in ["README.md", "docs/configuration.md", "docs/suppressions.md"] {
        for block in blocks(page) {
            let value = value(&block);
            let begins = ["profiles", "rules", "attestations", "suppressions", "undecided"];
            if !value.as_object().is_some_and(|map| map.keys().any(|key| begins.contains(&key.as_str()))) {
                continue;
            }
            assert_eq!(told(&validator, &value), "", "{page}: {block}");
            let (loads, err) = policy(&block);
            assert!(loads, "{page}: {err}\n{block}");
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen}");
    let fixture = std::fs::read_to_string(project().join("fixtures/apps/hardened/stackproof.yaml")).unwrap();
    assert_eq!(told(&validator, &value(&fixture)), "");
}

#[test]
fn the_loader_and_the_schema_agree_about_stackproof_yaml() {
    let validator = validator("config");
    let until = "evidence: docs/recovery.md, by: Ada, until: 2026-09-01";
    for (text, fits) in [
        ("profiles:\nrules:\nattestations:\n".to_owned(), true),
        ("profiles: [{profile: dev, stack: [a*, b], environment: test}]".to_owned(), true),
        ("profiles: [{profile: develop, stack: a}]".to_owned(), false),
        ("profiles: [{profile: dev}]".to_owned(), false),
        ("profiles: [{stack: a}]".to_owned(), false),
        ("profiles: [{profile: dev, account: 111122223333}]".to_owned(), false),
        ("profiles: [{profile: dev, stacks: a}]".to_owned(), false),
        ("profiles: {profile: dev, stack: a}".to_owned(), false),
        ("profile: []".to_owned(), false),
        ("undecided: note".to_owned(), true),
        ("undecided: {production: fail, dev: ignore}".to_owned(), true),
        ("undecided: error".to_owned(), false),
        ("undecided: {prod: fail}".to_owned(), false),
        ("rules: {lambda-tracing: off}".to_owned(), true),
        ("rules: {lambda-tracing: of}".to_owned(), false),
        ("rules: {'alarm-*': {level: {production: error, dev: off}, undecided: fail}}".to_owned(), true),
        ("rules: {'alarm-*': {levels: error}}".to_owned(), false),
        ("rules: {lambda-tracing: {level: loud}}".to_owned(), false),
        ("rules: {lambda-tracing: {undecided: loud}}".to_owned(), false),
        ("rules: {log-retention: {params: {min-days: 400}}}".to_owned(), true),
        ("rules: {log-retention: {params: {min-days: {production: 400, dev: 7}}}}".to_owned(), true),
        ("rules: {log-retention: {params: {min-days: many}}}".to_owned(), false),
        ("rules: {log-retention: {params: {days: 400}}}".to_owned(), false),
        ("rules: [lambda-tracing]".to_owned(), false),
        (format!("attestations: [{{line: backup/procedures, {until}}}]"), true),
        (format!("attestations: [{{line: backup/procedure, {until}}}]"), false),
        (format!("attestations: [{{{until}}}]"), false),
        ("attestations: [{line: backup/procedures, by: Ada, until: 2026-09-01}]".to_owned(), false),
        (
            "attestations: [{line: backup/procedures, evidence: docs/recovery.md, by: Ada, until: soon}]"
                .to_owned(),
            false,
        ),
        (format!("attestations: [{{line: backup/procedures, {until}, why: x}}]"), false),
        ("suppressions:\nbaseline: old/findings.txt\n".to_owned(), true),
        ("suppressions: [{rule: s3-versioning, reason: r}]".to_owned(), true),
        (
            "suppressions: [{rule: [s3-*, iam-*], stack: a*, path: [A/B], resource: B, property: P, reason: r, by: Ada, \
             until: 2026-09-01}]"
                .to_owned(),
            true,
        ),
        ("suppressions: [{rule: s3-versioning}]".to_owned(), false),
        ("suppressions: [{rule: s3-versioning, reason: ''}]".to_owned(), false),
        ("suppressions: [{reason: r}]".to_owned(), false),
        ("suppressions: [{rule: s3-versioning, reason: r, until: soon}]".to_owned(), false),
        ("suppressions: [{rule: s3-versioning, reason: r, region: eu-west-1}]".to_owned(), false),
        ("suppressions: {rule: s3-versioning, reason: r}".to_owned(), false),
        ("baseline: [a]".to_owned(), false),
        ("rules: {lambda-tracing: {suppressible: false}}".to_owned(), true),
        ("rules: {lambda-tracing: {suppressible: maybe}}".to_owned(), false),
    ] {
        let (loads, err) = policy(&text);
        assert_eq!(loads, fits, "{text}: {err}");
        assert_eq!(validator.is_valid(&value(&text)), fits, "{text}: {}", told(&validator, &value(&text)));
    }
}

#[test]
fn a_rule_of_ones_own_is_proposed_where_its_folder_is_named() {
    let ran = run(&["schema", "config", "--rules", "rules/lambda"]);
    assert_eq!(ran.code, 0);
    let ran = run(&["schema", "config", "--rules", "no-such-folder"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}
