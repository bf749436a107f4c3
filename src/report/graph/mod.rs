//! The resource graph in forms that others draw: a file for each form.
//!
//! In goes a [`Diagram`]; out come bytes. Names come from templates that a stranger may have
//! written: each form escapes them so that they are shown, and neither obeyed nor lost.
mod dot;
mod html;
mod mermaid;

use crate::diagram::{Diagram, Relation};
use std::io;

/// The forms of the resource graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphFormat {
    /// For Graphviz.
    Dot,
    /// For Markdown.
    Mermaid,
    /// A page of its own.
    Html,
}

impl GraphFormat {
    /// All of them.
    pub const ALL: [GraphFormat; 3] = [GraphFormat::Dot, GraphFormat::Mermaid, GraphFormat::Html];

    /// The name of its flag.
    pub const fn as_str(self) -> &'static str {
        match self {
            GraphFormat::Dot => "dot",
            GraphFormat::Mermaid => "mermaid",
            GraphFormat::Html => "html",
        }
    }

    /// What `--help` says of it.
    pub const fn description(self) -> &'static str {
        match self {
            GraphFormat::Dot => "for Graphviz",
            GraphFormat::Mermaid => "a flowchart that many sites draw inside Markdown",
            GraphFormat::Html => "a page to pan, zoom, search and click, which needs nothing else",
        }
    }

    /// The most edges that what draws the form takes by default; none: any number.
    pub const fn most_edges(self) -> Option<usize> {
        match self {
            GraphFormat::Mermaid => Some(500),
            GraphFormat::Dot | GraphFormat::Html => None,
        }
    }
}

/// Writes the graph. The same graph gives the same bytes.
///
/// # Errors
/// Only those of `out`.
pub fn render_graph(diagram: &Diagram, format: GraphFormat, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        GraphFormat::Dot => dot::render(diagram, out),
        GraphFormat::Mermaid => mermaid::render(diagram, out),
        GraphFormat::Html => html::render(diagram, out),
    }
}

/// Stroke colour and whether the line is broken, for each relation; the page has the same in its legend.
fn stroke(relation: Relation) -> (&'static str, &'static str) {
    match relation {
        Relation::Ref => ("#64748b", "solid"),
        Relation::GetAtt => ("#0f766e", "solid"),
        Relation::DependsOn => ("#94a3b8", "dashed"),
        Relation::Import => ("#7c3aed", "solid"),
        Relation::Nested => ("#2563eb", "dashed"),
        Relation::Name => ("#b45309", "dotted"),
    }
}
