//! A key of a map -> what stands there.
//!
//! The parsers note in the cell of each key what tells it apart at a glance, so that looking for a key hardly ever looks at
//! the text of another.
use super::{Cell, Document, Kind, Node, NodeId};
use rustc_hash::FxHashMap;

/// The `extent` of a scalar. Keys that were written by the parsers have the [`Glance`] at their text instead.
pub(super) const SCALAR: u32 = 1;

/// What tells keys apart without a look at their texts: those of equal keys are equal.
#[derive(Clone, Copy)]
pub(super) struct Glance(u64);

impl Glance {
    /// The length and up to 16 bytes of a key, mixed; the high bits are the good ones.
    #[inline]
    pub(super) fn at(key: &[u8]) -> Glance {
        let word = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
        let half = |bytes: &[u8]| bytes.try_into().map_or(0, u32::from_le_bytes);
        let len = key.len();
        let mixed = if len >= 8 {
            word(&key[..8]).rotate_left(25) ^ word(&key[len - 8..])
        } else if len >= 4 {
            (u64::from(half(&key[..4])) << 32) ^ u64::from(half(&key[len - 4..]))
        } else {
            let byte = |at: usize| key.get(at).map_or(0, |byte| u64::from(*byte));
            byte(0) | (byte(1) << 8) | (byte(2) << 16)
        };
        Glance((mixed ^ len as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// One of 64.
    #[inline]
    pub(super) fn bucket(self) -> u32 {
        (self.0 >> 58) as u32
    }

    /// The `extent` of the key's cell.
    #[inline]
    pub(super) fn extent(self) -> u32 {
        (self.0 >> 32) as u32 | 4
    }

    /// Whether a key cell is one of the key that looks so.
    #[inline]
    fn is_of(self, written: Cell, key: &str, document: &Document) -> bool {
        (written.extent == self.extent() || written.extent == SCALAR)
            && document.bytes(written) == key.as_bytes()
    }
}

impl<'a> Node<'a> {
    /// The value at a key of a map.
    #[inline]
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The values at several keys of a map, found in one go.
    pub fn get_each<const N: usize>(self, keys: [&str; N]) -> [Option<Node<'a>>; N] {
        let mut found = [None; N];
        let glances = keys.map(|key| Glance::at(key.as_bytes()));
        for (written, value) in self.entries() {
            let is_key = |at: &usize| glances[*at].is_of(written.cell(), keys[*at], self.document());
            if let Some(at) = (0..N).find(is_key) {
                found[at].get_or_insert(value);
            }
        }
        found
    }

    /// The key and the value at a key of a map.
    #[inline]
    pub fn entry(self, key: &str) -> Option<(Node<'a>, Node<'a>)> {
        self.find(key, Glance::at(key.as_bytes()))
    }

    fn find(self, key: &str, glance: Glance) -> Option<(Node<'a>, Node<'a>)> {
        let document = self.document();
        let cell = self.cell();
        let mut pairs = if cell.kind == Kind::Map { cell.len } else { 0 };
        if pairs > MANY {
            return self.find_of_many(key, glance);
        }
        let mut at = self.id().0 + 1;
        while pairs > 0 {
            let [written, value] = document.cells.get(at as usize..)?.first_chunk()?;
            if glance.is_of(*written, key, document) {
                return Some((document.node(NodeId(at)), document.node(NodeId(at + 1))));
            }
            at += 1 + value.cells();
            pairs -= 1;
        }
        None
    }

    /// The same in a map of many keys, by an index of all such.
    #[cold]
    fn find_of_many(self, key: &str, glance: Glance) -> Option<(Node<'a>, Node<'a>)> {
        let document = self.document();
        let indexes = document.many.get_or_init(|| document.index_many());
        let keys = indexes.get(&self.id())?;
        let alike = &keys[keys.partition_point(|(known, _)| *known < glance.extent())..];
        let alike = alike.iter().take_while(|(known, _)| *known == glance.extent());
        let mut found = alike.map(|(_, at)| document.node(*at));
        let written = found.find(|written| document.bytes(written.cell()) == key.as_bytes())?;
        Some((written, document.node(NodeId(written.id().0 + 1))))
    }
}

/// A map of more keys has an index.
const MANY: u32 = 128;

/// The keys of maps that have many, by their glances.
pub(super) type Many = FxHashMap<NodeId, Vec<(u32, NodeId)>>;

impl Document {
    fn index_many(&self) -> Many {
        let is_many = |cell: &Cell| cell.kind == Kind::Map && cell.len > MANY;
        let many = self.cells.iter().enumerate().filter(|(_, cell)| is_many(cell));
        let index = |(at, _)| {
            let map = self.node(NodeId(at as u32));
            let glance = |key: Node<'_>| Glance::at(self.bytes(key.cell())).extent();
            let mut keys: Vec<_> = map.entries().map(|(key, _)| (glance(key), key.id())).collect();
            keys.sort_unstable();
            (map.id(), keys)
        };
        many.map(index).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::parse;
    use std::sync::Arc;

    #[test]
    fn keys_that_look_alike_are_told_apart() {
        // The first eight bytes, the last eight and the length are the same.
        let (one, other) = ("aaaaaaaa-1-bbbbbbbb", "aaaaaaaa-2-bbbbbbbb");
        assert_eq!(Glance::at(one.as_bytes()).extent(), Glance::at(other.as_bytes()).extent());
        for text in [
            format!(r#"{{"{one}": 1, "{other}": 2, "": 3, "\u0061": 4, "b": 5}}"#),
            format!("{one}: 1\n? {other}\n: 2\n'': 3\na: 4\n\"\\x62\": 5"),
            format!("x: &x {{{one}: 1, {other}: 2}}\n'': 3\na: 4\n<<: *x\nb: 5"),
        ] {
            let document = parse(Arc::new(Source::new("t", text.as_str()))).unwrap();
            let keys = [one, other, "", "a", "b"];
            let found = keys.map(|key| document.root().get(key).map(|value| format!("{value:?}")).unwrap());
            assert_eq!(found, ["1", "2", "3", "4", "5"], "{text}");
            assert_eq!(
                document.root().get_each(keys).map(|value| value.map(Node::id)),
                keys.map(|key| document.root().get(key).map(Node::id))
            );
            assert!(
                document.root().get("aaaaaaaa-3-bbbbbbbb").is_none() && document.root().get("c").is_none()
            );
        }
    }

    #[test]
    fn keys_are_found_among_many() {
        let keys: Vec<String> = (0..1000).map(|i| format!("aaaaaaaa-{i}-bbbbbbbb")).collect();
        let pairs: Vec<String> = keys.iter().map(|key| format!(r#""{key}": "{key}""#)).collect();
        let texts = [
            format!(r#"{{"\u0061": 1, {}}}"#, pairs.join(",")),
            format!("\"\\x61\": 1\n{}\n", pairs.join("\n")),
            format!("x: &x {{{}}}\n<<: *x\na: 1", pairs.join(",")),
        ];
        for text in texts {
            let document = parse(Arc::new(Source::new("t", text.as_str()))).unwrap();
            let root = document.root();
            assert!(keys.iter().all(|key| root.get(key).and_then(Node::as_str) == Some(key.as_str())));
            assert!(
                root.get("a").is_some()
                    && root.get("b").is_none()
                    && root.get("aaaaaaaa-1000-bbbbbbbb").is_none()
            );
        }
    }
}
