//! The resource graph as one page that needs nothing else: no network, no server.
//!
//! The page is `page.html` with its style, its program, the vendored libraries and the graph as JSON put in. The graph reaches
//! the page as data in a `script` element that is not run; what is shown of it is set as text.
use super::stroke;
use crate::diagram::{Diagram, Mark, Relation};
use crate::report::text::one_line;
use serde::Serialize;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::io::{self, Write};

const PAGE: &str = include_str!("page.html");
const GRAPH: &str = "/* graph */";
/// What is put into the page, in the order of its places. That of the graph has no text of its own.
const PARTS: [(&str, &str); 7] = [
    ("/* style */", include_str!("page.css")),
    (GRAPH, ""),
    ("/* dagre licence */", include_str!("../../../vendor/graph/dagre.LICENSE")),
    ("/* dagre */", include_str!("../../../vendor/graph/dagre.min.js")),
    ("/* cytoscape */", include_str!("../../../vendor/graph/cytoscape.min.js")),
    ("/* layout */", include_str!("layout.js")),
    ("/* program */", include_str!("page.js")),
];

#[derive(Serialize)]
struct Data<'d> {
    relations: Vec<RelationOut>,
    stacks: Vec<StackOut<'d>>,
    nodes: Vec<NodeOut<'d>>,
    /// From, to, relation, certain, places.
    edges: Vec<(usize, usize, usize, bool, usize)>,
    findings: Vec<MarkOut<'d>>,
}

#[derive(Serialize)]
struct RelationOut {
    name: &'static str,
    description: &'static str,
    colour: &'static str,
    line: &'static str,
}

#[derive(Serialize)]
struct StackOut<'d> {
    name: Cow<'d, str>,
    file: Cow<'d, str>,
    parent: Option<usize>,
    environment: Option<Cow<'d, str>>,
    findings: Vec<MarkOut<'d>>,
}

#[derive(Serialize)]
struct NodeOut<'d> {
    stack: usize,
    id: Cow<'d, str>,
    kind: Cow<'d, str>,
    path: Option<Cow<'d, str>>,
    findings: Vec<MarkOut<'d>>,
}

#[derive(Serialize)]
struct MarkOut<'d> {
    severity: &'static str,
    rule: &'d str,
    message: Cow<'d, str>,
}

/// Writes the page.
///
/// # Errors
/// Only those of `out`.
pub(super) fn render(diagram: &Diagram, out: &mut dyn Write) -> io::Result<()> {
    let mut rest = PAGE;
    for (place, text) in PARTS {
        let (before, after) = rest.split_once(place).expect("invariant: the page has a place for each part");
        out.write_all(before.as_bytes())?;
        if place == GRAPH {
            let json = serde_json::to_string(&data(diagram))?;
            // `</script` would end the element, and `<!--` would hide its end.
            out.write_all(json.replace('<', "\\u003c").as_bytes())?;
        } else {
            out.write_all(text.trim_end().as_bytes())?;
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

fn data(diagram: &Diagram) -> Data<'_> {
    let relations = Relation::ALL.map(|relation| {
        let (colour, line) = stroke(relation);
        RelationOut { name: relation.as_str(), description: relation.description(), colour, line }
    });
    let number =
        |relation: Relation| Relation::ALL.iter().position(|other| *other == relation).unwrap_or_default();
    let stacks = diagram.stacks.iter().map(|stack| StackOut {
        name: one_line(&stack.name),
        file: one_line(&stack.file),
        parent: stack.parent,
        environment: stack.environment.as_deref().map(one_line),
        findings: marks(&stack.findings),
    });
    let nodes = diagram.nodes.iter().map(|node| NodeOut {
        stack: node.stack,
        id: one_line(&node.logical_id),
        kind: one_line(&node.kind),
        path: node.construct_path.as_deref().map(one_line),
        findings: marks(&node.findings),
    });
    let edges = diagram.edges.iter();
    Data {
        relations: relations.into(),
        stacks: stacks.collect(),
        nodes: nodes.collect(),
        edges: edges.map(|e| (e.from, e.to, number(e.relation), e.certain, e.places)).collect(),
        findings: marks(&diagram.findings),
    }
}

/// The gravest first.
fn marks(marks: &[Mark]) -> Vec<MarkOut<'_>> {
    let mut sorted: Vec<&Mark> = marks.iter().collect();
    sorted.sort_by_key(|mark| (Reverse(mark.severity), &mark.rule));
    sorted
        .into_iter()
        .map(|mark| MarkOut {
            severity: mark.severity.as_str(),
            rule: &mark.rule,
            message: one_line(&mark.message),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_whole_and_nothing_that_it_holds_ends_a_script() {
        for (place, text) in PARTS {
            assert_eq!(PAGE.matches(place).count(), 1, "{place}");
            assert!(!text.contains("</script") && !text.contains("<!--"), "{place}");
        }
        let mut page = Vec::new();
        render(&Diagram::default(), &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert_eq!(page.matches("<script").count(), page.matches("</script>").count());
        assert!(
            !PAGE.contains(" src=") && !PAGE.contains(" href="),
            "the page asks for something beside itself"
        );
        assert!(PAGE.contains("default-src 'none'"), "the browser would let a library ask for something");
    }
}
