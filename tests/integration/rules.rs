//! The built-in rules as a whole: every file is well-formed, proven by its examples, and points somewhere.
use stackproof::engine;
use stackproof::rule::{self, Expect, RuleSet};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn folder() -> PathBuf {
    crate::support::project().join("rules")
}

/// The rules as a user would load them: with every check, and with all that people read.
fn strict() -> RuleSet {
    let mut set = RuleSet::default();
    if let Err(errors) = set.add_folder(&folder()) {
        let told: Vec<String> = errors
            .iter()
            .map(|e| {
                format!(
                    "{}:{}: {} {}",
                    e.location.file(),
                    e.location.start(),
                    e.message,
                    e.help.as_deref().unwrap_or_default()
                )
            })
            .collect();
        panic!("{}", told.join("\n"));
    }
    assert!(set.warnings.is_empty(), "{:?}", set.warnings);
    set
}

#[test]
fn every_example_of_every_rule_turns_out_as_it_says() {
    crate::support::assert_examples(&strict().rules);
}

#[test]
fn every_rule_shows_a_failure_and_what_it_leaves_alone_cites_aws_and_says_how_to_mend_it() {
    let mut wrong = Vec::new();
    for rule in &strict().rules {
        let shown: BTreeSet<&str> =
            rule.docs.examples.iter().map(|example| example.expect.as_str()).collect();
        // What forbids a thing altogether passes nothing; it shows what it does not mean.
        let forgiven = [Expect::Pass, Expect::NotApplicable];
        if !forgiven.iter().any(|expect| shown.contains(expect.as_str())) {
            wrong.push(format!("{}: no example that it leaves alone", rule.id));
        }
        if !shown.contains(Expect::Fail.as_str()) {
            wrong.push(format!("{}: no example that must fail", rule.id));
        }
        let cites = rule.docs.see.iter().all(|page| page.starts_with("https://docs.aws.amazon.com/"));
        if rule.docs.see.is_empty() || !cites {
            wrong.push(format!("{}: `see` cites pages of docs.aws.amazon.com", rule.id));
        }
        if rule.fix.cdk.is_none() || rule.docs.why.len() < 60 {
            wrong.push(format!("{}: a CDK fix and a reason are needed", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_proves_a_line_of_the_checklist() {
    let lines: BTreeSet<String> = rule::checklist_lines().into_iter().map(|line| line.id).collect();
    assert_eq!(lines.len(), 20);
    for rule in &strict().rules {
        assert!(lines.contains(rule.checklist), "{}: no line {}", rule.id, rule.checklist);
    }
}

#[test]
fn the_embedded_rules_are_the_files() {
    let embedded: BTreeMap<String, String> = RuleSet::documented()
        .rules
        .iter()
        .map(|rule| (rule.id.to_string(), rule.title.to_string()))
        .collect();
    let files: BTreeMap<String, String> =
        strict().rules.iter().map(|rule| (rule.id.to_string(), rule.title.to_string())).collect();
    assert_eq!(embedded, files);
}

#[test]
fn the_language_page_names_every_operator_and_fact() {
    let page = std::fs::read_to_string(crate::support::project().join("docs/rule-language.md")).unwrap();
    for row in rule::OPERATORS {
        assert!(
            page.contains(&format!("`{}", row.name)),
            "docs/rule-language.md does not name the operator {}",
            row.name
        );
    }
    for fact in rule::FACTS {
        assert!(
            page.contains(&format!("`{}(", fact.name)),
            "docs/rule-language.md does not name the fact {}",
            fact.name
        );
        for field in fact.fields {
            assert!(
                page.contains(&format!("`{field}`")),
                "docs/rule-language.md does not name {}'s {field}",
                fact.name
            );
        }
    }
}

/// A test of the operator with an operand that a plain value would have to fit.
fn operand(name: &str) -> Option<&'static str> {
    Some(match name {
        "present" | "empty" | "known" => "true",
        "equals" | "in" | "matches" | "starts-with" | "ends-with" | "contains" | "same-as" => "b",
        "glob" => "b*",
        "covers" => "'s3:PutObject'",
        "at-least" | "at-most" => "1",
        "before" | "after" => "'2020-01-01'",
        "count" => "{at-least: 1}",
        "keys" => "{contains: b}",
        "every" | "some" | "none" => "{equals: b}",
        "refers-to" => "{type: 'AWS::SQS::Queue'}",
        // They only combine others.
        "all" | "any" | "as" | "not" | "default" | "or-empty" => return None,
        other => panic!("the operator {other} has no case here"),
    })
}

#[test]
fn each_operator_does_what_the_table_says_without_a_known_value() {
    use stackproof::rule::Says;
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for row in rule::OPERATORS {
        let Some(operand) = operand(row.name) else { continue };
        let lists = matches!(row.name, "every" | "some" | "none" | "count" | "contains");
        let empty = if lists { "[]" } else { "''" };
        let cells = [
            ("absent", "Y: 1", row.absent),
            ("empty", &*format!("X: {empty}"), row.empty),
            ("unknown", "X: !Ref P", row.unknown),
            ("holes", "X: !Sub 'a${P}'", row.holes),
            ("reference", "X: !Ref Other", row.reference),
        ];
        let mut text = format!(
            "id: cell\ntitle: t\nchecklist: cost/monitoring\nseverity: error\nmatch: AWS::S3::Bucket\nwhen: {{'@LogicalId': B}}\n\
             require: {{'\"X\"': {{{}: {operand}}}}}\nmessage: m\nwhy: w\nfix: {{cdk: c}}\nsee: [https://docs.aws.amazon.com/]\nexamples:\n",
            row.name
        );
        for (name, property, says) in cells {
            let verdict = match says {
                Says::True => "pass",
                Says::False => "fail",
                Says::Unknown => "undecided",
                Says::Depends => continue,
            };
            text.push_str(&format!(
                "  - name: {name}\n    expect: {verdict}\n    template: |\n      Parameters: {{P: {{Type: String}}}}\n      Resources:\n        \
                 Other: {{Type: AWS::S3::Bucket}}\n        B: {{Type: AWS::S3::Bucket, Properties: {{{property}}}}}\n"
            ));
        }
        std::fs::write(folder.path().join("cell.yaml"), text).unwrap();
        let mut set = RuleSet::default();
        set.add_folder(folder.path()).unwrap_or_else(|errors| panic!("{}: {errors:?}", row.name));
        for failure in engine::test_rule(&set.rules[0]) {
            let verdicts = failure.messages.into_iter().filter(|message| message.starts_with("expected"));
            wrong.extend(verdicts.map(|message| format!("{} of {}: {message}", row.name, failure.example)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_not_known_is_never_surely_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let template = |name: &str, access: &str| {
        format!(
            "  - name: '{}'\n    expect: undecided\n    template: |\n      Parameters: {{P: {{Type: String}}}}\n      \
             Conditions: {{C: !Equals [!Select [0, !Split [',', !Ref P]], x]}}\n      Resources:\n        \
             B: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {name}, AccessControl: {access}}}}}\n",
            name.replace('\'', "")
        )
    };
    let mut text = "id: cell\ntitle: t\nchecklist: cost/monitoring\nseverity: error\nmatch: AWS::S3::Bucket\nrequire: {BucketName: \
                    {same-as: $subject.AccessControl}}\nmessage: m\nwhy: w\nfix: {cdk: c}\nsee: [https://docs.aws.amazon.com/]\nexamples:\n"
        .to_owned();
    for (name, access) in [
        ("!ImportValue {'Fn::Sub': '${P}-a'}", "!ImportValue {'Fn::Sub': '${P}-b'}"),
        ("!If [C, a, b]", "!If [C, c, d]"),
        ("!Sub ['x${A}', {A: !If [C, a, b]}]", "!Sub ['x${A}', {A: !If [C, c, d]}]"),
    ] {
        text.push_str(&template(name, access));
    }
    std::fs::write(folder.path().join("cell.yaml"), text).unwrap();
    let mut set = RuleSet::default();
    set.add_folder(folder.path()).unwrap_or_else(|errors| panic!("{errors:?}"));
    let failures = engine::test_rule(&set.rules[0]);
    assert!(failures.is_empty(), "{failures:?}");
}
