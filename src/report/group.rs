//! The order in which `human` tells: by stack, and within a stack by severity and rule.
//!
//! The eye ends at the bottom, so the gravest comes last: stacks by their worst finding, then notes, warnings,
//! errors. All orders are stable over the run's own. More than [`FOLD`] findings of one rule in one stack
//! become one block: the first is drawn, the others are listed.
use super::options::Options;
use crate::finding::{Finding, Location, Run, Severity, Subject, Undecided};
use std::collections::HashMap;

/// The most findings of one rule in one stack that are each drawn in full.
pub(super) const FOLD: usize = 3;

/// What is told of one stack.
#[derive(Default)]
pub(super) struct Group<'a> {
    /// The stack as people name it; empty for an app.
    pub(super) stack: &'a str,
    /// The template that most likely is the stack's.
    pub(super) file: &'a str,
    /// Verdicts that could not be reached, those of one rule together.
    pub(super) undecided: Vec<Vec<&'a Undecided>>,
    /// Findings of one rule and severity.
    pub(super) blocks: Vec<Vec<&'a Finding>>,
}

impl Group<'_> {
    fn worst(&self) -> Option<Severity> {
        self.blocks.iter().map(|block| block[0].severity).max()
    }
}

/// All that is to be told, in order.
pub(super) fn groups<'a>(run: &'a Run, options: &Options) -> Vec<Group<'a>> {
    let mut groups = Groups::default();
    for finding in run.findings.iter().filter(|finding| options.draws(finding.severity)) {
        let key = (finding.severity, &*finding.rule);
        let (group, index) = groups.of(&finding.subject, &finding.location);
        let block = index.blocks.entry(key).or_insert_with(|| {
            group.blocks.push(Vec::new());
            group.blocks.len() - 1
        });
        group.blocks[*block].push(finding);
    }
    for undecided in run.undecided.iter().filter(|_| options.show.undecided) {
        let (group, index) = groups.of(&undecided.subject, &undecided.location);
        let list = index.undecided.entry(&undecided.rule).or_insert_with(|| {
            group.undecided.push(Vec::new());
            group.undecided.len() - 1
        });
        group.undecided[*list].push(undecided);
    }
    for group in &mut groups.list {
        group.blocks.sort_by_key(|block| block[0].severity);
    }
    groups.list.sort_by_key(Group::worst);
    groups.list
}

/// Where the rules of one group stand in it.
#[derive(Default)]
struct Index<'a> {
    blocks: HashMap<(Severity, &'a str), usize>,
    undecided: HashMap<&'a str, usize>,
}

#[derive(Default)]
struct Groups<'a> {
    list: Vec<Group<'a>>,
    indexes: Vec<Index<'a>>,
    known: HashMap<(&'a str, &'a str), usize>,
}

impl<'a> Groups<'a> {
    /// The group of that stack. Stacks of one name in two folders are two: those of two apps, of two stages.
    fn of(&mut self, subject: &'a Subject, location: &'a Location) -> (&mut Group<'a>, &mut Index<'a>) {
        let file = location.file();
        let folder = file.rfind('/').map_or("", |end| &file[..end]);
        let at = *self.known.entry((folder, &*subject.stack)).or_insert_with(|| {
            self.list.push(Group { stack: &subject.stack, file, ..Group::default() });
            self.indexes.push(Index::default());
            self.list.len() - 1
        });
        // What concerns the stack itself may stand in the manifest; its resources stand in its template.
        if subject.resource.is_some() && self.list[at].file.ends_with("manifest.json") {
            self.list[at].file = file;
        }
        (&mut self.list[at], &mut self.indexes[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn told(run: &Run, options: &Options) -> Vec<String> {
        let one = |group: &Group<'_>| {
            let blocks = group.blocks.iter().map(|block| format!("{}*{}", block[0].rule, block.len()));
            let undecided = group.undecided.iter().map(|list| format!("?{}*{}", list[0].rule, list.len()));
            let told: Vec<_> = undecided.chain(blocks).collect();
            format!("{}: {}", group.stack, told.join(" "))
        };
        groups(run, options).iter().map(one).collect()
    }

    #[test]
    fn the_gravest_comes_last_and_equals_keep_their_order() {
        let source = samples::source("cdk.out/T.template.json", "{}");
        let finding = |stack, severity, rule| samples::finding(&source, "{}", stack, severity, rule);
        let findings = vec![
            finding("A", Severity::Error, "a"),
            finding("A", Severity::Note, "b"),
            finding("B", Severity::Warning, "c"),
            finding("A", Severity::Warning, "d"),
            finding("A", Severity::Error, "a"),
            finding("C", Severity::Warning, "c"),
            finding("A", Severity::Error, "c"),
        ];
        let run = Run { findings, ..Run::default() };
        assert_eq!(told(&run, &Options::default()), ["B: c*1", "C: c*1", "A: d*1 a*2 c*1"]);
    }

    #[test]
    fn stacks_of_one_name_in_two_folders_are_told_apart_and_named_by_their_template() {
        let (run, options) = (samples::two_folders(), Options::default());
        let groups = groups(&run, &options);
        let heads: Vec<_> = groups.iter().map(|group| (group.stack, group.file)).collect();
        assert_eq!(heads, [("Api", "a/Api.template.json"), ("Api", "b/Api.template.json")]);
    }
}
