//! Templates that nobody would write: real ones, damaged at random, judged by every rule. Whatever stands in a
//! template, the run ends, soon, and without a panic.
use crate::metamorphic::tree::Tree;
use crate::support::run_in;
use stackproof::{engine, intake, rule::RuleSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A deterministic generator (an xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// What may stand anywhere: functions, well-formed and not, and other surprises. `@` is the name of a resource.
const ODD: &str = r#"[
    null, true, -1, 1e300, "", "*", "{{resolve:ssm:x}}", "{{resolve:", "arn:", "arn:aws:iam::::::/", "${", "{\"Statement\": [7]}", [], {}, [[]], [null],
    {"Ref": "@"}, {"Ref": "AWS::NoValue"}, {"Ref": "AWS::Region"}, {"Ref": "Nowhere"}, {"Ref": 7}, {"Ref": ["@"]}, {"Ref": null},
    {"Fn::GetAtt": "@.Arn"}, {"Fn::GetAtt": ["@", "Arn"]}, {"Fn::GetAtt": ["@", {"Ref": "@"}]}, {"Fn::GetAtt": "@"}, {"Fn::GetAtt": []},
    {"Fn::Sub": "a-${@}-${@.Arn}-${!b}-${"}, {"Fn::Sub": ["${A}", {"A": {"Ref": "@"}}]}, {"Fn::Sub": ["${A}"]}, {"Fn::Sub": {}}, {"Fn::Sub": ["${A}", 7]},
    {"Fn::Sub": ["${A}${A}", {"A": {"Fn::Sub": ["${A}${A}", {"A": ["@"]}]}}]},
    {"Fn::Join": [":", ["arn", "aws", {"Ref": "@"}]]}, {"Fn::Join": ["", {"Ref": "AWS::NotificationARNs"}]}, {"Fn::Join": [",", "a"]}, {"Fn::Join": [[]]},
    {"Fn::Select": [0, ["a"]]}, {"Fn::Select": [9, ["a"]]}, {"Fn::Select": ["x", {"Fn::GetAZs": ""}]}, {"Fn::Select": [1e300, []]}, {"Fn::Select": {}},
    {"Fn::Select": [0, {"Fn::Split": ["/", {"Fn::Sub": "a/${@}"}]}]}, {"Fn::Split": ["", "a"]}, {"Fn::Split": [",", {"Ref": "@"}]}, {"Fn::Split": 3},
    {"Fn::If": ["Odd", "a", {"Ref": "AWS::NoValue"}]}, {"Fn::If": ["Circle", ["a"], {"b": "c"}]}, {"Fn::If": ["Nowhere", 1, 2]}, {"Fn::If": ["Odd", 1]},
    {"Fn::If": [{"Ref": "@"}, 1, 2]}, {"Fn::If": ["Free", {"Fn::If": ["Free", {"Effect": "Allow"}, 1]}, {"Ref": "@"}]},
    {"Fn::FindInMap": ["M", "a", "b"]}, {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "b", {"DefaultValue": ["x"]}]}, {"Fn::FindInMap": ["M"]},
    {"Fn::ImportValue": "Odd:Export"}, {"Fn::ImportValue": {"Ref": "@"}}, {"Fn::ImportValue": []}, {"Fn::GetStackOutput": {"StackName": "a", "OutputName": "b"}},
    {"Fn::GetStackOutput": 1}, {"Fn::Base64": {"Ref": "@"}}, {"Fn::Base64": []}, {"Fn::Cidr": ["10.0.0.0/8", 256, 8]}, {"Fn::Cidr": ["::/0", "x"]},
    {"Fn::Cidr": ["10.0.0.0/99", -1, 1e9]}, {"Fn::GetAZs": {"Ref": "AWS::Region"}}, {"Fn::Length": ["a"]}, {"Fn::Length": {"Ref": "@"}},
    {"Fn::ToJsonString": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": {"Ref": "@"}}]}}, {"Fn::ToJsonString": 7},
    {"Fn::Transform": {"Name": "AWS::Include"}}, {"Fn::Transform": []}, {"Fn::ForEach::L": ["X", ["a", "b"], {"K${X}": "${X}"}]},
    {"Fn::ForEach::L": ["X", {"Ref": "@"}, {"Fn::ForEach::L": []}]}, {"Fn::ForEach::L": 7}, {"Fn::Unheard": "of"}, {"Fn::": 1}, {"Condition": "Odd"},
    {"Fn::And": []}, {"Fn::Equals": [1]}, {"Fn::Not": [{"Condition": "Circle"}]}, {"Fn::Or": "a"}
]"#;

/// Sections that make some of the odd things mean something.
const SECTIONS: &str = r#"{
    "Parameters": {"Odd": {"Type": "String"}, "Free": {"Type": "String", "AllowedValues": ["a", {"b": 1}]}, "List": {"Type": "List<Number>", "Default": 7}, "None": null},
    "Conditions": {"Odd": {"Fn::Equals": [{"Ref": "Odd"}, "a"]}, "Circle": {"Fn::Not": [{"Condition": "Circle"}]}, "Free": {"Fn::Equals": [{"Ref": "Free"}, "b"]}},
    "Mappings": {"M": {"a": {"b": {"Ref": "Odd"}}}},
    "Outputs": {"O": {"Value": {"Fn::ImportValue": "Odd:Export"}, "Export": {"Name": "Odd:Export"}}, "P": [], "Q": {"Export": {"Name": {"Ref": "List"}}}}
}"#;

fn templates() -> Vec<Tree> {
    let folder = crate::support::project().join("fixtures/assemblies");
    let files =
        walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    let named = |path: &PathBuf| path.to_string_lossy().ends_with("template.json");
    files.filter(named).map(|path| Tree::read(&std::fs::read_to_string(path).unwrap())).collect()
}

/// Changes the value of that number, counted in the order of the text: deletes, doubles, swaps or replaces it.
fn damage(value: &mut Tree, at: &mut usize, dice: &mut Dice, odd: &Tree, other: &Tree) -> bool {
    let children = match value {
        Tree::List(items) => items.len(),
        Tree::Map(entries) => entries.len(),
        _ => 0,
    };
    for index in 0..children {
        if *at == 0 {
            let last = dice.below(children);
            match (dice.below(8), &mut *value) {
                (0, Tree::List(items)) => drop(items.remove(index)),
                (0, Tree::Map(entries)) => drop(entries.remove(index)),
                (1, Tree::List(items)) => items.push(items[index].clone()),
                (1, Tree::Map(entries)) => entries.push(entries[index].clone()),
                (2, Tree::List(items)) => items.swap(index, last),
                (2, Tree::Map(entries)) => {
                    let moved = entries[last].1.clone();
                    entries[last].1 = std::mem::replace(&mut entries[index].1, moved);
                }
                (3, Tree::List(items)) => items[index] = other.clone(),
                (3, Tree::Map(entries)) => entries[index].1 = other.clone(),
                (4, Tree::List(items)) => items[index] = Tree::List(vec![items[index].clone()]),
                (4, Tree::Map(entries)) => entries[index].1 = Tree::List(vec![entries[index].1.clone()]),
                (_, Tree::List(items)) => items[index] = odd.clone(),
                (_, Tree::Map(entries)) => entries[index].1 = odd.clone(),
                _ => {}
            }
            return true;
        }
        *at -= 1;
        let child = match &mut *value {
            Tree::List(items) => &mut items[index],
            Tree::Map(entries) => &mut entries[index].1,
            _ => return false,
        };
        if damage(child, at, dice, odd, other) {
            return true;
        }
    }
    false
}

/// The value of that number, counted likewise.
fn nth(value: &Tree, wanted: usize) -> Tree {
    let (mut at, mut found) = (0, None);
    value.each(&mut |inner| {
        if at == wanted {
            found = Some(inner.clone());
        }
        at += 1;
    });
    found.unwrap()
}

fn damaged(template: &Tree, dice: &mut Dice) -> Tree {
    let Tree::List(odd) = Tree::read(ODD) else { panic!("a list") };
    let mut new = template.clone();
    for (section, more) in Tree::read(SECTIONS).entries() {
        new.section(section).extend(more.entries().iter().cloned());
    }
    for _ in 0..1 + dice.below(60) {
        let resources = new.get("Resources").map(Tree::entries).unwrap_or_default();
        let name = resources.get(dice.below(resources.len())).map_or("None", |(id, _)| id).to_owned();
        let odd = odd[dice.below(odd.len())].to_json().replace('@', &name);
        let size = new.size();
        let other = nth(&new, dice.below(size));
        // No tree within a tree within a tree: the size stays what it was.
        let other = if other.size() > 200 { Tree::text("large") } else { other };
        damage(&mut new, &mut dice.below(size), dice, &Tree::read(&odd), &other);
    }
    new
}

#[test]
fn no_damage_to_a_template_makes_a_rule_panic_or_hang() {
    let rules = RuleSet::builtin();
    let templates = templates();
    assert!(templates.len() > 20, "{}", templates.len());
    let mut dice = Dice(0x5eed_1234_5678_9abc);
    let folder = tempfile::tempdir().unwrap();
    let (mut slowest, mut resources) = (Duration::ZERO, 0);
    let mut paths = Vec::new();
    for round in 0..12 {
        for (index, template) in templates.iter().enumerate() {
            let path = folder.path().join(format!("{round}-{index}.template.json"));
            std::fs::write(&path, damaged(template, &mut dice).to_json()).unwrap();
            paths.push(path.to_string_lossy().into_owned());
        }
    }
    for apart in [1, 4] {
        for paths in paths.chunks(apart) {
            let started = Instant::now();
            let found =
                intake::discover(paths, &intake::Settings { one_app: true, ..intake::Settings::default() });
            let run = engine::check(&found, &rules.rules, &engine::Settings::default(), &|| ());
            slowest = slowest.max(started.elapsed());
            resources += run.resources;
        }
    }
    assert!(resources > 10_000, "{resources}");
    assert!(slowest < Duration::from_secs(10), "{slowest:?}");
}

/// What one rule of a folder, or a built-in one, says of a template: each verdict that is no pass.
fn said(rule: &str, own: &str, resources: &[String]) -> String {
    let template = format!("Parameters: {{P: {{Type: String}}}}\nResources:\n{}\n", resources.join("\n"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("rules")).unwrap();
    std::fs::write(folder.path().join("rules/own.yaml"), own).unwrap();
    std::fs::write(folder.path().join("t.yaml"), template).unwrap();
    let arguments =
        ["check", "t.yaml", "--rules", "rules", "--rule", rule, "--show", "all", "--format", "concise"];
    let ran = run_in(folder.path(), &arguments);
    assert!(ran.code < 2, "{}", ran.err);
    ran.out
}

/// A rule with examples that say nothing here.
fn own_rule(kind: &str, require: &str) -> String {
    format!(
        "id: own\ntitle: t\nchecklist: cost/monitoring\nseverity: error\nmatch: AWS::{kind}\nrequire:\n{require}\n\
         message: \"{{logical_id}} falls short\"\nwhy: w\nfix: {{cdk: \"x;\"}}\nsee: [https://docs.aws.amazon.com/sns/]\n\
         examples: []\n"
    )
}

#[test]
fn a_question_that_looks_at_too_many_resources_is_undecided() {
    let own = own_rule(
        "SNS::Topic",
        "  exists:\n    type: AWS::SQS::Queue\n    as: first\n    where:\n      all:\n        \
         - QueueName: {not: {same-as: $subject.TopicName}}\n        \
         - exists: {type: AWS::SQS::Queue, where: {DelaySeconds: {at-least: $first.MaximumMessageSize}}}",
    );
    let of = |count: usize| {
        let queue = |i: usize| {
            format!(
                "  Q{i}: {{Type: AWS::SQS::Queue, Properties: {{QueueName: q{i}, DelaySeconds: 1, MaximumMessageSize: 1024}}}}"
            )
        };
        let topic = "  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}".to_owned();
        said("own", &own, &(0..count).map(queue).chain([topic]).collect::<Vec<_>>())
    };
    assert!(of(50).contains("error: Topic falls short"), "{}", of(50));
    let many = of(200);
    assert!(many.contains("undecided") && many.contains("more resources than one question may"), "{many}");
}

#[test]
fn a_name_that_very_many_have_is_that_of_each() {
    let own = own_rule("SQS::Queue", "  referenced-by: {type: AWS::CloudWatch::Alarm, via: Dimensions}");
    let queue = |i: usize| format!("  Q{i}: {{Type: AWS::SQS::Queue, Properties: {{QueueName: jobs}}}}");
    let alarm =
        "  A: {Type: AWS::CloudWatch::Alarm, Properties: {Dimensions: [{Name: QueueName, Value: jobs}]}}";
    let other = "  Other: {Type: AWS::SQS::Queue, Properties: {QueueName: other}}";
    let resources = (0..100).map(queue).chain([alarm.to_owned(), other.to_owned()]);
    let text = said("own", &own, &resources.collect::<Vec<_>>());
    assert!(text.contains("Other falls short") && text.matches("falls short").count() == 1, "{text}");
}

#[test]
fn policies_that_anybody_may_hold_are_bounded() {
    let of = |count: usize| {
        let policy = |i: usize| {
            format!(
                "  P{i}: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, Roles: [!Ref P], PolicyDocument: \
                 {{Statement: [{{Effect: Allow, Action: s3:GetObject, Resource: \"arn:aws:s3:::a/b\"}}]}}}}}}"
            )
        };
        let role = "  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}";
        let all: Vec<_> = (0..count).map(policy).chain([role.to_owned()]).collect();
        said("iam-privilege-escalation", &own_rule("SQS::Queue", "  QueueName: {present: true}"), &all)
    };
    assert!(!of(256).contains("Role: "), "{}", of(256));
    let many = of(257);
    assert!(many.contains("more policies than are looked at"), "{many}");
}
