//! The graph of an assembly -> a [`Diagram`]: stacks with what is nested in them, resources, and one edge for each way in
//! which one speaks of another. It decides nothing about rules; findings are put to it later.
use super::locate;
use crate::diagram::{Diagram, Edge, Node, Relation, Stack};
use crate::graph::{self, EdgeKind, ResourceId};
use crate::value::World;
use std::collections::BTreeMap;

/// What CDK adds for its own statistics; it is part of no architecture.
const METADATA: &str = "AWS::CDK::Metadata";

pub(super) fn draw(world: &World<'_>) -> Diagram {
    let graph = world.graph;
    let mut diagram = Diagram::default();
    for stack in &graph.stacks {
        let input = stack.input;
        diagram.stacks.push(Stack {
            name: input.display_name.clone(),
            artifact: input.artifact.clone(),
            file: stack.template.document.source().name().to_owned(),
            parent: stack.parent.map(|holder| graph.resource(holder).stack.0 as usize),
            environment: environment(input.account.as_deref(), input.region.as_deref()),
            findings: Vec::new(),
        });
    }
    let mut numbers = vec![None; graph.resources.len()];
    for (index, resource) in graph.resources.iter().enumerate() {
        if resource.declared.type_name == METADATA {
            continue;
        }
        numbers[index] = Some(diagram.nodes.len());
        diagram.nodes.push(Node {
            stack: resource.stack.0 as usize,
            logical_id: resource.declared.logical_id().to_owned(),
            kind: resource.declared.type_name.to_owned(),
            construct_path: locate::construct_path(world, ResourceId(index as u32)).map(str::to_owned),
            findings: Vec::new(),
        });
    }
    for (index, from) in numbers.iter().enumerate() {
        let Some(from) = *from else { continue };
        let mut ways: BTreeMap<(usize, Relation), (bool, usize)> = BTreeMap::new();
        for edge in world.edges().from(ResourceId(index as u32)) {
            let Some(to) = numbers[edge.to.0 as usize].filter(|&to| to != from) else { continue };
            let way = ways.entry((to, relation(edge))).or_insert((false, 0));
            way.0 |= edge.certain;
            way.1 += 1;
        }
        let edges = ways.into_iter();
        diagram.edges.extend(edges.map(|((to, relation), (certain, places))| Edge {
            from,
            to,
            relation,
            certain,
            places,
        }));
    }
    diagram
}

fn environment(account: Option<&str>, region: Option<&str>) -> Option<String> {
    match (account, region) {
        (Some(account), Some(region)) => Some(format!("{account} / {region}")),
        (known, None) | (None, known) => known.map(str::to_owned),
    }
}

fn relation(edge: &graph::Edge) -> Relation {
    match edge.kind {
        EdgeKind::Ref => Relation::Ref,
        EdgeKind::GetAtt => Relation::GetAtt,
        EdgeKind::DependsOn => Relation::DependsOn,
        EdgeKind::Import => Relation::Import,
        EdgeKind::Nested => Relation::Nested,
        EdgeKind::Name => Relation::Name,
    }
}
