//! How the rules fared stack by stack: the rows of a checklist.
use super::accept::Row;
use super::plan::root_of;
use super::subject::Subject;
use crate::finding::{Counts, StackTally};
use crate::graph::{Graph, StackId};
use std::collections::{BTreeMap, BTreeSet};

/// The counts of each deployable stack, nested ones included, and of each app behind them: of what was judged, the
/// subject, the rule and how it fared.
pub(super) fn by_stack(
    graph: &Graph<'_>,
    judged: impl Iterator<Item = (Subject, usize, Counts)>,
) -> Vec<(Row, StackTally)> {
    let mut rows: BTreeMap<Row, BTreeMap<usize, Counts>> = BTreeMap::new();
    let mut levels = BTreeSet::new();
    for (index, stack) in graph.stacks.iter().enumerate() {
        rows.entry((false, root_of(graph, StackId(index as u32)).0)).or_default();
        if levels.insert(stack.input.level) {
            rows.entry((true, index as u32)).or_default();
        }
    }
    for (subject, rule, counts) in judged {
        *rows.entry(row_of(graph, subject)).or_default().entry(rule).or_default() += counts;
    }
    let tally = |((app, stack), rules): (Row, BTreeMap<usize, Counts>)| {
        let input = graph.stack(StackId(stack)).input;
        let stage = input.display_name.rsplit_once('/').map_or("", |(stage, _)| stage);
        let name = match (app, input.level) {
            (false, _) => input.display_name.as_str(),
            (true, 0) => "",
            (true, _) => stage,
        };
        let file = if app { &graph.assembly.name } else { input.document.source().name() };
        let rules = rules.into_iter().collect();
        ((app, stack), StackTally { app, stack: name.to_owned(), file: file.to_owned(), rules })
    };
    rows.into_iter().map(tally).collect()
}

/// The row that a subject is counted in.
pub(super) fn row_of(graph: &Graph<'_>, subject: Subject) -> Row {
    match subject {
        Subject::App(first) => (true, first.0),
        Subject::Stack(stack) => (false, root_of(graph, stack).0),
        Subject::Resource(id) => (false, root_of(graph, graph.resource(id).stack).0),
    }
}
