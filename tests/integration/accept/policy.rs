//! Suppressions in `stackproof.yaml`, what no suppression reaches, and that every command reads them.
use super::scratch::{Scratch, TEMPLATE, Told, VERSIONS, WILDCARD, parsed, with_metadata};

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
