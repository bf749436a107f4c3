//! A part of a diagram: some stacks, or what lies around some resources. What is kept keeps its order.
use super::model::{Diagram, Edge, Node, Stack};
use globset::GlobMatcher;

impl Diagram {
    /// Keeps the stacks whose name or artifact id fits one of the globs, and what is nested in them; says whether any does.
    pub fn keep_stacks(&mut self, globs: &[GlobMatcher]) -> bool {
        let mut keep: Vec<bool> = Vec::with_capacity(self.stacks.len());
        for stack in &self.stacks {
            let fits = |name: &str| globs.iter().any(|glob| glob.is_match(name));
            let named = fits(&stack.name) || stack.artifact.as_deref().is_some_and(fits);
            // A nested stack has the artifact id of its root, and stands after its parent.
            keep.push(named || stack.parent.is_some_and(|parent| keep[parent]));
        }
        let nodes: Vec<bool> = self.nodes.iter().map(|node| keep[node.stack]).collect();
        self.retain(&keep, &nodes);
        keep.contains(&true)
    }

    /// Keeps the resources that fit one of the globs by logical id, `Stack/LogicalId` or construct path, and those that at
    /// most `depth` edges lead to, whichever way they point; says whether any fits.
    pub fn keep_around(&mut self, globs: &[GlobMatcher], depth: usize) -> bool {
        let mut keep: Vec<bool> = self.nodes.iter().map(|node| self.fits(node, globs)).collect();
        let found = keep.contains(&true);
        let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for edge in &self.edges {
            neighbours[edge.from].push(edge.to);
            neighbours[edge.to].push(edge.from);
        }
        let mut border: Vec<usize> = (0..keep.len()).filter(|&index| keep[index]).collect();
        for _ in 0..depth {
            let mut next = Vec::new();
            for &other in border.iter().flat_map(|&index| &neighbours[index]) {
                if !std::mem::replace(&mut keep[other], true) {
                    next.push(other);
                }
            }
            border = next;
        }
        let mut stacks = vec![false; self.stacks.len()];
        for (node, _) in self.nodes.iter().zip(&keep).filter(|(_, keep)| **keep) {
            let mut around = Some(node.stack);
            while let Some(stack) = around.filter(|&stack| !stacks[stack]) {
                stacks[stack] = true;
                around = self.stacks[stack].parent;
            }
        }
        self.retain(&stacks, &keep);
        found
    }

    fn fits(&self, node: &Node, globs: &[GlobMatcher]) -> bool {
        let full = format!("{}/{}", self.stacks[node.stack].name, node.logical_id);
        let path = node.construct_path.as_deref();
        let short = path.and_then(|path| path.strip_suffix("/Resource"));
        let names = [Some(node.logical_id.as_str()), Some(&full), path, short];
        names.into_iter().flatten().any(|name| globs.iter().any(|glob| glob.is_match(name)))
    }

    fn retain(&mut self, stacks: &[bool], nodes: &[bool]) {
        let (stack_at, node_at) = (numbers(stacks), numbers(nodes));
        let moved =
            |stack: Stack| Stack { parent: stack.parent.and_then(|parent| stack_at[parent]), ..stack };
        let all = std::mem::take(&mut self.stacks);
        self.stacks = all.into_iter().zip(stacks).filter(|(_, keep)| **keep).map(|(s, _)| moved(s)).collect();
        let all = std::mem::take(&mut self.nodes);
        self.nodes = all
            .into_iter()
            .zip(nodes)
            .filter(|(_, keep)| **keep)
            .filter_map(|(node, _)| Some(Node { stack: stack_at[node.stack]?, ..node }))
            .collect();
        let all = std::mem::take(&mut self.edges);
        self.edges = all
            .into_iter()
            .filter_map(|edge| Some(Edge { from: node_at[edge.from]?, to: node_at[edge.to]?, ..edge }))
            .collect();
    }
}

/// The new number of each one that is kept.
fn numbers(keep: &[bool]) -> Vec<Option<usize>> {
    let mut next = 0;
    keep.iter()
        .map(|&keep| {
            next += usize::from(keep);
            keep.then(|| next - 1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::samples::{edge, node, stack};
    use super::*;

    fn chain() -> Diagram {
        Diagram {
            stacks: vec![stack("Shop", None), stack("Shop/Data", Some(0)), stack("Logs", None)],
            nodes: vec![node(0, "A"), node(1, "B"), node(2, "C"), node(2, "D")],
            edges: vec![edge(0, 1), edge(1, 2), edge(2, 3)],
            findings: Vec::new(),
        }
    }

    fn glob(text: &str) -> Vec<GlobMatcher> {
        vec![globset::Glob::new(text).unwrap().compile_matcher()]
    }

    fn ids(diagram: &Diagram) -> Vec<&str> {
        diagram.nodes.iter().map(|node| &*node.logical_id).collect()
    }

    #[test]
    fn a_stack_keeps_what_is_nested_in_it() {
        let mut diagram = chain();
        assert!(diagram.keep_stacks(&glob("Shop")));
        assert_eq!(ids(&diagram), ["A", "B"]);
        assert_eq!(diagram.edges, [edge(0, 1)]);
        assert!(!chain().keep_stacks(&glob("Nothing")));
    }

    #[test]
    fn a_neighbourhood_goes_both_ways_and_keeps_the_boxes_around_it() {
        let mut diagram = chain();
        assert!(diagram.keep_around(&glob("Shop/Data/B"), 1));
        assert_eq!(ids(&diagram), ["A", "B", "C"]);
        assert_eq!(diagram.edges, [edge(0, 1), edge(1, 2)]);
        let mut diagram = chain();
        diagram.keep_around(&glob("B"), 0);
        assert_eq!(ids(&diagram), ["B"]);
        assert_eq!(diagram.stacks[1].parent, Some(0));
        assert_eq!(diagram.stacks.len(), 2);
    }
}
