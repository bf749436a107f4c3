//! The problem matchers of docs/editors.md and stackproof-matcher.json, against what `concise` really prints.
use crate::support::{project, run};
use regex::Regex;
use serde_json::Value;

fn text(name: &str) -> String {
    std::fs::read_to_string(project().join(name)).unwrap()
}

/// The matchers of the tasks in the documentation: that of one run, and that of a watch.
fn matchers() -> Vec<Value> {
    let page = text("docs/editors.md");
    let block = page.split("```").find_map(|block| block.strip_prefix("json")).unwrap();
    let tasks: Value = serde_json::from_str(block).unwrap();
    tasks["tasks"].as_array().unwrap().iter().map(|task| task["problemMatcher"].clone()).collect()
}

fn regex(value: &Value) -> Regex {
    Regex::new(value.as_str().unwrap()).unwrap()
}

fn lines() -> Vec<String> {
    let ran = run(&["check", "fixtures/assemblies/production", "--format", "concise", "--show", "notes"]);
    ran.out.lines().map(str::to_owned).collect()
}

#[test]
fn the_problem_matchers_of_the_documentation_read_every_line() {
    let (matchers, lines) = (matchers(), lines());
    assert!(matchers.len() == 2 && lines.len() > 20);
    for matcher in &matchers {
        let pattern = &matcher["pattern"];
        let regex = regex(&pattern["regexp"]);
        let group = |name: &str| pattern[name].as_u64().unwrap() as usize;
        for line in &lines {
            let found = regex.captures(line).unwrap_or_else(|| panic!("{line}"));
            assert!(
                found[group("file")].ends_with(".json") || found[group("file")].ends_with(".ts"),
                "{line}"
            );
            assert!(found[group("line")].parse::<u32>().is_ok_and(|line| line > 0));
            assert!(found[group("column")].parse::<u32>().is_ok_and(|column| column > 0));
            assert!(matches!(&found[group("severity")], "error" | "warning" | "note"), "{line}");
            assert!(!found[group("message")].is_empty());
        }
    }
}

#[test]
fn a_watch_begins_and_ends_with_lines_that_are_no_findings() {
    let background = &matchers()[1]["background"];
    let (begins, ends) = (regex(&background["beginsPattern"]), regex(&background["endsPattern"]));
    let finding = regex(&matchers()[1]["pattern"]["regexp"]);
    for (line, begin, end) in [
        ("stackproof: linting cdk.out", true, false),
        ("stackproof: 4 errors, 1 warning; waiting for changes", false, true),
        ("stackproof: 0 errors, 0 warnings; waiting for changes", false, true),
    ] {
        assert_eq!(
            (begins.is_match(line), ends.is_match(line), finding.is_match(line)),
            (begin, end, false),
            "{line}"
        );
    }
    assert!(!lines().iter().any(|line| begins.is_match(line) || ends.is_match(line)));
}

#[test]
fn the_matcher_of_github_takes_every_line_once() {
    let matcher: Value = serde_json::from_str(&text("stackproof-matcher.json")).unwrap();
    let patterns: Vec<Regex> = matcher["problemMatcher"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| regex(&one["pattern"][0]["regexp"]))
        .collect();
    for line in lines() {
        let taken = patterns.iter().filter(|pattern| pattern.is_match(&line)).count();
        assert_eq!(taken, 1, "{line}");
    }
}
