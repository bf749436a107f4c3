//! Every assembly of the fixtures, judged by every rule: the whole report, held against what it was.
//!
//! `expected/<assembly>.txt` lies beside the assemblies; `INSTA_UPDATE=always cargo test` writes it anew.
use crate::support::{findings, json, project, run};

#[test]
fn every_fixture_gets_the_findings_it_got_before() {
    let folder = project().join("fixtures/assemblies");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(project().join("fixtures/expected"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = format!("fixtures/assemblies/{name}");
        let ran = run(&["check", &path, "--format", "concise", "--show", "all", "--location", "template"]);
        assert!(matches!(ran.code, 0 | 1), "{name}: {} {}", ran.code, ran.err);
        settings.bind(|| insta::assert_snapshot!(name, ran.out));
        seen += 1;
    }
    assert!(seen >= 6, "only {seen} assemblies");
}

#[test]
fn the_hardened_app_passes_every_rule_and_none_of_them_vacuously_by_accident() {
    let config = "fixtures/apps/hardened/stackproof.yaml";
    let report = json(&["fixtures/assemblies/hardened", "--profile", "production", "--config", config]);
    assert_eq!(findings(&report), &Vec::<serde_json::Value>::new());
    let rules = report["summary"]["rules"].as_object().unwrap();
    // Rules that had something to look at, and left it alone: each for a reason that a well-made app gives.
    let left_alone: Vec<&str> = rules
        .iter()
        .filter(|(_, tally)| tally["pass"] == 0 && tally["attested"] == 0 && tally["not_applicable"] != 0)
        .map(|(id, _)| id.as_str())
        .collect();
    let nothing_of_the_kind = [
        "alarm-action", // its alarms all reach an event rule, which acts on them
        "api-cache-encryption",
        "api-domain-tls",
        "dlq-retention",
        "dynamodb-capacity",
        "hardcoded-account", // its stacks name their environment
        "hardcoded-region",
        "hardcoded-resource-id",
        "iam-oidc-subject",
        "iam-role-session",
        "iam-user-inline",
        "lambda-recursive-loop",
        "reserved-capacity",
        "s3-acl",
        "sns-subscription-dlq",
        "sqs-dlq", // its queues are dead-letter queues
        "us-east-1-only",
        "vpc-endpoint",
    ];
    assert_eq!(left_alone, nothing_of_the_kind);
    let looked_at = rules.values().filter(|tally| tally["pass"] != 0).count();
    assert!(looked_at > 100, "only {looked_at} rules found something to look at");
}

#[test]
fn every_finding_points_into_its_file_and_most_at_the_users_own_line() {
    let report = json(&["fixtures/assemblies/production"]);
    let all = findings(&report);
    let with_source = all.iter().filter(|finding| finding["source"].is_object()).count();
    assert!(with_source * 10 >= all.len() * 9, "{with_source} of {}", all.len());
    for finding in all {
        let text = std::fs::read_to_string(project().join(finding["file"].as_str().unwrap())).unwrap();
        let line = text.lines().nth(finding["line"].as_u64().unwrap() as usize - 1).unwrap_or_default();
        assert!(line.chars().count() >= finding["column"].as_u64().unwrap() as usize - 1, "{finding}");
    }
}
