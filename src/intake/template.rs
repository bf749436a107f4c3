//! Whether a text is a CloudFormation template, and a lone one as an app of its own.
//!
//! A file that was only met while walking may be anything: a cheap look at its text spares the parsing of
//! most, and one that does not parse counts only if its text looks like a template. A file that was named
//! must be a template. For plain templates everything that a manifest would tell is unknown, not false.
use super::{Assembly, Metadata, ProjectRoot, Stack, read};
use crate::finding::Problem;
use crate::source::Source;
use crate::syntax::{Document, Node};
use std::sync::Arc;

/// What a text turned out to be.
#[derive(Debug)]
pub(super) enum Outcome {
    Template(Document),
    /// Something else, that nobody called a template.
    Skipped,
    Failed(Problem),
}

/// Judges bytes that were named as a template, or met while walking.
pub(super) fn judge(bytes: Vec<u8>, name: &str, named: bool) -> Outcome {
    if !named && !could_be_template(&bytes) {
        return Outcome::Skipped;
    }
    let looks_like_one = looks_like_template(&bytes);
    match read::text(bytes, name).and_then(|source| Ok((source.clone(), read::parse(source)?))) {
        Ok((_, document)) if is_template(&document) => Outcome::Template(document),
        Ok((source, _)) if named => Outcome::Failed(no_template(&source)),
        Ok(_) => Outcome::Skipped,
        Err(problem) if named || looks_like_one => Outcome::Failed(problem),
        Err(_) => Outcome::Skipped,
    }
}

/// Whether a document has the marks of a template: `AWSTemplateFormatVersion`, or resources with types.
pub(super) fn is_template(document: &Document) -> bool {
    let root = document.root();
    let is_loop = |key: Node<'_>| key.text_or_empty().starts_with("Fn::ForEach::");
    let has_type = |resource: Node<'_>| resource.get("Type").is_some_and(|kind| kind.as_str().is_some());
    root.get("AWSTemplateFormatVersion").is_some()
        || root.get("Resources").is_some_and(|resources| {
            resources.entries().any(|(key, resource)| is_loop(key) || has_type(resource))
        })
}

/// Whether parsing is worth while. A key may be written with escapes.
fn could_be_template(text: &[u8]) -> bool {
    has(text, b"Resources")
        || has(text, b"AWSTemplateFormatVersion")
        || has(text, b"\\u00")
        || has(text, b"\\x")
}

/// Whether a text that does not parse was meant to be a template. Types of resources hold `::`.
fn looks_like_template(text: &[u8]) -> bool {
    has(text, b"AWSTemplateFormatVersion") || has(text, b"Resources") && has(text, b"::")
}

fn has(text: &[u8], mark: &[u8]) -> bool {
    memchr::memmem::find(text, mark).is_some()
}

fn no_template(source: &Arc<Source>) -> Problem {
    let problem =
        Problem::unlinted(source.name(), "is not a CloudFormation template: it has no resource with a Type");
    problem
        .with_help("name templates, the folder that holds them, or the folder of a cloud assembly (cdk.out)")
}

impl Assembly {
    /// Plain templates linted as one app; the facts that a manifest would tell are unknown.
    pub fn plain(name: impl Into<String>, stacks: Vec<Stack>) -> Assembly {
        Assembly {
            name: name.into(),
            manifest: None,
            stacks,
            problems: Vec::new(),
            project: ProjectRoot::default(),
        }
    }
}

impl Stack {
    /// A template without a manifest, called by its path.
    pub fn plain(document: Document) -> Stack {
        Stack {
            display_name: document.source().name().to_owned(),
            document,
            artifact: None,
            stack_name: None,
            level: 0,
            parent: None,
            account: None,
            region: None,
            termination_protection: None,
            tags: None,
            parameters: Vec::new(),
            metadata: Metadata::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str, named: bool) -> &'static str {
        match judge(text.as_bytes().to_vec(), "t", named) {
            Outcome::Template(_) => "template",
            Outcome::Skipped => "skipped",
            Outcome::Failed(_) => "failed",
        }
    }

    #[test]
    fn what_walking_meets_is_a_template_a_mistake_or_nothing() {
        for (text, met, named) in [
            (r#"{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}"#, "template", "template"),
            ("AWSTemplateFormatVersion: 2010-09-09\n", "template", "template"),
            (r#"{"\u0052esources": {"A": {"Type": "AWS::SNS::Topic"}}}"#, "template", "template"),
            (r#"{"Resources": {"A": {"Type": "AWS::SNS::Topic"}"#, "failed", "failed"),
            (r#"{"Resources": {"cpu": 3}}"#, "skipped", "failed"),
            (r#"{"name": "app", "private": true"#, "skipped", "failed"),
            ("Resources: [see below", "skipped", "failed"),
            ("", "skipped", "failed"),
            ("[1, 2]", "skipped", "failed"),
        ] {
            assert_eq!((kind(text, false), kind(text, true)), (met, named), "{text}");
        }
    }
}
