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
    let report = json(&["fixtures/assemblies/hardened", "--profile", "production"]);
    assert_eq!(findings(&report), &Vec::<serde_json::Value>::new());
    let rules = report["summary"]["rules"].as_object().unwrap();
    let vacuous: Vec<&String> =
        rules.iter().filter(|(_, tally)| tally["pass"] == 0).map(|(id, _)| id).collect();
    // What a well-made app does not have at all; and its alarms all reach an event rule, which acts on them.
    let nothing_of_the_kind = ["lambda-inline-sdk-v2", "alarm-action"];
    assert!(vacuous.iter().all(|id| nothing_of_the_kind.contains(&id.as_str())), "{vacuous:?}");
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
