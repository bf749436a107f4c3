//! The index: rules by line of the checklist, and the services that have a page.
use super::markdown::prose;
use super::{MARK, file, levels, link};
use crate::rule::{ChecklistLine, Rule};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

const INTRO: &str = "\
# Rules

Every built-in rule, by the line of the production checklist that it proves. Levels are those of the profiles
`production / staging / dev`, one word where they are the same. `stackproof rules show ID` prints the same in a terminal; how a
rule is written is told in [rule-language.md](../rule-language.md). If you know the ids of another tool, start at
[from-other-tools.md](from-other-tools.md).
";

pub(super) fn page(services: &BTreeMap<&str, Vec<&Rule>>, lines: &[ChecklistLine]) -> String {
    let mut by_line: HashMap<&str, Vec<&Rule>> = HashMap::new();
    for rule in services.values().flatten() {
        by_line.entry(rule.checklist).or_default().push(rule);
    }
    for rules in by_line.values_mut() {
        rules.sort_by_key(|rule| &rule.id);
    }
    let mut out = format!("{MARK}\n{INTRO}");
    let mut group = "";
    for line in lines {
        if line.group != group {
            group = &line.group;
            out.push_str(&format!("\n## {group}\n"));
        }
        let _ = write!(out, "\n### {}\n\n{}.", line.id, prose(&line.title));
        if line.attested {
            out.push_str(" No template can prove this line: a person vouches for it.");
        }
        out.push('\n');
        let Some(rules) = by_line.get(&*line.id) else { continue };
        out.push_str("\n| rule | level | what holds |\n| --- | --- | --- |\n");
        for rule in rules {
            let _ = writeln!(out, "| {} | {} | {} |", link(rule), levels(rule.levels), prose(rule.title));
        }
    }
    let count: usize = services.values().map(Vec::len).sum();
    let _ = write!(out, "\n## By service\n\n{count} rules.\n\n");
    for (service, rules) in services {
        let ids: Vec<_> = rules.iter().map(|rule| link(rule)).collect();
        let _ = writeln!(out, "- [{service}]({}): {}", file(service), ids.join(", "));
    }
    out
}
