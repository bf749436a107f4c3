//! Keys that stand more than once in a map, and YAML merges (`<<`): one rebuild of the tape for both.
//!
//! While parsing, [`Seen`] tells at the cost of a few instructions per key that a map *may* repeat one; only
//! then is it looked at ([`repeats`]). If some map does repeat a key or merges another, [`settle`] rewrites the
//! whole tape once: the last of equal keys counts and gets a remark, keys of a map win over merged ones.
//! Hardly any document needs it, so it may be slow, but it stays linear in what it reads.
use super::find::Glance;
use super::{Cell, Document, Kind, Remark, SyntaxError};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// The `extent` of a key cell that is a merge key.
pub(super) const MERGE: u32 = 2;

/// The keys of one map so far, as a set of 64 buckets.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen(u64);

impl Seen {
    /// Adds a key; whether one like it was there. `false` is sure, `true` is to be looked at.
    #[inline]
    pub(super) fn add(&mut self, key: Glance) -> bool {
        let bit = 1 << key.bucket();
        let there = self.0 & bit != 0;
        self.0 |= bit;
        there
    }
}

/// The text of a key cell.
fn key_text<'a>(cell: Cell, text: &'a str, decoded: &'a str) -> &'a str {
    let range = cell.start as usize..(cell.start + cell.len) as usize;
    let buffer = if cell.kind == Kind::Decoded { decoded } else { text };
    buffer.get(range).unwrap_or_default()
}

/// The indexes of the keys of the map at `at`.
fn keys_of(cells: &[Cell], at: usize) -> impl Iterator<Item = usize> + '_ {
    let mut next = at + 1;
    (0..cells[at].len).map(move |_| {
        let key = next;
        next += 1 + cells[next + 1].cells() as usize;
        key
    })
}

/// Whether the closed map at `at` has a key twice.
pub(super) fn repeats(cells: &[Cell], at: usize, text: &str, decoded: &str) -> bool {
    let mut glances: Vec<u32> = keys_of(cells, at).map(|key| cells[key].extent).collect();
    glances.sort_unstable();
    if glances.is_sorted_by(|a, b| a < b) {
        return false;
    }
    let mut seen = FxHashSet::with_capacity_and_hasher(cells[at].len as usize, Default::default());
    !keys_of(cells, at).all(|key| seen.insert(key_text(cells[key], text, decoded)))
}

/// Rewrites the tape without repeated and merged keys. `spans` must be there for every cell.
///
/// # Errors
/// A merge of something that is neither a map nor a list of maps.
pub(super) fn settle(mut document: Document) -> Result<Document, SyntaxError> {
    let cells = std::mem::take(&mut document.cells);
    let spans = std::mem::take(&mut document.spans);
    let mut settler = Settler {
        cells: &cells,
        spans: &spans,
        text: document.source.text(),
        decoded: &document.decoded,
        out: Vec::with_capacity(cells.len()),
        out_spans: Vec::with_capacity(cells.len()),
        remarks: Vec::new(),
    };
    settler.copy(0)?;
    let Settler { out, out_spans, mut remarks, .. } = settler;
    // A map that aliases repeat is remarked on once.
    let mut seen = FxHashSet::default();
    remarks.retain(|remark| seen.insert(remark.span));
    document.cells = out;
    document.spans = out_spans;
    document.remarks.append(&mut remarks);
    Ok(document.noted())
}

struct Settler<'a> {
    cells: &'a [Cell],
    spans: &'a [Span],
    text: &'a str,
    decoded: &'a str,
    out: Vec<Cell>,
    out_spans: Vec<Span>,
    remarks: Vec<Remark>,
}

impl<'a> Settler<'a> {
    fn key(&self, key: usize) -> &'a str {
        key_text(self.cells[key], self.text, self.decoded)
    }

    /// Writes the node at `at` and all below it. The depth of the tape bounds the recursion.
    fn copy(&mut self, at: usize) -> Result<(), SyntaxError> {
        let cell = self.cells[at];
        let out = self.out.len();
        self.out.push(cell);
        self.out_spans.push(self.spans[at]);
        match cell.kind {
            Kind::List => {
                let mut next = at + 1;
                for _ in 0..cell.len {
                    self.copy(next)?;
                    next += self.cells[next].cells() as usize;
                }
            }
            Kind::Map => {
                let pairs = self.surviving(at)?;
                self.out[out].len = pairs.len() as u32;
                for key in pairs {
                    self.out.push(self.cells[key]);
                    self.out_spans.push(self.spans[key]);
                    self.copy(key + 1)?;
                }
            }
            _ => return Ok(()),
        }
        self.out[out].extent = (self.out.len() - out) as u32;
        Ok(())
    }

    /// The keys of a map that count, merged ones first.
    fn surviving(&mut self, at: usize) -> Result<Vec<usize>, SyntaxError> {
        let mut keys = Vec::new();
        self.gather(at, &mut keys)?;
        let last: FxHashMap<&str, usize> = keys.iter().map(|&key| (self.key(key), key)).collect();
        keys.retain(|&key| last.get(self.key(key)) == Some(&key));
        Ok(keys)
    }

    /// Appends the keys of a map, those that win behind those that lose.
    fn gather(&mut self, at: usize, into: &mut Vec<usize>) -> Result<(), SyntaxError> {
        for key in keys_of(self.cells, at).filter(|&key| self.cells[key].extent == MERGE) {
            self.gather_merged(key + 1, into)?;
        }
        let own: Vec<usize> =
            keys_of(self.cells, at).filter(|&key| self.cells[key].extent != MERGE).collect();
        let mut last: FxHashMap<&str, (usize, bool)> = FxHashMap::default();
        for &key in &own {
            last.entry(self.key(key)).and_modify(|entry| *entry = (key, true)).or_insert((key, false));
        }
        for &key in &own {
            let name = self.key(key);
            if last.get(name) == Some(&(key, true)) {
                self.remarks.push(Remark {
                    message: format!("the key \"{name}\" stands more than once; the last one counts"),
                    span: self.spans[key],
                });
            }
        }
        into.extend(own);
        Ok(())
    }

    /// The keys of what a merge key names: a map, or a list of maps of which the first wins.
    fn gather_merged(&mut self, value: usize, into: &mut Vec<usize>) -> Result<(), SyntaxError> {
        let cell = self.cells[value];
        let mut items = Vec::new();
        match cell.kind {
            Kind::Map => items.push(value),
            Kind::List => {
                let mut next = value + 1;
                for _ in 0..cell.len {
                    items.push(next);
                    next += self.cells[next].cells() as usize;
                }
            }
            _ => items.push(value),
        }
        for &item in items.iter().rev() {
            if self.cells[item].kind != Kind::Map {
                return Err(SyntaxError {
                    message: "`<<` merges a map or a list of maps, and this is neither".to_owned(),
                    span: self.spans[item],
                    help: Some("quote the key if it is meant to be `<<` itself".to_owned()),
                });
            }
            self.gather(item, into)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::source::Source;
    use crate::syntax::parse;
    use std::sync::Arc;

    /// The value as it prints, and each remark with the text it points at.
    fn read(text: &str) -> (String, Vec<(String, usize)>) {
        let document = parse(Arc::new(Source::new("t", text))).unwrap();
        for index in 0..document.len() {
            let node = document.node(crate::syntax::NodeId(index as u32));
            assert!(document.source().text().get(node.span().start as usize..).is_some());
        }
        let remarks = document.remarks().iter();
        let remarks = remarks
            .map(|remark| (document.source().slice(remark.span).to_owned(), remark.span.start as usize));
        (format!("{:?}", document.root()), remarks.collect())
    }

    #[test]
    fn the_last_of_equal_keys_counts_and_is_remarked_on() {
        for (text, value, remarks) in [
            (r#"{"a":1,"a":2}"#, r#"{"a": 2}"#, vec![(r#""a""#, 7)]),
            (
                r#"{"a":1,"b":[3,{"c":4}],"a":{"d":5},"a":6}"#,
                r#"{"b": [3, {"c": 4}], "a": 6}"#,
                vec![(r#""a""#, 35)],
            ),
            (r#"{"a":1,"\u0061":2}"#, r#"{"a": 2}"#, vec![(r#""\u0061""#, 7)]),
            (r#"[{"x":{"a":{"q":1,"q":2},"a":7}},8]"#, r#"[{"x": {"a": 7}}, 8]"#, vec![(r#""a""#, 25)]),
            (
                r#"{"a":{"b":1,"b":2},"c":{"d":3,"d":4}}"#,
                r#"{"a": {"b": 2}, "c": {"d": 4}}"#,
                vec![(r#""b""#, 12), (r#""d""#, 30)],
            ),
            ("a: 1\nb: 2\na: 3\n", r#"{"b": 2, "a": 3}"#, vec![("a", 10)]),
            ("a: {b: 1, 'b': 2}\n", r#"{"a": {"b": 2}}"#, vec![("'b'", 10)]),
        ] {
            let (read_value, read_remarks) = read(text);
            assert_eq!(read_value, value, "{text}");
            let expected: Vec<_> = remarks.iter().map(|&(text, at)| (text.to_owned(), at)).collect();
            assert_eq!(read_remarks, expected, "{text}");
        }
    }

    #[test]
    fn a_repeated_key_is_found_among_many() {
        for count in [2, 3, 7, 15, 16, 17, 63, 64, 65, 300] {
            for repeated in [0, count / 2, count - 1] {
                let keys: String = (0..count).map(|i| format!("\"key{i}\":{i},")).collect();
                assert!(read(&format!("{{{}}}", keys.trim_end_matches(','))).1.is_empty());
                let (value, remarks) = read(&format!("{{{keys}\"key{repeated}\":\"last\"}}"));
                assert_eq!(remarks.len(), 1, "{repeated} of {count}");
                assert_eq!(value.matches(&format!("\"key{repeated}\":")).count(), 1);
                assert!(value.contains(&format!("\"key{repeated}\": \"last\"")), "{value}");
            }
        }
    }

    #[test]
    fn places_stay_exact_in_a_document_with_repeated_keys() {
        let text = r#"{"a":[1,2], "b" : {"x":1, "x":[ "\n" ]}, "a":{ "k":null }}"#;
        let document = parse(Arc::new(Source::new("t", text))).unwrap();
        let slice = |node: crate::syntax::Node<'_>| document.source().slice(node.span());
        let root = document.root();
        assert_eq!(slice(root), text);
        let b = root.get("b").unwrap();
        assert_eq!(slice(b), r#"{"x":1, "x":[ "\n" ]}"#);
        assert_eq!(slice(b.get("x").unwrap()), r#"[ "\n" ]"#);
        assert_eq!(slice(root.get("a").unwrap().get("k").unwrap()), "null");
        assert_eq!((root.len(), document.len()), (2, 10));
    }

    #[test]
    fn own_keys_win_over_merged_ones_and_earlier_merges_over_later_ones() {
        for (text, value) in [
            ("x: &x {a: 1, b: 2}\ny: {b: 3, <<: *x}\n", r#"{"x": {"a": 1, "b": 2}, "y": {"a": 1, "b": 3}}"#),
            ("y: {<<: {a: 1, b: {c: 2}}, a: 0}\n", r#"{"y": {"b": {"c": 2}, "a": 0}}"#),
            ("y: {<<: [{a: 1}, {a: 2, b: 3}]}\n", r#"{"y": {"b": 3, "a": 1}}"#),
            ("y: {<<: [], a: 1}\n", r#"{"y": {"a": 1}}"#),
            ("y: {<<: {<<: {a: 1, b: 1}, b: 2, c: 2}, c: 3}\n", r#"{"y": {"a": 1, "b": 2, "c": 3}}"#),
            ("y: {'<<': 1}\n", r#"{"y": {"<<": 1}}"#),
            (
                "a: &a {k: 1}\nb: &b {<<: *a, in: &in {z: 1}}\nc: [*b, *in]\n",
                r#"{"a": {"k": 1}, "b": {"k": 1, "in": {"z": 1}}, "c": [{"k": 1, "in": {"z": 1}}, {"z": 1}]}"#,
            ),
        ] {
            assert_eq!(read(text), (value.to_owned(), Vec::new()), "{text}");
        }
    }

    #[test]
    fn a_merge_of_what_is_no_map_is_an_error_with_its_place() {
        for (text, at) in [("a: {<<: 1}", 8), ("a: {<<: [{}, x]}", 13), ("<<:\n", 3)] {
            let error = parse(Arc::new(Source::new("t", text))).unwrap_err();
            assert!(error.message.contains("`<<`") && error.span.start == at, "{error:?}");
        }
    }
}
