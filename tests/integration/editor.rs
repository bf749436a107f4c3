//! The problem matcher of the README, against what `concise` really prints.
use crate::support::{project, run};

/// The first JSON block of the README that is a problem matcher.
fn matcher() -> serde_json::Value {
    let readme = std::fs::read_to_string(project().join("README.md")).unwrap();
    let blocks = readme.split("```").filter_map(|block| block.strip_prefix("json"));
    let found = blocks.filter_map(|block| serde_json::from_str::<serde_json::Value>(block).ok());
    found
        .into_iter()
        .find_map(|task| task["tasks"][0]["problemMatcher"].as_object().cloned().map(Into::into))
        .expect("a task")
}

#[test]
fn the_problem_matcher_of_the_readme_reads_every_line() {
    let matcher = matcher();
    let pattern = &matcher["pattern"];
    let regex = regex::Regex::new(pattern["regexp"].as_str().unwrap()).unwrap();
    let group = |name: &str| pattern[name].as_u64().unwrap() as usize;
    let ran = run(&["check", "fixtures/assemblies/production", "--format", "concise", "--show", "notes"]);
    let mut count = 0;
    for line in ran.out.lines() {
        let found = regex.captures(line).unwrap_or_else(|| panic!("{line}"));
        assert!(found[group("file")].ends_with(".json") || found[group("file")].ends_with(".ts"), "{line}");
        assert!(found[group("line")].parse::<u32>().is_ok_and(|line| line > 0));
        assert!(found[group("column")].parse::<u32>().is_ok_and(|column| column > 0));
        assert!(matches!(&found[group("severity")], "error" | "warning" | "note"), "{line}");
        assert!(!found[group("message")].is_empty());
        count += 1;
    }
    assert!(count > 20, "{count} lines");
}
