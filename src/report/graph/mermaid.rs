//! The resource graph as a Mermaid flowchart, which many sites draw inside Markdown.
use super::stroke;
use crate::diagram::{Diagram, Relation, worst};
use crate::finding::Severity;
use crate::report::text::one_line;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes the graph as a flowchart.
///
/// # Errors
/// Only those of `out`.
pub(super) fn render(diagram: &Diagram, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for stack in (0..diagram.stacks.len()).filter(|&stack| diagram.stacks[stack].parent.is_none()) {
        subgraph(diagram, stack, 1, out)?;
    }
    for edge in &diagram.edges {
        let arrow = match stroke(edge.relation).1 {
            "solid" => "-->",
            _ => "-.->",
        };
        // Ref and GetAtt are most of them; naming each would hide the rest.
        match edge.relation {
            Relation::Ref | Relation::GetAtt => writeln!(out, "  n{} {arrow} n{}", edge.from, edge.to)?,
            other => writeln!(out, "  n{} {arrow}|{}| n{}", edge.from, other.as_str(), edge.to)?,
        }
    }
    for relation in Relation::ALL {
        let edges = diagram.edges.iter().enumerate().filter(|(_, edge)| edge.relation == relation);
        let numbers: Vec<_> = edges.map(|(index, _)| index.to_string()).collect();
        if !numbers.is_empty() {
            writeln!(out, "  linkStyle {} stroke:{}", numbers.join(","), stroke(relation).0)?;
        }
    }
    for severity in Severity::ALL {
        let (fill, line) = match severity {
            Severity::Error => ("#fee2e2", "#dc2626"),
            Severity::Warning => ("#fef3c7", "#d97706"),
            Severity::Note => ("#e0f2fe", "#0284c7"),
        };
        let name = severity.as_str();
        let stacks = diagram.stacks.iter().enumerate();
        let stacks = stacks.filter(|(_, stack)| worst(&stack.findings) == Some(severity));
        let nodes = diagram.nodes.iter().enumerate();
        let nodes = nodes.filter(|(_, node)| worst(&node.findings) == Some(severity));
        let ids: Vec<_> = stacks
            .map(|(index, _)| format!("s{index}"))
            .chain(nodes.map(|(index, _)| format!("n{index}")))
            .collect();
        if !ids.is_empty() {
            writeln!(out, "  classDef {name} fill:{fill},stroke:{line},color:#1e293b")?;
            writeln!(out, "  class {} {name}", ids.join(","))?;
        }
    }
    Ok(())
}

fn subgraph(diagram: &Diagram, index: usize, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    let pad = "  ".repeat(depth);
    writeln!(out, "{pad}subgraph s{index}[\"{}\"]", label(&diagram.stacks[index].name))?;
    for (at, node) in diagram.nodes.iter().enumerate().filter(|(_, node)| node.stack == index) {
        writeln!(out, "{pad}  n{at}[\"{}<br/>{}\"]", label(&node.logical_id), label(&node.kind))?;
    }
    for (nested, _) in diagram.stacks.iter().enumerate().filter(|(_, stack)| stack.parent == Some(index)) {
        subgraph(diagram, nested, depth + 1, out)?;
    }
    writeln!(out, "{pad}end")
}

/// The text of a label. What is neither a letter, a digit nor plain punctuation is written as an entity: quotes end a
/// label, backticks make it Markdown, `%%{` a directive, `<` HTML.
fn label(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | ':' | '/' | '.' | ',' | '(' | ')' | '-' | '_') {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    // An empty label is none.
    if out.trim().is_empty() { "#32;".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_and_not_obeyed() {
        assert_eq!(label("a\"]%%{<b>`"), "a#34;#93;#37;#37;#123;#60;b#62;#96;");
        assert_eq!(label("AWS::SQS::Queue"), "AWS::SQS::Queue");
        assert_eq!(label(""), "#32;");
    }
}
