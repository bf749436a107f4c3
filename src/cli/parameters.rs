//! The flags that say what templates leave open: values of parameters, and whether defaults count.
use super::complain;
use crate::engine;
use crate::finding::{Problem, Undeclared};
use crate::intake;
use crate::report::one_line;
use clap::{Args, ValueEnum};
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(next_help_heading = "Values")]
pub(super) struct ValueArgs {
    /// The value of a template parameter; repeat for more. It wins over files, the last over those before
    #[arg(long, value_name = "NAME=VALUE")]
    pub parameter: Vec<String>,

    /// A file with values of parameters: NAME=VALUE lines, the AWS CLI's list, or a map, in JSON or YAML
    #[arg(long, value_name = "FILE")]
    pub parameters: Vec<PathBuf>,

    /// Whether the defaults of parameters are the values of properties that refer to them
    #[arg(long, value_name = "HOW", default_value = "used")]
    pub defaults: Defaults,

    /// Whether conditions on parameters without a value are looked at both ways, or follow the defaults
    #[arg(long, value_name = "HOW", default_value = "free")]
    pub conditions: Conditions,
}

/// What defaults of parameters are to properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Defaults {
    /// Their values, unless another is given
    Used,
    /// Nothing: a parameter without a given value is unknown
    Unknown,
}

/// What defaults of parameters are to conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Conditions {
    /// Nothing: each branch is looked at, unless a value is given
    Free,
    /// Their values, unless another is given
    Defaults,
}

impl ValueArgs {
    /// Settings with these values; none after a complaint.
    pub fn settings(&self) -> Option<engine::Settings> {
        let mut settings = engine::Settings::default();
        let values = &mut settings.values;
        values.defaults = self.defaults == Defaults::Used;
        values.default_conditions = self.conditions == Conditions::Defaults;
        for file in &self.parameters {
            match intake::parameters(file) {
                Ok(given) => values.parameters.extend(given),
                Err(problem) => {
                    tell(&problem);
                    return None;
                }
            }
        }
        for text in &self.parameter {
            let Some((name, value)) = intake::split_pair(text) else {
                let name = text.split('=').next().unwrap_or_default();
                let help = "names of parameters have letters and digits only: --parameter Env=prod";
                complain(&format!("--parameter takes NAME=VALUE, not `{}`", one_line(name)), Some(help));
                return None;
            };
            values.parameters.insert(name, value);
        }
        Some(settings)
    }
}

/// Tells on standard error what is wrong with an input, with its place.
pub(super) fn tell(problem: &Problem) {
    let place = match &problem.location {
        Some(location) => format!("{}:{}", location.file(), location.start()),
        None => problem.file.clone(),
    };
    let kind = if problem.unlinted { "error" } else { "warning" };
    let help = problem.help.as_ref().map(|help| format!("\n  help: {}", one_line(help))).unwrap_or_default();
    let mut err = io::stderr().lock();
    // Standard error may be closed; there is nobody left to tell.
    let _ = writeln!(err, "{kind}: {}: {}{help}", one_line(&place), one_line(&problem.message));
}

/// Complains about the first parameter that no template declares; false where there is none.
pub(super) fn complain_of(undeclared: &[Undeclared]) -> bool {
    let Some(first) = undeclared.first() else { return false };
    let help = first.nearest.as_ref().map(|name| format!("did you mean `{}`?", one_line(name)));
    let message = format!("no template declares the parameter {}", one_line(&first.name));
    complain(&message, help.as_deref());
    true
}
