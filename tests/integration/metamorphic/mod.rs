//! The same app written otherwise gets the same verdicts: every example of every built-in rule, rewritten.
//!
//! What CloudFormation makes of a template must not depend on how it is written: in which syntax, with literals
//! or with functions of them, in which order, under which names, in one stack or in two. Verdicts and the number
//! of findings of each resource must stay; places may differ.
mod literal;
mod move_out;
pub mod tree;

use move_out::{Seam, divided, renamed, renamed_id};
use stackproof::engine;
use stackproof::rule::{Example, Match, Rule, RuleSet};
use std::collections::BTreeMap;
use std::sync::Arc;
use tree::Tree;

/// What a rule says of an example: how many subjects got each verdict, and which got what.
#[derive(Debug, PartialEq)]
struct Verdicts {
    pass: u32,
    not_applicable: u32,
    /// The number of findings; zero where undecided.
    of: BTreeMap<String, usize>,
}

fn verdicts(rule: &Arc<Rule>, example: &Example, name: &dyn Fn(&str) -> String) -> Result<Verdicts, String> {
    let run = engine::run_example(rule, example)?;
    let tally = &run.tallies[0];
    let mut of = BTreeMap::new();
    let key = |subject: &stackproof::finding::Subject| match &subject.resource {
        Some(resource) => name(resource),
        None => format!("{} {}", subject.kind, subject.stack),
    };
    for finding in &run.findings {
        // The other branch, and the condition, are told beside a value that a condition chose.
        let of_branch = ["stands in its place", "is declared here"];
        let others =
            finding.related().iter().filter(|one| !of_branch.iter().any(|end| one.message.ends_with(end)));
        *of.entry(key(&finding.subject)).or_default() += 1 + others.count();
    }
    for undecided in &run.undecided {
        of.entry(format!("{} undecided", key(&undecided.subject))).or_default();
    }
    Ok(Verdicts { pass: tally.counts.pass, not_applicable: tally.counts.not_applicable, of })
}

/// Rewrites every example, and tells where the verdicts change.
fn assert_same(what: &str, rewrite: &dyn Fn(&Rule, &Example) -> Vec<Example>, name: &dyn Fn(&str) -> String) {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for rule in &RuleSet::documented().rules {
        for example in &rule.docs.examples {
            let before = verdicts(rule, example, name).unwrap();
            for written in rewrite(rule, example) {
                compared += 1;
                let after = verdicts(rule, &written, &str::to_owned);
                if after.as_ref() != Ok(&before) {
                    let texts: Vec<&str> = written.stacks.iter().map(|stack| &*stack.template).collect();
                    wrong.push(format!(
                        "{}: {}:\n  {before:?}\n  {after:?}\n{}",
                        rule.id,
                        example.name,
                        texts.join("\n")
                    ));
                }
            }
        }
    }
    assert!(compared > 20, "only {compared} examples were {what}");
    assert!(wrong.is_empty(), "{} of {compared} {what}:\n{}", wrong.len(), wrong.join("\n\n"));
}

/// An example with each of its templates rewritten.
fn templates(
    example: &Example,
    rewrite: impl Fn(&mut Tree),
    write: impl Fn(&Tree) -> String,
) -> Vec<Example> {
    let mut example = example.clone();
    for stack in &mut example.stacks {
        let mut template = Tree::read(&stack.template);
        rewrite(&mut template);
        stack.template = write(&template).into();
    }
    vec![example]
}

fn assert_same_values(what: &str, rewrite: fn(&mut Tree)) {
    let rewritten = |rule: &Rule, example: &Example| match asks_how_it_is_written(rule) {
        true => Vec::new(),
        false => templates(example, rewrite, Tree::to_json),
    };
    assert_same(what, &rewritten, &str::to_owned);
}

/// Whether a rule asks how a value is written (`literals()`, `parameters()`), and not what it is.
fn asks_how_it_is_written(rule: &Rule) -> bool {
    let conditions = format!("{:?} {:?}", rule.when, rule.require);
    ["Fact(Literals", "Fact(Parameters"].iter().any(|fact| conditions.contains(fact))
}

#[test]
fn json_and_both_forms_of_yaml_say_the_same() {
    for write in [Tree::to_json, Tree::to_yaml, Tree::to_tagged_yaml] {
        assert_same("written", &|_, example| templates(example, |_| (), write), &str::to_owned);
    }
}

#[test]
fn functions_of_literals_are_the_literals() {
    assert_same_values("with Fn::Sub", literal::sub);
    assert_same_values("with variables of Fn::Sub", literal::sub_variable);
    assert_same_values("with Fn::Join", literal::join);
    assert_same_values("with Fn::Join of parts", literal::join_colons);
    assert_same_values("with Fn::Select", literal::select);
}

#[test]
fn literals_may_stand_in_parameters_and_mappings() {
    assert_same_values("with parameters", literal::parameters);
    assert_same_values("with mappings", literal::mappings);
}

#[test]
fn a_condition_that_is_always_true_chooses_what_it_chooses() {
    assert_same_values("with Fn::If around literals", literal::if_literals);
    assert_same_values("with Fn::If around everything", literal::if_everything);
    assert_same_values("with AWS::NoValue", literal::no_values);
}

#[test]
fn what_is_decided_of_parameters_holds_wherever_it_is_read() {
    let fits = |rule: &Rule, example: &Example| {
        matches!(&example.stacks[..], [one] if !one.template.contains("AWS::CloudFormation::Stack"))
            && of_resources(rule)
            && !asks_how_it_is_written(rule)
    };
    let assert_same_under = |what: &str, change: fn(&mut Tree)| {
        let rewrite = |rule: &Rule, example: &Example| match fits(rule, example) {
            true => templates(example, change, Tree::to_json),
            false => Vec::new(),
        };
        assert_same(what, &rewrite, &str::to_owned);
    };
    assert_same_under("with parameters that allow one value", literal::only_values);
    assert_same_under("with parameters that a condition decides", literal::decided);
    assert_same_under("with halves that a condition decides", literal::decided_half);
    assert_same_under("with Fn::If over what a condition decides", literal::chosen);
    assert_same_under("with mappings by what a condition decides", literal::chosen_mapping);
}

#[test]
fn neither_order_nor_names_matter() {
    assert_same_values("turned round", literal::reversed);
    assert_same("renamed", &|_, example| vec![renamed(example)], &renamed_id);
}

/// Whether a rule is of resources of a stack.
fn of_resources(rule: &Rule) -> bool {
    let is_of =
        |matched: &Match| matches!(matched, Match::Type(name) if *name != "AWS::CloudFormation::Stack");
    rule.matches.iter().all(is_of)
}

#[test]
fn two_stacks_are_one_app() {
    for seam in [Seam::Export, Seam::Outputs, Seam::Parameters] {
        assert_same(
            &format!("divided by {seam:?}"),
            &|rule, example| if of_resources(rule) { divided(example, seam) } else { Vec::new() },
            &str::to_owned,
        );
    }
}
