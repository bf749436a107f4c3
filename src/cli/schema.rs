//! `stackproof schema`: the JSON Schemas of the files that people write.
use super::End;
use super::rules::add_folders;
use crate::rule::RuleSet;
use crate::schema;
use clap::{Args, ValueEnum};
use std::io::{self, Write};
use std::path::PathBuf;

const HELP: &str = "\
Examples:
  stackproof schema config > .vscode/stackproof.schema.json
  stackproof schema rule > .vscode/stackproof-rule.schema.json

A first line tells editors with the YAML language server (VS Code, Neovim, ...) which schema a file has:
  # yaml-language-server: $schema=.vscode/stackproof.schema.json";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct SchemaArgs {
    /// Which file
    #[arg(value_name = "FILE")]
    pub file: Schema,

    /// A folder with rule files of your own, whose ids and parameters are proposed too
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
}

/// A file that people write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Schema {
    /// stackproof.yaml, the policy of a team
    Config,
    /// A file with a rule
    Rule,
}

/// Runs the command.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(args: &SchemaArgs, out: &mut dyn Write) -> io::Result<End> {
    let mut rules = RuleSet::builtin();
    if !add_folders(&mut rules, &args.rules) {
        return Ok(End::Usage);
    }
    let schema = match args.file {
        Schema::Config => schema::config(&rules),
        Schema::Rule => schema::rule(&rules),
    };
    serde_json::to_writer_pretty(&mut *out, &schema)?;
    writeln!(out)?;
    Ok(End::Clean)
}
