//! What a rule says of itself, as far as a report may tell it beside its findings.
//!
//! Plain data that the caller fills from its rules; reports know no rule and read no rule file.
use crate::finding::Severity;

/// A rule in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// The id.
    pub id: String,
    /// What holds where the rule is kept.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// How to mend what breaks it, in CDK.
    pub cdk: Option<String>,
    /// The same in the template.
    pub cloudformation: Option<String>,
    /// Pages of AWS's documentation.
    pub see: Vec<String>,
    /// The line of the checklist, `group/line`.
    pub checklist: String,
    /// The service that it is about, as its folder is named.
    pub service: String,
    /// The level for production; none where it is off.
    pub level: Option<Severity>,
}

/// The rule of that id, among rules sorted by id.
pub(super) fn find<'a>(rules: &'a [RuleText], id: &str) -> Option<&'a RuleText> {
    rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok().map(|at| &rules[at])
}
