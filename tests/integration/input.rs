//! Wrong input: the message and the exit code of each. Everything else is linted all the same.
use crate::support::{Ran, run_in, run_with_input};
use std::path::Path;

struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new(files: &[(&str, &str)]) -> Scratch {
        let scratch = Scratch(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = scratch.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        scratch
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn check(&self, arguments: &[&str]) -> Ran {
        run_in(self.path(), &[&["check", "--format", "concise"], arguments].concat())
    }
}

fn assert_says(ran: &Ran, code: i32, words: &[&str]) {
    let all = format!("{}{}", ran.out, ran.err);
    assert_eq!(ran.code, code, "{all}");
    for word in words {
        assert!(all.contains(word), "\"{word}\" is missing in: {all}");
    }
    assert!(!all.contains("panicked"), "{all}");
}

const BUCKET: &str = "Resources: {B: {Type: 'AWS::S3::Bucket'}}\n";

#[test]
fn a_missing_path_is_named() {
    assert_says(&Scratch::new(&[]).check(&["cdk.uot"]), 3, &["cdk.uot"]);
}

#[test]
fn an_empty_folder_asks_whether_the_app_was_synthesized() {
    let scratch = Scratch::new(&[("empty/.keep", "")]);
    let ran = run_in(scratch.path(), &["check", "empty"]);
    assert_says(&ran, 3, &["no template found in empty", "cdk synth"]);
}

#[test]
fn a_file_that_is_no_template_is_an_error_when_named_and_skipped_when_met() {
    let scratch = Scratch::new(&[("package.json", "{\"name\": \"x\"}"), ("b.yaml", BUCKET)]);
    assert_says(&scratch.check(&["package.json"]), 3, &["package.json", "template"]);
    let ran = run_in(scratch.path(), &["check", ".", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &report["summary"]["files"]), (1, &serde_json::json!({"linted": 1, "skipped": 1})));
}

#[test]
fn broken_json_shows_its_place_and_the_rest_is_linted() {
    let broken = "{\"Resources\": {\n  \"B\": {\"Type\": \"AWS::S3::Bucket\",}\n}}";
    let scratch = Scratch::new(&[("broken.json", broken), ("b.yaml", BUCKET)]);
    let ran = scratch.check(&["broken.json", "b.yaml"]);
    assert_says(&ran, 3, &["broken.json:2:", "not well-formed JSON", "[s3-encryption]"]);
}

#[test]
fn broken_yaml_shows_its_place() {
    let scratch = Scratch::new(&[("t.yaml", "Resources:\n  B: {Type: 'AWS::S3::Bucket'\n  C: ]\n")]);
    assert_says(&scratch.check(&["t.yaml"]), 3, &["t.yaml:", "YAML"]);
}

#[test]
fn a_template_that_is_too_deep_says_so_in_both_syntaxes() {
    let json = format!("{{\"Resources\": {}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let yaml = format!("Resources: {}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let scratch = Scratch::new(&[("deep.json", &json), ("deep.yaml", &yaml)]);
    for file in ["deep.json", "deep.yaml"] {
        assert_says(&scratch.check(&[file]), 3, &[file, "nested deeper than 100 levels"]);
    }
}

#[test]
fn a_manifest_that_leaves_its_assembly_is_refused() {
    let manifest = |file: &str| {
        format!(
            "{{\"version\": \"55.0.0\", \"artifacts\": {{\n\"Evil\": {{\"type\": \"aws:cloudformation:stack\", \"properties\": {{\"templateFile\": \"{file}\"}}}},\n\
             \"Good\": {{\"type\": \"aws:cloudformation:stack\", \"properties\": {{\"templateFile\": \"good.json\"}}}}}}}}"
        )
    };
    for file in ["../../etc/passwd", "/etc/passwd"] {
        let good = "{\"Resources\": {\"B\": {\"Type\": \"AWS::S3::Bucket\"}}}";
        let scratch =
            Scratch::new(&[("cdk.out/manifest.json", &manifest(file)), ("cdk.out/good.json", good)]);
        let ran = scratch.check(&[]);
        assert_says(&ran, 3, &["cdk.out/manifest.json:2:", file, "[s3-encryption]"]);
        assert!(!ran.out.contains("root:"), "{}", ran.out);
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_leaves_the_assembly_is_refused() {
    let manifest = "{\"version\": \"55.0.0\", \"artifacts\": {\"S\": {\"type\": \"aws:cloudformation:stack\", \
                    \"properties\": {\"templateFile\": \"s.json\"}}}}";
    let scratch =
        Scratch::new(&[("cdk.out/manifest.json", manifest), ("outside.json", "{\"Resources\": {}}")]);
    std::os::unix::fs::symlink(scratch.path().join("outside.json"), scratch.path().join("cdk.out/s.json"))
        .unwrap();
    assert_says(&scratch.check(&[]), 3, &["s.json"]);
}

#[test]
fn standard_input_is_a_template() {
    let scratch = Scratch::new(&[]);
    let ran = run_with_input(scratch.path(), &["check", "-", "--format", "concise"], BUCKET);
    assert_says(&ran, 1, &["<stdin>:1:13: error:", "[s3-encryption]"]);
    let ran = run_with_input(scratch.path(), &["check", "-"], "");
    assert_says(&ran, 3, &["empty"]);
}

#[test]
fn wrong_flags_say_what_is_allowed() {
    let scratch = Scratch::new(&[("b.yaml", BUCKET)]);
    assert_says(&scratch.check(&["b.yaml", "--profile", "prod"]), 2, &["production", "staging", "dev"]);
    assert_says(
        &scratch.check(&["b.yaml", "--rule", "s3-encrption"]),
        2,
        &["s3-encrption", "did you mean `s3-encryption`?"],
    );
    assert_says(&scratch.check(&["b.yaml", "--rules", "nowhere"]), 2, &["nowhere"]);
    assert_says(&scratch.check(&["b.yaml", "--threads", "0"]), 2, &["--threads"]);
    assert_says(&scratch.check(&["b.yaml", "--fail-on", "never"]), 0, &["[s3-encryption]"]);
}

#[test]
fn what_a_terminal_obeys_is_shown_and_not_sent() {
    let hostile = "Resources: {\"B\\u001b[31m\\u202e\": {Type: 'AWS::S3::Bucket'}}\n";
    let scratch = Scratch::new(&[("t.yaml", hostile)]);
    for format in ["human", "concise"] {
        let ran = run_in(scratch.path(), &["check", "t.yaml", "--format", format, "--show", "all"]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(!ran.out.contains('\u{1b}') && !ran.out.contains('\u{202e}'), "{}", ran.out);
    }
}

#[test]
fn a_users_rule_that_is_wrong_is_told_with_its_place() {
    let rule = "id: own\ntitle: t\nchecklist: cost/monitoring\nseverity: eror\nmatch: AWS::S3::Bucket\n\
                require: {BucketNam: {present: true}, VersioningConfiguration: {status: {equals: 1}}}\nmessage: m\n";
    let scratch = Scratch::new(&[("rules/own.yaml", rule), ("b.yaml", BUCKET)]);
    assert_says(
        &scratch.check(&["b.yaml", "--rules", "rules"]),
        2,
        &["rules/own.yaml:4:11", "did you mean `error`?"],
    );
    let rule = rule.replace("eror", "error");
    let scratch = Scratch::new(&[("rules/own.yaml", &rule), ("b.yaml", BUCKET)]);
    assert_says(
        &scratch.check(&["b.yaml", "--rules", "rules"]),
        2,
        &["rules/own.yaml:6:11", "did you mean `BucketName`?", "`why` is missing", "`examples` is missing"],
    );
}

#[test]
fn a_users_rule_runs_beside_the_built_in_ones() {
    let rule = "id: own-name\ntitle: Buckets are named by us\nchecklist: operations/infrastructure-as-code\nseverity: error\n\
                match: AWS::S3::Bucket\nrequire: {BucketName: {starts-with: acme-}}\nmessage: '{logical_id} has no name of ours'\n\
                why: w\nfix: {cdk: c}\nsee: [https://example.com]\nexamples:\n  - {name: a, expect: pass, template: 'Resources: {B: \
                {Type: AWS::S3::Bucket, Properties: {BucketName: acme-x}}}'}\n";
    let scratch = Scratch::new(&[("rules/own-name.yaml", rule), ("b.yaml", BUCKET)]);
    assert_says(&scratch.check(&["b.yaml", "--rules", "rules"]), 1, &["[own-name]", "[s3-encryption]"]);
    assert_says(
        &run_in(scratch.path(), &["rules", "test", "rules"]),
        0,
        &["1 rules: 1 examples passed, 0 failed"],
    );
}

#[test]
fn files_that_are_no_templates_are_passed_over_where_that_is_asked_for() {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("a.json"), "{\"name\": \"web\"}").unwrap();
    std::fs::write(
        scratch.path().join("b.yaml"),
        "Resources: {B: {Type: 'AWS::S3::Bucket', Properties: {AccessControl: PublicRead}}}",
    )
    .unwrap();
    std::fs::write(scratch.path().join("c.yaml"), "Resources: {B: {Type: 'AWS::S3::Bucket'").unwrap();
    let check = |files: &[&str]| {
        crate::support::run_in(
            scratch.path(),
            &[&["check", "--skip-others", "--rule", "s3-acl"], files].concat(),
        )
    };
    assert_eq!(check(&["a.json"]).code, 0);
    assert_eq!(check(&["a.json", "b.yaml"]).code, 1);
    // What looks like a template and cannot be read is still told.
    assert_eq!(check(&["a.json", "c.yaml"]).code, 3);
    assert_eq!(check(&["none.json"]).code, 3);
    assert_eq!(crate::support::run_in(scratch.path(), &["check", "a.json"]).code, 3);
}
