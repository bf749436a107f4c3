//! The same bytes for one thread and for many, and for every order of the paths' own files.
use crate::support::run;

#[test]
fn the_output_is_the_same_for_any_number_of_threads() {
    for format in ["json", "concise"] {
        let with = |threads: &str| {
            run(&["check", "fixtures", "--format", format, "--show", "all", "--threads", threads])
        };
        let one = with("1");
        assert!(one.out.len() > 10_000, "{}", one.err);
        for threads in ["2", "8"] {
            assert_eq!(one.out, with(threads).out, "{threads} threads, {format}");
        }
    }
}

#[test]
fn fingerprints_survive_reformatting_and_reordering() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "a.yaml",
        "Resources:\n  A: {Type: AWS::S3::Bucket}\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {}\n",
    );
    let prints = || {
        let ran = crate::support::run_in(folder.path(), &["check", "a.yaml", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let findings = crate::support::findings(&report).clone();
        let mut prints: Vec<String> =
            findings.iter().map(|f| f["fingerprint"].as_str().unwrap().to_owned()).collect();
        prints.sort();
        prints
    };
    let before = prints();
    assert!(!before.is_empty());
    write(
        "a.yaml",
        "{\"Resources\": {\"B\": {\"Properties\": {},\n\n \"Type\": \"AWS::S3::Bucket\"},\n\"A\": {\"Type\": \"AWS::S3::Bucket\"}}}",
    );
    assert_eq!(before, prints());
}
