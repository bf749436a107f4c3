//! A service's page: a section for each of its rules.
use super::markdown::{block, code, code_cell, prose};
use super::{MARK, levels};
use crate::finding::Fix;
use crate::rule::{ChecklistLine, Covers, Example, Expect, ParamValue, Profile, Rule};
use std::collections::BTreeSet;
use std::fmt::Write as _;

pub(super) fn page(service: &str, rules: &[&Rule], lines: &[ChecklistLine]) -> String {
    let names: BTreeSet<&str> =
        rules.iter().flat_map(|rule| &rule.matches).map(|matched| namespace(matched.name())).collect();
    let names: Vec<_> = names.into_iter().map(code).collect();
    let mut out = format!("{MARK}\n# Rules: {service}\n\n");
    let _ = writeln!(out, "They look at {}. [All rules](README.md).\n", names.join(", "));
    for rule in rules {
        let _ = writeln!(out, "- [{id}](#{id}): {}", prose(rule.title), id = rule.id);
    }
    for rule in rules {
        section(&mut out, rule, lines);
    }
    out
}

/// `AWS::S3` of `AWS::S3::Bucket`.
fn namespace(name: &str) -> &str {
    name.rsplit_once("::").map_or(name, |(namespace, _)| namespace)
}

fn section(out: &mut String, rule: &Rule, lines: &[ChecklistLine]) {
    let _ = write!(out, "\n## {}\n\n**{}**\n\n", rule.id, prose(rule.title));
    facts(out, rule, lines);
    let _ = write!(out, "\n{}\n\n", prose(&rule.docs.why));
    fix(out, &rule.fix);
    for clause in &rule.require {
        if let Some(own) = &clause.fix {
            let _ = write!(out, "\nFor {}:\n\n", code(clause.message.as_ref().unwrap_or(&rule.message)));
            fix(out, own);
        }
    }
    if !rule.params.is_empty() {
        out.push_str("\n| parameter | default | meaning |\n| --- | --- | --- |\n");
        for param in &rule.params {
            let value = code_cell(&value(&param.value));
            let _ = writeln!(out, "| {} | {value} | {} |", code(param.name), prose(param.doc));
        }
    }
    examples(out, &rule.docs.examples);
}

fn fix(out: &mut String, fix: &Fix) {
    if let Some(cdk) = &fix.cdk {
        let _ = write!(out, "In CDK:\n\n{}\n", block("ts", cdk));
    }
    if let Some(template) = &fix.cloudformation {
        let _ = writeln!(out, "In the template: {}", prose(template));
    }
}

fn facts(out: &mut String, rule: &Rule, lines: &[ChecklistLine]) {
    let subjects: Vec<_> = rule.matches.iter().map(|matched| code(matched.name())).collect();
    let _ = writeln!(out, "- looks at {}", subjects.join(", "));
    let _ = writeln!(out, "- level: {}", spoken(levels(rule.levels)));
    let own = rule.require.iter().filter_map(|clause| {
        let message = clause.message.as_ref().unwrap_or(&rule.message);
        Some(format!("  - {}: {}\n", spoken(levels(clause.levels?)), code(message)))
    });
    // Clauses that differ in what they ask may say the same.
    let mut own: Vec<String> = own.collect();
    own.dedup();
    out.push_str(&own.concat());
    if rule.attestable() {
        out.push_str("- a person can vouch for it: [attestations](../configuration.md#attestations)\n");
    }
    let line = lines.iter().find(|line| line.id == rule.checklist);
    let title = line.map(|line| format!(": {}", prose(&line.title))).unwrap_or_default();
    let anchor = rule.checklist.replace('/', "");
    let _ = writeln!(out, "- proves [{}](README.md#{anchor}){title}", rule.checklist);
    if rule.attestable() {
        let _ = writeln!(out, "- a person can [vouch for it](../configuration.md#attestations)");
    }
    if !rule.suppressible {
        out.push_str("- nothing [silences it](../suppressions.md)\n");
    }
    for see in &rule.docs.see {
        let _ = writeln!(out, "- see <{see}>");
    }
    let elsewhere: Vec<_> = rule
        .docs
        .aliases
        .iter()
        .map(|alias| match alias.covers {
            Covers::Exact => code(&alias.id),
            Covers::Named | Covers::Part => format!("{} ({})", code(&alias.id), alias.covers.as_str()),
        })
        .collect();
    if !elsewhere.is_empty() {
        let _ = writeln!(out, "- elsewhere: {}", elsewhere.join(", "));
    }
    // A user's own rule lies where only the user knows.
    if rule.docs.source.is_none() {
        let path = format!("rules/{}/{}.yaml", rule.docs.service, rule.id);
        let _ = writeln!(out, "- written in [{path}](../../{path})");
    }
}

/// Levels with the names of the profiles, where they differ.
fn spoken(levels: String) -> String {
    if !levels.contains(" / ") {
        return levels;
    }
    let words = levels.split(" / ").zip(Profile::ALL);
    words.map(|(word, profile)| format!("{word} in {}", profile.as_str())).collect::<Vec<_>>().join(", ")
}

fn value(value: &ParamValue) -> String {
    match value {
        ParamValue::Number(value) => value.to_string(),
        ParamValue::Text(text) => text.clone(),
        ParamValue::Bool(value) => value.to_string(),
        ParamValue::List(items) => items.join(", "),
    }
}

/// One example that fails and one that passes in full; of the rest, what each shows. All of them stand in the rule file.
fn examples(out: &mut String, all: &[Example]) {
    let first = |wanted: Expect| all.iter().position(|example| example.expect == wanted);
    let shown: Vec<usize> = [first(Expect::Fail), first(Expect::Pass)].into_iter().flatten().collect();
    if shown.is_empty() {
        return;
    }
    out.push_str("\n<details><summary>Examples</summary>\n");
    for &index in &shown {
        let example = &all[index];
        let _ = write!(out, "\n{}: {}\n", verb(example.expect), prose(&example.name));
        for stack in &example.stacks {
            if !stack.name.is_empty() {
                let _ = write!(out, "\nStack {}:\n", code(&stack.name));
            }
            let _ = write!(out, "\n{}", block("yaml", &without_marks(&stack.template)));
        }
    }
    let rest = || all.iter().enumerate().filter(|(index, _)| !shown.contains(index));
    if rest().next().is_some() {
        out.push_str("\nTested as well:\n\n");
        for (_, example) in rest() {
            let _ = writeln!(out, "- {}: {}", verb(example.expect).to_lowercase(), prose(&example.name));
        }
    }
    out.push_str("\n</details>\n");
}

fn verb(expect: Expect) -> &'static str {
    match expect {
        Expect::Pass => "Passes",
        Expect::Fail => "Fails",
        Expect::Undecided => "Undecided",
        Expect::Attested => "Attested",
        Expect::NotApplicable => "Not applicable",
    }
}

/// A template whose marks say what a reader wants to know: where the finding is.
fn without_marks(template: &str) -> String {
    let line = |line: &str| match line.split_once("#! here") {
        Some((before, _)) => format!("{before}# <- here"),
        None => line.to_owned(),
    };
    template.lines().map(line).collect::<Vec<_>>().join("\n")
}
