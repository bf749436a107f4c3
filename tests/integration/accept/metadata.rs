//! Suppressions in the metadata of templates: our own, those of other tools, and what the CDK writes.
use super::scratch::{Scratch, TEMPLATE, Told, VERSIONS, WILDCARD, parsed, with_metadata};
use crate::support::{project, run_in};
use serde_json::Value;

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
    let rule = include_str!("../../../rules/s3/s3-versioning.yaml").replace("CKV_AWS_21", "cfn-lint:W9021");
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
fn a_value_that_cdk_nag_is_told_of_by_name_is_accepted_and_no_other() {
    let of = |suppressed: &str| {
        let template = format!(
            "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Metadata: {{cdk_nag: {{rules_to_suppress: [{{reason: 'ten or more', {suppressed}}}]}}}}\n    \
             Properties:\n      AssumeRolePolicyDocument: {{Statement: []}}\n      ManagedPolicyArns: [!Sub 'arn:${{AWS::Partition}}:iam::aws:policy/AdministratorAccess']\n      \
             Policies:\n        - PolicyName: p\n          PolicyDocument: {{Statement: [{{Effect: Allow, Action: 's3:*', Resource: 'arn:aws:s3:::a/b'}}, {{Effect: Allow, Action: s3:GetObject, Resource: '*'}}]}}\n"
        );
        let rules = "iam-admin-policy,iam-service-wildcard,iam-wildcard-resource";
        let report = Scratch::new(&template).report(&["t.yaml", "--profile", "production", "--rule", rules]);
        let ids = |list: &str| -> Vec<String> {
            let all = report[list].as_array().unwrap().iter();
            all.map(|one| one["rule"].as_str().unwrap().trim_start_matches("iam-").to_owned()).collect()
        };
        (ids("findings").join(" "), ids("accepted").join(" "))
    };
    let all = "admin-policy service-wildcard wildcard-resource";
    let told = |open: &str, accepted: &str| (open.to_owned(), accepted.to_owned());
    assert_eq!(of("id: AwsSolutions-IAM5"), told(all, ""));
    assert_eq!(of("id: AwsSolutions-IAM5, applies_to: ['Action::s3:Get*', 'Resource::a']"), told(all, ""));
    let action = "id: AwsSolutions-IAM5, applies_to: ['Action::s3:*']";
    assert_eq!(of(action), told("admin-policy wildcard-resource", "service-wildcard"));
    let resource = "id: 'AwsSolutions-IAM5[Resource::*]'";
    assert_eq!(of(resource), told("admin-policy service-wildcard", "wildcard-resource"));
    let policy = "id: AwsSolutions-IAM4, applies_to: ['Policy::arn:<AWS::Partition>:iam::aws:policy/AdministratorAccess']";
    assert_eq!(of(policy), told("service-wildcard wildcard-resource", "admin-policy"));
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
