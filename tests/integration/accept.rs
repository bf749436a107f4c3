//! What people accept: suppressions in every form, the baseline, and what changed between two assemblies.
use crate::support::{Ran, project, run_in};
use serde_json::Value;
use std::path::Path;

/// Two buckets that keep no versions, and a key that does not rotate.
const TEMPLATE: &str = r"Resources:
  Logs:
    Type: AWS::S3::Bucket
  Data:
    Type: AWS::S3::Bucket
  Key:
    Type: AWS::KMS::Key
    Properties: {KeyPolicy: {}, EnableKeyRotation: false}
";

struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new(template: &str) -> Scratch {
        let scratch = Scratch(tempfile::tempdir().unwrap());
        scratch.write("t.yaml", template);
        scratch
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run_in(self.0.path(), arguments)
    }

    fn report(&self, arguments: &[&str]) -> Value {
        let fixed = ["check", "--format", "json", "--today", "2026-06-01"];
        parsed(&self.run(&[&fixed, arguments].concat()))
    }

    fn of(&self, rule: &str, arguments: &[&str]) -> Told {
        Told::of(&self.report(&[&["t.yaml", "--rule", rule], arguments].concat()), rule)
    }
}

fn parsed(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

/// What a report says of one rule: whose findings count, whose are accepted by whom, and how its nodes fared.
#[derive(Debug, PartialEq)]
struct Told {
    counts: Vec<String>,
    accepted: Vec<String>,
    fail: u64,
    nodes_accepted: u64,
    remarks: Vec<String>,
}

impl Told {
    fn of(report: &Value, rule: &str) -> Told {
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

const ROTATION: &str = "kms-key-rotation";
const VERSIONS: &str = "s3-versioning";

#[test]
fn an_entry_of_the_policy_silences_what_it_selects_and_the_tallies_follow() {
    let scratch = Scratch::new(TEMPLATE);
    scratch.write(
        "stackproof.yaml",
        "suppressions: [{rule: 's3-v*', resource: Lo*, reason: made again, by: Ada, until: 2026-06-01}]",
    );
    let told = scratch.of(VERSIONS, &[]);
    assert_eq!(
        (told.counts, told.accepted),
        (vec!["Data".to_owned()], vec!["Logs configuration".to_owned()])
    );
    assert_eq!((told.fail, told.nodes_accepted, told.remarks), (1, 1, vec![]));
    let accepted = scratch.report(&["t.yaml", "--rule", VERSIONS])["accepted"][0].clone();
    assert_eq!(
        (accepted["reason"].as_str(), accepted["until"].as_str()),
        (Some("made again"), Some("2026-06-01"))
    );
    assert_eq!(
        accepted["written"]["file"].as_str().map(|file| file.ends_with("stackproof.yaml")),
        Some(true)
    );
    // The day after, and without suppressions, it counts again.
    assert_eq!(scratch.of(VERSIONS, &["--no-suppress"]).counts, ["Logs", "Data"]);
    let ran =
        scratch.run(&["check", "t.yaml", "--rule", VERSIONS, "--format", "json", "--today", "2026-06-02"]);
    let told = Told::of(&parsed(&ran), VERSIONS);
    assert_eq!((told.counts.len(), told.fail), (2, 2));
    assert!(told.remarks[0].contains("ended on 2026-06-01"), "{:?}", told.remarks);
}

#[test]
fn all_selectors_must_fit() {
    for (entry, silenced) in [
        ("rule: s3-versioning", 2),
        ("rule: [s3-versioning, kms-*]", 2),
        ("rule: s3-versioning, stack: t.y*", 2),
        ("rule: s3-versioning, stack: Other*", 0),
        ("rule: s3-versioning, resource: [Logs, Data]", 2),
        ("rule: s3-versioning, path: Shop/*", 0),
        ("rule: s3-versioning, property: VersioningConfiguration", 2),
        ("rule: s3-versioning, property: VersioningConfiguration, resource: Logs", 1),
        ("rule: s3-versioning, property: BucketName", 0),
    ] {
        let scratch = Scratch::new(TEMPLATE);
        scratch.write("stackproof.yaml", &format!("suppressions: [{{{entry}, reason: r}}]"));
        assert_eq!(scratch.of(VERSIONS, &[]).accepted.len(), silenced, "{entry}");
    }
}

#[test]
fn what_is_wrong_in_the_policy_is_an_error_with_its_place() {
    for (entry, message) in [
        ("rule: s3-versioning", "`reason` is missing"),
        ("rule: s3-versoning, reason: r", "no rule fits `s3-versoning`"),
        ("reason: r", "`rule` is missing"),
        ("rule: s3-versioning, reason: r, until: soon", "`soon` is no day"),
        ("rule: s3-versioning, reason: r, resorce: x", "the key `resorce` is not known here"),
        ("rule: s3-versioning, reason: r, resource: '{'", "this glob is refused"),
    ] {
        let scratch = Scratch::new(TEMPLATE);
        scratch.write("stackproof.yaml", &format!("suppressions:\n  - {{{entry}}}\n"));
        let ran = scratch.run(&["check", "t.yaml"]);
        assert_eq!(ran.code, 2, "{entry}: {}", ran.err);
        assert!(ran.err.contains(message) && ran.err.contains("stackproof.yaml:2:"), "{entry}: {}", ran.err);
    }
}

#[test]
fn one_that_silences_nothing_is_told_unless_its_rules_or_stacks_were_not_looked_at() {
    let unused = |entry: &str, arguments: &[&str]| {
        let scratch = Scratch::new(TEMPLATE);
        scratch.write("stackproof.yaml", &format!("suppressions: [{{{entry}, reason: r}}]"));
        let report = scratch.report(&[&["t.yaml"], arguments].concat());
        let told = report["remarks"].to_string();
        told.contains("silences nothing")
    };
    assert!(unused("rule: s3-versioning, resource: Gone", &[]));
    assert!(!unused("rule: s3-versioning, resource: Logs", &[]));
    assert!(!unused("rule: s3-versioning, resource: Gone", &["--skip", "s3-versioning"]));
    assert!(!unused("rule: s3-versioning, stack: Elsewhere", &[]));
}

#[test]
fn a_template_says_it_in_its_metadata() {
    let own = "    Metadata: {stackproof: {suppress: [{rule: s3-versioning, reason: made again, until: 2027-01-31}]}}\n";
    let scratch = Scratch::new(&TEMPLATE.replacen(
        "Type: AWS::S3::Bucket\n",
        &format!("Type: AWS::S3::Bucket\n{own}"),
        1,
    ));
    let told = scratch.of(VERSIONS, &[]);
    assert_eq!((told.counts, told.accepted), (vec!["Data".to_owned()], vec!["Logs metadata".to_owned()]));
    // Of the template as a whole, with a selector.
    let whole = "Metadata: {stackproof: {suppress: {rule: 's3-*', resource: Data, reason: made again}}}\n";
    let told = Scratch::new(&format!("{whole}{TEMPLATE}")).of(VERSIONS, &[]);
    assert_eq!((told.counts, told.accepted), (vec!["Logs".to_owned()], vec!["Data metadata".to_owned()]));
}

#[test]
fn what_is_wrong_in_metadata_does_not_count_and_is_told() {
    for (entry, message) in [
        ("{suppress: [{rule: s3-versioning}]}", "gives no reason, and does not count"),
        ("{suppress: [{rule: s3-versoning, reason: r}]}", "did you mean `s3-versioning`"),
        (
            "{suppress: [{rule: s3-versioning, reason: r, resource: Logs}]}",
            "the key `resource` is not known here",
        ),
        ("{suppress: [{rule: s3-versioning, reason: r, until: 2026-05-31}]}", "ended on 2026-05-31"),
        ("{supress: []}", "does not count"),
        ("[1]", "does not count"),
    ] {
        let metadata = format!("Type: AWS::S3::Bucket\n    Metadata: {{stackproof: {entry}}}\n");
        let scratch = Scratch::new(&TEMPLATE.replacen("Type: AWS::S3::Bucket\n", &metadata, 1));
        let told = scratch.of(VERSIONS, &[]);
        assert_eq!(told.counts, ["Logs", "Data"], "{entry}");
        assert!(told.remarks.iter().any(|remark| remark.contains(message)), "{entry}: {:?}", told.remarks);
    }
}

/// A template in which a bucket carries some metadata; the bucket is `Logs`.
fn with_metadata(metadata: &str) -> Scratch {
    let metadata = format!("Type: AWS::S3::Bucket\n    Metadata: {metadata}\n");
    Scratch::new(&TEMPLATE.replacen("Type: AWS::S3::Bucket\n", &metadata, 1))
}

#[test]
fn the_forms_of_other_tools_count_where_an_alias_asks_the_same() {
    for (metadata, by) in [
        (
            "{cdk_nag: {rules_to_suppress: [{id: HIPAA.Security-S3BucketVersioningEnabled, reason: 'made again'}]}}",
            "cdk-nag",
        ),
        (
            "{cdk_nag: {rules_to_suppress: [{id: NIST.800.53.R5-S3BucketVersioningEnabled, reason: bWFkZSBhZ2Fpbg==, is_reason_encoded: true}]}}",
            "cdk-nag",
        ),
        ("{checkov: {skip: [{id: CKV_AWS_21, comment: made again}]}}", "checkov"),
        ("{guard: {SuppressedRules: [S3_BUCKET_VERSIONING_ENABLED]}}", "guard"),
    ] {
        let scratch = with_metadata(metadata);
        let told = scratch.of(VERSIONS, &[]);
        assert_eq!(told.accepted, [format!("Logs {by}")], "{metadata}");
        assert_eq!((told.counts, told.remarks), (vec!["Data".to_owned()], vec![]), "{metadata}");
        let reason = scratch.report(&["t.yaml", "--rule", VERSIONS])["accepted"][0]["reason"].clone();
        assert_eq!(reason.as_str(), (by != "guard").then_some("made again"), "{metadata}");
    }
    let encryption = with_metadata("{cfn_nag: {rules_to_suppress: [{id: W41, reason: public data}]}}");
    assert_eq!(encryption.of("s3-encryption", &[]).accepted, ["Logs cfn_nag"]);
    // An id that no rule claims is no business of ours, and neither is one of another question.
    for metadata in
        ["{checkov: {skip: [{id: CKV_AWS_99999}]}}", "{cfn_nag: {rules_to_suppress: [{id: W41}]}}"]
    {
        let told = with_metadata(metadata).of(VERSIONS, &[]);
        assert_eq!((told.counts.len(), told.accepted.len(), told.remarks.len()), (2, 0, 0), "{metadata}");
    }
}

#[test]
fn cfn_lint_is_heard_at_both_levels_where_an_own_rule_claims_its_id() {
    let rule = include_str!("../../rules/s3/s3-versioning.yaml").replace("CKV_AWS_21", "cfn-lint:W9021");
    let config = "{cfn-lint: {config: {ignore_checks: [W902]}}}";
    for template in [format!("Metadata: {config}\n{TEMPLATE}"), with_metadata(config).read("t.yaml")] {
        let scratch = Scratch::new(&template);
        scratch.write("rules/s3-versioning.yaml", &rule);
        let told = scratch.of(VERSIONS, &["--rules", "rules"]);
        assert_eq!(told.accepted[0], "Logs cfn-lint");
        assert_eq!(told.accepted.len(), if template.starts_with("Metadata") { 2 } else { 1 });
    }
}

#[test]
fn reasons_are_asked_where_the_tool_asks_for_them() {
    let told = with_metadata("{cdk_nag: {rules_to_suppress: [{id: X-S3BucketVersioningEnabled}]}}")
        .of(VERSIONS, &[]);
    assert_eq!((told.counts.len(), told.accepted.len()), (2, 0));
    assert!(told.remarks[0].contains("gives no reason, and does not count"), "{:?}", told.remarks);
    let told = with_metadata("{checkov: {skip: [{id: CKV_AWS_21}]}}").of(VERSIONS, &[]);
    assert_eq!(told.accepted, ["Logs checkov"]);
    assert!(told.remarks[0].ends_with("gives no reason"), "{:?}", told.remarks);
}

#[test]
fn a_comment_of_checkov_belongs_to_the_resource_whose_lines_it_stands_in() {
    let at = |text: &str| Scratch::new(text).of(VERSIONS, &[]).accepted;
    let first = TEMPLATE.replacen("  Logs:\n", "  Logs: # checkov:skip=CKV_AWS_21:made again\n", 1);
    assert_eq!(at(&first), ["Logs checkov"]);
    let inside =
        TEMPLATE.replacen("  Data:\n", "    #checkov:skip=CKV_AWS_18,CKV_AWS_21:made again\n  Data:\n", 1);
    assert_eq!(at(&inside), ["Logs checkov"]);
    let before = TEMPLATE.replacen("  Data:\n", "  #checkov:skip=CKV_AWS_21:made again\n  Data:\n", 1);
    assert_eq!(at(&before), Vec::<String>::new());
    let behind = format!("{TEMPLATE}Outputs:\n  A:\n    #checkov:skip=CKV_AWS_21:made again\n    Value: a\n");
    assert_eq!(at(&behind), Vec::<String>::new());
    let no_comment =
        TEMPLATE.replacen("Bucket\n", "Bucket\n    Properties: {BucketName: 'checkov:skip=CKV_AWS_21'}\n", 1);
    assert_eq!(at(&no_comment), Vec::<String>::new());
}

/// A policy with three wildcards, and a rule of the user's own that asks what cdk-nag's does.
fn wildcards(metadata: &str) -> Told {
    let template = format!(
        "Resources:\n  Policy:\n    Type: AWS::IAM::ManagedPolicy\n    Metadata: {metadata}\n    Properties:\n      PolicyDocument:\n        \
         Statement:\n          - {{Effect: Allow, Action: 's3:*', Resource: x}}\n          - {{Effect: Allow, Action: 'sqs:*', Resource: x}}\n"
    );
    let scratch = Scratch::new(&template);
    scratch.write("rules/own-wildcard.yaml", WILDCARD);
    scratch.of("own-wildcard", &["--rules", "rules"])
}

const WILDCARD: &str = r#"
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

#[test]
fn what_cdk_nag_limits_to_a_finding_silences_that_value_alone() {
    let of = |limit: &str| {
        let id = "id: AwsSolutions-IAM5, reason: 'ten or more'";
        let told = wildcards(&format!("{{cdk_nag: {{rules_to_suppress: [{{{id}{limit}}}]}}}}"));
        (told.counts.len(), told.accepted.len(), told.fail, told.nodes_accepted)
    };
    assert_eq!(of(""), (0, 2, 0, 1));
    assert_eq!(of(", applies_to: ['Action::s3:*']"), (1, 1, 1, 0));
    assert_eq!(of(", applies_to: ['Action::s3:*', {regex: '/^Action::sqs:.*$/g'}]"), (0, 2, 0, 1));
    assert_eq!(of(", applies_to: ['Resource::*', 'Action::s3:Get*']"), (2, 0, 1, 0));
}

#[test]
fn an_alias_that_covers_a_part_is_a_hint_and_silences_nothing() {
    let metadata = "{guard: {SuppressedRules: [S3_DEFAULT_ENCRYPTION_KMS]}}";
    let encrypted = "    Properties: {BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}}]}}\n";
    let template =
        format!("Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Metadata: {metadata}\n{encrypted}");
    let report = Scratch::new(&template).report(&["t.yaml", "--rule", "s3-encryption-kms"]);
    let finding = &report["findings"][0];
    assert!(finding["related"].to_string().contains("asks a part of s3-encryption-kms"), "{finding}");
    assert_eq!(report["accepted"].as_array().unwrap().len(), 0);
}

#[test]
fn what_cannot_be_suppressed_counts_whatever_anybody_writes() {
    let scratch = with_metadata("{stackproof: {suppress: [{rule: s3-versioning, reason: made again}]}}");
    scratch.write(
        "stackproof.yaml",
        "rules: {s3-versioning: {suppressible: false}}\nsuppressions: [{rule: s3-versioning, resource: Data, reason: r}]\n",
    );
    let told = scratch.of(VERSIONS, &[]);
    assert_eq!((told.counts.len(), told.accepted.len()), (2, 0));
    assert_eq!(told.remarks.iter().filter(|remark| remark.contains("cannot be suppressed")).count(), 2);
    let ran = scratch.run(&["baseline", "write", "t.yaml"]);
    assert!(ran.err.contains("2 findings of rules that cannot be suppressed are left out"), "{}", ran.err);
    assert!(!scratch.read("stackproof-baseline.txt").contains(VERSIONS));
    // A line that somebody put there by hand does not count either.
    let fingerprint = scratch.report(&["t.yaml", "--rule", VERSIONS])["findings"][0]["fingerprint"].clone();
    scratch.write(
        "stackproof-baseline.txt",
        &format!("s3-versioning\tt.yaml\tLogs\t{}\t1\n", fingerprint.as_str().unwrap()),
    );
    assert_eq!(scratch.of(VERSIONS, &[]).counts.len(), 2);
}

#[test]
fn a_line_whose_failures_are_all_accepted_is_accepted_and_does_not_fail_the_checklist() {
    let scratch = Scratch::new("Resources: {Logs: {Type: 'AWS::S3::Bucket'}}\n");
    let state = |arguments: &[&str]| {
        let ran = scratch
            .run(&[&["checklist", "t.yaml", "--rule", VERSIONS, "--format", "json"], arguments].concat());
        let report = parsed(&ran);
        let line = report["lines"]
            .as_array()
            .unwrap()
            .iter()
            .find(|line| !line["rules"].as_array().unwrap().is_empty())
            .unwrap()
            .clone();
        (
            line["state"].as_str().unwrap().to_owned(),
            report["stacks"].to_string().contains("accepted"),
            ran.code,
        )
    };
    assert_eq!(state(&[]), ("failed".to_owned(), false, 1));
    scratch.write("stackproof.yaml", "suppressions: [{rule: s3-versioning, reason: r}]");
    assert_eq!(state(&[]), ("accepted".to_owned(), true, 0));
    // The page says who accepts what, and why; the document names the same finding as `check` does.
    let with =
        |format: &str| scratch.run(&["checklist", "t.yaml", "--rule", VERSIONS, "--format", format]).out;
    assert!(with("html").contains("accepted by configuration: r"), "{}", with("html"));
    let finding = scratch.report(&["t.yaml", "--rule", VERSIONS])["accepted"][0]["fingerprint"].to_string();
    assert!(with("json").contains(&format!("\"accepted\":[{finding}]")), "{}", with("json"));
    scratch.write("stackproof.yaml", "");
    assert_eq!(scratch.run(&["baseline", "write", "t.yaml"]).code, 0);
    assert_eq!(state(&[]), ("accepted".to_owned(), true, 0));
    assert_eq!(state(&["--no-baseline"]), ("failed".to_owned(), false, 1));
}

#[test]
fn the_audit_lists_all_that_is_silenced_and_what_is_not() {
    let scratch = with_metadata(
        "{checkov: {skip: [{id: CKV_AWS_21, comment: made again}]}, guard: {SuppressedRules: [S3_BUCKET_LOGGING_ENABLED, UNKNOWN]}}",
    );
    scratch.write(
        "stackproof.yaml",
        "suppressions:\n- {rule: kms-key-rotation, reason: by hand, by: Ada, until: 2026-12-31}\n- {rule: s3-acl, reason: old}\n\
         - {rule: s3-lifecycle, reason: old, until: 2020-01-01}\n",
    );
    let ran = scratch.run(&["suppressions", "t.yaml", "--format", "json", "--today", "2026-06-01"]);
    let report = parsed(&ran);
    let told: Vec<String> = report["suppressions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!("{} {} {} {}", one["by"], one["rules"], one["standing"], one["findings"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        told,
        [
            "configuration [kms-key-rotation] active 1",
            "configuration [s3-acl] unused 0",
            "configuration [s3-lifecycle] expired 2",
            "checkov [CKV_AWS_21] active 1",
            "guard [S3_BUCKET_LOGGING_ENABLED] active 1",
        ]
    );
    let human = scratch.run(&["suppressions", "t.yaml", "--today", "2026-06-01"]).out;
    for piece in [
        "by          Ada",
        "until       2026-12-31",
        "silences 1 finding",
        "t.yaml:4:33 (checkov)",
        "expired",
        "5 suppressions",
    ] {
        assert!(human.contains(piece), "{piece}: {human}");
    }
}

#[test]
fn what_the_cdk_writes_is_read_from_its_assemblies() {
    // Synthesized by tests/e2e/suppressions.sh with the real aws-cdk-lib and cdk-nag.
    for (name, accepted) in [
        (
            "suppressed-nag-2",
            "Acknowledged acknowledgement, Acknowledged acknowledgement, Key cdk-nag, Own metadata, Queue cdk-nag",
        ),
        (
            "suppressed-nag-3",
            "Acknowledged acknowledgement, Acknowledged acknowledgement, Key acknowledgement, Own metadata, Queue acknowledgement",
        ),
        (
            "suppressed-nag-3-metadata",
            "Acknowledged acknowledgement, Acknowledged acknowledgement, Key cdk-nag, Own metadata, Queue cdk-nag",
        ),
    ] {
        let folder = project().join("fixtures/suppressed").join(name);
        let ran =
            run_in(&folder, &["check", ".", "--no-config", "--format", "json", "--today", "2026-06-01"]);
        let report = parsed(&ran);
        let told = |one: &Value| {
            let path = one["construct_path"].as_str().unwrap();
            let resource = path.split('/').nth(1).unwrap();
            format!("{resource} {}", one["by"].as_str().unwrap())
        };
        let mut found: Vec<String> = report["accepted"].as_array().unwrap().iter().map(told).collect();
        found.sort();
        assert_eq!(found.join(", "), accepted, "{name}");
        let reasons = report["accepted"].to_string();
        assert!(reasons.contains("Messages here are made again."), "{name}");
        assert_eq!(reasons.contains("Ключ меняют вручную, раз в год."), name == "suppressed-nag-2");
    }
}

#[test]
fn a_rule_file_may_say_that_nothing_silences_it() {
    let scratch = Scratch::new(
        "Resources: {P: {Type: 'AWS::IAM::ManagedPolicy', Properties: {PolicyDocument: {Statement: [{Action: 's3:*'}]}}}}",
    );
    scratch.write("stackproof.yaml", "suppressions: [{rule: own-*, reason: r}]");
    let told = |rule: &str| {
        scratch.write("rules/own-wildcard.yaml", rule);
        let told = scratch.of("own-wildcard", &["--rules", "rules"]);
        (told.counts.len(), told.accepted.len(), told.remarks)
    };
    assert_eq!(told(WILDCARD), (0, 1, vec![]));
    let (counts, accepted, remarks) = told(&format!("{WILDCARD}suppressible: false\n"));
    assert_eq!((counts, accepted), (1, 0));
    assert!(remarks[0].contains("the rule cannot be suppressed"), "{remarks:?}");
}

#[test]
fn what_is_accepted_is_the_same_for_any_number_of_threads() {
    let scratch = bundled();
    copy(&project().join("fixtures/assemblies/production-dev"), &scratch.0.path().join("dev.out"));
    scratch.write(
        "stackproof.yaml",
        "suppressions: [{rule: 'alarm-*', reason: r}, {rule: 's3-*', stack: Donnees*, reason: r}]",
    );
    assert_eq!(scratch.run(&["baseline", "write", "cdk.out"]).code, 0);
    let with = |threads: &str| {
        let ran = scratch.run(&["check", "cdk.out", "dev.out", "--format", "json", "--threads", threads]);
        assert_eq!(ran.err, "");
        ran.out
    };
    let one = with("1");
    assert!(one.contains("\"by\":\"baseline\"") && one.contains("\"by\":\"configuration\""));
    assert_eq!(one, with("4"));
}

/// The bundled assembly, and a folder to change it in.
fn bundled() -> Scratch {
    let scratch = Scratch::new("");
    std::fs::remove_file(scratch.0.path().join("t.yaml")).unwrap();
    copy(&project().join("fixtures/assemblies/production"), &scratch.0.path().join("cdk.out"));
    scratch
}

fn copy(from: &Path, to: &Path) {
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
fn rewrite(scratch: &Scratch, folder: &str, change: impl Fn(Value) -> String) {
    for entry in std::fs::read_dir(scratch.0.path().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().ends_with(".template.json") {
            let template = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            std::fs::write(&path, change(template)).unwrap();
        }
    }
}

/// The same with the keys of all mappings the other way round.
fn reordered(value: &Value) -> String {
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

/// The same as YAML, in its block style.
fn yaml(value: &Value, indent: usize) -> String {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(map) if !map.is_empty() => map
            .iter()
            .map(|(key, value)| format!("\n{pad}{}: {}", Value::from(key.as_str()), yaml(value, indent + 2)))
            .collect(),
        Value::Array(items) if !items.is_empty() => {
            items.iter().map(|item| format!("\n{pad}- {}", yaml(item, indent + 2))).collect()
        }
        other => other.to_string(),
    }
}

#[test]
fn a_baseline_holds_until_something_new_fails() {
    let scratch = bundled();
    let ran = scratch.run(&["baseline", "write"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines = scratch.read("stackproof-baseline.txt");
    let entries: Vec<&str> = lines.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(entries.len() > 40 && entries.is_sorted(), "{lines}");
    let report = scratch.report(&[]);
    assert_eq!(
        (report["findings"].as_array().unwrap().len(), report["remarks"].as_array().unwrap().len()),
        (0, 0)
    );
    assert_eq!(scratch.run(&["check", "--fail-on", "note"]).code, 0);
    // A new bucket is new, and nothing else is.
    scratch.write("extra.yaml", "Resources: {New: {Type: 'AWS::S3::Bucket'}}\n");
    let report = scratch.report(&["cdk.out", "extra.yaml"]);
    let resources = report["findings"].as_array().unwrap();
    let strangers = resources.iter().filter(|one| one["file"] != "extra.yaml").count();
    assert!(!resources.is_empty() && strangers == 0, "{report}");
    assert_eq!(scratch.run(&["check", "cdk.out", "extra.yaml"]).code, 1);
}

/// Two assemblies of one app have stacks of the same names, and so the same fingerprints.
#[test]
fn of_equal_findings_the_baseline_accepts_the_least_severe() {
    let scratch = bundled();
    for stage in ["production", "production-staging"] {
        copy(&project().join("fixtures/assemblies").join(stage), &scratch.0.path().join(stage));
    }
    let level = |report: &Value, level: &str| {
        let all = report["findings"].as_array().unwrap().iter().chain(report["accepted"].as_array().unwrap());
        all.filter(|one| one["level"] == level).count()
    };
    let staging = scratch.report(&["production-staging"]);
    let production = scratch.report(&["production"]);
    let errors = level(&production, "error");
    assert!(errors > level(&staging, "error"), "production is held to more");
    assert_eq!(scratch.run(&["baseline", "write", "production-staging"]).code, 0);
    let both = scratch.report(&["production", "production-staging"]);
    let left = both["findings"].as_array().unwrap().iter().filter(|one| one["level"] == "error").count();
    assert_eq!(left, errors, "what is an error in one stage is not made up for by a warning in another");
    assert_eq!(scratch.run(&["check", "production", "production-staging"]).code, 1);
}

#[test]
fn a_baseline_is_stable_under_all_that_changes_nothing() {
    let counts = |scratch: &Scratch, path: &str| {
        let ran = scratch.run(&["check", path, "--format", "json", "--today", "2026-06-01"]);
        let report = parsed(&ran);
        let told = report["findings"].to_string();
        (report["findings"].as_array().unwrap().len(), report["remarks"].to_string(), told)
    };
    for change in ["nothing", "minified", "reordered", "yaml", "renamed", "moved"] {
        let scratch = bundled();
        assert_eq!(scratch.run(&["baseline", "write", "--today", "2026-06-01"]).code, 0);
        let mut path = "cdk.out";
        match change {
            "minified" => rewrite(&scratch, path, |template| template.to_string()),
            "reordered" => rewrite(&scratch, path, |template| reordered(&template)),
            "yaml" => rewrite(&scratch, path, |template| yaml(&template, 0)),
            "renamed" => rewrite(&scratch, path, |mut template| {
                let resources = template["Resources"].as_object_mut().unwrap();
                resources.insert(
                    "Unrelated".into(),
                    serde_json::json!({"Type": "AWS::CloudFormation::WaitConditionHandle"}),
                );
                template["Outputs"]["Unrelated"] = serde_json::json!({"Value": "new"});
                serde_json::to_string_pretty(&template).unwrap()
            }),
            "moved" => {
                std::fs::create_dir_all(scratch.0.path().join("build")).unwrap();
                std::fs::rename(scratch.0.path().join("cdk.out"), scratch.0.path().join("build/assembly"))
                    .unwrap();
                path = "build/assembly";
            }
            _ => {}
        }
        let (findings, remarks, told) = counts(&scratch, path);
        assert_eq!((findings, remarks.as_str()), (0, "[]"), "{change}: {told}");
    }
}

#[test]
fn a_plain_template_is_known_by_its_path_from_the_policy_wherever_it_is_linted_from() {
    let scratch = Scratch::new("");
    scratch.write("stackproof.yaml", "");
    scratch.write("templates/a.yaml", TEMPLATE);
    assert_eq!(scratch.run(&["baseline", "write", "templates"]).code, 0);
    let inside = scratch.0.path().join("templates");
    for (folder, path) in
        [(scratch.0.path(), "./templates/a.yaml"), (&*inside, "a.yaml"), (&*inside, "../templates")]
    {
        let ran = run_in(folder, &["check", path, "--format", "json"]);
        assert_eq!(parsed(&ran)["findings"].as_array().unwrap().len(), 0, "{path}");
    }
    assert!(scratch.read("stackproof-baseline.txt").contains("\ttemplates/a.yaml\t"));
}

#[test]
fn an_undecided_verdict_that_was_raised_is_accepted_as_what_it_is() {
    let rule = "log-retention";
    let template = |days: &str| {
        format!(
            "Parameters: {{Days: {{Type: Number}}}}\n\
             Resources: {{L: {{Type: 'AWS::Logs::LogGroup', Properties: {{RetentionInDays: {days}}}}}}}\n"
        )
    };
    let scratch = Scratch::new(&template("!Ref Days"));
    scratch.write("stackproof.yaml", "undecided: fail");
    let undecided = |arguments: &[&str]| {
        let report = scratch.report(&[&["t.yaml", "--rule", rule], arguments].concat());
        let counts = &report["summary"]["rules"][rule];
        let length = |key: &str| report[key].as_array().unwrap().len();
        // Accepted or not, nobody knows more than before.
        assert_eq!((&counts["undecided"], &counts["accepted"]), (&1.into(), &0.into()), "{counts}");
        (length("findings"), length("accepted"))
    };
    assert_eq!(undecided(&[]), (1, 0));
    assert_eq!(scratch.run(&["baseline", "write", "t.yaml"]).code, 0);
    assert_eq!(undecided(&[]), (0, 1));
    let states = scratch.run(&["checklist", "t.yaml", "--rule", rule, "--format", "json"]);
    assert!(!states.out.contains(r#""state":"accepted""#), "{}", states.out);
    // A value that is wrong is another finding than one that is not known.
    scratch.write("t.yaml", &template("1"));
    assert_eq!(scratch.of(rule, &[]).counts, ["L"]);
    scratch.write("t.yaml", &template("!Ref Days"));
    let suppressed = "undecided: fail\nsuppressions: [{rule: log-retention, reason: the pipeline gives it}]";
    scratch.write("stackproof.yaml", suppressed);
    assert_eq!(undecided(&["--no-baseline"]), (0, 1));
}

#[test]
fn every_command_that_lints_reads_the_same_policy() {
    let scratch = Scratch::new(TEMPLATE);
    let versions = |policy: &str| {
        scratch.write("stackproof.yaml", policy);
        let lines = |arguments: &[&str]| scratch.run(arguments).out.matches(VERSIONS).count();
        scratch.write("empty.yaml", "Resources: {Topic: {Type: 'AWS::SNS::Topic'}}\n");
        let written = scratch.run(&["baseline", "write", "t.yaml", "--baseline", "b.txt"]);
        assert_eq!(written.code, 0, "{}", written.err);
        let counted = scratch.run(&["checklist", "t.yaml", "--format", "json"]);
        let counted = parsed(&counted);
        let mut rules =
            counted["lines"].as_array().unwrap().iter().flat_map(|line| line["rules"].as_array().unwrap());
        let rule = rules.find(|rule| rule["id"] == VERSIONS);
        let failing = rule.map_or(0, |rule| rule["counts"]["fail"].as_u64().unwrap() as usize);
        [
            lines(&["check", "t.yaml", "--format", "concise", "--show", "notes"]),
            lines(&["diff", "empty.yaml", "t.yaml"]),
            scratch.read("b.txt").matches(VERSIONS).count(),
            failing,
            lines(&["suppressions", "t.yaml"]),
        ]
    };
    assert_eq!(versions("profiles:"), [2, 2, 2, 2, 0]);
    assert_eq!(versions("rules: {s3-versioning: off}"), [0, 0, 0, 0, 0]);
    let one = "suppressions: [{rule: s3-versioning, resource: Logs, reason: made again}]";
    assert_eq!(versions(one), [1, 1, 1, 1, 1]);
}

#[test]
fn equal_findings_are_counted() {
    let statement = |actions: &[&str]| {
        let statements: Vec<String> = actions
            .iter()
            .map(|action| format!("{{Effect: Allow, Action: '{action}', Resource: x}}"))
            .collect();
        format!(
            "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {{PolicyDocument: {{Statement: [{}]}}}}\n",
            statements.join(", ")
        )
    };
    let scratch = Scratch::new(&statement(&["s3:*", "s3:*"]));
    scratch.write("rules/own-wildcard.yaml", WILDCARD);
    let write = ["baseline", "write", "t.yaml", "--rules", "rules"];
    assert_eq!(scratch.run(&write).code, 0);
    assert!(
        scratch
            .read("stackproof-baseline.txt")
            .lines()
            .any(|line| line.starts_with("own-wildcard\t") && line.ends_with("\t2"))
    );
    let left = |actions: &[&str]| {
        scratch.write("t.yaml", &statement(actions));
        scratch.of("own-wildcard", &["--rules", "rules"]).counts.len()
    };
    assert_eq!(left(&["s3:*", "s3:*"]), 0);
    assert_eq!(left(&["s3:*", "s3:*", "s3:*"]), 1);
    assert_eq!(left(&["sqs:*", "s3:*"]), 1);
}

#[test]
fn pruning_takes_out_what_is_mended_and_adds_nothing() {
    let scratch = Scratch::new(TEMPLATE);
    assert_eq!(scratch.run(&["baseline", "write", "t.yaml"]).code, 0);
    let before = scratch.read("stackproof-baseline.txt");
    scratch.write(
        "t.yaml",
        &TEMPLATE.replace("EnableKeyRotation: false", "EnableKeyRotation: true").replace("Data", "More"),
    );
    let told = scratch.of(ROTATION, &[]);
    assert!(told.remarks[0].contains("1 finding of the baseline no longer holds"), "{:?}", told.remarks);
    let shown = scratch.run(&["baseline", "show", "t.yaml"]).out;
    assert!(shown.contains("(no longer holds)") && shown.contains("stackproof baseline prune"), "{shown}");
    assert_eq!(scratch.run(&["baseline", "prune", "t.yaml"]).code, 0);
    let after = scratch.read("stackproof-baseline.txt");
    assert!(after.lines().all(|line| before.contains(line)) && !after.contains("\tData"));
    assert!(!after.contains("kms-key-rotation") && after.contains("\tLogs"));
    assert!(!scratch.report(&["t.yaml"])["remarks"].to_string().contains("baseline"));
}

#[test]
fn a_broken_baseline_is_told_with_its_line_and_a_missing_one_by_name() {
    let scratch = Scratch::new(TEMPLATE);
    scratch.write("stackproof-baseline.txt", "# stackproof-baseline 1\n<<<<<<< HEAD\n");
    let ran = scratch.run(&["check", "t.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("stackproof-baseline.txt:2: a merge conflict is left here"), "{}", ran.err);
    assert_eq!(scratch.run(&["check", "t.yaml", "--no-baseline", "--fail-on", "never"]).code, 0);
    let ran = scratch.run(&["check", "t.yaml", "--baseline", "gone.txt"]);
    assert!(
        ran.code == 2 && ran.err.contains("gone.txt") && ran.err.contains("baseline write"),
        "{}",
        ran.err
    );
    scratch.write("stackproof.yaml", "baseline: known/old.txt\n");
    let ran = scratch.run(&["check", "t.yaml"]);
    assert!(ran.code == 2 && ran.err.contains("known/old.txt"), "{}", ran.err);
    // What cannot be linted may hold what the baseline has: the file stays as it is.
    scratch.write("known/old.txt", "");
    scratch.write("broken.json", "{\"Resources\": {");
    let ran = scratch.run(&["baseline", "write", "t.yaml", "broken.json"]);
    assert_eq!((ran.code, scratch.read("known/old.txt").as_str()), (3, ""), "{}", ran.err);
    let ran = scratch.run(&["baseline", "write", "t.yaml", "--rule", "s3-*"]);
    assert!(ran.code == 2 && ran.err.contains("--rule and --skip"), "{}", ran.err);
}

#[test]
fn two_templates_are_compared_whatever_their_names_are() {
    let scratch = Scratch::new(TEMPLATE);
    scratch.write(
        "new.yaml",
        &TEMPLATE.replace("EnableKeyRotation: false", "EnableKeyRotation: true").replace("Data", "More"),
    );
    let ran = scratch.run(&["diff", "t.yaml", "new.yaml", "--format", "json", "--no-config"]);
    let report = parsed(&ran);
    let of = |key: &str, rule: &str| {
        let list = report[key].as_array().unwrap();
        list.iter()
            .filter(|one| one["rule"] == rule)
            .map(|one| one["resource"].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (of("new", VERSIONS), of("fixed", VERSIONS), of("unchanged", VERSIONS)),
        (vec!["More"], vec!["Data"], vec!["Logs"])
    );
    assert_eq!((of("fixed", ROTATION), of("new", ROTATION)), (vec!["Key"], vec![]));
    for key in ["new", "fixed", "unchanged"] {
        assert_eq!(report["summary"][key].as_u64().unwrap() as usize, report[key].as_array().unwrap().len());
    }
    // The same is no news, whatever fails in both.
    let ran = scratch.run(&["diff", "t.yaml", "t.yaml", "--fail-on", "note"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("0 new, 0 fixed"), "{}", ran.out);
    assert_eq!(scratch.run(&["diff", "t.yaml", "new.yaml", "--fail-on", "note"]).code, 1);
    assert_eq!(scratch.run(&["diff", "t.yaml"]).code, 2);
    assert_eq!(scratch.run(&["diff", "t.yaml", "gone.yaml"]).code, 3);
}

#[test]
fn a_comment_for_a_pull_request_shows_names_and_obeys_none() {
    let scratch = Scratch::new(TEMPLATE);
    scratch.write("new.yaml", &TEMPLATE.replace("  Data:", "  'Da|ta<b>`x`':"));
    let text = scratch.run(&["diff", "t.yaml", "new.yaml", "--format", "markdown", "--no-config"]).out;
    assert!(text.starts_with("### stackproof: ") && text.contains("<details>"), "{text}");
    assert!(!text.contains("<b>"), "{text}");
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.contains("s3-versioning"));
    for row in rows {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
    }
}

#[test]
fn assemblies_are_compared_stack_by_stack() {
    let scratch = bundled();
    copy(&project().join("fixtures/assemblies/production"), &scratch.0.path().join("old.out"));
    let changed = |template: Value| reordered(&template);
    rewrite(&scratch, "cdk.out", changed);
    let ran = scratch.run(&["diff", "old.out", "cdk.out", "--fail-on", "note"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let last = ran.out.lines().last().unwrap();
    assert!(last.starts_with("0 new, 0 fixed") && !last.ends_with(" 0 unchanged"), "{last}");
}
