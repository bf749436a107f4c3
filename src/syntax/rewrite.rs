//! A document written anew from another: parts are kept, left out, repeated or replaced by made-up text.
//!
//! In: a document and, node by node, what the new one shall hold. Out: a document over the same source, with
//! a place for every node: that of the node it was kept from, or the one that the caller names for a text. So
//! whatever is found in the new document is shown where it was written. Nothing here knows why it is rewritten.
use super::{Cell, Document, Kind, Node, place};
use crate::source::Span;
use std::sync::OnceLock;

/// A document that is being written from another.
pub(crate) struct Rewrite<'d> {
    from: &'d Document,
    from_spans: &'d [Span],
    cells: Vec<Cell>,
    spans: Vec<Span>,
    decoded: String,
    open: Vec<Frame>,
}

/// A container that is not closed yet.
#[derive(Clone, Copy)]
struct Frame {
    at: usize,
    /// How many nodes stand directly in it, keys included.
    children: u32,
}

/// A state of a [`Rewrite`] to go back to, in the same container.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    cells: usize,
    decoded: usize,
    depth: usize,
    children: u32,
}

impl<'d> Rewrite<'d> {
    /// An empty document beside the one it is written from.
    pub(crate) fn of(from: &'d Document) -> Self {
        let from_spans = if from.spans.is_empty() {
            from.all_spans.get_or_init(|| place::all_spans(from.source.text())).as_slice()
        } else {
            &from.spans
        };
        Rewrite {
            from,
            from_spans,
            cells: Vec::with_capacity(from.cells.len() * 2),
            spans: Vec::with_capacity(from.cells.len() * 2),
            decoded: from.decoded.clone(),
            open: Vec::new(),
        }
    }

    /// Where a node of the old document stands.
    pub(crate) fn span(&self, node: Node<'d>) -> Span {
        self.from_spans.get(node.id().0 as usize).copied().unwrap_or_default()
    }

    /// How many nodes are written, keys included.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Writes a node of the old document and all below it, as they are.
    pub(crate) fn keep(&mut self, node: Node<'d>) {
        self.count();
        let range = node.id().0 as usize..node.end().0 as usize;
        self.cells.extend_from_slice(&self.from.cells[range.clone()]);
        match self.from_spans.get(range.clone()) {
            Some(spans) => self.spans.extend_from_slice(spans),
            None => self.spans.resize(self.cells.len(), Span::default()),
        }
    }

    /// Writes a text that stands nowhere.
    pub(crate) fn text(&mut self, text: &str, span: Span) {
        self.count();
        let start = self.decoded.len() as u32;
        self.decoded.push_str(text);
        self.cells.push(Cell { kind: Kind::Decoded, start, len: text.len() as u32, extent: 1 });
        self.spans.push(span);
    }

    /// Opens a list or map like the given one; what is written until [`Rewrite::close`] stands in it.
    pub(crate) fn open(&mut self, container: Node<'d>) {
        self.count();
        let kind = if container.is_map() { Kind::Map } else { Kind::List };
        self.open.push(Frame { at: self.cells.len(), children: 0 });
        self.cells.push(Cell { kind, start: 0, len: 0, extent: 0 });
        self.spans.push(self.span(container));
    }

    /// Closes the innermost open container.
    pub(crate) fn close(&mut self) {
        let Some(frame) = self.open.pop() else { return };
        let extent = (self.cells.len() - frame.at) as u32;
        let cell = &mut self.cells[frame.at];
        cell.len = if cell.kind == Kind::Map { frame.children / 2 } else { frame.children };
        cell.extent = extent;
    }

    /// The state now, between two children of the innermost container.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            cells: self.cells.len(),
            decoded: self.decoded.len(),
            depth: self.open.len(),
            children: self.open.last().map_or(0, |frame| frame.children),
        }
    }

    /// Forgets everything that was written behind the mark.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.cells.truncate(mark.cells);
        self.spans.truncate(mark.cells);
        self.decoded.truncate(mark.decoded);
        self.open.truncate(mark.depth);
        if let Some(frame) = self.open.last_mut() {
            frame.children = mark.children;
        }
    }

    /// The whole document; remarks on the text stay with it.
    pub(crate) fn finish(mut self) -> Document {
        while !self.open.is_empty() {
            self.close();
        }
        self.cells.shrink_to_fit();
        self.spans.shrink_to_fit();
        Document {
            source: self.from.source.clone(),
            format: self.from.format,
            cells: self.cells,
            decoded: self.decoded,
            functions: Vec::new(),
            spans: self.spans,
            all_spans: OnceLock::new(),
            many: OnceLock::new(),
            remarks: self.from.remarks.clone(),
        }
        .noted()
    }

    fn count(&mut self) {
        if let Some(frame) = self.open.last_mut() {
            frame.children += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::parse;
    use std::sync::Arc;

    const TEXTS: [&str; 2] = [
        r#"{"a": [1, 2.50, "\n"], "b": {"c": null, "d": {}}, "e": "x"}"#,
        "a: [1, 2.50, \"\\n\"]\nb: {c: null, d: {}}\ne: x\n",
    ];

    fn read(text: &str) -> Document {
        parse(Arc::new(Source::new("t", text))).unwrap()
    }

    #[test]
    fn what_is_kept_reads_and_stands_as_before() {
        for text in TEXTS {
            let document = read(text);
            let mut rewrite = Rewrite::of(&document);
            rewrite.open(document.root());
            for (key, value) in document.root().entries().chain(document.root().entries().take(1)) {
                rewrite.keep(key);
                rewrite.keep(value);
            }
            rewrite.close();
            let new = rewrite.finish();
            assert_eq!((new.root().len(), new.root().end().0 as usize, new.len()), (4, 19, 19));
            let (old_root, new_root) = (document.root(), new.root());
            assert_eq!(old_root.span(), new_root.span());
            for ((old_key, old), (new_key, kept)) in old_root.entries().zip(new_root.entries()) {
                assert_eq!((old_key.span(), format!("{old:?}")), (new_key.span(), format!("{kept:?}")));
                assert_eq!(
                    old.items().map(Node::span).collect::<Vec<_>>(),
                    kept.items().map(Node::span).collect::<Vec<_>>()
                );
            }
            assert_eq!(format!("{:?}", new_root.entries().last().unwrap().1), r#"[1, 2.50, "\n"]"#);
        }
    }

    #[test]
    fn going_back_forgets_nodes_texts_and_open_containers() {
        let document = read(TEXTS[0]);
        let place = Span::new(1, 4);
        let mut rewrite = Rewrite::of(&document);
        rewrite.open(document.root());
        rewrite.text("k", place);
        rewrite.text("v", place);
        let mark = rewrite.mark();
        rewrite.text("lost", place);
        rewrite.open(document.root());
        rewrite.text("lost", place);
        rewrite.back_to(mark);
        rewrite.text("n", place);
        rewrite.keep(document.root().get("e").unwrap());
        rewrite.close();
        let new = rewrite.finish();
        assert_eq!(format!("{:?}", new.root()), r#"{"k": "v", "n": "x"}"#);
        assert_eq!((new.root().get("k").unwrap().span(), new.len()), (place, 5));
        assert!(!new.decoded.contains("lost"));
    }
}
