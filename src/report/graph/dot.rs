//! The resource graph for Graphviz.
use super::stroke;
use crate::diagram::{Diagram, Mark, worst};
use crate::finding::Severity;
use crate::report::text::one_line;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes the graph in the DOT language.
///
/// # Errors
/// Only those of `out`.
pub(super) fn render(diagram: &Diagram, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph stackproof {{")?;
    writeln!(out, "  graph [rankdir=LR, fontname=\"Helvetica\"];")?;
    writeln!(
        out,
        "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", fontname=\"Helvetica\"];"
    )?;
    writeln!(out, "  edge [fontname=\"Helvetica\"];")?;
    let roots: Vec<usize> =
        (0..diagram.stacks.len()).filter(|&s| diagram.stacks[s].parent.is_none()).collect();
    let parts = Parts::of(diagram);
    for stack in roots {
        cluster(diagram, &parts, stack, 1, out)?;
    }
    for edge in &diagram.edges {
        let (colour, style) = stroke(edge.relation);
        let mut about = edge.relation.description().to_owned();
        if edge.places > 1 {
            let _ = write!(about, ", {} times", edge.places);
        }
        if !edge.certain {
            about.push_str(", in some deployments");
        }
        let (from, to, about) = (edge.from, edge.to, quoted(&about));
        writeln!(out, "  n{from} -> n{to} [color=\"{colour}\", style={style}, tooltip={about}];")?;
    }
    writeln!(out, "}}")
}

/// What each stack holds.
struct Parts {
    nodes: Vec<Vec<usize>>,
    nested: Vec<Vec<usize>>,
}

impl Parts {
    fn of(diagram: &Diagram) -> Parts {
        let empty = || vec![Vec::new(); diagram.stacks.len()];
        let mut parts = Parts { nodes: empty(), nested: empty() };
        for (index, node) in diagram.nodes.iter().enumerate() {
            parts.nodes[node.stack].push(index);
        }
        for (index, stack) in diagram.stacks.iter().enumerate() {
            if let Some(parent) = stack.parent {
                parts.nested[parent].push(index);
            }
        }
        parts
    }
}

fn cluster(
    diagram: &Diagram,
    parts: &Parts,
    index: usize,
    depth: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let stack = &diagram.stacks[index];
    let pad = "  ".repeat(depth);
    let colour = worst(&stack.findings).map_or("#94a3b8", border);
    writeln!(out, "{pad}subgraph cluster_{index} {{")?;
    writeln!(out, "{pad}  label={}; color=\"{colour}\"; style=rounded;", quoted(&stack.name))?;
    writeln!(out, "{pad}  tooltip={};", quoted(&told(&stack.file, &stack.findings)))?;
    if parts.nodes[index].is_empty() && parts.nested[index].is_empty() {
        // A cluster without a node is not drawn.
        writeln!(out, "{pad}  s{index} [label=\"no resources\", shape=plaintext, style=\"\"];")?;
    }
    for &at in &parts.nodes[index] {
        let node = &diagram.nodes[at];
        let label = quoted(&format!("{}\n{}", one_line(&node.logical_id), one_line(&node.kind)));
        let about = node.construct_path.as_deref().unwrap_or(&node.logical_id);
        let (fill, line) = worst(&node.findings).map_or(("#ffffff", "#475569"), |s| (fill(s), border(s)));
        let tooltip = quoted(&told(about, &node.findings));
        writeln!(
            out,
            "{pad}  n{at} [label={label}, fillcolor=\"{fill}\", color=\"{line}\", tooltip={tooltip}];"
        )?;
    }
    for &nested in &parts.nested[index] {
        cluster(diagram, parts, nested, depth + 1, out)?;
    }
    writeln!(out, "{pad}}}")
}

/// A name, and what is wrong with it, a line each.
fn told(name: &str, findings: &[Mark]) -> String {
    let mut text = one_line(name).into_owned();
    for mark in findings {
        let _ = write!(text, "\n{}: {} ({})", mark.severity, one_line(&mark.message), mark.rule);
    }
    text
}

fn fill(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "#fee2e2",
        Severity::Warning => "#fef3c7",
        Severity::Note => "#e0f2fe",
    }
}

fn border(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "#dc2626",
        Severity::Warning => "#d97706",
        Severity::Note => "#0284c7",
    }
}

/// A quoted string. Inside one, Graphviz obeys backslashes, and reads character entities of HTML.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push_str("\\n");
        }
        for c in one_line(line).chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '&' => out.push_str("&amp;"),
                c => out.push(c),
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::samples::{edge, node, stack};

    #[test]
    fn a_nested_stack_stands_inside_its_parent_and_an_empty_one_is_drawn() {
        let diagram = Diagram {
            stacks: vec![stack("Shop", None), stack("Shop/Data", Some(0)), stack("Empty", None)],
            nodes: vec![node(0, "A"), node(1, "B")],
            edges: vec![edge(0, 1)],
            findings: Vec::new(),
        };
        let mut out = Vec::new();
        render(&diagram, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is not in {text}"));
        assert!(
            at("subgraph cluster_0") < at("subgraph cluster_1") && at("subgraph cluster_1") < at("\n  }\n")
        );
        assert!(at("n1 [") < at("\n    }\n") && at("\n    }\n") < at("\n  }\n"));
        assert!(at("subgraph cluster_2") < at("s2 [label=\"no resources\""));
        assert!(at("n0 -> n1") > at("\n  }\n"));
    }

    #[test]
    fn names_are_shown_and_not_obeyed() {
        assert_eq!(quoted("a\"]; b \\N &lt;\nc\u{1b}"), r#""a\"]; b \\N &amp;lt;\nc\\u{1b}""#);
    }
}
