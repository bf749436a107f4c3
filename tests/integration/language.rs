//! The policy language by example: each file of `tests/language` is a rule of which every example must come out as it
//! says. And what its author did wrong is told with the way out.
use stackproof::rule::RuleSet;

#[test]
fn the_language_does_what_its_examples_say() {
    let folder = crate::support::project().join("tests/language");
    let mut set = RuleSet::default();
    set.add_folder(&folder).unwrap_or_else(|errors| panic!("{errors:?}"));
    assert!(set.rules.len() >= 5);
    crate::support::assert_examples(&set.rules);
}

#[test]
fn mistakes_in_rules_are_told_with_the_way_out() {
    for (require, message, help) in [
        ("{Tags: {some: {Key: {equals: $oter.Key}}, as: other}}", "is called `$oter`", "`$other`"),
        ("{QueueName: {present: true, as: x}}", "`as` stands beside", ""),
        ("{Tags: {some: {Key: a}, as: subject}}", "`subject` cannot be a name", ""),
        ("{Tags: {some: {Tags: {some: {Key: a}, as: x}}, as: x}}", "`x` cannot be a name", ""),
        (
            "{'table(s3-storage-clases, QueueName).Rank': 1}",
            "no table `s3-storage-clases`; did you mean `s3-storage-classes`",
            "",
        ),
        ("{'table(s3-storage-classes, QueueName).Rang': 1}", "no column `Rang`", "`Rank`"),
        ("{'table(s3-storage-classes)': {present: true}}", "takes 2 path(s)", ""),
        ("{QueueName: {before: {date: tomorrow}}}", "`date` is `today`", ""),
        ("{QueueName: {at-least: {path: QueueName, times: many}}}", "a number is expected", ""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "id: cell\ntitle: t\nchecklist: cost/monitoring\nseverity: error\nmatch: AWS::SQS::Queue\nrequire: {require}\nmessage: m\n\
             why: w\nfix: {{cdk: c}}\nsee: [https://docs.aws.amazon.com/]\nexamples: []\n"
        );
        std::fs::write(folder.path().join("cell.yaml"), text).unwrap();
        let errors = RuleSet::default().add_folder(folder.path()).expect_err(require);
        let told = errors.iter().any(|error| {
            error.message.contains(message) && error.help.as_deref().unwrap_or_default().contains(help)
        });
        assert!(told, "{require}: {errors:?}");
    }
}

#[test]
fn what_is_concealed_is_in_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let template =
        "Resources: {Db: {Type: AWS::RDS::DBInstance, Properties: {MasterUserPassword: hunter2hunter2}}}\n";
    std::fs::write(folder.path().join("t.yaml"), template).unwrap();
    let rules = crate::support::project().join("tests/language");
    for format in ["human", "concise", "json"] {
        let rules = rules.to_str().unwrap();
        let arguments = ["check", "t.yaml", "--rules", rules, "--rule", "conceal", "--format", format];
        let told = crate::support::run_in(folder.path(), &arguments).out;
        assert!(told.contains("Db holds a value that is not shown in MasterUserPassword"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}
