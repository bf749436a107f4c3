//! Edges between resources, served by source and by target.
use super::node::ResourceId;
use crate::syntax::NodeId;

/// How one resource comes to speak of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EdgeKind {
    /// `Ref`, directly or inside `Fn::Sub`.
    Ref,
    /// `Fn::GetAtt`, directly or inside `Fn::Sub`.
    GetAtt,
    /// `DependsOn`.
    DependsOn,
    /// Through an export of another stack, or a value that it writes to the Parameter Store.
    Import,
    /// Through a parameter that the parent stack gives, or an output of a nested stack.
    Nested,
    /// A text equal to the other's physical name.
    Name,
}

/// One resource speaks of another, at a place of its own template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Who speaks.
    pub from: ResourceId,
    /// Of whom.
    pub to: ResourceId,
    /// Where in the speaker's template: the function, or the literal.
    pub at: NodeId,
    /// How.
    pub kind: EdgeKind,
    /// Whether it holds in every deployment; a name in an environment that may be another does not.
    pub certain: bool,
}

/// All edges, in order of their sources, with an index by target.
#[derive(Debug, Default)]
pub struct Edges {
    all: Vec<Edge>,
    /// `outgoing[r]..outgoing[r + 1]` of `all` start at resource r.
    outgoing: Vec<u32>,
    /// Indexes into `all`, by target, then by source.
    by_target: Vec<u32>,
    /// `incoming[r]..incoming[r + 1]` of `by_target` end at resource r.
    incoming: Vec<u32>,
}

impl Edges {
    /// Indexes edges that come in order of their sources.
    pub fn new(all: Vec<Edge>, resources: usize) -> Edges {
        let outgoing = offsets(all.iter().map(|edge| edge.from.0), resources);
        let incoming = offsets(all.iter().map(|edge| edge.to.0), resources);
        let mut next = incoming.clone();
        let mut by_target = vec![0; all.len()];
        for (index, edge) in all.iter().enumerate() {
            let slot = &mut next[edge.to.0 as usize];
            by_target[*slot as usize] = index as u32;
            *slot += 1;
        }
        Edges { all, outgoing, by_target, incoming }
    }

    /// What a resource speaks of.
    pub fn from(&self, id: ResourceId) -> &[Edge] {
        let r = id.0 as usize;
        &self.all[self.outgoing[r] as usize..self.outgoing[r + 1] as usize]
    }

    /// Who speaks of a resource.
    pub fn to(&self, id: ResourceId) -> impl ExactSizeIterator<Item = &Edge> {
        let r = id.0 as usize;
        let range = self.incoming[r] as usize..self.incoming[r + 1] as usize;
        self.by_target[range].iter().map(|&index| &self.all[index as usize])
    }

    /// How many edges there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

fn offsets(keys: impl Iterator<Item = u32>, count: usize) -> Vec<u32> {
    let mut offsets = vec![0u32; count + 1];
    for key in keys {
        offsets[key as usize + 1] += 1;
    }
    for i in 0..count {
        offsets[i + 1] += offsets[i];
    }
    offsets
}
