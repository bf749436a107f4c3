//! The policy of a team: `stackproof.yaml` -> a checked [`Policy`].
//!
//! The file says which stacks count as what (profiles), how grave a rule is and with which parameters, what people
//! vouch for, and what they accept; the baseline beside it, which findings were there before. It is read through the same tape as rules, in two steps: its form (`form`: keys and shapes),
//! then what it means (`check`: names, days, evidence), so that every mistake of its author has a place and a way
//! out. Nothing here knows templates or evaluates anything; the engine asks.
mod baseline;
mod change;
mod check;
mod evidence;
mod find;
mod form;
mod model;
mod suppress;

pub use baseline::{BASELINE_NAME, Baseline, BaselineError, Entry};
pub use find::{FILE_NAME, find};
pub use form::{ENTRY, POLICY};
pub use model::{LONGEST, LONGEST_RECOVERY, Policy, RECOVERY, StackFacts, paste, told};

pub use suppress::{Silence, in_metadata, told as told_of};

use crate::date::Date;
use crate::limits::MAX_POLICY_BYTES;
use crate::rule::{RuleError, RuleSet};
use crate::source::{Source, Span};
use crate::syntax;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Reads the policy of a file, and puts its levels and parameters into the rules that it names.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn load(path: &Path, rules: &mut RuleSet, today: Date) -> Result<Policy, Vec<RuleError>> {
    let name = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    let text = text(path).map_err(|message| {
        let error = RuleError::new(&Arc::new(Source::new(&*name, "")), Span::default(), message);
        vec![error.with_help("name the file with --config, or leave it out with --no-config")]
    })?;
    // A file with nothing but comments is a policy that says nothing.
    if text
        .trim_start_matches('\u{feff}')
        .lines()
        .all(|line| line.trim().is_empty() || line.trim().starts_with('#'))
    {
        return Ok(Policy::default());
    }
    let source = Arc::new(Source::new(name, text));
    let document = syntax::parse(source.clone()).map_err(|error| {
        let told = RuleError::new(&source, error.span, error.message.clone());
        vec![match error.help {
            Some(help) => told.with_help(help),
            None => told,
        }]
    })?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    check::check(&document, folder, rules, today)
}

/// The text of a file, the size limit held.
fn text(path: &Path) -> Result<String, String> {
    let told = |error: std::io::Error| format!("cannot be read: {error}");
    let mut text = String::new();
    let file = File::open(path).map_err(told)?;
    file.take(MAX_POLICY_BYTES + 1).read_to_string(&mut text).map_err(told)?;
    if text.len() as u64 > MAX_POLICY_BYTES {
        return Err(format!("is larger than {} MB", MAX_POLICY_BYTES >> 20));
    }
    Ok(text)
}
