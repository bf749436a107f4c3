//! What SARIF viewers show of a rule: its title, why it matters, how to mend what breaks it, and where to read on.
use super::super::catalogue::{self, RuleText};
use super::super::literal;
use super::super::options::Options;
use super::super::text::many_lines;
use crate::finding::{Fix, Severity};
use serde::Serialize;
use std::fmt::Write as _;

/// A rule, in SARIF's words a reporting descriptor.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    id: String,
    short_description: Text,
    full_description: Text,
    help: Help,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
    enabled: bool,
}

#[derive(Serialize)]
struct Properties {
    tags: Vec<String>,
}

/// What a finding or a verdict knows of its rule, for rules that the caller told nothing about.
pub(super) struct Known<'a> {
    pub id: &'a str,
    pub title: Option<&'a str>,
    pub severity: Severity,
    pub fix: Option<&'a Fix>,
    pub see: Option<&'a str>,
}

impl Descriptor {
    pub(super) fn new(known: &Known<'_>, options: &Options) -> Descriptor {
        let told = catalogue::find(options.rules, known.id).cloned().unwrap_or_else(|| known.text());
        let level = told.level.map_or("none", Severity::as_str);
        // GitHub shows ten tags and counts on their being short words.
        let (group, line) = told.checklist.split_once('/').unwrap_or((&told.checklist, ""));
        let mut tags = Vec::new();
        for tag in [group, line, &told.service, "aws"] {
            if !tag.is_empty() && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let sentence = |text: &str| Text { text: format!("{}.", many_lines(text).trim_end_matches('.')) };
        Descriptor {
            short_description: sentence(&told.title),
            full_description: sentence(if told.why.trim().is_empty() { &told.title } else { &told.why }),
            help: Help { text: plain(&told), markdown: markdown(&told) },
            help_uri: told.see.iter().find(|page| literal::link(page).is_some()).cloned(),
            default_configuration: Configuration { level, enabled: told.level.is_some() },
            properties: Properties { tags: tags.into_iter().map(str::to_owned).collect() },
            id: told.id,
        }
    }
}

impl Known<'_> {
    fn text(&self) -> RuleText {
        RuleText {
            id: self.id.to_owned(),
            title: self.title.unwrap_or(self.id).to_owned(),
            why: String::new(),
            cdk: self.fix.and_then(|fix| fix.cdk.map(str::to_owned)),
            cloudformation: self.fix.and_then(|fix| fix.cloudformation.map(str::to_owned)),
            see: self.see.map(str::to_owned).into_iter().collect(),
            checklist: String::new(),
            service: String::new(),
            level: Some(self.severity),
        }
    }
}

fn plain(rule: &RuleText) -> String {
    let mut text = format!("{}.", rule.title.trim_end_matches('.'));
    let mut add = |head: &str, what: &str| {
        write!(text, "\n\n{head}{}", many_lines(what)).expect("invariant: a string takes every write");
    };
    if !rule.why.trim().is_empty() {
        add("", &rule.why);
    }
    if let Some(cdk) = &rule.cdk {
        add("In CDK:\n", cdk);
    }
    if let Some(template) = &rule.cloudformation {
        add("In the template:\n", template);
    }
    for page in &rule.see {
        add("", page);
    }
    text
}

/// Rules may be a stranger's too: their words are shown as they are, their code stands in blocks.
fn markdown(rule: &RuleText) -> String {
    let mut text = format!("**{}**\n", literal::plain(&rule.title));
    let mut add = |what: String| {
        text.push('\n');
        text.push_str(&what);
    };
    for line in rule.why.split("\n\n").filter(|line| !line.trim().is_empty()) {
        add(format!("{}\n", literal::plain(&line.split_whitespace().collect::<Vec<_>>().join(" "))));
    }
    if let Some(cdk) = &rule.cdk {
        add(format!("In CDK:\n\n{}", literal::block("ts", cdk)));
    }
    if let Some(template) = &rule.cloudformation {
        add(format!("In the template:\n\n{}", literal::block("yaml", template)));
    }
    rule.see.iter().filter_map(|page| literal::link(page)).for_each(add);
    text
}
