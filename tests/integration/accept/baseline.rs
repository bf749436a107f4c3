//! The baseline: what it accepts, what does not change it, and what is said of a broken one.
use super::scratch::{ROTATION, Scratch, TEMPLATE, WILDCARD, bundled, copy, parsed, reordered, rewrite};
use crate::support::{project, run_in};
use serde_json::Value;

/// The same as YAML, in its block style.
fn yaml(value: &Value, indent: usize) -> String {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(map) if !map.is_empty() => map
            .iter()
            .map(|(key, value)| format!("\n{pad}{}: {}", Value::from(key.as_str()), yaml(value, indent + 2)))
            .collect(),
        Value::Array(items) if !items.is_empty() => {
            items.iter().map(|item| format!("\n{pad}- {}", yaml(item, indent + 2))).collect()
        }
        other => other.to_string(),
    }
}

#[test]
fn a_baseline_holds_until_something_new_fails() {
    let scratch = bundled();
    let ran = scratch.run(&["baseline", "write"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines = scratch.read("stackproof-baseline.txt");
    let entries: Vec<&str> = lines.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(entries.len() > 40 && entries.is_sorted(), "{lines}");
    let report = scratch.report(&[]);
    assert_eq!(
        (report["findings"].as_array().unwrap().len(), report["remarks"].as_array().unwrap().len()),
        (0, 0)
    );
    assert_eq!(scratch.run(&["check", "--fail-on", "note"]).code, 0);
    // A new bucket is new, and nothing else is.
    scratch.write("extra.yaml", "Resources: {New: {Type: 'AWS::S3::Bucket'}}\n");
    let report = scratch.report(&["cdk.out", "extra.yaml"]);
    let resources = report["findings"].as_array().unwrap();
    let strangers = resources.iter().filter(|one| one["file"] != "extra.yaml").count();
    assert!(!resources.is_empty() && strangers == 0, "{report}");
    assert_eq!(scratch.run(&["check", "cdk.out", "extra.yaml"]).code, 1);
}

/// Two assemblies of one app have stacks of the same names, and so the same fingerprints.
#[test]
fn of_equal_findings_the_baseline_accepts_the_least_severe() {
    let scratch = bundled();
    for stage in ["production", "production-staging"] {
        copy(&project().join("fixtures/assemblies").join(stage), &scratch.0.path().join(stage));
    }
    let level = |report: &Value, level: &str| {
        let all = report["findings"].as_array().unwrap().iter().chain(report["accepted"].as_array().unwrap());
        all.filter(|one| one["level"] == level).count()
    };
    let staging = scratch.report(&["production-staging"]);
    let production = scratch.report(&["production"]);
    let errors = level(&production, "error");
    assert!(errors > level(&staging, "error"), "production is held to more");
    assert_eq!(scratch.run(&["baseline", "write", "production-staging"]).code, 0);
    let both = scratch.report(&["production", "production-staging"]);
    let left = both["findings"].as_array().unwrap().iter().filter(|one| one["level"] == "error").count();
    assert_eq!(left, errors, "what is an error in one stage is not made up for by a warning in another");
    assert_eq!(scratch.run(&["check", "production", "production-staging"]).code, 1);
}

#[test]
fn a_baseline_is_stable_under_all_that_changes_nothing() {
    let counts = |scratch: &Scratch, path: &str| {
        let ran = scratch.run(&["check", path, "--format", "json", "--today", "2026-06-01"]);
        let report = parsed(&ran);
        let told = report["findings"].to_string();
        (report["findings"].as_array().unwrap().len(), report["remarks"].to_string(), told)
    };
    for change in ["nothing", "minified", "reordered", "yaml", "renamed", "moved"] {
        let scratch = bundled();
        assert_eq!(scratch.run(&["baseline", "write", "--today", "2026-06-01"]).code, 0);
        let mut path = "cdk.out";
        match change {
            "minified" => rewrite(&scratch, path, |template| template.to_string()),
            "reordered" => rewrite(&scratch, path, |template| reordered(&template)),
            "yaml" => rewrite(&scratch, path, |template| yaml(&template, 0)),
            "renamed" => rewrite(&scratch, path, |mut template| {
                let resources = template["Resources"].as_object_mut().unwrap();
                resources.insert(
                    "Unrelated".into(),
                    serde_json::json!({"Type": "AWS::CloudFormation::WaitConditionHandle"}),
                );
                template["Outputs"]["Unrelated"] = serde_json::json!({"Value": "new"});
                serde_json::to_string_pretty(&template).unwrap()
            }),
            "moved" => {
                std::fs::create_dir_all(scratch.0.path().join("build")).unwrap();
                std::fs::rename(scratch.0.path().join("cdk.out"), scratch.0.path().join("build/assembly"))
                    .unwrap();
                path = "build/assembly";
            }
            _ => {}
        }
        let (findings, remarks, told) = counts(&scratch, path);
        assert_eq!((findings, remarks.as_str()), (0, "[]"), "{change}: {told}");
    }
}

#[test]
fn a_plain_template_is_known_by_its_path_from_the_policy_wherever_it_is_linted_from() {
    let scratch = Scratch::new("");
    scratch.write("stackproof.yaml", "");
    scratch.write("templates/a.yaml", TEMPLATE);
    assert_eq!(scratch.run(&["baseline", "write", "templates"]).code, 0);
    let inside = scratch.0.path().join("templates");
    for (folder, path) in
        [(scratch.0.path(), "./templates/a.yaml"), (&*inside, "a.yaml"), (&*inside, "../templates")]
    {
        let ran = run_in(folder, &["check", path, "--format", "json"]);
        assert_eq!(parsed(&ran)["findings"].as_array().unwrap().len(), 0, "{path}");
    }
    assert!(scratch.read("stackproof-baseline.txt").contains("\ttemplates/a.yaml\t"));
}

#[test]
fn an_undecided_verdict_that_was_raised_is_accepted_as_what_it_is() {
    let rule = "log-retention";
    let template = |days: &str| {
        format!(
            "Parameters: {{Days: {{Type: Number}}}}\n\
             Resources: {{L: {{Type: 'AWS::Logs::LogGroup', Properties: {{RetentionInDays: {days}}}}}}}\n"
        )
    };
    let scratch = Scratch::new(&template("!Ref Days"));
    scratch.write("stackproof.yaml", "undecided: fail");
    let undecided = |arguments: &[&str]| {
        let report = scratch.report(&[&["t.yaml", "--rule", rule], arguments].concat());
        let counts = &report["summary"]["rules"][rule];
        let length = |key: &str| report[key].as_array().unwrap().len();
        // Accepted or not, nobody knows more than before.
        assert_eq!((&counts["undecided"], &counts["accepted"]), (&1.into(), &0.into()), "{counts}");
        (length("findings"), length("accepted"))
    };
    assert_eq!(undecided(&[]), (1, 0));
    assert_eq!(scratch.run(&["baseline", "write", "t.yaml"]).code, 0);
    assert_eq!(undecided(&[]), (0, 1));
    let states = scratch.run(&["checklist", "t.yaml", "--rule", rule, "--format", "json"]);
    assert!(!states.out.contains(r#""state":"accepted""#), "{}", states.out);
    // A value that is wrong is another finding than one that is not known.
    scratch.write("t.yaml", &template("1"));
    assert_eq!(scratch.of(rule, &[]).counts, ["L"]);
    scratch.write("t.yaml", &template("!Ref Days"));
    let suppressed = "undecided: fail\nsuppressions: [{rule: log-retention, reason: the pipeline gives it}]";
    scratch.write("stackproof.yaml", suppressed);
    assert_eq!(undecided(&["--no-baseline"]), (0, 1));
}

#[test]
fn equal_findings_are_counted() {
    let statement = |actions: &[&str]| {
        let statements: Vec<String> = actions
            .iter()
            .map(|action| format!("{{Effect: Allow, Action: '{action}', Resource: x}}"))
            .collect();
        format!(
            "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {{PolicyDocument: {{Statement: [{}]}}}}\n",
            statements.join(", ")
        )
    };
    let scratch = Scratch::new(&statement(&["s3:*", "s3:*"]));
    scratch.write("rules/own-wildcard.yaml", WILDCARD);
    let write = ["baseline", "write", "t.yaml", "--rules", "rules"];
    assert_eq!(scratch.run(&write).code, 0);
    assert!(
        scratch
            .read("stackproof-baseline.txt")
            .lines()
            .any(|line| line.starts_with("own-wildcard\t") && line.ends_with("\t2"))
    );
    let left = |actions: &[&str]| {
        scratch.write("t.yaml", &statement(actions));
        scratch.of("own-wildcard", &["--rules", "rules"]).counts.len()
    };
    assert_eq!(left(&["s3:*", "s3:*"]), 0);
    assert_eq!(left(&["s3:*", "s3:*", "s3:*"]), 1);
    assert_eq!(left(&["sqs:*", "s3:*"]), 1);
}

#[test]
fn pruning_takes_out_what_is_mended_and_adds_nothing() {
    let scratch = Scratch::new(TEMPLATE);
    assert_eq!(scratch.run(&["baseline", "write", "t.yaml"]).code, 0);
    let before = scratch.read("stackproof-baseline.txt");
    scratch.write(
        "t.yaml",
        &TEMPLATE.replace("EnableKeyRotation: false", "EnableKeyRotation: true").replace("Data", "More"),
    );
    let told = scratch.of(ROTATION, &[]);
    assert!(told.remarks[0].contains("1 finding of the baseline no longer holds"), "{:?}", told.remarks);
    let shown = scratch.run(&["baseline", "show", "t.yaml"]).out;
    assert!(shown.contains("(no longer holds)") && shown.contains("stackproof baseline prune"), "{shown}");
    assert_eq!(scratch.run(&["baseline", "prune", "t.yaml"]).code, 0);
    let after = scratch.read("stackproof-baseline.txt");
    assert!(after.lines().all(|line| before.contains(line)) && !after.contains("\tData"));
    assert!(!after.contains("kms-key-rotation") && after.contains("\tLogs"));
    assert!(!scratch.report(&["t.yaml"])["remarks"].to_string().contains("baseline"));
}

#[test]
fn a_broken_baseline_is_told_with_its_line_and_a_missing_one_by_name() {
    let scratch = Scratch::new(TEMPLATE);
    scratch.write("stackproof-baseline.txt", "# stackproof-baseline 1\n<<<<<<< HEAD\n");
    let ran = scratch.run(&["check", "t.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("stackproof-baseline.txt:2: a merge conflict is left here"), "{}", ran.err);
    assert_eq!(scratch.run(&["check", "t.yaml", "--no-baseline", "--fail-on", "never"]).code, 0);
    let ran = scratch.run(&["check", "t.yaml", "--baseline", "gone.txt"]);
    assert!(
        ran.code == 2 && ran.err.contains("gone.txt") && ran.err.contains("baseline write"),
        "{}",
        ran.err
    );
    scratch.write("stackproof.yaml", "baseline: known/old.txt\n");
    let ran = scratch.run(&["check", "t.yaml"]);
    assert!(ran.code == 2 && ran.err.contains("known/old.txt"), "{}", ran.err);
    // What cannot be linted may hold what the baseline has: the file stays as it is.
    scratch.write("known/old.txt", "");
    scratch.write("broken.json", "{\"Resources\": {");
    let ran = scratch.run(&["baseline", "write", "t.yaml", "broken.json"]);
    assert_eq!((ran.code, scratch.read("known/old.txt").as_str()), (3, ""), "{}", ran.err);
    let ran = scratch.run(&["baseline", "write", "t.yaml", "--rule", "s3-*"]);
    assert!(ran.code == 2 && ran.err.contains("--rule and --skip"), "{}", ran.err);
}
