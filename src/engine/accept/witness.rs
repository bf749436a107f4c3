//! Whether cdk-nag's `applies_to` speaks of a finding: what it would call the value that decided.
//!
//! cdk-nag names the findings of a rule by a kind and a value: `Action::s3:*`, `Resource::<Bucket83908E77.Arn>/*`,
//! `Policy::arn:<AWS::Partition>:iam::aws:policy/ReadOnlyAccess`; a reference stands between angle brackets. A value that
//! is no single text has no such name, and no `applies_to` speaks of it.
use super::foreign::Applies;
use crate::finding::Finding;
use crate::limits::MAX_REGEX_BYTES;
use crate::source::Source;
use crate::syntax::{self, Node, View};
use regex::RegexBuilder;
use std::sync::Arc;

/// Whether one of these speaks of a finding.
pub(super) fn applies(wanted: &[Applies], finding: &Finding) -> bool {
    let Some(name) = name(finding) else { return false };
    wanted.iter().any(|one| match one {
        Applies::Exactly(text) => *text == name,
        Applies::Fitting(written) => fits(written, &name),
    })
}

/// What cdk-nag calls the value of a finding.
fn name(finding: &Finding) -> Option<String> {
    let property = finding.property.as_deref()?;
    // The last name of the path: `PolicyDocument.Statement[0].Action[1]` is an action.
    let key = property.trim_end_matches(|c: char| c == ']' || c == '[' || c.is_ascii_digit());
    let kind = match key.rsplit('.').next()? {
        "Action" => "Action",
        "Resource" => "Resource",
        "ManagedPolicyArns" => "Policy",
        _ => return None,
    };
    let text = finding.location.source.slice(finding.location.span);
    let document = syntax::parse(Arc::new(Source::new("", format!("[{text}]"))))
        .or_else(|_| syntax::parse(Arc::new(Source::new("", format!("- {text}")))))
        .ok()?;
    let value = document.root().items().next()?;
    Some(format!("{kind}::{}", flat(value)?))
}

/// A value as one text, references between angle brackets.
fn flat(node: Node<'_>) -> Option<String> {
    if let View::Text(text) = node.view() {
        return Some(text.to_owned());
    }
    let (function, argument) = node.single_entry()?;
    match function {
        "Ref" => Some(format!("<{}>", argument.as_str()?)),
        "Fn::GetAtt" if argument.is_list() => {
            let parts: Option<Vec<&str>> = argument.items().map(Node::as_str).collect();
            Some(format!("<{}>", parts?.join(".")))
        }
        "Fn::GetAtt" => Some(format!("<{}>", argument.as_str()?)),
        "Fn::ImportValue" => Some(format!("<{}>", flat(argument)?)),
        "Fn::Sub" => Some(argument.as_str()?.replace("${", "<").replace('}', ">")),
        "Fn::Join" => {
            let mut parts = argument.items();
            let (separator, list) = (parts.next()?.as_str()?, parts.next()?);
            let parts: Option<Vec<String>> = list.items().map(flat).collect();
            Some(parts?.join(separator))
        }
        _ => None,
    }
}

/// Whether a text fits an expression of JavaScript, as far as that is one of ours too.
fn fits(written: &str, text: &str) -> bool {
    let Some((pattern, flags)) = written.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) else {
        return false;
    };
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(flags.contains('i')).size_limit(MAX_REGEX_BYTES);
    builder.build().is_ok_and(|regex| regex.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flattened(text: &str) -> Option<String> {
        flat(syntax::parse(Arc::new(Source::new("", text))).unwrap().root())
    }

    #[test]
    fn values_are_named_as_cdk_nag_names_them() {
        for (value, name) in [
            (r#"{"Fn::Join": ["", [{"Fn::GetAtt": ["B", "Arn"]}, "/*"]]}"#, Some("<B.Arn>/*")),
            (r#"{"Ref": "B"}"#, Some("<B>")),
            ("!Sub 'arn:${AWS::Partition}:s3:::x'", Some("arn:<AWS::Partition>:s3:::x")),
            (r#"["a", "b"]"#, None),
        ] {
            assert_eq!(flattened(value).as_deref(), name, "{value}");
        }
        assert!(
            fits("/^Action::s3:.*$/g", "Action::s3:Get*") && !fits("/^Action::s3:.*$/g", "Action::sqs:*")
        );
        assert!(!fits("Action", "Action") && !fits("/(/", "("));
    }
}
