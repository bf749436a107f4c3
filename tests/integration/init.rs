//! `stackproof init`: what it writes loads, fits the app, and touches nothing that is there.
use crate::support::{project, run_in};
use std::fs;
use std::path::Path;

/// A CDK project with an assembly of the real CDK.
fn app(assembly: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    copy(&project().join("fixtures/assemblies").join(assembly), &scratch.path().join("cdk.out"));
    fs::write(scratch.path().join("cdk.json"), "{}").unwrap();
    fs::write(scratch.path().join("package-lock.json"), "{}").unwrap();
    fs::create_dir(scratch.path().join(".git")).unwrap();
    scratch
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let path = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::copy(entry.path(), path).unwrap();
        }
    }
}

#[test]
fn what_it_writes_for_every_bundled_assembly_loads_as_it_is_and_with_all_that_it_proposes() {
    for entry in fs::read_dir(project().join("fixtures/assemblies")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let scratch = app(&name);
        let folder = scratch.path();
        let ran = run_in(folder, &["init"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}: {}", ran.out);
        let accepted = |what: &str| {
            let ran = run_in(folder, &["check", "--format", "json"]);
            assert!(matches!(ran.code, 0 | 1), "{name}, {what}: {}", ran.err);
        };
        accepted("as written");
        let text = fs::read_to_string(folder.join("stackproof.yaml")).unwrap();
        let mut proposed = String::new();
        for line in text.lines() {
            let entry = line.strip_prefix("  # ");
            let entry = entry.map(|entry| entry.replace("WHY IT MAY STAY SO", "thrown away every night"));
            proposed.push_str(&entry.map_or_else(|| line.to_owned(), |entry| format!("  {entry}")));
            proposed.push('\n');
            if let Some((_, evidence)) = line.split_once("evidence: ") {
                fs::create_dir_all(folder.join("docs")).unwrap();
                fs::write(folder.join(evidence), "steps").unwrap();
            }
        }
        assert!(proposed.contains("\n  - line: backup/procedures"), "{proposed}");
        fs::write(folder.join("stackproof.yaml"), proposed).unwrap();
        accepted("with all that it proposes");
        // What it proposes to accept is accepted, where something is found at all.
        let report = run_in(folder, &["check", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&report.out).unwrap();
        let by = report["accepted"].as_array().unwrap().iter().map(|one| one["by"].as_str().unwrap());
        assert!(by.clone().all(|by| by == "configuration"));
        assert_eq!(by.count() > 0, name != "hardened", "{name}");
        // So is the baseline under the name that it proposes.
        let line = "# baseline: stackproof-baseline.txt";
        let text = fs::read_to_string(folder.join("stackproof.yaml")).unwrap();
        assert!(text.contains(line), "{text}");
        fs::write(folder.join("stackproof.yaml"), text.replace(line, &line[2..])).unwrap();
        assert_eq!(run_in(folder, &["check"]).code, 2, "{name}: a baseline that is named must be there");
        assert_eq!(run_in(folder, &["baseline", "write"]).code, 0, "{name}");
        assert_eq!(run_in(folder, &["check", "--fail-on", "note"]).code, 0, "{name}");
        for file in [".pre-commit-config.yaml", ".github/workflows/stackproof.yml"] {
            assert!(folder.join(file).is_file(), "{name}: {file}");
        }
    }
}

#[test]
fn the_levels_that_it_proposes_are_those_that_rules_have() {
    let scratch = app("production");
    let count = || run_in(scratch.path(), &["check", "--format", "concise", "--show", "notes"]).out;
    run_in(scratch.path(), &["init"]);
    let path = scratch.path().join("stackproof.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let (rules, rest) = text.split_once("\n# What no template can show").unwrap();
    let (head, entries) = rules.split_once("\nrules:\n").unwrap();
    assert!(entries.lines().count() > 5, "{entries}");
    let before = count();
    let entries: String = entries.lines().map(|line| line.replacen("  # ", "  ", 1) + "\n").collect();
    fs::write(&path, format!("{head}\nrules:\n{entries}\n# {rest}")).unwrap();
    assert_eq!(count().lines().count(), before.lines().count());
}

#[test]
fn stages_that_no_tag_speaks_of_get_their_profile() {
    let scratch = app("production-stage");
    run_in(scratch.path(), &["init", "--ci", "none"]);
    let text = fs::read_to_string(scratch.path().join("stackproof.yaml")).unwrap();
    assert!(text.contains("- {profile: staging, path: ['Staging/*']}"), "{text}");
    assert!(!scratch.path().join(".github").exists());
}

#[test]
fn nothing_is_overwritten_and_a_dry_run_writes_nothing() {
    let scratch = app("production");
    let folder = scratch.path();
    let ran = run_in(folder, &["init", "--dry-run"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("--- stackproof.yaml\n") && ran.out.contains("\nrepos:\n"), "{}", ran.out);
    assert!(!folder.join("stackproof.yaml").exists() && !folder.join(".github").exists());
    fs::write(folder.join("stackproof.yaml"), "rules: {}\n").unwrap();
    fs::write(folder.join(".pre-commit-config.yaml"), "repos: []\n").unwrap();
    let ran = run_in(folder, &["init"]);
    assert_eq!(ran.code, 0);
    assert_eq!(fs::read_to_string(folder.join("stackproof.yaml")).unwrap(), "rules: {}\n");
    assert_eq!(fs::read_to_string(folder.join(".pre-commit-config.yaml")).unwrap(), "repos: []\n");
    assert!(ran.out.contains("stackproof.yaml is there already, and stays as it is"), "{}", ran.out);
    assert!(ran.out.contains("to add to it: below `repos:`"), "{}", ran.out);
    assert!(ran.out.contains("wrote .github/workflows/stackproof.yml"), "{}", ran.out);
}

#[test]
fn the_ci_system_and_the_folder_of_the_app_are_those_of_the_repository() {
    let scratch = app("production");
    fs::write(
        scratch.path().join(".git/config"),
        "[remote \"origin\"]\n\turl = git@gitlab.example.com:a/b.git\n",
    )
    .unwrap();
    let below = scratch.path().join("apps/shop");
    copy(&scratch.path().join("cdk.out"), &below.join("cdk.out"));
    fs::write(below.join("cdk.json"), "{}").unwrap();
    let from = "https://git.example.com/stackproof.git";
    let ran = run_in(&below, &["init", "--from", from, "--rev", "v0.1.0"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let job = fs::read_to_string(scratch.path().join(".gitlab-ci.yml")).unwrap();
    assert!(job.contains("- cd apps/shop\n") && job.contains(&format!("STACKPROOF_GIT: {from}\n")), "{job}");
    let hook = fs::read_to_string(scratch.path().join(".pre-commit-config.yaml")).unwrap();
    assert!(hook.contains(&format!("- repo: {from}\n    rev: v0.1.0\n")), "{hook}");
    assert!(hook.contains("args: [apps/shop/cdk.out, --config, apps/shop/stackproof.yaml]"), "{hook}");
    assert!(below.join("stackproof.yaml").is_file());
}

#[test]
fn without_anything_to_see_nothing_is_written() {
    let scratch = tempfile::tempdir().unwrap();
    let ran = run_in(scratch.path(), &["init"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("cdk synth"), "{}", ran.err);
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
    let ran = run_in(scratch.path(), &["init", "--from", "https://x; rm -rf"]);
    assert_eq!(ran.code, 2);
}
