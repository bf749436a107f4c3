//! Suppressions in our own form: an entry of `stackproof.yaml` or of a template's metadata -> which findings it silences.
//!
//! In the file a mistake is an error, as every other there. In a template it makes the suppression malformed: it does
//! not count, and that is told; the rest is linted.
use super::check::{glob, unknown_among};
use super::form::{self, SuppressionForm, Word};
use crate::date::Date;
use crate::finding::{AcceptedBy, Finding, Location, Standing, Suppression};
use crate::rule::Reader;
use crate::syntax::{Document, Node};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::sync::Arc;

/// A suppression, and how to know the findings that it speaks of.
#[derive(Clone, Debug)]
pub struct Silence {
    /// As people read it; how many findings it speaks of is counted elsewhere.
    pub written: Suppression,
    /// All of them must fit.
    selectors: Vec<(&'static str, GlobSet)>,
}

impl Silence {
    /// Whether it means a rule.
    pub fn means(&self, rule: &str) -> bool {
        self.written.meant.binary_search_by(|meant| meant.as_str().cmp(rule)).is_ok()
    }

    /// Whether it speaks of some findings of a node only.
    pub fn is_narrow(&self) -> bool {
        self.selectors.iter().any(|(selector, _)| *selector == "property")
    }

    /// Whether a finding of such a rule is one that it speaks of; `stack_name` is the stack's physical name.
    pub fn fits(&self, finding: &Finding, stack_name: Option<&str>) -> bool {
        let subject = &finding.subject;
        self.selectors.iter().all(|(selector, globs)| match *selector {
            "stack" => self.fits_stack(&subject.stack, stack_name),
            "path" => subject.construct_path.as_deref().is_some_and(|path| any_end(globs, path, &['/'])),
            "resource" => subject.resource.as_deref().is_some_and(|id| globs.is_match(id)),
            _ => finding.property.as_deref().is_some_and(|path| any_end(globs, path, &['.', '['])),
        })
    }

    /// Whether it may speak of something in a stack, by its names.
    pub fn fits_stack(&self, stack: &str, stack_name: Option<&str>) -> bool {
        let mut stacks = self.selectors.iter().filter(|(selector, _)| *selector == "stack");
        stacks.all(|(_, globs)| {
            !stack.is_empty() && globs.is_match(stack) || stack_name.is_some_and(|name| globs.is_match(name))
        })
    }
}

/// Whether a path, or what it lies in, fits.
fn any_end(globs: &GlobSet, path: &str, separators: &[char]) -> bool {
    let ends = path.match_indices(separators).map(|(end, _)| end).chain([path.len()]);
    ends.take(crate::limits::MAX_ANCESTORS).any(|end| globs.is_match(&path[..end]))
}

/// An entry of the file.
pub(super) fn of_file<'a>(
    reader: &mut Reader<'a>,
    form: &SuppressionForm<'a>,
    rules: &[Arc<str>],
    today: Date,
) -> Option<Silence> {
    if form.reason.is_none_or(|reason| reason.text.trim().is_empty()) {
        let help = "say why it is accepted: who reads it later wants to know";
        reader.error_help(form.node, "`reason` is missing", help);
    }
    silence(reader, form, AcceptedBy::Configuration, rules, today, None)
}

/// An entry of a template's metadata: of a resource, or of the template as a whole. `about` names that in words.
pub fn in_metadata(
    document: &Document,
    node: Node<'_>,
    of_resource: bool,
    about: &str,
    rules: &[Arc<str>],
    today: Date,
) -> Silence {
    // The reader's lifetime is that of the document that it reads.
    let node = document.node(node.id());
    let mut reader = Reader::new(document, true);
    let allowed: &[&str] = if of_resource { &["property"] } else { &["path", "resource", "property"] };
    let silence = form::suppression(&mut reader, node, allowed)
        .and_then(|form| silence(&mut reader, &form, AcceptedBy::Metadata, rules, today, Some(about)));
    let wrong = reader.errors.into_iter().next().map(|error| match error.help {
        Some(help) => format!("{}; {help}", error.message),
        None => error.message,
    });
    let location = Some(Location { source: document.source().clone(), span: node.span() });
    match (silence, wrong) {
        (Some(silence), None) => silence,
        (silence, wrong) => {
            let empty = || Suppression {
                by: AcceptedBy::Metadata,
                rules: Vec::new(),
                meant: Vec::new(),
                scope: about.to_owned(),
                reason: None,
                author: None,
                until: None,
                location,
                standing: Standing::Active,
                findings: 0,
            };
            let mut written = silence.map_or_else(empty, |silence| silence.written);
            written.meant.clear();
            written.standing = Standing::Malformed(wrong.unwrap_or_else(|| "it names no rule".to_owned()));
            Silence { written, selectors: Vec::new() }
        }
    }
}

fn silence<'a>(
    reader: &mut Reader<'a>,
    form: &SuppressionForm<'a>,
    by: AcceptedBy,
    rules: &[Arc<str>],
    today: Date,
    about: Option<&str>,
) -> Option<Silence> {
    let mut meant: Vec<String> = Vec::new();
    for word in &form.rules {
        let matcher = glob(reader, *word, false)?.compile_matcher();
        let before = meant.len();
        meant.extend(rules.iter().filter(|rule| matcher.is_match(&***rule)).map(|rule| rule.to_string()));
        if meant.len() == before {
            unknown_among(reader, *word, rules.iter().map(|rule| &**rule));
        }
    }
    meant.sort();
    meant.dedup();
    let mut selectors = Vec::new();
    let mut scope: Vec<String> = about.map(str::to_owned).into_iter().collect();
    for (name, words) in &form.selectors {
        selectors.push((*name, globs(reader, words, *name == "property")?));
        let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
        scope.push(format!("{name} {}", texts.join(" or ")));
    }
    let until = match form.until {
        None => None,
        Some(word) => {
            let until = Date::parse(word.text);
            if until.is_none() {
                let help = "a day is written like 2026-12-31";
                reader.error_help(word.node, format!("`{}` is no day", word.text), help);
            }
            until
        }
    };
    let reason = form.reason.map(|word| word.text.trim().to_owned()).filter(|reason| !reason.is_empty());
    let standing = match until {
        _ if reason.is_none() => Standing::Reasonless,
        Some(until) if until < today => Standing::Expired,
        _ => Standing::Active,
    };
    let written = Suppression {
        by,
        rules: form.rules.iter().map(|word| word.text.to_owned()).collect(),
        meant,
        scope: if scope.is_empty() { "everywhere".to_owned() } else { scope.join(", ") },
        reason,
        author: form.by.map(|word| word.text.trim().to_owned()),
        until,
        location: Some(Location { source: reader.source.clone(), span: form.node.span() }),
        standing,
        findings: 0,
    };
    Some(Silence { written, selectors })
}

/// Globs of one selector; the brackets of a property path (`Rules[0]`) are plain text.
fn globs<'a>(reader: &mut Reader<'a>, words: &[Word<'a>], brackets: bool) -> Option<GlobSet> {
    let mut builder = GlobSetBuilder::new();
    for word in words {
        let escaped = brackets.then(|| word.text.replace('[', "\\[").replace(']', "\\]"));
        let text = escaped.as_deref().unwrap_or(word.text);
        match GlobBuilder::new(text).backslash_escape(true).build() {
            Ok(glob) => builder.add(glob),
            Err(error) => {
                reader.error(word.node, format!("this glob is refused: {}", error.kind()));
                return None;
            }
        };
    }
    builder.build().ok()
}

/// What is to be said of a suppression, and the way out; nothing of one that does what it says.
pub fn told(suppression: &Suppression) -> Option<(String, &'static str)> {
    let Suppression { by, rules, standing, until, .. } = suppression;
    // Most have nothing to be said of.
    let about = || {
        let rules = if rules.is_empty() { "something".to_owned() } else { rules.join(", ") };
        format!("the suppression of {rules} ({}, {})", by.as_str(), suppression.scope)
    };
    Some(match standing {
        Standing::Active if suppression.is_unused() && suppression.is_own() => {
            (about() + " silences nothing", "take it out, or mend what it names")
        }
        Standing::Active if suppression.reason.is_none() && by_asks(*by) => {
            (about() + " gives no reason", "say why it is accepted")
        }
        Standing::Active | Standing::Part => return None,
        Standing::Expired => {
            let ended = until.map(|until| format!(" on {until}")).unwrap_or_default();
            let help = "mend what it silenced, or look at it again and move `until`";
            (format!("{} ended{ended}", about()), help)
        }
        Standing::Reasonless => (about() + " gives no reason, and does not count", "say why it is accepted"),
        Standing::Unsuppressible => (
            about() + " does not count: the rule cannot be suppressed",
            "mend what it finds, and take this out",
        ),
        Standing::Malformed(why) => {
            (format!("{} does not count: {why}", about()), "docs/suppressions.md has the form")
        }
    })
}

/// Whether the form has a place for a reason.
fn by_asks(by: AcceptedBy) -> bool {
    !matches!(by, AcceptedBy::CfnLint | AcceptedBy::Guard)
}
