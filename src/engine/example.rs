//! Running the examples of a rule: each must get its verdict, and its findings must start at its marks.
//!
//! Only the rule under test runs. A finding without a mark, and a mark without a finding, fail the example.
use super::given::expand_loops;
use super::run::{Settings, check_assembly};
use crate::checklist::State;
use crate::finding::{Location, Run};
use crate::intake::{Assembly, Metadata, Parent, ProjectRoot, Stack};
use crate::policy::Policy;
use crate::rule::{Example, ExampleStack, Expect, Mark, Rule};
use crate::source::{LineColumn, Source, Span};
use crate::syntax::{self, Document, Node};
use crate::template::Intrinsic;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An example that did not turn out as it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFailure {
    /// The example's name.
    pub example: String,
    /// What went otherwise, a sentence each.
    pub messages: Vec<String>,
}

/// Runs all examples of a rule; gives those that fail.
pub fn test_rule(rule: &Arc<Rule>) -> Vec<ExampleFailure> {
    rule.docs
        .examples
        .iter()
        .filter_map(|example| {
            let messages = test_example(rule, example);
            (!messages.is_empty()).then(|| ExampleFailure { example: example.name.clone(), messages })
        })
        .collect()
}

/// Runs a rule on the stacks of an example, whatever the example expects: what it finds.
///
/// # Errors
/// A template that cannot be read, or parameters that the rule does not take, in words.
pub fn run_example(rule: &Arc<Rule>, example: &Example) -> Result<Run, String> {
    judge(rule, example).map(|(_, run)| run)
}

fn judge(rule: &Arc<Rule>, example: &Example) -> Result<(Assembly, Run), String> {
    let mut assembly = assembly_of(rule, example)?;
    let tested = if example.params.is_empty() {
        rule.clone()
    } else {
        let rule = rule.with_params(&example.params);
        Arc::new(rule.ok_or_else(|| "the rule cannot be read with these parameters".to_owned())?)
    };
    let mut settings = Settings {
        profile: Some(example.profile),
        today: example.today.unwrap_or_default(),
        ..Settings::default()
    };
    expand_loops(&mut assembly, &settings);
    if example.attested {
        let source = Arc::new(Source::new(crate::policy::FILE_NAME, ""));
        let location = Location { source, span: Span::default() };
        settings.policy = Arc::new(Policy::vouching(&tested, location));
    }
    let run = check_assembly(&assembly, &[tested], &settings);
    Ok((assembly, run))
}

fn test_example(rule: &Arc<Rule>, example: &Example) -> Vec<String> {
    let (assembly, run) = match judge(rule, example) {
        Ok(judged) => judged,
        Err(message) => return vec![message],
    };
    let mut messages = verdict_messages(example, &run);
    messages.extend(mark_messages(example, &assembly, &run));
    messages
}

fn verdict_messages(example: &Example, run: &Run) -> Vec<String> {
    let Some(tally) = run.tallies.first() else { return vec!["the rule did not run".to_owned()] };
    let got = match State::of(tally.counts) {
        State::Failed | State::Accepted => Expect::Fail,
        State::Undecided => Expect::Undecided,
        State::Attested => Expect::Attested,
        State::Proven => Expect::Pass,
        State::NotApplicable => Expect::NotApplicable,
    };
    let mut messages = Vec::new();
    if got != example.expect {
        let reasons: Vec<&str> = run.undecided.iter().map(|undecided| undecided.reason.as_str()).collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join("; ")) };
        messages.push(format!("expected {}, got {}{reasons}", example.expect.as_str(), got.as_str()));
    }
    if let Some(reason) = &example.reason {
        let told = run.undecided.iter().any(|undecided| undecided.reason.contains(reason));
        if !told {
            let reasons: Vec<&str> =
                run.undecided.iter().map(|undecided| undecided.reason.as_str()).collect();
            messages.push(format!("no undecided reason contains \"{reason}\": {reasons:?}"));
        }
    }
    messages
}

/// Compares where findings start with where marks stand: both ways, as multisets.
fn mark_messages(example: &Example, assembly: &Assembly, run: &Run) -> Vec<String> {
    let mut balance: BTreeMap<(String, LineColumn), i32> = BTreeMap::new();
    let mut messages = Vec::new();
    for (stack, input) in example.stacks.iter().zip(&assembly.stacks) {
        for mark in stack.marks() {
            match place_of(&mark, &input.document) {
                Some(place) => {
                    *balance.entry((input.document.source().name().to_owned(), place)).or_default() += 1
                }
                None => messages.push(format!("the mark {mark:?} names no place")),
            }
        }
    }
    for finding in &run.findings {
        let place = (finding.location.file().to_owned(), finding.location.start());
        *balance.entry(place).or_default() -= 1;
    }
    for ((file, place), count) in balance {
        match count {
            0 => {}
            1.. => messages.push(format!("a finding is expected at {file}:{place}")),
            _ => {
                let what = run.findings.iter().find(|finding| finding.location.start() == place);
                let message = what.map(|finding| finding.message()).unwrap_or_default();
                messages.push(format!("a finding without a mark at {file}:{place}: {message}"));
            }
        }
    }
    messages
}

/// The place that a mark names.
fn place_of(mark: &Mark, document: &Document) -> Option<LineColumn> {
    let source = document.source();
    match mark {
        Mark::Text(line, text) => {
            let start = source.offset(LineColumn { line: *line, column: 1 });
            let content = source.text()[start as usize..].lines().next()?;
            let content = content.split("#!").next()?;
            Some(source.line_column(start + content.find(text.as_str())? as u32))
        }
        Mark::Line(line) => {
            let mut best: Option<(u32, u32)> = None;
            last_on_line(document.root(), source, *line, &mut best);
            best.map(|(_, value)| source.line_column(value))
        }
    }
}

/// The value whose key (or, in a list, whose own start) is the last on a line.
fn last_on_line(node: Node<'_>, source: &Source, line: u32, best: &mut Option<(u32, u32)>) {
    // A function that begins on this line stands for its value: `!Sub` is where the value begins.
    let begins = source.line_column(node.span().start).line;
    if Intrinsic::of(node).is_some() && begins == line {
        return;
    }
    let mut consider = |introduced: u32, value: u32| {
        if source.line_column(introduced).line == line && best.is_none_or(|(known, _)| introduced >= known) {
            *best = Some((introduced, value));
        }
    };
    for (key, value) in node.entries() {
        consider(key.span().start, value.span().start);
    }
    for item in node.items() {
        consider(item.span().start, item.span().start);
    }
    for (_, value) in node.entries() {
        last_on_line(value, source, line, best);
    }
    for item in node.items() {
        last_on_line(item, source, line, best);
    }
}

/// The stacks of an example as an assembly; a lone template without a name has no manifest.
fn assembly_of(rule: &Rule, example: &Example) -> Result<Assembly, String> {
    let mut levels: Vec<Option<&str>> = vec![None];
    let mut stacks: Vec<Stack> = Vec::new();
    for stack in &example.stacks {
        let name = if stack.name.is_empty() { rule.id.to_string() } else { stack.name.clone() };
        let source = Arc::new(Source::new(name, stack.template.as_ref()));
        let document = syntax::parse(source.clone()).map_err(|error| {
            format!("{}:{}: {error}", source.name(), source.line_column(error.span.start))
        })?;
        let level = levels.iter().position(|level| *level == stack.stage.as_deref()).unwrap_or_else(|| {
            levels.push(stack.stage.as_deref());
            levels.len() - 1
        });
        let parent = match &stack.nested_in {
            None => None,
            Some(place) => Some(parent_of(place, example)?),
        };
        stacks.push(stack_of(stack, document, level as u32, parent));
    }
    for index in 0..stacks.len() {
        if let Some(parent) = stacks[index].parent.clone() {
            let root = &stacks[parent.stack];
            let (protection, tags) = (root.termination_protection, root.tags.clone());
            stacks[index].termination_protection = protection;
            stacks[index].tags = tags;
        }
    }
    Ok(Assembly {
        name: rule.id.to_string(),
        manifest: None,
        stacks,
        problems: Vec::new(),
        project: ProjectRoot::default(),
    })
}

fn parent_of(place: &str, example: &Example) -> Result<Parent, String> {
    let found = place.split_once('/').and_then(|(name, logical_id)| {
        let stack = example.stacks.iter().position(|stack| stack.name == name)?;
        Some(Parent { stack, logical_id: logical_id.to_owned() })
    });
    found.ok_or_else(|| format!("nested-in is STACK/LogicalId of a stack of the example, not {place}"))
}

fn stack_of(stack: &ExampleStack, document: Document, level: u32, parent: Option<Parent>) -> Stack {
    let known = !stack.name.is_empty();
    let environment =
        stack.environment.as_deref().and_then(|text| text.strip_prefix("aws://")?.split_once('/'));
    let part = |text: &str| (!text.starts_with("unknown-")).then(|| text.to_owned());
    Stack {
        display_name: document.source().name().to_owned(),
        document,
        artifact: known.then(|| stack.name.clone()),
        stack_name: known.then(|| stack.name.clone()),
        level,
        parent,
        account: environment.and_then(|(account, _)| part(account)),
        region: environment.and_then(|(_, region)| part(region)),
        termination_protection: known.then_some(stack.termination_protection),
        tags: known.then(|| stack.tags.clone()),
        parameters: stack.parameters.clone(),
        metadata: Metadata::default(),
    }
}
