//! A folder with a template or an assembly to accept findings in, and what a report says of one rule.
use crate::support::{Ran, project, run_in};
use serde_json::Value;
use std::path::Path;

/// Two buckets that keep no versions, and a key that does not rotate.
pub(super) const TEMPLATE: &str = r"Resources:
  Logs:
    Type: AWS::S3::Bucket
  Data:
    Type: AWS::S3::Bucket
  Key:
    Type: AWS::KMS::Key
    Properties: {KeyPolicy: {}, EnableKeyRotation: false}
";

pub(super) struct Scratch(pub(super) tempfile::TempDir);

impl Scratch {
    pub(super) fn new(template: &str) -> Scratch {
        let scratch = Scratch(tempfile::tempdir().unwrap());
        scratch.write("t.yaml", template);
        scratch
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ran {
        run_in(self.0.path(), arguments)
    }

    pub(super) fn report(&self, arguments: &[&str]) -> Value {
        let fixed = ["check", "--format", "json", "--today", "2026-06-01"];
        parsed(&self.run(&[&fixed, arguments].concat()))
    }

    pub(super) fn of(&self, rule: &str, arguments: &[&str]) -> Told {
        Told::of(&self.report(&[&["t.yaml", "--rule", rule], arguments].concat()), rule)
    }
}

pub(super) fn parsed(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

/// What a report says of one rule: whose findings count, whose are accepted by whom, and how its nodes fared.
#[derive(Debug, PartialEq)]
pub(super) struct Told {
    pub(super) counts: Vec<String>,
    pub(super) accepted: Vec<String>,
    pub(super) fail: u64,
    pub(super) nodes_accepted: u64,
    pub(super) remarks: Vec<String>,
}

impl Told {
    pub(super) fn of(report: &Value, rule: &str) -> Told {
        let resource = |one: &Value| one["resource"].as_str().unwrap_or_default().to_owned();
        let list = |key: &str| -> Vec<Value> {
            report[key].as_array().unwrap().iter().filter(|one| one["rule"] == rule).cloned().collect()
        };
        let accepted = list("accepted");
        let by = |one: &Value| format!("{} {}", resource(one), one["by"].as_str().unwrap());
        let counts = &report["summary"]["rules"][rule];
        let messages =
            report["remarks"].as_array().unwrap().iter().map(|one| one["message"].as_str().unwrap());
        Told {
            counts: list("findings").iter().map(resource).collect(),
            accepted: accepted.iter().map(by).collect(),
            fail: counts["fail"].as_u64().unwrap(),
            nodes_accepted: counts["accepted"].as_u64().unwrap(),
            remarks: messages.map(str::to_owned).collect(),
        }
    }
}

pub(super) const ROTATION: &str = "kms-key-rotation";

pub(super) const VERSIONS: &str = "s3-versioning";

/// A template in which a bucket carries some metadata; the bucket is `Logs`.
pub(super) fn with_metadata(metadata: &str) -> Scratch {
    let metadata = format!("Type: AWS::S3::Bucket\n    Metadata: {metadata}\n");
    Scratch::new(&TEMPLATE.replacen("Type: AWS::S3::Bucket\n", &metadata, 1))
}

pub(super) const WILDCARD: &str = r#"
id: own-wildcard
title: No action is a wildcard
checklist: security/least-privilege
severity: error
match: AWS::IAM::ManagedPolicy
require:
  PolicyDocument.Statement: {every: {Action: {not: {ends-with: "*"}}}}
message: "{logical_id} allows {value}"
why: A wildcard allows what nobody thought of.
fix: {cdk: 'actions: []'}
see: [https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html]
aliases: ["cdk-nag:AwsSolutions-IAM5"]
examples:
  - {name: named, expect: pass, template: 'Resources: {P: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: [{Action: "s3:GetObject"}]}}}}'}
  - name: a wildcard
    expect: fail
    template: |
      Resources:
        P:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument:
              Statement:
                - Action: "s3:*" #! here
"#;

/// The bundled assembly, and a folder to change it in.
pub(super) fn bundled() -> Scratch {
    let scratch = Scratch::new("");
    std::fs::remove_file(scratch.0.path().join("t.yaml")).unwrap();
    copy(&project().join("fixtures/assemblies/production"), &scratch.0.path().join("cdk.out"));
    scratch
}

pub(super) fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        match entry.file_type().is_dir() {
            true => std::fs::create_dir_all(target).unwrap(),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// Rewrites every template of an assembly.
pub(super) fn rewrite(scratch: &Scratch, folder: &str, change: impl Fn(Value) -> String) {
    for entry in std::fs::read_dir(scratch.0.path().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().ends_with(".template.json") {
            let template = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            std::fs::write(&path, change(template)).unwrap();
        }
    }
}

/// The same with the keys of all mappings the other way round.
pub(super) fn reordered(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let pairs: Vec<String> = map
                .iter()
                .rev()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), reordered(value)))
                .collect();
            format!("{{{}}}", pairs.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(reordered).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}
