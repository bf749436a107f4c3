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
fn a_report_is_the_same_whether_the_texts_are_kept_for_another_or_not() {
    let folder = tempfile::tempdir().unwrap();
    for format in ["concise", "json", "ndjson", "sarif", "junit", "github", "gitlab", "cdk"] {
        let alone = run(&["check", "fixtures", "--format", format, "--show", "all"]);
        let file = folder.path().join(format);
        let named = format!("{format}={}", file.display());
        run(&["check", "fixtures", "--format", &named, "--format", "human", "--show", "all"]);
        let beside = std::fs::read_to_string(file).unwrap();
        assert!(alone.out.len() > 10_000 && alone.out == beside, "{format}: {}", alone.err);
    }
}

#[test]
fn a_template_that_is_judged_in_pieces_reads_as_one() {
    let folder = tempfile::tempdir().unwrap();
    // The pieces are larger for more threads: two of these are cut, and the third is whole.
    let queue = |i: usize| format!("\"Q{i}\": {{\"Type\": \"AWS::SQS::Queue\"}}");
    let queues: Vec<String> = (0..4500).map(queue).collect();
    std::fs::write(folder.path().join("a.json"), format!("{{\"Resources\": {{{}}}}}", queues.join(",")))
        .unwrap();
    let with = |threads: &str| {
        let arguments = [
            "check",
            "a.json",
            "--format",
            "json",
            "--threads",
            threads,
            "--rule",
            "sqs-*",
            "--rule",
            "stack-*",
        ];
        crate::support::run_in(folder.path(), &arguments)
    };
    let one = with("1");
    let report: serde_json::Value = serde_json::from_str(&one.out).unwrap();
    let findings = crate::support::findings(&report);
    assert!(findings.len() > 9_000, "{}", findings.len());
    let places: Vec<u64> = findings.iter().map(|finding| finding["column"].as_u64().unwrap()).collect();
    assert!(places.is_sorted());
    for threads in ["2", "3"] {
        assert_eq!(one.out, with(threads).out, "{threads} threads");
    }
}

#[test]
fn findings_that_are_told_as_one_stay_together_over_all_pieces() {
    let folder = tempfile::tempdir().unwrap();
    // Of every tenth queue something is told that stands before what pieces far apart add to.
    let queue = |i: usize| match i % 10 {
        0 => format!("\"Q{i}\": {{\"Type\": \"AWS::SQS::Queue\", \"Properties\": {{\"DelaySeconds\": 5}}}}"),
        _ => format!("\"Q{i}\": {{\"Type\": \"AWS::SQS::Queue\"}}"),
    };
    let queues: Vec<String> = (0..4500).map(queue).collect();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.json", &format!("{{\"Resources\": {{{}}}}}", queues.join(",")));
    std::fs::create_dir(folder.path().join("own")).unwrap();
    let rule = |id: &str, more: &str, require: &str| {
        let text = format!(
            "id: {id}\ntitle: t\nchecklist: own\nseverity: error\nmatch: AWS::SQS::Queue\n{more}\nrequire: {require}\n\
             message: \"{{logical_id}}\"\nwhy: w\nsee: [https://docs.aws.amazon.com/]\nfix: {{cdk: f}}\nexamples: []\n"
        );
        write(&format!("own/{id}.yaml"), &text);
    };
    rule("own-all", "group: app", "{KmsMasterKeyId: {present: true}}");
    rule("own-some", "when: {DelaySeconds: 5}", "{'@Type': AWS::SNS::Topic}");
    let with = |threads: &str| {
        let arguments = [
            "check",
            "a.json",
            "--rules",
            "own",
            "--rule",
            "own-*",
            "--format",
            "json",
            "--threads",
            threads,
        ];
        crate::support::run_in(folder.path(), &arguments)
    };
    let one = with("1");
    let report: serde_json::Value = serde_json::from_str(&one.out).unwrap_or_else(|_| panic!("{}", one.err));
    let findings = crate::support::findings(&report);
    assert_eq!(findings.len(), 451);
    let together = findings.iter().find(|finding| finding["rule"] == "own-all").unwrap();
    assert_eq!(together["message"], "Q0");
    assert_eq!(together["related"].as_array().unwrap().len(), 4499);
    assert_eq!(one.out, with("3").out);
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
