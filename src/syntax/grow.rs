//! The tape of a YAML text while it grows, node by node.
//!
//! In: scalars, openings, closings and aliases, in the order of the text, each with its place. Out: cells
//! with a span each. Here short tags become maps (`!Ref x` is `{"Ref": x}`), keys become text, aliases become copies
//! (`alias`), and every limit is kept. Repeated and merged keys are only
//! noticed; `keys` settles them at the end, when no anchor can point into the tape any more.
use super::find::Glance;
use super::keys::{self, MERGE, Seen};
use super::tag::Tag;
use super::{Cell, Document, Format, Kind, Remark, SyntaxError};
use crate::limits::{MAX_DEPTH, MAX_NODES};
use crate::source::{Source, Span};
use std::sync::{Arc, OnceLock};

/// A scalar of the text.
pub(super) struct Scalar<'a> {
    pub value: &'a str,
    pub plain: bool,
    pub tag: Tag<'a>,
    pub span: Span,
    pub anchor: usize,
}

/// A container that is not closed yet.
struct Frame {
    at: usize,
    map: bool,
    /// Whether the next node is a key.
    wants_key: bool,
    /// Whether brackets say where it begins and ends.
    brackets: bool,
    /// The map that stands for its short tag.
    function: Option<usize>,
    len: u32,
    seen: Seen,
    suspicious: bool,
}

/// The tape while it grows.
pub(super) struct Tape<'t> {
    pub(super) text: &'t str,
    pub(super) cells: Vec<Cell>,
    pub(super) spans: Vec<Span>,
    pub(super) decoded: String,
    pub(super) remarks: Vec<Remark>,
    frames: Vec<Frame>,
    pub(super) depth: usize,
    /// The cell of each anchor, by its number.
    pub(super) anchors: Vec<Option<usize>>,
    pub(super) alias_nodes: usize,
    /// The end of what was read last.
    end: u32,
    /// Whether keys are to be settled.
    unsettled: bool,
}

impl<'t> Tape<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let capacity = text.len() / 12 + 16;
        Tape {
            text,
            cells: Vec::with_capacity(capacity),
            spans: Vec::with_capacity(capacity),
            decoded: String::new(),
            remarks: Vec::new(),
            frames: Vec::new(),
            depth: 0,
            anchors: Vec::new(),
            alias_nodes: 0,
            end: 0,
            unsettled: false,
        }
    }

    /// Whether there is no node yet.
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// What was read ends here; places are looked for behind it.
    pub(super) fn pass(&mut self, end: u32) {
        self.end = self.end.max(end);
    }

    /// The end of what was read last.
    pub(super) fn end(&self) -> u32 {
        self.end
    }

    /// Whether the next node is the value of a key.
    pub(super) fn at_value(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.map && !frame.wants_key)
    }

    /// Adds a scalar.
    pub(super) fn scalar(&mut self, scalar: &Scalar<'_>) -> Result<(), SyntaxError> {
        let Scalar { value, plain, tag, span, anchor } = *scalar;
        if self.begin(span.start) {
            return self.key(scalar);
        }
        let at = self.cells.len();
        let mut whole = span;
        let cell = match tag {
            Tag::Function(name, tag_span) => {
                whole = Span::new(tag_span.start, span.end.max(tag_span.end));
                self.function(name, tag_span)?;
                self.string(value, span)
            }
            Tag::None if plain => self.plain(value, span),
            Tag::None | Tag::Text => self.string(value, span),
            Tag::Core(kind) => self.core(kind, value, span),
        };
        self.push(cell, span)?;
        if let Tag::Function(..) = tag {
            self.close_function(at, whole.end);
        }
        self.remember(anchor, at);
        self.finish_node(whole.end);
        Ok(())
    }

    /// Adds a key: its text as written.
    fn key(&mut self, scalar: &Scalar<'_>) -> Result<(), SyntaxError> {
        let Scalar { value, plain, tag, span, anchor } = *scalar;
        if let Tag::Function(_, tag_span) = tag {
            return Err(bad_key("a function", tag_span));
        }
        let mut cell = self.string(value, span);
        if plain && value == "<<" && matches!(tag, Tag::None) {
            cell.extent = MERGE;
            self.unsettled = true;
        } else {
            if plain {
                self.remark_on_account(value, span);
            }
            cell.extent = self.see(cell);
        }
        self.remember(anchor, self.cells.len());
        self.push(cell, span)?;
        self.finish_node(span.end);
        Ok(())
    }

    /// Notes a key of the innermost map; the `extent` of its cell.
    pub(super) fn see(&mut self, key: Cell) -> u32 {
        let buffer = if key.kind == Kind::Decoded { self.decoded.as_str() } else { self.text };
        let key = buffer.get(key.start as usize..(key.start + key.len) as usize).unwrap_or_default();
        let glance = Glance::at(key.as_bytes());
        if let Some(frame) = self.frames.last_mut() {
            frame.suspicious |= frame.seen.add(glance);
        }
        glance.extent()
    }

    /// Opens a list or map. `brackets` says that the place runs from bracket to bracket.
    pub(super) fn open(
        &mut self,
        map: bool,
        brackets: bool,
        tag: Tag<'_>,
        span: Span,
        anchor: usize,
    ) -> Result<(), SyntaxError> {
        if self.begin(span.start) {
            return Err(bad_key(if map { "a map" } else { "a list" }, span));
        }
        self.remember(anchor, self.cells.len());
        let function = match tag {
            Tag::Function(name, tag_span) => Some(self.function(name, tag_span)?),
            _ => None,
        };
        let at = self.cells.len();
        self.deepen(span)?;
        let kind = if map { Kind::Map } else { Kind::List };
        self.push(Cell { kind, start: 0, len: 0, extent: 0 }, span)?;
        self.frames.push(Frame {
            at,
            map,
            wants_key: map,
            brackets,
            function,
            len: 0,
            seen: Seen::default(),
            suspicious: false,
        });
        Ok(())
    }

    /// Closes the innermost container; `end` counts where it has brackets.
    pub(super) fn close(&mut self, end: u32) {
        let Some(frame) = self.frames.pop() else { return };
        let end = if frame.brackets { end } else { self.end.max(self.spans[frame.at].start) };
        self.depth -= 1;
        self.cells[frame.at].len = frame.len;
        self.cells[frame.at].extent = (self.cells.len() - frame.at) as u32;
        self.spans[frame.at].end = end;
        if let Some(function) = frame.function {
            self.close_function(function, end);
        }
        if frame.suspicious && !self.unsettled {
            self.unsettled = keys::repeats(&self.cells, frame.at, self.text, &self.decoded);
        }
        self.finish_node(end);
    }

    /// The whole document.
    pub(super) fn finish(self, source: Arc<Source>) -> Result<Document, SyntaxError> {
        let Tape { mut cells, mut spans, decoded, remarks, unsettled, .. } = self;
        cells.shrink_to_fit();
        spans.shrink_to_fit();
        let document = Document {
            source,
            format: Format::Yaml,
            cells,
            decoded,
            functions: Vec::new(),
            spans,
            all_spans: OnceLock::new(),
            many: OnceLock::new(),
            remarks,
        };
        if unsettled { keys::settle(document) } else { Ok(document.noted()) }
    }

    /// A node begins; whether it is a key.
    pub(super) fn begin(&mut self, start: u32) -> bool {
        let Some(frame) = self.frames.last() else { return false };
        if frame.map && frame.wants_key && frame.len == 0 && !frame.brackets {
            self.spans[frame.at].start = start;
        }
        frame.wants_key
    }

    /// A node ended, all below it included.
    pub(super) fn finish_node(&mut self, end: u32) {
        self.end = end;
        if let Some(frame) = self.frames.last_mut() {
            let was_key = frame.wants_key;
            frame.wants_key = frame.map && !was_key;
            frame.len += u32::from(!was_key);
        }
    }

    /// Adds one cell.
    pub(super) fn push(&mut self, cell: Cell, span: Span) -> Result<(), SyntaxError> {
        if self.cells.len() >= MAX_NODES {
            return Err(SyntaxError::too_many(span));
        }
        self.cells.push(cell);
        self.spans.push(span);
        Ok(())
    }

    /// Goes one level down.
    pub(super) fn deepen(&mut self, span: Span) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(SyntaxError::too_deep(span)) } else { Ok(()) }
    }

    fn remember(&mut self, anchor: usize, at: usize) {
        if anchor > 0 {
            self.anchors.resize(self.anchors.len().max(anchor + 1), None);
            self.anchors[anchor] = Some(at);
        }
    }

    /// The cell of a string, in the text if it stands there as it is.
    pub(super) fn string(&mut self, value: &str, span: Span) -> Cell {
        let len = value.len();
        let start = (value.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        if start < self.text.len() && start + len <= self.text.len() {
            return Cell { kind: Kind::Text, start: start as u32, len: len as u32, extent: 1 };
        }
        if self.text.get(span.start as usize..span.end as usize) == Some(value) {
            return Cell { kind: Kind::Text, start: span.start, len: len as u32, extent: 1 };
        }
        self.decoded("", value)
    }

    /// The cell of a string that stands nowhere in the text.
    pub(super) fn decoded(&mut self, prefix: &str, value: &str) -> Cell {
        let start = self.decoded.len() as u32;
        self.decoded.push_str(prefix);
        self.decoded.push_str(value);
        Cell { kind: Kind::Decoded, start, len: (prefix.len() + value.len()) as u32, extent: 1 }
    }
}

/// A key that is no scalar.
pub(super) fn bad_key(what: &str, span: Span) -> SyntaxError {
    let help = "in JSON, and so for CloudFormation, every key is text";
    SyntaxError { message: format!("a key must be text, not {what}"), span, help: Some(help.to_owned()) }
}

#[cfg(test)]
mod tests {
    use crate::source::Source;
    use crate::syntax::{Document, SyntaxError, parse};
    use std::sync::Arc;

    fn read(text: &str) -> Result<Document, SyntaxError> {
        parse(Arc::new(Source::new("t", text)))
    }

    fn value(text: &str) -> String {
        format!("{:?}", read(text).unwrap_or_else(|error| panic!("{error:?}: {text}")).root())
    }

    #[test]
    fn any_scalar_is_a_key_as_it_is_written() {
        let text = "80: a\non: b\n~: c\n1.50: d\n'q': e\n\"\\u0041\": f\n!!str 7: g\n? h\n: i\n? j\n";
        let expected = r#"{"80": "a", "on": "b", "~": "c", "1.50": "d", "q": "e", "A": "f", "7": "g", "h": "i", "j": null}"#;
        assert_eq!(value(text), expected);
    }

    #[test]
    fn a_key_that_is_no_scalar_is_an_error_with_its_place() {
        for (text, what, at) in
            [("? [a]\n: b", "a list", 2), ("x: {{a: 1}: b}", "a map", 4), ("!Ref a: b", "a function", 0)]
        {
            let error = read(&format!("- 1\n- {}", text.replace('\n', "\n  "))).unwrap_err();
            assert!(error.message.ends_with(what) && error.span.start == at + 6, "{text}: {error:?}");
        }
    }
}
