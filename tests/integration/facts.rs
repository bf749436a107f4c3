//! The derived facts, each asked by rules that live in `tests/facts`: what a fact says is what rule authors meet.
use stackproof::rule::{FACTS, RuleSet};

fn set() -> RuleSet {
    let mut set = RuleSet::default();
    if let Err(errors) = set.add_folder(&crate::support::project().join("tests/facts")) {
        let told: Vec<String> = errors
            .iter()
            .map(|e| format!("{}:{}: {}", e.location.file(), e.location.start(), e.message))
            .collect();
        panic!("{}", told.join("\n"));
    }
    set
}

#[test]
fn every_example_of_every_fact_turns_out_as_it_says() {
    crate::support::assert_examples(&set().rules);
}

#[test]
fn every_fact_is_asked_by_a_rule() {
    let mut asked = String::new();
    for folder in ["tests/facts", "rules"] {
        for entry in walkdir::WalkDir::new(crate::support::project().join(folder)) {
            let path = entry.unwrap().into_path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                asked.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for fact in FACTS {
        assert!(asked.contains(&format!("{}(", fact.name)), "no rule asks {}()", fact.name);
    }
}

#[test]
fn a_field_that_a_fact_does_not_give_is_an_error_of_the_rule() {
    let rule = |require: &str| {
        let text =
            std::fs::read_to_string(crate::support::project().join("tests/facts/egress-open.yaml")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let old = "egress(): {none: {Open: true, AllPorts: true}}";
        assert!(text.contains(old));
        std::fs::write(folder.path().join("egress-open.yaml"), text.replace(old, require)).unwrap();
        let mut set = RuleSet::default();
        let told = |errors: Vec<_>| {
            let one = |e: &stackproof::rule::RuleError| format!("{} {:?}", e.message, e.help);
            errors.iter().map(one).collect::<Vec<_>>().join("; ")
        };
        set.add_folder(folder.path()).err().map(told).unwrap_or_default()
    };
    assert_eq!(rule("egress(): {none: {Open: true}}"), "");
    assert_eq!(rule("egress().*.Open: {none: {equals: true}}"), "");
    let misspelled = rule("egress(): {none: {Opn: true}}");
    assert!(
        misspelled.contains("`egress()` has no field `Opn`") && misspelled.contains("Open"),
        "{misspelled}"
    );
    assert!(rule("egress().*.Source: {empty: true}").contains("has no field `Source`"));
    assert!(rule("egress(): {Open: true}").contains("is a list"));
    assert!(rule("arn(VpcId).Rgion: eu-west-1").contains("has no field `Rgion`"));
}
