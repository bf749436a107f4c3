//! From the form of `stackproof.yaml` to what it means: names that exist, days that are days, evidence that is there.
//!
//! Levels and parameters go into the rules themselves, so that whoever asks a rule finds them there.
use super::change::Changes;
use super::evidence;
use super::form::{self, AttestationForm, PolicyFile, ProfileForm, Word};
use super::model::{Choice, LONGEST, LONGEST_RECOVERY, Policy, RECOVERY, SOON, Selector};
use super::suppress;
use crate::checklist::{Attestation, Standing};
use crate::date::Date;
use crate::finding::Location;
use crate::rule::{ChecklistLine, Profile, Reader, Rule, RuleError, RuleSet, checklist_lines, suggestion};
use crate::syntax::{Document, Node};
use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use std::path::Path;
use std::sync::Arc;

/// Checks a document, and changes the rules as it says.
pub(super) fn check(
    document: &Document,
    folder: &Path,
    rules: &mut RuleSet,
    today: Date,
) -> Result<Policy, Vec<RuleError>> {
    let mut reader = Reader::new(document, true);
    for remark in document.remarks() {
        reader.errors.push(RuleError::new(document.source(), remark.span, remark.message.clone()));
    }
    let file = form::read(&mut reader, document.root());
    let mut changes = Changes::new(rules);
    // What all rules have comes first, so that an entry of `rules` wins.
    if let Some(node) = file.undecided {
        changes.all_undecided(&mut reader, node);
    }
    for form in &file.rules {
        changes.read(&mut reader, form, rules);
    }
    let checked = policy(&mut reader, &file, folder, rules, today);
    if reader.errors.iter().any(|error| !error.warning) {
        return Err(reader.errors);
    }
    changes.apply(rules);
    Ok(checked)
}

fn policy<'a>(
    reader: &mut Reader<'a>,
    file: &PolicyFile<'a>,
    folder: &Path,
    rules: &RuleSet,
    today: Date,
) -> Policy {
    let choices = file.profiles.iter().filter_map(|form| choice(reader, form)).collect();
    let lines = checklist_lines();
    let ground = Ground { folder, lines: &lines, rules, today };
    let attestations = file.attestations.iter().filter_map(|form| ground.attestation(reader, form)).collect();
    let known: Vec<Arc<str>> = match file.suppressions.is_empty() {
        true => Vec::new(),
        false => rules.rules.iter().map(|rule| rule.id.clone()).collect(),
    };
    let own = |form| suppress::of_file(reader, form, &known, today);
    let suppressions = file.suppressions.iter().filter_map(own).collect();
    let baseline = file.baseline.map(|word| folder.join(word.text));
    Policy { choices, attestations, suppressions, baseline }
}

fn choice<'a>(reader: &mut Reader<'a>, form: &ProfileForm<'a>) -> Option<Choice> {
    let Word { text, node } = form.profile;
    let profile = Profile::parse(text);
    if profile.is_none() {
        let help = suggestion(text, Profile::ALL.iter().map(|profile| profile.as_str()));
        reader.error_help(node, format!("`{text}` is no profile"), help);
    }
    let mut selectors = Vec::new();
    for (name, words) in &form.selectors {
        let selector = match *name {
            "stack" => Selector::Stack,
            "path" => Selector::Path,
            "account" => Selector::Account,
            "region" => Selector::Region,
            _ => Selector::Environment,
        };
        selectors.push((selector, globs(reader, form.node, words, selector == Selector::Environment)?));
    }
    Some(Choice { profile: profile?, selectors })
}

fn globs<'a>(reader: &mut Reader<'a>, at: Node<'a>, words: &[Word<'a>], any_case: bool) -> Option<GlobSet> {
    let mut builder = GlobSetBuilder::new();
    for word in words {
        builder.add(glob(reader, *word, any_case)?);
    }
    match builder.build() {
        Ok(set) => Some(set),
        Err(error) => {
            reader.error(at, format!("these globs are refused: {}", error.kind()));
            None
        }
    }
}

/// A glob, which may fit texts in any case.
pub(super) fn glob<'a>(reader: &mut Reader<'a>, word: Word<'a>, any_case: bool) -> Option<Glob> {
    match GlobBuilder::new(word.text).case_insensitive(any_case).build() {
        Ok(glob) => Some(glob),
        Err(error) => {
            let help = "`*` is any text, `?` any character, `{a,b}` one of several";
            reader.error_help(word.node, format!("this glob is refused: {}", error.kind()), help);
            None
        }
    }
}

/// What attestations are held against.
struct Ground<'g> {
    folder: &'g Path,
    lines: &'g [ChecklistLine],
    rules: &'g RuleSet,
    today: Date,
}

impl Ground<'_> {
    fn attestation<'a>(&self, reader: &mut Reader<'a>, form: &AttestationForm<'a>) -> Option<Attestation> {
        let before = reader.errors.len();
        form.lines.iter().for_each(|word| self.line(reader, *word));
        let rules: Vec<&Rule> = form.rules.iter().filter_map(|word| self.rule(reader, *word)).collect();
        let tested = rules.iter().any(|rule| rule.checklist == RECOVERY)
            || form.lines.iter().any(|word| word.text == RECOVERY);
        let until = self.until(reader, form.until, if tested { LONGEST_RECOVERY } else { LONGEST });
        let missing = evidence::missing(self.folder, form.evidence.text).unwrap_or_else(|wrong| {
            reader.error_help(form.evidence.node, wrong.message, wrong.help);
            None
        });
        let until = until.filter(|_| reader.errors.len() == before)?;
        let standing = match missing {
            _ if until < self.today => Standing::Expired,
            Some(why) => Standing::NoEvidence(why),
            None if until < self.today.plus_days(SOON) => Standing::Ending,
            None => Standing::Valid,
        };
        let texts = |words: &[Word<'_>]| words.iter().map(|word| word.text.to_owned()).collect();
        Some(Attestation {
            lines: texts(&form.lines),
            rules: texts(&form.rules),
            evidence: form.evidence.text.to_owned(),
            by: form.by.text.trim().to_owned(),
            until,
            standing,
            location: Location { source: reader.source.clone(), span: form.node.span() },
        })
    }

    fn line<'a>(&self, reader: &mut Reader<'a>, word: Word<'a>) {
        if !self.lines.iter().any(|line| line.id == word.text) {
            let help = suggestion(word.text, self.lines.iter().map(|line| line.id.as_str()));
            reader.error_help(word.node, format!("`{}` is no line of the checklist", word.text), help);
        }
    }

    fn rule<'a>(&self, reader: &mut Reader<'a>, word: Word<'a>) -> Option<&Rule> {
        let Some(rule) = self.rules.get(word.text) else {
            unknown_rule(reader, word, self.rules);
            return None;
        };
        if !rule.attestable() {
            let message = format!("nobody can vouch for `{}`: the templates show what it asks", word.text);
            reader.error_help(
                word.node,
                message,
                "mend what it finds, or give it another level under `rules`",
            );
        }
        Some(rule)
    }

    fn until<'a>(&self, reader: &mut Reader<'a>, word: Word<'a>, longest: i64) -> Option<Date> {
        let Some(until) = Date::parse(word.text) else {
            reader.error_help(
                word.node,
                format!("`{}` is no day", word.text),
                "a day is written like 2026-12-31",
            );
            return None;
        };
        let last = self.today.plus_days(longest);
        if until > last {
            let help = format!("until {last} at the latest: then somebody looks again");
            reader.error_help(word.node, format!("{until} is more than {longest} days ahead"), help);
            return None;
        }
        Some(until)
    }
}

/// Says that a name fits no rule, and what could have been meant.
pub(super) fn unknown_rule<'a>(reader: &mut Reader<'a>, word: Word<'a>, rules: &RuleSet) {
    unknown_among(reader, word, rules.rules.iter().map(|rule| &*rule.id));
}

/// The same, of rules that are known by their ids alone.
pub(super) fn unknown_among<'a, 'r>(
    reader: &mut Reader<'a>,
    word: Word<'a>,
    known: impl Iterator<Item = &'r str> + Clone,
) {
    let help = suggestion(word.text, known);
    let help = if help.starts_with("did") { help } else { "`stackproof rules` lists them".to_owned() };
    reader.error_help(word.node, format!("no rule fits `{}`", word.text), help);
}
