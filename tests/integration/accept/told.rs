//! Who accepts what, as the checklist, the audit and reports tell it.
use super::scratch::{Scratch, VERSIONS, bundled, copy, parsed, with_metadata};
use crate::support::project;

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
