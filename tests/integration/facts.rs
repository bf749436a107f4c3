//! The derived facts, each asked by rules that live in `tests/facts`: what a fact says is what rule authors meet.
use stackproof::engine;
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
    let mut wrong = Vec::new();
    for rule in &set().rules {
        for failure in engine::test_rule(rule) {
            wrong.push(format!("{}: {}: {}", rule.id, failure.example, failure.messages.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
