//! Stacks, resources and edges, and the findings that belong to each.
use crate::finding::{Finding, Severity};
use std::collections::HashMap;
use std::sync::Arc;

/// All that is drawn.
#[derive(Clone, Debug, Default)]
pub struct Diagram {
    /// The stacks; a nested one after its parent.
    pub stacks: Vec<Stack>,
    /// The resources, stack by stack.
    pub nodes: Vec<Node>,
    /// What speaks of what, in order of the speakers.
    pub edges: Vec<Edge>,
    /// Findings about apps as a whole.
    pub findings: Vec<Mark>,
}

/// A stack: a box around its resources.
#[derive(Clone, Debug)]
pub struct Stack {
    /// As people name it.
    pub name: String,
    /// The manifest's artifact id.
    pub artifact: Option<String>,
    /// The template.
    pub file: String,
    /// The stack that it is nested in, by its index.
    pub parent: Option<usize>,
    /// Account and region, as far as they are known.
    pub environment: Option<String>,
    /// Findings about the stack itself.
    pub findings: Vec<Mark>,
}

/// A resource.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its stack, by its index.
    pub stack: usize,
    /// The logical id.
    pub logical_id: String,
    /// The CloudFormation type.
    pub kind: String,
    /// The construct path.
    pub construct_path: Option<String>,
    /// Findings about it.
    pub findings: Vec<Mark>,
}

/// One resource speaks of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Who speaks, by its index.
    pub from: usize,
    /// Of whom.
    pub to: usize,
    /// How.
    pub relation: Relation,
    /// Whether it holds in every deployment.
    pub certain: bool,
    /// At how many places of the speaker.
    pub places: usize,
}

/// How one resource comes to speak of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// `Ref`.
    Ref,
    /// `Fn::GetAtt`.
    GetAtt,
    /// `DependsOn`.
    DependsOn,
    /// An export, or the Parameter Store.
    Import,
    /// A nested stack's parameter or output.
    Nested,
    /// A text that is the other's physical name.
    Name,
}

impl Relation {
    /// All of them, in the order of a legend.
    pub const ALL: [Relation; 6] = [
        Relation::Ref,
        Relation::GetAtt,
        Relation::DependsOn,
        Relation::Import,
        Relation::Nested,
        Relation::Name,
    ];

    /// The name in drawings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Relation::Ref => "Ref",
            Relation::GetAtt => "GetAtt",
            Relation::DependsOn => "DependsOn",
            Relation::Import => "import",
            Relation::Nested => "nested stack",
            Relation::Name => "name",
        }
    }

    /// What a legend says of it.
    pub const fn description(self) -> &'static str {
        match self {
            Relation::Ref => "Ref, also inside Fn::Sub",
            Relation::GetAtt => "Fn::GetAtt, also inside Fn::Sub",
            Relation::DependsOn => "DependsOn",
            Relation::Import => "through an export or the Parameter Store",
            Relation::Nested => "through a nested stack's parameter or output",
            Relation::Name => "by its physical name",
        }
    }
}

/// A finding, as a drawing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// How grave it is.
    pub severity: Severity,
    /// The rule's id.
    pub rule: Arc<str>,
    /// What is wrong.
    pub message: String,
}

/// The gravest severity among findings.
pub fn worst(marks: &[Mark]) -> Option<Severity> {
    marks.iter().map(|mark| mark.severity).max()
}

impl Diagram {
    /// Adds another beside what is there.
    pub fn extend(&mut self, other: Diagram) {
        let (stacks, nodes) = (self.stacks.len(), self.nodes.len());
        let moved = |stack: Stack| Stack { parent: stack.parent.map(|parent| parent + stacks), ..stack };
        self.stacks.extend(other.stacks.into_iter().map(moved));
        self.nodes.extend(other.nodes.into_iter().map(|node| Node { stack: node.stack + stacks, ..node }));
        let moved = |edge: Edge| Edge { from: edge.from + nodes, to: edge.to + nodes, ..edge };
        self.edges.extend(other.edges.into_iter().map(moved));
        self.findings.extend(other.findings);
    }

    /// Puts findings to the resources and stacks that they speak of. Where two apps have a stack and a resource of the
    /// same names, the template of the finding decides.
    pub fn mark(&mut self, findings: &[Finding]) {
        let places = self.places(findings);
        for (finding, place) in findings.iter().zip(places) {
            let mark = Mark {
                severity: finding.severity,
                rule: finding.rule.clone(),
                message: finding.message().into_owned(),
            };
            match place {
                Some(Place { node: Some(node), .. }) => self.nodes[node].findings.push(mark),
                Some(Place { stack, node: None }) => self.stacks[stack].findings.push(mark),
                None => self.findings.push(mark),
            }
        }
    }

    /// Where each finding belongs; none: to an app.
    fn places(&self, findings: &[Finding]) -> Vec<Option<Place>> {
        let mut named: HashMap<(&str, Option<&str>), Vec<Place>> = HashMap::new();
        for (stack, it) in self.stacks.iter().enumerate() {
            named.entry((&it.name, None)).or_default().push(Place { stack, node: None });
        }
        for (index, node) in self.nodes.iter().enumerate() {
            let key = (&*self.stacks[node.stack].name, Some(&*node.logical_id));
            named.entry(key).or_default().push(Place { stack: node.stack, node: Some(index) });
        }
        let place = |finding: &Finding| {
            let subject = &finding.subject;
            let fit = named.get(&(&*subject.stack, subject.resource.as_deref()))?;
            let own = fit.iter().find(|place| self.stacks[place.stack].file == finding.location.file());
            own.or_else(|| fit.first()).copied()
        };
        findings.iter().map(place).collect()
    }
}

/// A stack, or a resource in it, by their indexes.
#[derive(Clone, Copy)]
struct Place {
    stack: usize,
    node: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::super::samples::{edge, node, stack};
    use super::*;

    #[test]
    fn two_become_one_without_mixing_up_who_is_who() {
        let one = || Diagram {
            stacks: vec![stack("Parent", None), stack("Child", Some(0))],
            nodes: vec![node(0, "A"), node(1, "B")],
            edges: vec![edge(0, 1)],
            findings: Vec::new(),
        };
        let mut both = one();
        both.extend(one());
        assert_eq!(both.stacks[3].parent, Some(2));
        assert_eq!(both.nodes[3].stack, 3);
        assert_eq!(both.edges[1], edge(2, 3));
    }
}
