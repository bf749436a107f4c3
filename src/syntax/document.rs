//! The tape: one `Vec` of 16-byte cells in document order, beside the text it came from.
//!
//! A container's cells follow it; a map is key, value, key, value. Strings without escapes are spans of
//! the text; decoded ones lie in a side buffer. Read it through [`Node`], a copyable handle.
use super::find::Many;
use super::{Number, Remark, place};
use crate::source::{Source, Span};
use std::sync::{Arc, OnceLock};

/// The index of a node in its document, in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// The syntax that a document was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML, short tags written out.
    Yaml,
}

/// What a cell is; how `start`, `len` and `extent` are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    False,
    True,
    /// An `i64`, in the bits of `len` (high) and `extent` (low).
    Int,
    /// An `f64`, in the same bits; its text is found on demand.
    Float,
    /// A number whose text is `start..start + len` of the source.
    NumberText,
    /// `start..start + len` of the source.
    Text,
    /// `start..start + len` of the side buffer.
    Decoded,
    /// `len` elements, `extent` cells, itself included.
    List,
    /// `len` pairs, `extent` cells, itself included.
    Map,
}

/// One entry of the tape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub kind: Kind,
    pub start: u32,
    pub len: u32,
    pub extent: u32,
}

impl Cell {
    /// A cell whose 64 bits of payload are a number.
    pub(crate) const fn bits(kind: Kind, bits: u64) -> Cell {
        Cell { kind, start: 0, len: (bits >> 32) as u32, extent: bits as u32 }
    }

    pub(super) const fn payload(self) -> u64 {
        ((self.len as u64) << 32) | self.extent as u64
    }

    /// How many cells the node takes, itself included.
    pub(crate) const fn cells(self) -> u32 {
        match self.kind {
            Kind::List | Kind::Map => self.extent,
            _ => 1,
        }
    }
}

/// A parsed text: JSON or YAML, one root.
#[derive(Debug)]
pub struct Document {
    pub(crate) source: Arc<Source>,
    pub(crate) format: Format,
    pub(crate) cells: Vec<Cell>,
    pub(crate) decoded: String,
    /// The keys that name functions, in the order of the text.
    pub(super) functions: Vec<NodeId>,
    /// One span per cell; empty for JSON, whose places are found on demand.
    pub(crate) spans: Vec<Span>,
    /// All places of a JSON text, worked out once where finding them one by one would cost too much.
    pub(super) all_spans: OnceLock<Vec<Span>>,
    /// Indexes of the maps of very many keys, made when a key of one is looked for.
    pub(super) many: OnceLock<Many>,
    pub(crate) remarks: Vec<Remark>,
}

impl Document {
    /// The text that the document came from.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The syntax that it was written in.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The root node.
    pub fn root(&self) -> Node<'_> {
        self.node(NodeId(0))
    }

    /// The node of that index.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node { document: self, id }
    }

    /// How many nodes the document has, keys included.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether the document holds nothing; a parsed one never does.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// What the reader of the text should know.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// Whether some text of the document may hold that piece: it stands in the source, or in what was decoded.
    pub fn may_hold(&self, piece: &str) -> bool {
        let stands_in = |text: &str| memchr::memmem::find(text.as_bytes(), piece.as_bytes()).is_some();
        stands_in(self.source.text()) || stands_in(&self.decoded)
    }

    fn cell(&self, id: NodeId) -> Cell {
        self.cells[id.0 as usize]
    }

    pub(super) fn bytes(&self, cell: Cell) -> &[u8] {
        let range = cell.start as usize..(cell.start + cell.len) as usize;
        match cell.kind {
            Kind::Decoded => &self.decoded.as_bytes()[range],
            _ => &self.source.text().as_bytes()[range],
        }
    }

    pub(super) fn text(&self, cell: Cell) -> &str {
        let range = cell.start as usize..(cell.start + cell.len) as usize;
        match cell.kind {
            Kind::Decoded => &self.decoded[range],
            _ => &self.source.text()[range],
        }
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// `null`, or nothing at all in YAML.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number<'a>),
    /// A string.
    Text(&'a str),
    /// A list.
    List(Items<'a>),
    /// A map.
    Map(Entries<'a>),
}

/// A handle on one node of a document.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    id: NodeId,
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.view() {
            View::Null => f.write_str("null"),
            View::Bool(value) => write!(f, "{value}"),
            View::Number(number) => f.write_str(&number.text()),
            View::Text(text) => write!(f, "{text:?}"),
            View::List(items) => f.debug_list().entries(items).finish(),
            View::Map(entries) => {
                f.debug_map().entries(entries.map(|(key, value)| (key.text_or_empty(), value))).finish()
            }
        }
    }
}

impl<'a> Node<'a> {
    /// The node's index.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The document that holds it.
    pub fn document(self) -> &'a Document {
        self.document
    }

    pub(super) fn cell(self) -> Cell {
        self.document.cell(self.id)
    }

    /// What the node is.
    pub fn view(self) -> View<'a> {
        let cell = self.cell();
        match cell.kind {
            Kind::Null => View::Null,
            Kind::False => View::Bool(false),
            Kind::True => View::Bool(true),
            Kind::Int | Kind::Float | Kind::NumberText => View::Number(Number::of(self)),
            Kind::Text | Kind::Decoded => View::Text(self.document.text(cell)),
            Kind::List => View::List(Items { document: self.document, next: self.id.0 + 1, left: cell.len }),
            Kind::Map => View::Map(Entries { document: self.document, next: self.id.0 + 1, left: cell.len }),
        }
    }

    /// Whether the node is a map.
    pub fn is_map(self) -> bool {
        self.cell().kind == Kind::Map
    }

    /// Whether the node is a list.
    pub fn is_list(self) -> bool {
        self.cell().kind == Kind::List
    }

    /// Whether the node is `null`.
    pub fn is_null(self) -> bool {
        self.cell().kind == Kind::Null
    }

    /// The string, if it is one (a number is not).
    pub fn as_str(self) -> Option<&'a str> {
        let cell = self.cell();
        matches!(cell.kind, Kind::Text | Kind::Decoded).then(|| self.document.text(cell))
    }

    /// The string, or `""` where the node is none.
    pub fn text_or_empty(self) -> &'a str {
        self.as_str().unwrap_or_default()
    }

    /// The boolean, if it is one.
    pub fn as_bool(self) -> Option<bool> {
        match self.cell().kind {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// The pairs of a map; of anything else, none.
    pub fn entries(self) -> Entries<'a> {
        let cell = self.cell();
        let left = if cell.kind == Kind::Map { cell.len } else { 0 };
        Entries { document: self.document, next: self.id.0 + 1, left }
    }

    /// The elements of a list; of anything else, none.
    pub fn items(self) -> Items<'a> {
        let cell = self.cell();
        let left = if cell.kind == Kind::List { cell.len } else { 0 };
        Items { document: self.document, next: self.id.0 + 1, left }
    }

    /// How many pairs or elements a container has.
    pub fn len(self) -> usize {
        match self.cell().kind {
            Kind::List | Kind::Map => self.cell().len as usize,
            _ => 0,
        }
    }

    /// Whether a container has no pair or element; true of a scalar.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The only pair of a map that has exactly one.
    pub fn single_entry(self) -> Option<(&'a str, Node<'a>)> {
        let cell = self.cell();
        if cell.kind != Kind::Map || cell.len != 1 {
            return None;
        }
        let key = self.document.cells[self.id.0 as usize + 1];
        Some((self.document.text(key), self.document.node(NodeId(self.id.0 + 2))))
    }

    /// The index just behind the node and all below it.
    pub fn end(self) -> NodeId {
        NodeId(self.id.0 + self.cell().cells())
    }

    /// Where the node stands in the text: exact for every kind, quotes included.
    pub fn span(self) -> Span {
        place::span_of(self.document, self.id)
    }
}

/// The pairs of a map, in the order of the text.
#[derive(Clone, Copy, Debug)]
pub struct Entries<'a> {
    document: &'a Document,
    next: u32,
    left: u32,
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Node<'a>, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let key = self.document.node(NodeId(self.next));
        let value = self.document.node(NodeId(self.next + 1));
        self.next = value.end().0;
        Some((key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Entries<'_> {}

/// The elements of a list, in the order of the text.
#[derive(Clone, Copy, Debug)]
pub struct Items<'a> {
    document: &'a Document,
    next: u32,
    left: u32,
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let item = self.document.node(NodeId(self.next));
        self.next = item.end().0;
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Items<'_> {}
