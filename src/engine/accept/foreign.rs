//! The forms in which people suppress rules of other tools, in the metadata of templates and in the manifest.
//!
//! ```text
//! cdk_nag:   {rules_to_suppress: [{id, reason, applies_to, is_reason_encoded}]}     cdk-nag 2, and 3 where it is asked to
//! cfn_nag:   {rules_to_suppress: [{id, reason}]}
//! checkov:   {skip: [{id, comment}]}
//! cfn-lint:  {config: {ignore_checks: [ID]}}       the beginning of an id means all that begin like that
//! guard:     {SuppressedRules: [NAME]}
//! ```
//!
//! Which rule of ours an id means is told by the aliases of the rules. An id that none claims is no business of ours.
use crate::finding::{AcceptedBy, Location};
use crate::rule::{Aliases, Covers};
use crate::source::{Source, Span};
use crate::syntax::Node;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::borrow::Cow;
use std::sync::Arc;

/// A suppression of another tool's rule.
pub(super) struct Named<'a> {
    pub by: AcceptedBy,
    pub id: &'a str,
    pub reason: Option<Cow<'a, str>>,
    pub applies_to: Option<Vec<Applies>>,
    pub written: Written<'a>,
}

/// Where a suppression is written.
#[derive(Clone, Copy)]
pub(super) enum Written<'a> {
    At(Node<'a>),
    /// In a comment.
    Beside(&'a Arc<Source>, Span),
}

impl Written<'_> {
    pub fn location(self) -> Location {
        let (source, span) = match self {
            Written::At(node) => (node.document().source(), node.span()),
            Written::Beside(source, span) => (source, span),
        };
        Location { source: source.clone(), span }
    }
}

/// Which of its findings cdk-nag is to suppress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Applies {
    /// This one: `Action::s3:*`.
    Exactly(String),
    /// Those that fit an expression, written `/.../flags`.
    Fitting(String),
}

/// The suppressions under one key of metadata.
pub(super) fn read<'a>(key: &str, value: Node<'a>) -> Vec<Named<'a>> {
    let rules = || value.get("rules_to_suppress").into_iter().flat_map(Node::items);
    match key {
        "cdk_nag" => rules().filter_map(nag).collect(),
        "cfn_nag" => rules().filter_map(|node| entry(AcceptedBy::CfnNag, node, "reason")).collect(),
        "checkov" => {
            let skips = value.get("skip").into_iter().flat_map(Node::items);
            skips.filter_map(|node| entry(AcceptedBy::Checkov, node, "comment")).collect()
        }
        "cfn-lint" => {
            let ids = value.get("config").and_then(|config| config.get("ignore_checks"));
            ids.into_iter()
                .flat_map(Node::items)
                .filter_map(|node| plain(AcceptedBy::CfnLint, node))
                .collect()
        }
        "guard" => {
            let ids = value.get("SuppressedRules").into_iter().flat_map(Node::items);
            ids.filter_map(|node| plain(AcceptedBy::Guard, node)).collect()
        }
        _ => Vec::new(),
    }
}

fn entry<'a>(by: AcceptedBy, node: Node<'a>, reason: &str) -> Option<Named<'a>> {
    let id = node.get("id")?.as_str()?;
    let reason = node.get(reason).and_then(Node::as_str).map(Cow::Borrowed);
    Some(Named { by, id, reason, applies_to: None, written: Written::At(node) })
}

fn plain(by: AcceptedBy, node: Node<'_>) -> Option<Named<'_>> {
    let id = node.as_str().filter(|id| !id.is_empty())?;
    Some(Named { by, id, reason: None, applies_to: None, written: Written::At(node) })
}

fn nag(node: Node<'_>) -> Option<Named<'_>> {
    let mut named = entry(AcceptedBy::CdkNag, node, "reason")?;
    if node.get("is_reason_encoded").and_then(Node::as_bool) == Some(true) {
        let decoded = named.reason.and_then(|reason| BASE64_STANDARD.decode(reason.as_bytes()).ok());
        named.reason = decoded.and_then(|bytes| String::from_utf8(bytes).ok()).map(Cow::Owned);
    }
    // Version 3 writes the finding behind the id.
    let (id, of_id) = split(named.id);
    let listed = node.get("applies_to").map(|list| list.items().filter_map(applies).collect());
    (named.id, named.applies_to) = (id, of_id.or(listed));
    Some(named)
}

fn applies(node: Node<'_>) -> Option<Applies> {
    match node.as_str() {
        Some(text) => Some(Applies::Exactly(text.to_owned())),
        None => Some(Applies::Fitting(node.get("regex")?.as_str()?.to_owned())),
    }
}

/// `AwsSolutions-IAM5[Action::s3:*]` -> the rule, and its finding.
fn split(id: &str) -> (&str, Option<Vec<Applies>>) {
    match id.strip_suffix(']').and_then(|id| id.split_once('[')) {
        Some((rule, finding)) => (rule, Some(vec![Applies::Exactly(finding.to_owned())])),
        None => (id, None),
    }
}

/// The id of a rule that `Validations.acknowledge` was given, without the name space that the CDK puts before it.
pub(super) fn acknowledged(id: &str) -> (&str, Option<Vec<Applies>>) {
    let (rule, applies) = split(id);
    (rule.split_once("::").map_or(rule, |(_, rule)| rule), applies)
}

/// The rules that an id means.
pub(super) fn meant(named: &Named<'_>, aliases: &Aliases) -> Vec<(usize, Covers)> {
    let id = named.id;
    let of = |tool: &str| aliases.get(&[tool, id].concat());
    match named.by {
        AcceptedBy::CdkNag | AcceptedBy::Acknowledgement => {
            // A pack's name stands before that of the rule: `HIPAA.Security-S3BucketVersioningEnabled`.
            let bare = id.split_once('-').map(|(_, rule)| format!("cdk-nag:{rule}"));
            let of_bare = bare.map(|bare| aliases.get(&bare)).unwrap_or_default();
            let mut rules = of("cdk-nag:");
            rules.extend(of_bare);
            rules.sort_by_key(|(index, covers)| (*index, *covers));
            rules.dedup_by_key(|(index, _)| *index);
            rules
        }
        AcceptedBy::CfnNag => of("cfn-nag:"),
        AcceptedBy::CfnLint => aliases.beginning(&format!("cfn-lint:{id}")),
        AcceptedBy::Guard => of("guard:"),
        AcceptedBy::Checkov => aliases.get(id),
        AcceptedBy::Configuration | AcceptedBy::Metadata | AcceptedBy::Baseline => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finding_of_an_acknowledgement_stands_behind_its_rule() {
        let finding = |text: &str| Some(vec![Applies::Exactly(text.to_owned())]);
        assert_eq!(acknowledged("Annotation::AwsSolutions-EC23"), ("AwsSolutions-EC23", None));
        let of_action = acknowledged("Annotation::AwsSolutions-IAM5[Action::s3:*]");
        assert_eq!(of_action, ("AwsSolutions-IAM5", finding("Action::s3:*")));
        assert_eq!(acknowledged("stackproof::s3-versioning").0, "s3-versioning");
    }
}
