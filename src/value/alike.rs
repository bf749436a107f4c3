//! Texts with holes by what they begin and end with: which of many could be equal to another, without a look at all.
//!
//! In: identities, or anything that marks its holes alike. Out: those that agree with another text before their first
//! hole and behind their last. Beginnings and ends are sought in turn, until the rarer of the two has shown all of its.
use super::function::arguments;
use super::identity::{HOLE_MARK, could_equal, ends, literal_ends};
use super::model::Value;
use super::resolver::Resolver;
use crate::graph::StackId;
use crate::syntax::Node;
use crate::template::Intrinsic;
use std::collections::{BTreeMap, BTreeSet};

/// Texts, and what each stands for.
#[derive(Debug)]
pub struct Alike<T> {
    all: Vec<(String, T)>,
    by_start: Affixes,
    by_end: Affixes,
}

impl<T> Default for Alike<T> {
    fn default() -> Self {
        Alike { all: Vec::new(), by_start: Affixes::default(), by_end: Affixes::default() }
    }
}

impl<T> Alike<T> {
    /// Adds a text.
    pub fn add(&mut self, text: String, of: T) {
        let (index, (start, end)) = (self.all.len(), ends(&text, &[HOLE_MARK]));
        self.by_start.add(start.bytes().collect(), index);
        self.by_end.add(end.bytes().rev().collect(), index);
        self.all.push((text, of));
    }

    /// Those that could be equal to a text, in no order.
    pub fn to<'s>(&'s self, text: &'s str) -> impl Iterator<Item = &'s (String, T)> {
        let (start, end) = ends(text, &[HOLE_MARK]);
        let reversed: Vec<u8> = end.bytes().rev().collect();
        let (mut starting, mut ending) = (self.by_start.near(start.as_bytes()), self.by_end.near(&reversed));
        let (mut started, mut ended) = (Vec::new(), Vec::new());
        let fewer = loop {
            match (starting.next(), ending.next()) {
                (None, _) => break started,
                (_, None) => break ended,
                (Some(one), Some(other)) => {
                    started.push(one);
                    ended.push(other);
                }
            }
        };
        let fewer = fewer.into_iter().filter_map(|index| self.all.get(index));
        fewer.filter(move |(known, _)| could_equal(known, text))
    }
}

/// What texts begin with.
#[derive(Debug, Default)]
struct Affixes {
    by_affix: BTreeMap<Vec<u8>, Vec<usize>>,
    lengths: BTreeSet<usize>,
}

impl Affixes {
    fn add(&mut self, affix: Vec<u8>, index: usize) {
        self.lengths.insert(affix.len());
        self.by_affix.entry(affix).or_default().push(index);
    }

    /// Those that begin another, and those that it begins.
    fn near<'s>(&'s self, affix: &'s [u8]) -> impl Iterator<Item = usize> + 's {
        let shorter =
            self.lengths.range(..affix.len()).filter_map(|&length| self.by_affix.get(&affix[..length]));
        let longer = self.by_affix.range(affix.to_vec()..).take_while(|(known, _)| known.starts_with(affix));
        shorter.chain(longer.map(|(_, indices)| indices)).flatten().copied()
    }
}

impl<'a> Resolver<'_, 'a> {
    /// What is left of a text whatever a scenario decides: each branch that a condition chooses, with a hole where more is
    /// open. One that is none has no text.
    pub fn lasting_texts(&self, stack: StackId, written: Node<'a>) -> Vec<String> {
        let mut branches = vec![written];
        let mut texts = Vec::new();
        // No condition gives a parameter its default.
        let outer = self.in_condition.replace(true);
        while let Some(branch) = branches.pop() {
            if let Some(Intrinsic::If(argument)) = Intrinsic::of(branch)
                && let Some([_, then, otherwise]) = arguments(argument)
            {
                branches.extend([then, otherwise]);
                continue;
            }
            let value = self.without_forking(|| self.resolve(stack, branch).value);
            let (start, end) = literal_ends(&value);
            match value.scalar_text() {
                Some(text) => texts.push(text.to_owned()),
                None if matches!(value, Value::NoValue) => {}
                None => texts.push(format!("{start}{HOLE_MARK}{end}")),
            }
        }
        self.in_condition.set(outer);
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_are_found_that_could_be_equal() {
        let texts = [
            "",
            "a",
            "ab",
            "b",
            "\u{1}p\u{1}",
            "a\u{1}p\u{1}",
            "\u{1}p\u{1}b",
            "a\u{1}p\u{1}b",
            "ab\u{1}p\u{1}b",
        ];
        let mut alike = Alike::default();
        texts.iter().enumerate().for_each(|(index, text)| alike.add((*text).to_owned(), index));
        for text in texts {
            let mut found: Vec<usize> = alike.to(text).map(|(_, index)| *index).collect();
            found.sort_unstable();
            let wanted = (0..texts.len()).filter(|index| could_equal(texts[*index], text));
            assert_eq!(found, wanted.collect::<Vec<_>>(), "{text}");
        }
    }
}
