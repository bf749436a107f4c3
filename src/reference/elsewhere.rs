//! "I come from another tool": its ids, and which of our rules asks the same question, or a part of it.
use super::markdown::code_cell;
use super::{MARK, link};
use crate::rule::{Alias, Rule};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Other tools with what their ids begin with, in the order of the page. An id that fits none goes to the last table.
const TOOLS: &[(&str, &[&str])] = &[
    ("cdk-nag", &["cdk-nag:"]),
    ("checkov", &["CKV_", "CKV2_"]),
    ("cfn_nag", &["cfn-nag:"]),
    ("CloudFormation Guard rules registry", &["guard:"]),
    ("Trivy", &["AVD-"]),
    ("AWS Security Hub", &["security-hub:"]),
    ("CIS AWS Foundations Benchmark", &["cis-aws:"]),
    ("Others", &[""]),
];

const INTRO: &str = "\
# From other tools

Which of our rules asks what a rule of another tool asks. `exact`: the same question. `named`: the same of a value that a
suppression names (`applies_to`), else a part. `part`: ours covers a part of it, or it a
part of ours; the rule's own page says what it asks. An id that is not here has no counterpart.
";

pub(super) fn page(rules: &[Arc<Rule>]) -> String {
    let mut tables: Vec<BTreeMap<Natural, Vec<(&Rule, &Alias)>>> = vec![BTreeMap::new(); TOOLS.len()];
    for rule in rules {
        for alias in &rule.docs.aliases {
            let fits = |(_, starts): &(&str, &[&str])| starts.iter().any(|start| alias.id.starts_with(start));
            let Some(index) = TOOLS.iter().position(fits) else { continue };
            tables[index].entry(Natural::of(&alias.id)).or_default().push((rule, alias));
        }
    }
    let mut out = format!("{MARK}\n{INTRO}");
    for ((tool, _), table) in TOOLS.iter().zip(tables).filter(|(_, table)| !table.is_empty()) {
        let _ = write!(out, "\n## {tool}\n\n| {tool} | stackproof | covers |\n| --- | --- | --- |\n");
        for (id, found) in table {
            // The tool's own form, without the prefix that rule files put before it.
            let mut id = code_cell(id.text.split_once(':').map_or(&*id.text, |(_, id)| id));
            for (rule, alias) in found {
                let _ = writeln!(out, "| {id} | {} | {} |", link(rule), alias.covers.as_str());
                id.clear();
            }
        }
    }
    out
}

/// An id that sorts as people count: 9 before 10.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Natural {
    pieces: Vec<(String, u64)>,
    text: String,
}

impl Natural {
    fn of(text: &str) -> Natural {
        let mut pieces: Vec<(String, u64)> = vec![(String::new(), 0)];
        let mut counting = false;
        for letter in text.chars() {
            let digit = letter.to_digit(10);
            if counting && digit.is_none() {
                pieces.push((String::new(), 0));
            }
            counting = digit.is_some();
            if let Some(piece) = pieces.last_mut() {
                match digit {
                    Some(digit) => piece.1 = piece.1.saturating_mul(10).saturating_add(u64::from(digit)),
                    None => piece.0.push(letter),
                }
            }
        }
        Natural { pieces, text: text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_as_people_count() {
        let mut ids = ["CKV_AWS_10", "CKV_AWS_9", "S3.10", "S3.9", "CKV2_AWS_1"];
        ids.sort_by_key(|id| Natural::of(id));
        assert_eq!(ids, ["CKV2_AWS_1", "CKV_AWS_9", "CKV_AWS_10", "S3.9", "S3.10"]);
    }
}
