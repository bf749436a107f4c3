//! What changed between two templates or assemblies.
use super::scratch::{ROTATION, Scratch, TEMPLATE, VERSIONS, bundled, copy, parsed, reordered, rewrite};
use crate::support::project;
use serde_json::Value;

#[test]
fn two_templates_are_compared_whatever_their_names_are() {
    let scratch = Scratch::new(TEMPLATE);
    scratch.write(
        "new.yaml",
        &TEMPLATE.replace("EnableKeyRotation: false", "EnableKeyRotation: true").replace("Data", "More"),
    );
    let ran = scratch.run(&["diff", "t.yaml", "new.yaml", "--format", "json", "--no-config"]);
    let report = parsed(&ran);
    let of = |key: &str, rule: &str| {
        let list = report[key].as_array().unwrap();
        list.iter()
            .filter(|one| one["rule"] == rule)
            .map(|one| one["resource"].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (of("new", VERSIONS), of("fixed", VERSIONS), of("unchanged", VERSIONS)),
        (vec!["More"], vec!["Data"], vec!["Logs"])
    );
    assert_eq!((of("fixed", ROTATION), of("new", ROTATION)), (vec!["Key"], vec![]));
    for key in ["new", "fixed", "unchanged"] {
        assert_eq!(report["summary"][key].as_u64().unwrap() as usize, report[key].as_array().unwrap().len());
    }
    // The same is no news, whatever fails in both.
    let ran = scratch.run(&["diff", "t.yaml", "t.yaml", "--fail-on", "note"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("0 new, 0 fixed"), "{}", ran.out);
    assert_eq!(scratch.run(&["diff", "t.yaml", "new.yaml", "--fail-on", "note"]).code, 1);
    assert_eq!(scratch.run(&["diff", "t.yaml"]).code, 2);
    assert_eq!(scratch.run(&["diff", "t.yaml", "gone.yaml"]).code, 3);
}

#[test]
fn a_comment_for_a_pull_request_shows_names_and_obeys_none() {
    let scratch = Scratch::new(TEMPLATE);
    scratch.write("new.yaml", &TEMPLATE.replace("  Data:", "  'Da|ta<b>`x`':"));
    let text = scratch.run(&["diff", "t.yaml", "new.yaml", "--format", "markdown", "--no-config"]).out;
    assert!(text.starts_with("### stackproof: ") && text.contains("<details>"), "{text}");
    assert!(!text.contains("<b>"), "{text}");
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.contains("s3-versioning"));
    for row in rows {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
    }
}

#[test]
fn assemblies_are_compared_stack_by_stack() {
    let scratch = bundled();
    copy(&project().join("fixtures/assemblies/production"), &scratch.0.path().join("old.out"));
    let changed = |template: Value| reordered(&template);
    rewrite(&scratch, "cdk.out", changed);
    let ran = scratch.run(&["diff", "old.out", "cdk.out", "--fail-on", "note"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let last = ran.out.lines().last().unwrap();
    assert!(last.starts_with("0 new, 0 fixed") && !last.ends_with(" 0 unchanged"), "{last}");
}
