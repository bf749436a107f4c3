//! The scanner of JSON: bytes -> cells.
//!
//! In: a text. Out: its tape, or the first byte that makes no sense and why. Strings and the blanks that lines
//! begin with are read sixteen bytes at a time; what stands under a key that nobody asks for is passed over (`pass`).
//! Depth and number of nodes are bounded, and no byte is read twice.
//!
//! Texts are long lines of decisions, each at a place that hangs on the one before. That a line begins like the line
//! before is therefore supposed and then checked: what comes next need not wait until its spaces are counted. What stands
//! between values is looked at on the spot: a call would cost more than the look.
use super::fault::Fault;
use super::find::Glance;
use super::function::is_function;
use super::keys::{self, Seen};
use super::sixteen::Sixteen;
use super::{Cell, Kind, NodeId};
use crate::limits::{MAX_DEPTH, MAX_NODES};

/// The text while it is read, and the tape while it grows.
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    /// The next byte; when something is refused, the one that makes no sense.
    pub at: usize,
    pub(super) skip: Option<(&'t str, usize)>,
    pub cells: Vec<Cell>,
    pub decoded: String,
    /// The keys that name functions.
    pub functions: Vec<NodeId>,
    pub(super) depth: usize,
    /// The spaces that the lines of the open container begin with, and how many more those inside will have.
    indent: usize,
    step: usize,
    /// Whether some map has a key twice.
    pub repeats: bool,
}

impl<'t> Scanner<'t> {
    /// At the beginning of a text, without its byte order mark. Maps and lists under `skip`, a key and how many maps
    /// it stands in, are passed over.
    pub(super) fn new(text: &'t str, skip: Option<(&'t str, usize)>) -> Scanner<'t> {
        Scanner {
            text,
            bytes: text.as_bytes(),
            at: text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len(),
            skip,
            cells: Vec::with_capacity(room(text.len())),
            decoded: String::new(),
            functions: Vec::new(),
            depth: 0,
            indent: 0,
            step: 1,
            repeats: false,
        }
    }
}

/// Room for the cells of a text, of few sizes, so that the room of one text serves the next. What is large is seldom
/// indented like what CDK writes: a tape that must grow is there twice, and room that nobody enters takes no memory.
fn room(bytes: usize) -> usize {
    let per_cell = if bytes < 512 << 10 { 18 } else { 8 };
    (bytes / per_cell + 16).min(MAX_NODES).next_power_of_two()
}

impl Scanner<'_> {
    /// Reads the whole text.
    pub(super) fn root(&mut self) -> Result<(), Fault> {
        self.blanks();
        self.value()?;
        self.blanks();
        if self.at == self.bytes.len() { Ok(()) } else { Err(Fault::SecondRoot) }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes over a byte, if it is next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        if there {
            self.at += 1;
        }
        there
    }

    /// The fault, unless the text ends here.
    pub(super) fn fault(&self, fault: Fault, at_end: Fault) -> Fault {
        if self.at < self.bytes.len() { fault } else { at_end }
    }

    /// Passes over blanks. Most are the spaces that a line begins with.
    fn blanks(&mut self) {
        while let Some(blank @ (b' ' | b'\n' | b'\r' | b'\t')) = self.peek() {
            self.at += 1;
            if blank == b'\n' {
                while let Some(sixteen) = Sixteen::of(self.bytes, self.at) {
                    let spaces = (sixteen.others() | 1 << 16).trailing_zeros() as usize;
                    self.at += spaces;
                    if spaces < 16 {
                        break;
                    }
                }
            }
        }
    }

    /// Passes over blanks that most likely are a new line and so many spaces.
    #[inline(always)]
    fn line(&mut self, spaces: usize) {
        if self.peek() == Some(b'\n') && self.has_spaces(self.at + 1, spaces) {
            self.at += 1 + spaces;
        }
        self.blanks();
    }

    /// Whether so many spaces stand there; of more than a deep line has, this is not known.
    #[inline]
    fn has_spaces(&self, at: usize, spaces: usize) -> bool {
        let has = |at, spaces| {
            Sixteen::of(self.bytes, at).is_some_and(|sixteen| sixteen.others() & ((1u32 << spaces) - 1) == 0)
        };
        match spaces {
            ..16 => has(at, spaces),
            16..32 => has(at, 16) && has(at + 16, spaces - 16),
            _ => false,
        }
    }

    fn value(&mut self) -> Result<(), Fault> {
        let cell = match self.peek() {
            Some(b'"') => self.string()?,
            Some(b'{') => return self.map(),
            Some(b'[') => return self.list(),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Kind::True)?,
            Some(b'f') => self.word("false", Kind::False)?,
            Some(b'n') => self.word("null", Kind::Null)?,
            _ => return Err(self.fault(Fault::Value, Fault::EndOfValue)),
        };
        self.cells.push(cell);
        Ok(())
    }

    fn map(&mut self) -> Result<(), Fault> {
        let outer = self.indent;
        let index = self.open(Kind::Map)?;
        let (mut len, mut seen, mut suspicious) = (0, Seen::default(), false);
        if self.peek() != Some(b'}') {
            loop {
                if self.peek() != Some(b'"') {
                    let at_end = if len == 0 { Fault::EndOfMap } else { Fault::EndOfValue };
                    let wrong = if self.peek() == Some(b'}') { Fault::TrailingComma } else { Fault::Key };
                    return Err(self.fault(wrong, at_end));
                }
                let mut key = self.string()?;
                let bytes = self.bytes_of(key);
                let glance = Glance::at(bytes);
                suspicious |= seen.add(glance);
                key.extent = glance.extent();
                if is_function(bytes) {
                    self.functions.push(NodeId(self.cells.len() as u32));
                }
                self.cells.push(key);
                if self.bytes[self.at..].starts_with(b": ") {
                    self.at += 2;
                } else {
                    self.blanks();
                    if !self.eat(b':') {
                        return Err(self.fault(Fault::Colon, Fault::EndOfMap));
                    }
                }
                self.blanks();
                if self.is_skipped(key) {
                    self.pass()?
                } else {
                    self.value()?
                }
                len += 1;
                if !self.next(outer)? {
                    break;
                }
            }
        }
        if self.peek() != Some(b'}') {
            return Err(self.fault(Fault::MapComma, Fault::EndOfMap));
        }
        self.close(index, len, outer);
        if suspicious && !self.repeats {
            self.repeats = keys::repeats(&self.cells, index, self.text, &self.decoded);
        }
        Ok(())
    }

    fn list(&mut self) -> Result<(), Fault> {
        let outer = self.indent;
        let index = self.open(Kind::List)?;
        let mut len = 0;
        if self.peek().is_none() {
            return Err(Fault::EndOfList);
        }
        if self.peek() != Some(b']') {
            loop {
                if len > 0 && self.peek() == Some(b']') {
                    return Err(Fault::TrailingComma);
                }
                self.value()?;
                len += 1;
                if !self.next(outer)? {
                    break;
                }
            }
        }
        if self.peek() != Some(b']') {
            return Err(self.fault(Fault::ListComma, Fault::EndOfList));
        }
        self.close(index, len, outer);
        Ok(())
    }

    /// Opens a container and returns its index.
    #[inline(always)]
    fn open(&mut self, kind: Kind) -> Result<usize, Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::Depth);
        }
        self.cells.push(Cell { kind, start: 0, len: 0, extent: 0 });
        self.at += 1;
        let (outer, start) = (self.indent, self.at);
        self.line(outer.wrapping_add(self.step));
        // On a line of its own; in texts of one line the numbers say nothing, and nothing hangs on them.
        self.indent = self.at.wrapping_sub(start + 1);
        self.step = self.indent.wrapping_sub(outer);
        Ok(self.cells.len() - 1)
    }

    /// Whether the open container has another child, which is next; what holds the container has lines that begin with
    /// `outer` spaces.
    #[inline(always)]
    fn next(&mut self, outer: usize) -> Result<bool, Fault> {
        if self.cells.len() >= MAX_NODES {
            return Err(Fault::Nodes);
        }
        if self.peek() != Some(b',') {
            self.line(outer);
            if self.peek() != Some(b',') {
                return Ok(false);
            }
        }
        self.at += 1;
        self.line(self.indent);
        Ok(true)
    }

    /// Closes it, at its bracket.
    fn close(&mut self, at: usize, len: u32, outer: usize) {
        self.at += 1;
        self.depth -= 1;
        self.indent = outer;
        let extent = (self.cells.len() - at) as u32;
        let cell = &mut self.cells[at];
        (cell.len, cell.extent) = (len, extent);
    }

    pub(super) fn bytes_of(&self, key: Cell) -> &[u8] {
        let buffer = if key.kind == Kind::Decoded { self.decoded.as_bytes() } else { self.bytes };
        &buffer[key.start as usize..(key.start + key.len) as usize]
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Cell, Fault> {
        for byte in word.bytes() {
            if !self.eat(byte) {
                return Err(self.fault(Fault::Word, Fault::EndOfValue));
            }
        }
        Ok(Cell { kind, start: 0, len: 0, extent: 1 })
    }

    fn number(&mut self) -> Result<Cell, Fault> {
        let start = self.at;
        self.eat(b'-');
        let leading_zero = self.eat(b'0');
        let mut is_whole = true;
        if leading_zero {
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(Fault::Number);
            }
        } else {
            self.digits()?;
        }
        if self.eat(b'.') {
            is_whole = false;
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            is_whole = false;
            let _signed = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        let digits = &self.text[start..self.at];
        match digits.parse::<i64>() {
            Ok(value) if is_whole && digits != "-0" => return Ok(Cell::bits(Kind::Int, value as u64)),
            _ => {}
        }
        let value: f64 = digits.parse().map_err(|_| Fault::Number)?;
        if !value.is_finite() {
            self.at -= 1;
            return Err(Fault::Range);
        }
        Ok(Cell::bits(Kind::Float, value.to_bits()))
    }

    /// One or more digits.
    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(self.fault(Fault::Number, Fault::EndOfValue)) }
    }

    #[inline]
    fn string(&mut self) -> Result<Cell, Fault> {
        let start = self.at + 1;
        self.at = self.string_stop(start);
        if self.peek() != Some(b'"') {
            return self.escaped(start);
        }
        self.at += 1;
        Ok(Cell { kind: Kind::Text, start: start as u32, len: (self.at - 1 - start) as u32, extent: 1 })
    }

    /// The next quote, backslash or control character, or the end of the text.
    #[inline]
    pub(super) fn string_stop(&self, mut at: usize) -> usize {
        // Most strings end within twice sixteen bytes, now in these and now in those.
        while let Some(next) = Sixteen::of(self.bytes, at + 16)
            && let Some(sixteen) = Sixteen::of(self.bytes, at)
        {
            let stops = sixteen.stops() | next.stops() << 16;
            if stops != 0 {
                return at + stops.trailing_zeros() as usize;
            }
            at += 32;
        }
        let stops = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
        let rest = self.bytes.get(at..).unwrap_or_default();
        rest.iter().position(stops).map_or(self.bytes.len(), |length| at + length)
    }
}
