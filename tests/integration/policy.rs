//! `stackproof.yaml` as a team writes it: where it is found, what it changes, who vouches, and what is said of mistakes.
use crate::support::{Ran, run_in};
use serde_json::Value;
use std::path::Path;

const BUCKET: &str = "Resources: {B: {Type: 'AWS::S3::Bucket'}}\n";

/// A rule that a person can vouch for, with a clause that nobody can.
pub const RULE: &str = r"
id: drift-watched
title: Configuration drift is watched
checklist: operations/drift
severity: warning
match: App
group: app
require:
  - when: {exists: {type: AWS::Config::ConfigRule}}
    that: {exists: {type: AWS::Config::ConfigRule, where: {ConfigRuleName: {starts-with: drift}}}}
    message: the detector is broken
  - that: {exists: {type: AWS::Config::ConfigRule}}
    attestable: true
    message: nothing watches drift
message: nothing watches drift
why: Somebody changes a resource by hand, and nobody knows of it until the next deployment undoes it.
fix: {cdk: 'new config.CloudFormationStackDriftDetectionCheck(this, id)'}
see: [https://docs.aws.amazon.com/config/latest/developerguide/cloudformation-stack-drift-detection-check.html]
examples:
  - {name: a detector, expect: pass, template: 'Resources: {D: {Type: AWS::Config::ConfigRule, Properties: {ConfigRuleName: drift}}}'}
  - {name: none, expect: fail, template: 'Resources: {} #! here Resources'}
";

/// A folder with a template, the rule and a policy.
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    pub fn new(policy: &str) -> Scratch {
        let scratch = Scratch(tempfile::tempdir().unwrap());
        scratch.write("b.yaml", BUCKET);
        scratch.write("rules/drift-watched.yaml", RULE);
        scratch.write("stackproof.yaml", policy);
        scratch
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn check(&self, arguments: &[&str]) -> Ran {
        let fixed = ["check", "b.yaml", "--rules", "rules", "--today", "2026-06-01", "--format", "json"];
        run_in(self.path(), &[&fixed, arguments].concat())
    }

    pub fn report(&self, arguments: &[&str]) -> Value {
        let ran = self.check(arguments);
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
    }

    /// How the rule of the example stands, and the level of its finding.
    pub fn drift(&self, arguments: &[&str]) -> (String, String) {
        let report = self.report(&[&["--rule", "drift-watched"], arguments].concat());
        let counts = report["summary"]["rules"]["drift-watched"].as_object().unwrap().clone();
        let state = counts.iter().find(|(_, count)| **count != 0).map(|(state, _)| state.clone());
        let level = report["findings"][0]["level"].as_str().unwrap_or_default().to_owned();
        (state.unwrap_or_default(), level)
    }
}

#[test]
fn levels_change_for_all_profiles_or_for_some_and_the_last_that_fits_wins() {
    let of = |policy: &str, profile: &str| Scratch::new(policy).drift(&["--profile", profile]);
    let (fail, none) = ("fail".to_owned(), String::new());
    assert_eq!(of("", "dev"), (fail.clone(), "warning".to_owned()));
    assert_eq!(of("rules: {drift-watched: error}", "dev"), (fail.clone(), "error".to_owned()));
    assert_eq!(of("rules: {drift-watched: off}", "production"), (none.clone(), none.clone()));
    let some = "rules: {drift-*: {level: {production: error, dev: off}}}";
    assert_eq!(of(some, "production"), (fail.clone(), "error".to_owned()));
    assert_eq!(of(some, "staging"), (fail.clone(), "warning".to_owned()));
    assert_eq!(of(some, "dev"), (none.clone(), none));
    let twice = "rules:\n  '*': off\n  drift-watched: note\n";
    assert_eq!(of(twice, "production"), (fail, "note".to_owned()));
}

#[test]
fn undecided_verdicts_count_as_the_policy_says() {
    let template = "Parameters: {Days: {Type: Number}}\n\
                    Resources: {L: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: !Ref Days}}}\n";
    let of = |policy: &str, profile: &str| {
        let scratch = Scratch::new(policy);
        scratch.write("b.yaml", template);
        let report = scratch.report(&["--rule", "log-retention", "--profile", profile]);
        assert_eq!(report["summary"]["rules"]["log-retention"]["undecided"], 1, "{report}");
        assert_eq!(report["undecided"].as_array().unwrap().len(), 1);
        let found = report["findings"].as_array().unwrap().first().cloned().unwrap_or_default();
        let told = report["undecided"][0]["fingerprint"].as_str().unwrap();
        assert_ne!(found["fingerprint"], told, "who accepts that it is not known has not accepted a failure");
        (found["level"].as_str().unwrap_or("none").to_owned(), found["message"].to_string())
    };
    assert_eq!(of("", "production").0, "none");
    let (level, message) = of("undecided: fail", "production");
    assert_eq!(level, "error");
    assert!(message.contains("L is undecided: ") && message.contains("Days"), "{message}");
    assert_eq!(of("undecided: note", "production").0, "note");
    let some = "undecided: fail\nrules: {'log-*': {undecided: {production: ignore, staging: note}}}";
    assert_eq!(of(some, "production").0, "none");
    assert_eq!(of(some, "staging").0, "note");
    assert_ne!(of(some, "dev").0, "none");
    let wrong = Scratch::new("undecided: error").check(&[]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("stackproof.yaml:1:12: error: undecided verdicts are"), "{}", wrong.err);
}

#[test]
fn parameters_change_for_all_profiles_or_for_some() {
    let scratch = Scratch::new("rules: {log-retention: {params: {min-days: {production: 400, dev: 1}}}}");
    scratch.write(
        "b.yaml",
        "Resources: {L: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: 14, LogGroupName: l}}}",
    );
    let fails = |arguments: &[&str]| {
        let report = scratch.report(&[&["--rule", "log-retention"], arguments].concat());
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["message"].to_string())
            .collect::<String>()
    };
    assert!(fails(&["--profile", "production"]).contains("400"));
    assert!(fails(&["--profile", "staging"]).contains("30"));
    assert_eq!(fails(&["--profile", "dev"]), "");
    assert!(fails(&["--profile", "dev", "--no-config"]).contains("30"));
}

#[test]
fn a_profile_comes_from_the_flag_else_the_policy_else_the_tag() {
    let scratch = Scratch::new(
        "profiles: [{profile: staging, stack: 'Shop*'}, {profile: dev, path: Lab/*, region: eu-*}]",
    );
    let manifest = |name: &str, id: &str| {
        format!(
            r#"{{"version": "48.0.0", "artifacts": {{"{id}": {{"type": "aws:cloudformation:stack", "displayName": "{id}",
            "environment": "aws://unknown-account/eu-west-1", "metadata": {{"/Lab/{id}": []}},
            "properties": {{"templateFile": "t.json", "stackName": "{name}", "tags": {{"Environment": "dev"}}}}}}}}}}"#
        )
    };
    scratch.write("cdk.out/t.json", r#"{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}"#);
    let level = |name: &str, arguments: &[&str]| {
        scratch.write("cdk.out/manifest.json", &manifest(name, "Api"));
        let fixed = ["check", "cdk.out", "--rule", "termination-protection,stack-tags", "--format", "json"];
        let ran = run_in(scratch.path(), &[&fixed, arguments].concat());
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        let of = |rule: &str| {
            let all = report["findings"].as_array().unwrap();
            all.iter().find(|one| one["rule"] == rule).map(|one| one["level"].as_str().unwrap().to_owned())
        };
        (of("termination-protection").unwrap_or_default(), of("stack-tags").unwrap_or_default())
    };
    let two = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(level("ShopApi", &["--profile", "production"]), two("error", "warning"));
    // Staging asks no protection; its tags are a warning, as in production.
    assert_eq!(level("ShopApi", &[]), two("", "warning"));
    assert_eq!(level("Other", &[]), two("", "note"));
    assert_eq!(level("Other", &["--no-config"]), two("", "note"));
    scratch.write("stackproof.yaml", "profiles: [{profile: production, environment: [DEV, test]}]");
    assert_eq!(level("Other", &[]), two("error", "warning"));
}

#[test]
fn every_mistake_is_told_with_its_place_and_a_way_out() {
    for (policy, place, words) in [
        ("profile: []", "1:1", "did you mean `profiles`?"),
        ("rules: {s3-encrypton: off}", "1:9", "did you mean `s3-encryption`?"),
        ("rules: {nothing-like-it-*: off}", "1:9", "`stackproof rules` lists them"),
        ("rules: {s3-encryption: eror}", "1:24", "did you mean `error`?"),
        ("rules: {s3-encryption: {levels: error}}", "1:25", "did you mean `level`?"),
        ("rules: {s3-encryption: {level: {prod: error}}}", "1:33", "did you mean `production`?"),
        ("rules: {log-retention: {params: {min-day: 3}}}", "1:34", "did you mean `min-days`?"),
        ("rules: {log-retention: {params: {min-days: x}}}", "1:44", "takes a number"),
        ("rules: {log-retention: {params: {min-days: {staging: x}}}}", "1:54", "takes a number"),
        ("rules: [s3-encryption]", "1:8", "rules: {"),
        ("profiles: {profile: dev}", "1:11", "a list"),
        ("profiles: [{profile: dev}]", "1:12", "say which stacks"),
        ("profiles: [{profile: prod, stack: a}]", "1:22", "did you mean `production`?"),
        ("profiles: [{profile: dev, account: 0123}]", "1:36", "quote it"),
        ("profiles: [{profile: dev, stack: '[a'}]", "1:34", "this glob is refused"),
        (
            "attestations: [{line: backup/procedure, evidence: 'https://x.y', by: a, until: 2026-07-01}]",
            "1:23",
            "did you mean `backup/procedures`?",
        ),
        (
            "attestations: [{line: backup/procedures, evidence: 'https://x.y', until: 2026-07-01}]",
            "1:16",
            "`by` is missing",
        ),
        (
            "attestations: [{line: backup/procedures, evidence: 'https://x.y', by: a, until: 2026-02-30}]",
            "1:81",
            "written like 2026-12-31",
        ),
        (
            "attestations: [{line: backup/procedures, evidence: 'https://x.y', by: a, until: 2027-07-07}]",
            "1:81",
            "until 2027-07-06 at the latest",
        ),
        (
            "attestations: [{line: backup/recovery-tests, evidence: 'https://x.y', by: a, until: 2026-11-29}]",
            "1:85",
            "until 2026-11-28 at the latest",
        ),
        (
            "attestations: [{line: backup/procedures, evidence: ../x, by: a, until: 2026-07-01}]",
            "1:52",
            "leads out of the folder",
        ),
        (
            "attestations: [{line: backup/procedures, evidence: /etc/passwd, by: a, until: 2026-07-01}]",
            "1:52",
            "leads out of the folder",
        ),
        (
            "attestations: [{rule: s3-encryption, evidence: 'https://x.y', by: a, until: 2026-07-01}]",
            "1:23",
            "nobody can vouch for `s3-encryption`",
        ),
        (
            "attestations: [{evidence: 'https://x.y', by: a, until: 2026-07-01}]",
            "1:16",
            "does not say what it vouches for",
        ),
        ("rules: {}\nrules: {}", "2:1", "rules"),
        ("rules: {", "1:", "error"),
    ] {
        let scratch = Scratch::new(policy);
        let ran = scratch.check(&[]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{policy}: {}", ran.err);
        assert!(ran.err.contains(&format!("stackproof.yaml:{place}")), "{policy}: {}", ran.err);
        assert!(ran.err.contains(words), "{policy}: {}", ran.err);
    }
}

#[test]
fn a_hostile_policy_is_refused_in_plain_words() {
    let scratch = Scratch::new("\"rules\\e[31m\\u202e\": {}\n");
    let ran = scratch.check(&[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("rules\\u{1b}[31m\\u{202e}") && !ran.err.contains('\u{1b}'), "{:?}", ran.err);
    scratch.write("stackproof.yaml", &"#".repeat(2 << 20));
    let ran = scratch.check(&[]);
    assert!(ran.code == 2 && ran.err.contains("is larger than 1 MB"), "{:?}", ran.err);
    scratch.write(
        "stackproof.yaml",
        &format!("profiles: [{{profile: dev, stack: '{}'}}]", "{a,b}".repeat(9_000)),
    );
    let ran = scratch.check(&[]);
    assert!(!ran.err.contains("panicked") && matches!(ran.code, 0..=2), "{}: {:.300}", ran.code, ran.err);
}

#[test]
fn a_nested_stack_has_the_profile_of_its_parent() {
    let scratch = Scratch::new("profiles: [{profile: dev, stack: Shop}]");
    let nested =
        r#"{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Role": "r", "Code": {}}}}}"#;
    let parent = r#"{"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "u"},
        "Metadata": {"aws:asset:path": "n.json"}}}}"#;
    let manifest = r#"{"version": "48.0.0", "artifacts": {"Shop": {"type": "aws:cloudformation:stack",
        "properties": {"templateFile": "t.json"}}}}"#;
    scratch.write("cdk.out/n.json", nested);
    scratch.write("cdk.out/t.json", parent);
    scratch.write("cdk.out/manifest.json", manifest);
    let found = |arguments: &[&str]| {
        let fixed = ["check", "cdk.out", "--rule", "lambda-tracing", "--format", "json"];
        let ran = run_in(scratch.path(), &[&fixed, arguments].concat());
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        report["findings"].as_array().unwrap().len()
    };
    assert_eq!((found(&[]), found(&["--no-config"])), (0, 1));
}

#[test]
fn the_policy_is_found_upwards_or_named_or_left_out() {
    let scratch = Scratch::new("rules: {s3-encryption: off}");
    scratch.write("lib/deep/b.yaml", BUCKET);
    scratch.write("other.yaml", "rules: {s3-encryption: note}");
    let level = |folder: &str, arguments: &[&str]| {
        let fixed = ["check", "b.yaml", "--rule", "s3-encryption", "--format", "json"];
        let ran = run_in(&scratch.path().join(folder), &[&fixed, arguments].concat());
        let report: Value = serde_json::from_str(&ran.out).unwrap_or_default();
        (ran.code, report["findings"][0]["level"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(level(".", &[]), (0, String::new()));
    assert_eq!(level("lib/deep", &[]), (0, String::new()));
    assert_eq!(level("lib/deep", &["--no-config"]), (1, "error".to_owned()));
    assert_eq!(level("lib/deep", &["--config", "../../other.yaml"]), (0, "note".to_owned()));
    assert_eq!(level(".", &["--config", "none.yaml"]).0, 2);
    assert_eq!(level(".", &["--config", "other.yaml", "--no-config"]).0, 2);
    scratch.write("stackproof.yaml", "# nothing yet\n");
    assert_eq!(level(".", &[]), (1, "error".to_owned()));
}

#[test]
fn attestable_and_attested_are_tested_in_examples() {
    let scratch = Scratch::new("");
    let attested = "\n  - {name: vouched for, expect: attested, attested: true, template: 'Resources: {}'}\n  - {name: broken all the same, \
                    expect: fail, attested: true, template: 'Resources: {D: {Type: AWS::Config::ConfigRule}} #! here Resources'}\n";
    let test = |text: &str| {
        scratch.write("rules/drift-watched.yaml", text);
        run_in(scratch.path(), &["rules", "test", "rules"])
    };
    let ran = test(&format!("{}{}", RULE.trim_end(), attested));
    assert!(ran.out.contains("examples passed, 0 failed"), "{}{}", ran.out, ran.err);
    let ran = test(
        &format!("{}{}", RULE.trim_end(), attested)
            .replace("expect: attested, attested: true", "expect: attested"),
    );
    assert!(ran.code == 2 && ran.err.contains("say `attested: true`"), "{}", ran.err);
    let ran = test(&RULE.replace("group: app\n", "group: app\nattestable: true\n"));
    assert!(ran.code == 2 && ran.err.contains("write it into that clause of `require`"), "{}", ran.err);
}
