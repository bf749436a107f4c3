//! All formats tell the same findings, and go where they are sent: several at once, whole or not at all.
use crate::support::{Ran, project, run, run_in};
use serde_json::Value;
use std::path::Path;

const APP: [&str; 4] =
    ["check", "fixtures/assemblies/production", "--project-root", "fixtures/apps/production"];

fn formats(folder: &Path, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("--format={name}={}", folder.join(name).display())).collect()
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn read_json(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&read(folder, name)).unwrap()
}

#[test]
fn the_number_of_findings_is_the_same_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let names = ["concise", "json", "ndjson", "sarif", "junit", "github", "gitlab", "markdown", "cdk"];
    let files = formats(folder, &names);
    let arguments: Vec<&str> = APP.into_iter().chain(files.iter().map(String::as_str)).collect();
    let ran = run(&[&arguments[..], &["--format", "human"]].concat());
    assert_eq!(ran.code, 1, "{}", ran.err);

    let report = read_json(folder, "json");
    let findings = report["findings"].as_array().unwrap();
    let of = |level: &str| findings.iter().filter(|finding| finding["level"] == level).count();
    let (errors, warnings, notes) = (of("error"), of("warning"), of("note"));
    let all = findings.len();
    assert!(errors > 0 && warnings > 0 && notes > 0 && report["errors"] == serde_json::json!([]));

    assert!(
        ran.out.ends_with(&format!("{errors} errors, {warnings} warnings, {notes} notes\n")),
        "{}",
        ran.out
    );
    assert_eq!(read(folder, "concise").lines().count(), all);
    let stream: Vec<Value> =
        read(folder, "ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(stream.iter().filter(|line| line["kind"] == "finding").count(), all);
    let sarif = read_json(folder, "sarif");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let failed =
        |level: &str| results.iter().filter(|one| one["kind"] == "fail" && one["level"] == level).count();
    assert_eq!((failed("error"), failed("warning"), failed("note")), (errors, warnings, notes));
    let junit = read(folder, "junit");
    assert_eq!(junit.matches("<failure ").count(), all);
    assert!(junit.contains(&format!(" failures=\"{all}\" errors=\"0\"")), "the counts of the root");
    let github = read(folder, "github");
    let annotations = |kind: &str| github.lines().filter(|line| line.starts_with(kind)).count();
    assert_eq!((annotations("::error "), annotations("::warning ")), (errors, warnings));
    assert_eq!((annotations("::notice "), github.lines().count()), (notes, all));
    assert_eq!(read_json(folder, "gitlab").as_array().unwrap().len(), all);
    let row = format!("| **All** | {errors} | {warnings} | {notes} | 0 |");
    assert!(read(folder, "markdown").contains(&row), "{row}");
    let cdk = read_json(folder, "cdk");
    assert_eq!(cdk["pluginReports"][0]["violations"].as_array().unwrap().len(), all);
}

#[test]
fn what_is_accepted_is_counted_alike_in_every_format() {
    // Assemblies of the real CDK, in which cdk-nag, the CDK's acknowledgements and metadata suppress; and a baseline on top.
    for assembly in ["suppressed-nag-2", "suppressed-nag-3", "suppressed-nag-3-metadata"] {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path();
        let cdk_out = project().join("fixtures/suppressed").join(assembly);
        let policy = "suppressions: [{rule: kms-*, reason: 'a | b\\n<c> & d', until: 2026-12-31}]\n";
        std::fs::write(folder.join("stackproof.yaml"), policy).unwrap();
        let lint = [cdk_out.to_str().unwrap(), "--today", "2026-06-01"];
        let ran = run_in(folder, &[&["baseline", "write"], &lint[..]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        // Half of what was there: the rest is new.
        let baseline = read(folder, "stackproof-baseline.txt");
        let half: String = baseline.lines().step_by(2).map(|line| format!("{line}\n")).collect();
        std::fs::write(folder.join("stackproof-baseline.txt"), half).unwrap();

        let names = ["concise", "json", "ndjson", "sarif", "junit", "github", "gitlab", "markdown", "cdk"];
        let files = formats(folder, &names);
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let ran = run_in(
            folder,
            &[&["check"], &lint[..], &files, &["--format", "human", "--show", "accepted"]].concat(),
        );
        let report = read_json(folder, "json");
        let length = |list: &Value| list.as_array().unwrap().len();
        let (open, accepted) = (length(&report["findings"]), length(&report["accepted"]));
        let forms: std::collections::BTreeSet<_> =
            report["accepted"].as_array().unwrap().iter().map(|one| one["by"].as_str().unwrap()).collect();
        assert!(open > 0 && accepted > 5 && forms.len() > 2, "{assembly}: {open}, {accepted}, {forms:?}");
        assert!(forms.contains("baseline"), "{forms:?}");
        assert_eq!(report["summary"]["accepted"], accepted);

        let told = ran.out.lines().filter(|line| line.trim_start().starts_with("accepted: ")).count();
        assert_eq!(told, accepted, "{}", ran.out);
        assert!(ran.out.contains(&format!("Accepted: {accepted} findings (")), "{}", ran.out);
        let concise = read(folder, "concise");
        let told = concise.lines().filter(|line| line.contains(": accepted: ")).count();
        let others = report["remarks"].as_array().unwrap().len();
        assert_eq!((told, concise.lines().count()), (accepted, open + accepted + others));
        let stream = read(folder, "ndjson");
        let kinds = |kind: &str| {
            stream.lines().filter(|line| line.starts_with(&format!("{{\"kind\":\"{kind}\""))).count()
        };
        assert_eq!((kinds("finding"), kinds("accepted")), (open, accepted));
        let sarif = read_json(folder, "sarif");
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let suppressed = results
            .iter()
            .filter(|one| one["suppressions"].as_array().is_some_and(|all| !all.is_empty()))
            .count();
        assert_eq!((suppressed, results.len()), (accepted, open + accepted));
        let junit = read(folder, "junit");
        assert_eq!(
            (junit.matches("<failure ").count(), junit.matches("<skipped ").count()),
            (open, accepted)
        );
        let cdk = &read_json(folder, "cdk")["pluginReports"][0];
        assert_eq!((length(&cdk["violations"]), length(&cdk["suppressedViolations"])), (open, accepted));
        // These two have no place for what is accepted: it is no annotation and no issue.
        assert_eq!(read(folder, "github").lines().count(), open + others);
        assert_eq!(length(&read_json(folder, "gitlab")), open);
        assert!(read(folder, "markdown").contains(&format!(", {accepted} accepted\n")));
    }
}

#[test]
fn places_for_other_programs_are_the_users_lines_from_the_root_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path();
    let copy = |from: &str, to: &str| {
        for entry in walkdir::WalkDir::new(project().join(from)) {
            let entry = entry.unwrap();
            let target = repository.join(to).join(entry.path().strip_prefix(project().join(from)).unwrap());
            match entry.file_type().is_dir() {
                true => std::fs::create_dir_all(target).unwrap(),
                false => drop(std::fs::copy(entry.path(), target).unwrap()),
            }
        }
    };
    std::fs::create_dir(repository.join(".git")).unwrap();
    copy("fixtures/apps/production/lib", "infra/lib");
    copy("fixtures/assemblies/production", "infra/cdk.out");
    std::fs::write(repository.join("infra/cdk.json"), "{}").unwrap();
    let ran = run_in(&repository.join("infra"), &["check", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let mut sources = 0;
    for result in results {
        let uri =
            |place: &Value| place["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().to_owned();
        let first = uri(&result["locations"][0]);
        assert!(repository.join(&first).is_file(), "{first}");
        sources += usize::from(first.ends_with(".ts"));
        for related in result["relatedLocations"].as_array().into_iter().flatten() {
            assert!(repository.join(uri(related)).is_file(), "{related}");
        }
    }
    assert!(sources * 10 >= results.len() * 9, "{sources} of {}", results.len());
    let ran = run_in(repository, &["check", "infra/cdk.out", "--format", "concise"]);
    assert!(
        ran.out.contains("infra/lib/") && !ran.out.lines().any(|line| line.starts_with("lib/")),
        "{}",
        ran.out
    );
}

#[test]
fn rules_are_explained_to_code_scanning() {
    let ran = run(&[&APP[..], &["--format", "sarif"]].concat());
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.len() > 30, "{}", rules.len());
    for rule in rules {
        let text = |pointer: &str| rule.pointer(pointer).and_then(Value::as_str).unwrap_or_default().len();
        assert!(text("/help/text") > 80 && text("/help/markdown") > 80 && text("/helpUri") > 10, "{rule}");
        assert!(rule["properties"]["tags"].as_array().is_some_and(|tags| tags.len() > 2), "{rule}");
    }
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is_linted() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| format!("--format=sarif={}", folder.path().join(name).display());
    let told = |arguments: &[&str]| -> Ran { run(&[&APP[..], arguments].concat()) };
    for (arguments, why) in [
        (vec!["--format", "json", "--format", "human"], "cannot both go to standard output"),
        (vec!["--format", "json=-", "--format", "human"], "cannot both go to standard output"),
        (vec!["--format", "sarif="], "names no file"),
        (vec!["--format", "sarf=x"], "a similar value exists: 'sarif'"),
        (vec![&at("none/a.sarif")], "there is no folder"),
        (vec![&at("")], "is a folder, not a file"),
        (vec![&at("twice"), &at("twice")], "two reports would go into"),
    ] {
        let ran = told(&arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(why) && ran.out.is_empty(), "{arguments:?}: {}", ran.err);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_is_replaced_whole_and_nothing_else_is_left_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    std::fs::write(&file, "x".repeat(1_000_000)).unwrap();
    let to = format!("--format=json={}", file.display());
    let ran = run(&[&APP[..], &[&to]].concat());
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("18 errors") && ran.err.contains("a.json"), "{}", ran.err);
    assert!(read_json(folder.path(), "a.json")["findings"].is_array());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_report_of_the_cdk_keeps_what_other_plugins_found_and_nothing_else_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("validation-report.json");
    let other =
        r#"{"version":"55.0.0","pluginReports":[{"pluginName":"x","conclusion":"success","violations":[]}]}"#;
    std::fs::write(&file, other).unwrap();
    let to = format!("--format=cdk={}", file.display());
    for _ in 0..2 {
        assert_eq!(run(&[&APP[..], &[&to]].concat()).code, 1);
        let report = read_json(folder.path(), "validation-report.json");
        let names: Vec<_> =
            report["pluginReports"].as_array().unwrap().iter().map(|one| &one["pluginName"]).collect();
        assert_eq!(names, ["x", "stackproof"]);
    }
    std::fs::write(&file, "my notes").unwrap();
    let ran = run(&[&APP[..], &[&to]].concat());
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no validation report"), "{}", ran.err);
    assert_eq!(read(folder.path(), "validation-report.json"), "my notes");
}
