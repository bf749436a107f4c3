//! `stackproof graph`: the resource graph of assemblies and templates, with the findings on it, in a form that others draw.
use super::args::LintArgs;
use super::parameters::tell;
use super::{End, complain};
use crate::diagram::Diagram;
use crate::finding::Problem;
use crate::report::{GraphFormat, render_graph};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use globset::{Glob, GlobMatcher};
use std::io::{self, Write};

const HELP: &str = "\
Exit codes:
  0  drawn
  2  wrong usage: no such stack, resource or parameter
  3  some input could not be read (everything else was drawn)

Examples:
  stackproof graph --format html > graph.html
  stackproof graph cdk.out | dot -Tsvg > graph.svg
  stackproof graph cdk.out --format mermaid --stack 'Shop*'
  stackproof graph cdk.out --resource OrdersTable --depth 2 | dot -Tpng > orders.png";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct GraphArgs {
    /// The form of the drawing
    #[arg(long, value_name = "FORMAT", default_value = "dot", help_heading = "Output")]
    pub format: GraphFormat,

    /// Only stacks whose name fits a glob, and what is nested in them; repeat or separate with commas
    #[arg(long, value_name = "GLOB", value_delimiter = ',', help_heading = "Output")]
    pub stack: Vec<String>,

    /// Only what lies around resources that fit a glob by logical id, `Stack/LogicalId` or construct path
    #[arg(long, value_name = "GLOB", value_delimiter = ',', help_heading = "Output")]
    pub resource: Vec<String>,

    /// How many edges away from --resource
    #[arg(long, value_name = "N", default_value_t = 1, requires = "resource", help_heading = "Output")]
    pub depth: usize,

    /// Without findings
    #[arg(long, help_heading = "Rules")]
    pub no_findings: bool,

    #[command(flatten)]
    pub lint: LintArgs,
}

impl ValueEnum for GraphFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &GraphFormat::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.description()))
    }
}

/// Runs the command.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(args: &GraphArgs, out: &mut dyn Write) -> io::Result<End> {
    let Some((run, mut diagram)) = args.lint.draw() else { return Ok(End::Usage) };
    run.problems.iter().filter(|problem| problem.unlinted).for_each(tell);
    if !args.no_findings {
        diagram.mark(&run.findings);
    }
    if let Err(message) = narrow(&mut diagram, args) {
        complain(&message, None);
        return Ok(End::Usage);
    }
    if let Some(most) = args.format.most_edges().filter(|&most| most < diagram.edges.len()) {
        let message = format!("{} edges, and at most {most} are drawn by default", diagram.edges.len());
        let remark = Problem::remark(args.format.as_str(), message);
        tell(
            &remark.with_help(
                "draw a part of it with --stack or --resource, or raise maxEdges where it is drawn",
            ),
        );
    }
    render_graph(&diagram, args.format, out)?;
    Ok(if run.incomplete() { End::Unlinted } else { End::Clean })
}

/// Keeps what was asked for.
fn narrow(diagram: &mut Diagram, args: &GraphArgs) -> Result<(), String> {
    if !args.stack.is_empty() && !diagram.keep_stacks(&globs(&args.stack)?) {
        return Err(format!("no stack fits {}", args.stack.join(", ")));
    }
    if !args.resource.is_empty() && !diagram.keep_around(&globs(&args.resource)?, args.depth) {
        return Err(format!("no resource fits {}", args.resource.join(", ")));
    }
    Ok(())
}

fn globs(texts: &[String]) -> Result<Vec<GlobMatcher>, String> {
    texts
        .iter()
        .map(|text| Glob::new(text).map(|glob| glob.compile_matcher()).map_err(|e| e.to_string()))
        .collect()
}
