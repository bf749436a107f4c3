//! The arguments, as plain data. One place for names, help and defaults; completions come from the same table.
use super::baseline::BaselineArgs;
use super::diff::DiffArgs;
use super::graph::GraphArgs;
use super::init::InitArgs;
use super::output::{Output, OutputParser};
use super::parameters::ValueArgs;
use super::schema::SchemaArgs;
use super::suppressions::SuppressionsArgs;
use crate::date::Date;
use crate::finding::Severity;
use crate::report::{ChecklistFormat, Format, Place, Show};
use crate::rule::Profile;
use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Proves that what `cdk synth` produced is ready for production.
#[derive(Debug, Parser)]
#[command(name = "stackproof", version, propagate_version = true, max_term_width = 100)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lint cloud assemblies and templates
    Check(CheckArgs),
    /// Say how the lines of the production checklist stand, and what is behind each
    Checklist(ChecklistArgs),
    /// Say what is new, fixed and unchanged between two assemblies or templates
    Diff(Box<DiffArgs>),
    /// List all that is silenced: by whom, where it is written, until when, and how many findings
    Suppressions(SuppressionsArgs),
    /// Write, show or prune the findings that were there before
    Baseline(BaselineArgs),
    /// Say what a resource's properties are, and how each value comes about
    Eval(EvalArgs),
    /// Draw the resource graph: stacks, resources, and what speaks of what
    Graph(GraphArgs),
    /// List, explain and test rules
    Rules(RulesArgs),
    /// Write a stackproof.yaml that fits the app, a pre-commit hook and a CI workflow; nothing is overwritten
    Init(InitArgs),
    /// Print the JSON Schema of stackproof.yaml or of rule files, for editors
    Schema(SchemaArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

const CHECK_HELP: &str = "\
Exit codes:
  0  clean
  1  findings at or above --fail-on
  2  wrong usage or configuration
  3  some input could not be linted (everything else was)

Examples:
  stackproof check                       lint cdk.out
  stackproof check cdk.out --format concise
  stackproof check --format sarif=stackproof.sarif --format human
  stackproof check template.yaml --profile staging
  cat template.json | stackproof check -";

#[derive(Debug, Args)]
#[command(after_help = CHECK_HELP)]
pub(super) struct CheckArgs {
    /// How to report the results; FORMAT=FILE writes a file, and may be given several times
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = OutputParser, help_heading = "Output")]
    pub format: Vec<Output>,

    /// What to show beside errors and warnings; repeat or separate with commas
    #[arg(long, value_name = "WHAT", value_delimiter = ',', help_heading = "Output")]
    pub show: Vec<Show>,

    /// Which place is told first: the template's, or that of your own source
    #[arg(long, value_name = "PLACE", default_value = "auto", help_heading = "Output")]
    pub location: Place,

    /// When to use colours [NO_COLOR counts in `auto`]
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub color: When,

    /// The least severity that fails the run
    #[arg(long, value_name = "SEVERITY", default_value = "error", help_heading = "Rules")]
    pub fail_on: FailOn,

    /// Go on, and lint again whenever the input has changed and no synth is under way
    #[arg(long, help_heading = "Input")]
    pub watch: bool,

    #[command(flatten)]
    pub lint: LintArgs,
}

const CHECKLIST_HELP: &str = "\
States of a line:
  proven          at least one rule applied, and none failed at any level
  failed          a rule failed
  accepted        rules failed, and all that they found is suppressed or in the baseline
  undecided       values known only at deployment, or nobody who vouches, stand in the way
  attested        somebody vouches for it in stackproof.yaml, with evidence that is still valid
  not applicable  nothing of the kind is in the app, or its rules are off

Exit codes:
  0  no line failed
  1  lines that stand as --fail-on says
  2  wrong usage or configuration
  3  some input could not be linted (everything else was)

Examples:
  stackproof checklist
  stackproof checklist cdk.out --format html > checklist.html
  stackproof checklist --format markdown >> \"$GITHUB_STEP_SUMMARY\"";

#[derive(Debug, Args)]
#[command(after_help = CHECKLIST_HELP)]
pub(super) struct ChecklistArgs {
    /// How to print the checklist
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Output")]
    pub format: ChecklistFormat,

    /// When to use colours [NO_COLOR counts in `auto`]
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub color: When,

    /// Which lines fail the run
    #[arg(long, value_name = "STATE", default_value = "failed", help_heading = "Rules")]
    pub fail_on: FailOnState,

    #[command(flatten)]
    pub lint: LintArgs,
}

/// What is linted, and how: the same for every command that lints.
#[derive(Debug, Args)]
pub(super) struct LintArgs {
    /// Cloud assemblies, folders to look through, templates, or `-` for standard input [default: cdk.out, else .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,

    /// The profile of every stack [default: as stackproof.yaml says, else by its `Environment` tag, else production]
    #[arg(long, value_name = "PROFILE", help_heading = "Rules")]
    pub profile: Option<Profile>,

    /// Only the rules that fit a glob; repeat or separate with commas
    #[arg(long = "rule", value_name = "GLOB", value_delimiter = ',', help_heading = "Rules")]
    pub only: Vec<String>,

    /// Not the rules that fit a glob; repeat or separate with commas
    #[arg(long, value_name = "GLOB", value_delimiter = ',', help_heading = "Rules")]
    pub skip: Vec<String>,

    /// A folder with rule files of your own; one with a built-in rule's id replaces it
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub rules: Vec<PathBuf>,

    /// The policy of your team [default: stackproof.yaml here, or in the nearest folder above]
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub config: Option<PathBuf>,

    /// Read no stackproof.yaml
    #[arg(long, conflicts_with = "config", help_heading = "Rules")]
    pub no_config: bool,

    /// Let no suppression count
    #[arg(long, help_heading = "Rules")]
    pub no_suppress: bool,

    /// The findings that were there before [default: as stackproof.yaml says, else stackproof-baseline.txt beside it]
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub baseline: Option<PathBuf>,

    /// Read no baseline
    #[arg(long, conflicts_with = "baseline", help_heading = "Rules")]
    pub no_baseline: bool,

    /// The day that dated rules, attestations and suppressions count from [default: the day it is, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day, help_heading = "Rules")]
    pub today: Option<Date>,

    #[command(flatten)]
    pub values: ValueArgs,

    /// Take all plain templates together as one app
    #[arg(long, help_heading = "Input")]
    pub one_app: bool,

    /// Pass over files that are named and are no templates, as those met in a folder are
    #[arg(long, help_heading = "Input")]
    pub skip_others: bool,

    /// Where your source files lie [default: the nearest folder above the assembly with cdk.json or package.json]
    #[arg(long, value_name = "DIR", help_heading = "Input")]
    pub project_root: Option<PathBuf>,

    /// How many threads to use [default: one for each processor]
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub threads: Option<usize>,
}

const EVAL_HELP: &str = "\
Exit codes:
  0  answered
  2  wrong usage: no such resource, property or parameter
  3  some input could not be read

Examples:
  stackproof eval template.yaml Bucket
  stackproof eval cdk.out ProductionStack/Fn886CB40B KmsKeyArn
  stackproof eval cdk.out Shop/Orders/Table SSESpecification.KMSMasterKeyId --parameter Env=prod";

#[derive(Debug, Args)]
#[command(after_help = EVAL_HELP)]
pub(super) struct EvalArgs {
    /// A template, the folder of a cloud assembly, or `-` for standard input
    pub file: String,

    /// A logical id, `Stack/LogicalId`, or a construct path
    pub resource: String,

    /// A property, as rules name it: KmsKeyArn, Environment.Variables, @DeletionPolicy [default: all properties]
    pub path: Option<String>,

    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Output")]
    pub format: ListFormat,

    #[command(flatten)]
    pub values: ValueArgs,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    pub action: Option<RulesAction>,

    /// How to print the list
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ListFormat,

    /// A folder with rule files of your own
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesAction {
    /// Explain a rule
    Show {
        /// The rule's id
        id: String,
        /// A folder with rule files of your own
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
    /// Write the reference of the rules, as Markdown pages, into a folder
    Docs {
        /// The folder; pages of an earlier run that are no longer needed are removed
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// A folder with rule files of your own
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
    /// Run the examples of rules: the built-in ones, or those of a folder or file
    Test {
        /// Folders or files with rules
        #[arg(value_name = "DIR")]
        folders: Vec<PathBuf>,
    },
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How to print a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

/// The least severity that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Any finding
    Note,
    /// None: only report
    Never,
}

/// Which lines of the checklist fail a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOnState {
    /// Those that failed
    Failed,
    /// Those that failed, and those that are undecided
    Undecided,
    /// None: only report
    Never,
}

impl FailOn {
    /// The severity; none: nothing fails the run.
    pub fn severity(self) -> Option<Severity> {
        match self {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Note => Some(Severity::Note),
            FailOn::Never => None,
        }
    }
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "a day is written like 2026-06-01".to_owned())
}

impl ValueEnum for Profile {
    fn value_variants<'a>() -> &'a [Self] {
        &Profile::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()))
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Format::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.description()))
    }
}

impl ValueEnum for ChecklistFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &ChecklistFormat::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.description()))
    }
}

impl ValueEnum for Place {
    fn value_variants<'a>() -> &'a [Self] {
        &Place::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.description()))
    }
}

impl ValueEnum for Show {
    fn value_variants<'a>() -> &'a [Self] {
        &Show::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.description()))
    }
}
