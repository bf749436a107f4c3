//! The examples of a rule: templates with the verdict that they must get, and marks where findings must start.
//!
//! A mark is a comment in the example's template. `#! here` says that a finding starts at the value of the last
//! key (or list item) on its line; `#! here TEXT` that it starts where TEXT first stands on its line.
use super::forms;
use super::reader::Reader;
use crate::date::Date;
use crate::syntax::{Node, View};
use std::sync::Arc;

/// The verdict that an example must get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Some node passes, none fails or is undecided.
    Pass,
    /// The findings are those that are marked.
    Fail,
    /// Some node is undecided, none fails.
    Undecided,
    /// A person vouches for what would fail; none fails or is undecided.
    Attested,
    /// The rule matches nothing that it concerns.
    NotApplicable,
}

impl Expect {
    const ALL: [(&'static str, Expect); 5] = [
        ("pass", Expect::Pass),
        ("fail", Expect::Fail),
        ("undecided", Expect::Undecided),
        ("attested", Expect::Attested),
        ("not-applicable", Expect::NotApplicable),
    ];

    /// As written in rule files.
    pub fn as_str(self) -> &'static str {
        Expect::ALL.iter().find(|(_, expect)| *expect == self).map_or("", |(name, _)| name)
    }
}

/// An example.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The verdict.
    pub expect: Expect,
    /// A part of the reason of an undecided verdict.
    pub reason: Option<String>,
    /// The profile under which it is judged.
    pub profile: super::Profile,
    /// The day of the run; none: the day it is.
    pub today: Option<Date>,
    /// Whether a person vouches for it.
    pub attested: bool,
    /// Values of the rule's parameters.
    pub params: Vec<(String, super::ParamValue)>,
    /// The stacks; a lone template without facts of a manifest has an empty name.
    pub stacks: Vec<ExampleStack>,
    /// Where the example stands in its file.
    pub span: crate::source::Span,
}

/// A stack of an example.
#[derive(Clone, Debug, Default)]
pub struct ExampleStack {
    /// The name; empty for a plain template.
    pub name: String,
    /// The template's text.
    pub template: Arc<str>,
    /// Facts of the manifest.
    pub termination_protection: bool,
    /// Stack tags.
    pub tags: Vec<(String, String)>,
    /// `aws://ACCOUNT/REGION`, where known.
    pub environment: Option<String>,
    /// Parameter values.
    pub parameters: Vec<(String, String)>,
    /// `STACK/LogicalId` of the nested stack resource that holds it.
    pub nested_in: Option<String>,
    /// The Stage that it belongs to.
    pub stage: Option<String>,
}

/// Where a finding must start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// At the value of the last key, or at the last list item, on this line (from 1).
    Line(u32),
    /// At this text of this line.
    Text(u32, String),
}

impl ExampleStack {
    /// The marks of the template.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (index, line) in self.template.lines().enumerate() {
            for mark in line.split("#! here").skip(1) {
                let text = mark.split("#!").next().unwrap_or_default().trim();
                let line = index as u32 + 1;
                marks.push(if text.is_empty() {
                    Mark::Line(line)
                } else {
                    Mark::Text(line, text.to_owned())
                });
            }
        }
        marks
    }
}

impl<'a> Reader<'a> {
    /// Reads the examples of a rule.
    pub(super) fn examples(&mut self, node: Node<'a>) -> Vec<Example> {
        self.list_of(node, Self::example)
    }

    fn example(&mut self, node: Node<'a>) -> Option<Example> {
        self.form(node, &forms::EXAMPLE);
        let name = self.required_text(node, "name")?.to_owned();
        let word = self.required_text(node, "expect")?;
        let Some(&(_, expect)) = Expect::ALL.iter().find(|(name, _)| *name == word) else {
            self.error(
                node,
                format!("`{word}` is no verdict: pass, fail, undecided, attested or not-applicable"),
            );
            return None;
        };
        let profile = match node.get("profile").map(|profile| (profile, profile.text_or_empty())) {
            None => super::Profile::default(),
            Some((at, word)) => super::Profile::parse(word).or_else(|| {
                self.error(at, format!("`{word}` is no profile: production, staging or dev"));
                None
            })?,
        };
        let today = match node.get("today") {
            None => None,
            Some(day) => {
                let date = Date::parse(day.text_or_empty());
                if date.is_none() {
                    self.error(day, "`today` is a date such as 2026-06-01");
                }
                date
            }
        };
        let attested = node.get("attested").is_some_and(|attested| self.boolean(attested) == Some(true));
        if expect == Expect::Attested && !attested {
            self.error_help(node, "nobody vouches in this example", "say `attested: true`");
        }
        let stacks = match (node.get("template"), node.get("stacks")) {
            (Some(template), None) => {
                let template = self.text(template)?.into();
                vec![ExampleStack { template, ..ExampleStack::default() }]
            }
            (None, Some(stacks)) => {
                stacks.entries().filter_map(|(key, body)| self.example_stack(key, body)).collect()
            }
            _ => {
                self.error(node, "an example has either `template` or `stacks`");
                return None;
            }
        };
        let params = node.get("params").map(|params| self.param_values(params));
        let reason = node.get("reason").and_then(Node::as_str).map(str::to_owned);
        Some(Example {
            name,
            expect,
            reason,
            profile,
            today,
            attested,
            params: params.unwrap_or_default(),
            stacks,
            span: node.span(),
        })
    }

    fn example_stack(&mut self, key: Node<'a>, body: Node<'a>) -> Option<ExampleStack> {
        self.form(body, &forms::EXAMPLE_STACK);
        let text = |key: &str| body.get(key).and_then(Node::as_str).map(str::to_owned);
        Some(ExampleStack {
            name: key.text_or_empty().to_owned(),
            template: self.required_text(body, "template")?.into(),
            termination_protection: body.get("terminationProtection").and_then(Node::as_bool) == Some(true),
            tags: self.pairs(body.get("tags")),
            environment: text("environment"),
            parameters: self.pairs(body.get("parameters")),
            nested_in: text("nested-in"),
            stage: text("stage"),
        })
    }

    /// A mapping of names to texts; numbers and booleans are texts as they are written.
    fn pairs(&mut self, node: Option<Node<'a>>) -> Vec<(String, String)> {
        let Some(node) = node else { return Vec::new() };
        let mut pairs = Vec::new();
        for (key, value) in node.entries() {
            let text = match value.view() {
                View::Text(text) => text.to_owned(),
                View::Number(number) => number.text().into_owned(),
                View::Bool(value) => value.to_string(),
                _ => {
                    self.error(value, "a text is expected here");
                    continue;
                }
            };
            pairs.push((key.text_or_empty().to_owned(), text));
        }
        pairs
    }

    fn param_values(&mut self, node: Node<'a>) -> Vec<(String, super::ParamValue)> {
        let mut values = Vec::new();
        for (key, value) in node.entries() {
            match super::ParamValue::of(value) {
                Some(value) => values.push((key.text_or_empty().to_owned(), value)),
                None => self.error(value, "a parameter is a number, a text, a boolean or a list of texts"),
            }
        }
        values
    }
}
