//! The checklist as people get it: how the bundled apps stand, in every format, and what decides a line.
use crate::support::{project, run, run_in};
use serde_json::Value;

const PRODUCTION: [&str; 5] =
    ["checklist", "fixtures/assemblies/production", "--project-root", "fixtures/apps/production", "--today"];

fn document(arguments: &[&str]) -> (i32, Value) {
    let ran = run(&[&["checklist", "--format", "json"], arguments].concat());
    let document =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
    (ran.code, document)
}

fn lines(document: &Value) -> &Vec<Value> {
    document["lines"].as_array().unwrap()
}

fn state<'d>(document: &'d Value, id: &str) -> &'d str {
    lines(document).iter().find(|line| line["id"] == id).unwrap()["state"].as_str().unwrap()
}

#[test]
fn the_lessons_app_stands_as_it_stood_before() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(project().join("fixtures/expected/checklist"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for format in ["human", "markdown"] {
        let ran = run(&[&PRODUCTION[..], &["2026-06-01", "--format", format]].concat());
        assert_eq!(ran.code, 1, "{}", ran.err);
        settings.bind(|| insta::assert_snapshot!(format!("production-{format}"), ran.out));
    }
}

#[test]
fn every_line_of_the_lesson_has_rules_behind_it_or_is_the_business_of_people() {
    let (_, document) = document(&["fixtures/assemblies/production", "--no-config"]);
    assert_eq!(lines(&document).len(), 20);
    for line in lines(&document) {
        let paste = line["attest"].as_str().unwrap_or_default();
        let of_people = paste.contains("- line: backup/procedures\n");
        assert_eq!(line["rules"].as_array().unwrap().is_empty(), of_people, "{line}");
    }
    assert_eq!(state(&document, "backup/procedures"), "undecided");
}

#[test]
fn states_counts_findings_and_stacks_agree_with_each_other_and_with_check() {
    let (_, document) = document(&["fixtures/assemblies/production"]);
    let report = crate::support::json(&["fixtures/assemblies/production"]);
    let mut fingerprints = 0;
    for (number, line) in lines(&document).iter().enumerate() {
        for key in ["pass", "fail", "undecided", "attested", "not_applicable"] {
            let of = |rule: &Value| rule["counts"][key].as_u64().unwrap();
            let rules = line["rules"].as_array().unwrap();
            assert_eq!(rules.iter().map(of).sum::<u64>(), line["counts"][key].as_u64().unwrap(), "{line}");
            for rule in rules {
                assert_eq!(
                    rule["counts"][key],
                    report["summary"]["rules"][rule["id"].as_str().unwrap()][key]
                );
                fingerprints += if key == "fail" { rule["findings"].as_array().unwrap().len() } else { 0 };
            }
        }
        let fails = line["counts"]["fail"].as_u64().unwrap() > 0;
        assert_eq!(fails, line["state"] == "failed", "{line}");
        let stacks = document["stacks"].as_array().unwrap();
        assert_eq!(fails, stacks.iter().any(|stack| stack["states"][number] == "failed"), "{line}");
    }
    assert_eq!(fingerprints, report["findings"].as_array().unwrap().len());
    let named: Vec<&str> =
        document["stacks"].as_array().unwrap().iter().map(|one| one["stack"].as_str().unwrap()).collect();
    assert_eq!(named, ["ProductionStack", "DonneesStack", "ServiceStack", "AutomatisationStack", ""]);
}

#[test]
fn the_exit_code_follows_the_lines() {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("open.yaml"), "Resources: {B: {Type: 'AWS::S3::Bucket'}}").unwrap();
    let code = |arguments: &[&str]| {
        run_in(scratch.path(), &[&["checklist", "open.yaml", "--format", "json"], arguments].concat()).code
    };
    assert_eq!(code(&[]), 1);
    assert_eq!(code(&["--rule", "s3-encryption"]), 1);
    assert_eq!(code(&["--rule", "s3-encryption", "--fail-on", "never"]), 0);
    assert_eq!(code(&["--rule", "lambda-tracing"]), 0);
    assert_eq!(code(&["--rule", "lambda-tracing", "--fail-on", "undecided"]), 1);
    assert_eq!(code(&["--rule", "no-such-rule"]), 2);
    assert_eq!(code(&["missing.yaml"]), 3);
}

#[test]
fn a_person_speaks_for_a_line_where_rules_leave_room() {
    let scratch = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(scratch.path().join(name), text).unwrap();
    write(
        "b.yaml",
        "Parameters: {R: {Type: Number}}\nResources:\n  B: {Type: 'AWS::S3::Bucket'}\n  L: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: !Ref R}}\n",
    );
    let stand = |policy: &str, line: &str| {
        write("stackproof.yaml", policy);
        let only = "s3-encryption,lambda-tracing,log-retention,alarm-lambda-errors";
        let ran = run_in(
            scratch.path(),
            &["checklist", "b.yaml", "--rule", only, "--today", "2026-06-01", "--format", "json"],
        );
        let document: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.err));
        let of = lines(&document).iter().find(|one| one["id"] == line).unwrap().clone();
        (of["state"].as_str().unwrap().to_owned(), of["reason"].as_str().unwrap_or_default().to_owned())
    };
    let vouch = |line: &str, until: &str| {
        format!("attestations: [{{line: {line}, evidence: 'https://x.test/y', by: Ada, until: {until}}}]")
    };
    let line_of = |rule: &str| {
        let rules: Value = serde_json::from_str(&run(&["rules", "--format", "json"]).out).unwrap();
        let rule = rules.as_array().unwrap().iter().find(|one| one["id"] == rule).unwrap().clone();
        rule["checklist"].as_str().unwrap().to_owned()
    };
    let (encryption, logs, alarms) =
        (line_of("s3-encryption"), line_of("log-retention"), line_of("alarm-lambda-errors"));
    let state = |policy: &str, line: &str| stand(policy, line).0;
    for (line, alone, vouched) in [
        (encryption.as_str(), "failed", "failed"),
        (logs.as_str(), "undecided", "attested"),
        (alarms.as_str(), "not_applicable", "attested"),
        ("backup/procedures", "undecided", "attested"),
    ] {
        assert_eq!(state("", line), alone, "{line}");
        assert_eq!(state(&vouch(line, "2027-01-01"), line), vouched, "{line}");
        let (lapsed, reason) = stand(&vouch(line, "2026-01-01"), line);
        assert_eq!(lapsed, alone, "{line}");
        assert!(reason.contains("ended on 2026-01-01"), "{line}: {reason}");
    }
    assert_eq!(stand("", "backup/procedures").1, "nobody vouches for it");
}

#[test]
fn the_page_stands_alone_and_shows_every_line_and_stack() {
    let ran = run(&[&PRODUCTION[..], &["2026-06-01", "--format", "html"]].concat());
    assert_eq!(ran.code, 1, "{}", ran.err);
    let (_, document) = document(&["fixtures/assemblies/production"]);
    for (number, line) in lines(&document).iter().enumerate() {
        assert!(ran.out.contains(&format!("id=\"line-{}\"", number + 1)), "line {}", number + 1);
        assert!(ran.out.contains(line["title"].as_str().unwrap()), "{line}");
    }
    for stack in document["stacks"].as_array().unwrap() {
        assert!(ran.out.contains(stack["stack"].as_str().unwrap()), "{stack}");
    }
    assert!(ran.out.contains("lib/security/security-foundation.ts:23"));
    assert!(!ran.out.contains("<script") && ran.out.ends_with("</html>\n"));
}

#[test]
fn the_hardened_app_has_every_line_proven_or_attested() {
    let policy = "fixtures/apps/hardened/stackproof.yaml";
    let (code, document) =
        document(&["fixtures/assemblies/hardened", "--config", policy, "--today", "2026-08-01"]);
    let open: Vec<String> = lines(&document)
        .iter()
        .filter(|line| line["state"] != "proven" && line["state"] != "attested")
        .map(|line| {
            let rules = line["rules"].as_array().unwrap().iter();
            let open = rules.filter(|rule| rule["state"] == "failed" || rule["state"] == "undecided");
            let open: Vec<&str> = open.map(|rule| rule["id"].as_str().unwrap()).collect();
            format!("{}: {}: {} {}", line["id"], line["state"], open.join(", "), line["reason"])
        })
        .collect();
    assert!(open.is_empty(), "{}", open.join("\n"));
    assert_eq!(code, 0);
}
