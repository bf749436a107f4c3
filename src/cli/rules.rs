//! `stackproof rules`: the list, one rule explained, and the examples run.
use super::args::{ListFormat, RulesAction, RulesArgs};
use super::{End, complain};
use crate::engine;
use crate::reference;
use crate::report::one_line;
use crate::rule::{Covers, Levels, Match, ParamValue, Rule, RuleError, RuleSet, checklist_lines};
use serde::Serialize;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use unicode_width::UnicodeWidthStr;

/// Runs the command.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(args: &RulesArgs, out: &mut dyn Write) -> io::Result<End> {
    match &args.action {
        None => {
            let mut set = RuleSet::documented();
            if !add_folders(&mut set, &args.rules) {
                return Ok(End::Usage);
            }
            match args.format {
                ListFormat::Human => list(&set, out)?,
                ListFormat::Json => list_json(&set, out)?,
            }
            Ok(End::Clean)
        }
        Some(RulesAction::Show { id, rules }) => {
            let mut set = RuleSet::documented();
            if !add_folders(&mut set, rules) {
                return Ok(End::Usage);
            }
            if let Err(message) = set.choose(std::slice::from_ref(id), &[]) {
                complain(&message, None);
                return Ok(End::Usage);
            }
            for (index, rule) in set.rules.iter().enumerate() {
                if index > 0 {
                    writeln!(out)?;
                }
                explain(rule, out)?;
            }
            Ok(End::Clean)
        }
        Some(RulesAction::Docs { folder, rules }) => {
            let mut set = RuleSet::documented();
            if !add_folders(&mut set, rules) {
                return Ok(End::Usage);
            }
            write_pages(folder, &reference::pages(&set.rules, &checklist_lines()), out)
        }
        Some(RulesAction::Test { folders }) => test(folders, out),
    }
}

/// Adds a user's own rules; false after their errors were told.
pub(super) fn add_folders(set: &mut RuleSet, folders: &[PathBuf]) -> bool {
    for folder in folders {
        if !folder.exists() {
            complain(&format!("there is no folder {}", folder.display()), None);
            return false;
        }
        let before = set.warnings.len();
        if let Err(errors) = set.add_folder(folder) {
            tell(&errors);
            return false;
        }
        tell(&set.warnings[before..]);
    }
    true
}

/// Tells mistakes in files of rules or policy on standard error, with their places.
pub(super) fn tell(errors: &[RuleError]) {
    let mut err = io::stderr().lock();
    for error in errors {
        let kind = if error.warning { "warning" } else { "error" };
        let place = format!("{}:{}", error.location.file(), error.location.start());
        let help =
            error.help.as_ref().map(|help| format!("\n  help: {}", one_line(help))).unwrap_or_default();
        // Standard error may be closed; there is nobody left to tell.
        let _ = writeln!(err, "{}: {kind}: {}{help}", one_line(&place), one_line(&error.message));
    }
}

fn list(set: &RuleSet, out: &mut dyn Write) -> io::Result<()> {
    let width = set.rules.iter().map(|rule| rule.id.width()).max().unwrap_or(0);
    for rule in &set.rules {
        writeln!(out, "{:width$}  {:5}  {}", rule.id, letters(rule.levels), rule.title)?;
    }
    writeln!(
        out,
        "\n{} rules. Levels: production/staging/dev; E error, W warning, N note, - off.",
        set.rules.len()
    )?;
    writeln!(out, "`stackproof rules show ID` explains one.")
}

/// `E/W/-`: a letter for each profile.
fn letters(levels: Levels) -> String {
    [levels.production, levels.staging, levels.dev]
        .map(|level| {
            level.map_or("-", |severity| match severity.as_str() {
                "error" => "E",
                "warning" => "W",
                _ => "N",
            })
        })
        .join("/")
}

/// A rule in `stackproof rules --format json`.
#[derive(Serialize)]
struct Listed<'r> {
    id: &'r str,
    title: &'r str,
    severity: Severities,
    #[serde(rename = "match")]
    matches: Vec<&'r str>,
    checklist: &'r str,
    aliases: Vec<AliasOut<'r>>,
    see: &'r [String],
}

#[derive(Serialize)]
struct Severities {
    production: &'static str,
    staging: &'static str,
    dev: &'static str,
}

#[derive(Serialize)]
struct AliasOut<'r> {
    id: &'r str,
    covers: &'static str,
}

fn list_json(set: &RuleSet, out: &mut dyn Write) -> io::Result<()> {
    let word = |level: Option<crate::finding::Severity>| level.map_or("off", |severity| severity.as_str());
    let listed: Vec<Listed<'_>> = set
        .rules
        .iter()
        .map(|rule| Listed {
            id: &rule.id,
            title: rule.title,
            severity: Severities {
                production: word(rule.levels.production),
                staging: word(rule.levels.staging),
                dev: word(rule.levels.dev),
            },
            matches: rule.matches.iter().map(Match::name).collect(),
            checklist: rule.checklist,
            aliases: rule
                .docs
                .aliases
                .iter()
                .map(|alias| AliasOut { id: &alias.id, covers: alias.covers.as_str() })
                .collect(),
            see: &rule.docs.see,
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &listed)?;
    writeln!(out)
}

fn explain(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n  {}\n", rule.id, rule.title)?;
    writeln!(out, "{}\n", rule.docs.why)?;
    writeln!(out, "  looks at   {}", rule.matches.iter().map(Match::name).collect::<Vec<_>>().join(", "))?;
    writeln!(out, "  proves     {}", rule.checklist)?;
    writeln!(out, "  levels     {} (production/staging/dev)", letters(rule.levels))?;
    for clause in &rule.require {
        if let (Some(levels), Some(message)) = (clause.levels, &clause.message) {
            writeln!(out, "             {} {message}", letters(levels))?;
        }
    }
    if rule.attestable() {
        writeln!(out, "             a person can vouch for it in stackproof.yaml")?;
    }
    if !rule.suppressible {
        writeln!(out, "             nothing silences it")?;
    }
    for param in &rule.params {
        let value = match &param.value {
            ParamValue::Number(value) => value.to_string(),
            ParamValue::Text(text) => text.clone(),
            ParamValue::Bool(value) => value.to_string(),
            ParamValue::List(items) => items.join(", "),
        };
        writeln!(out, "  parameter  {} = {value}  {}", param.name, param.doc)?;
    }
    for (name, fix) in [("in CDK", &rule.fix.cdk), ("template", &rule.fix.cloudformation)] {
        if let Some(fix) = fix {
            writeln!(out, "  {name:9}  {}", fix.replace('\n', "\n             "))?;
        }
    }
    for see in &rule.docs.see {
        writeln!(out, "  see        {see}")?;
    }
    if !rule.docs.aliases.is_empty() {
        let names = rule.docs.aliases.iter().map(|alias| match alias.covers {
            Covers::Exact => alias.id.clone(),
            Covers::Named | Covers::Part => format!("{} ({})", alias.id, alias.covers.as_str()),
        });
        writeln!(out, "  elsewhere  {}", names.collect::<Vec<_>>().join(", "))?;
    }
    for example in &rule.docs.examples {
        writeln!(out, "  example    {} -> {}", example.name, example.expect.as_str())?;
    }
    Ok(())
}

/// Writes the pages of the reference, and removes those of an earlier run that it no longer has.
fn write_pages(folder: &Path, pages: &[reference::Page], out: &mut dyn Write) -> io::Result<End> {
    let write = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let stale = name.ends_with(".md") && !pages.iter().any(|page| page.file == name);
            // Whatever does not say that it was generated is somebody's work.
            if stale && fs::read_to_string(&path).is_ok_and(|text| text.starts_with(reference::MARK)) {
                fs::remove_file(&path)?;
            }
        }
        pages.iter().try_for_each(|page| fs::write(folder.join(&page.file), &page.text))
    };
    if let Err(error) = write() {
        complain(&format!("cannot write to {}: {error}", folder.display()), None);
        return Ok(End::Usage);
    }
    writeln!(out, "{} pages in {}", pages.len(), folder.display())?;
    Ok(End::Clean)
}

/// Runs examples: of the built-in rules, or of every rule below the folders.
fn test(folders: &[PathBuf], out: &mut dyn Write) -> io::Result<End> {
    let mut set = if folders.is_empty() { RuleSet::documented() } else { RuleSet::default() };
    if !add_folders(&mut set, folders) {
        return Ok(End::Usage);
    }
    if set.rules.is_empty() {
        let place = folders.first().map_or(Path::new("."), PathBuf::as_path);
        complain(
            &format!("no rule file in {}", place.display()),
            Some("a rule is a file <id>.yaml; see docs/rule-language.md"),
        );
        return Ok(End::Usage);
    }
    let (mut passed, mut failed) = (0, 0);
    for rule in &set.rules {
        let failures = engine::test_rule(rule);
        passed += rule.docs.examples.len() - failures.len();
        failed += failures.len();
        for failure in failures {
            writeln!(out, "{}: {}", rule.id, failure.example)?;
            for message in failure.messages {
                writeln!(out, "  {message}")?;
            }
        }
    }
    writeln!(out, "{} rules: {passed} examples passed, {failed} failed", set.rules.len())?;
    Ok(if failed == 0 { End::Clean } else { End::Findings })
}
