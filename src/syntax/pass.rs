//! What nobody asks for: how the scanner of JSON passes over what stands under a key.
//!
//! Only strings and brackets are told apart, so that the end is found. From quote to bracket it is mostly a few bytes:
//! eight at a time are found sooner than sixteen.
use super::fault::Fault;
use super::scan::Scanner;
use super::{Cell, Kind};

/// Eight times the same byte.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

impl Scanner<'_> {
    /// Whether what stands behind a key is passed over.
    pub(super) fn is_skipped(&self, key: Cell) -> bool {
        self.skip.is_some_and(|(skipped, depth)| {
            depth == self.depth
                && self.bytes_of(key) == skipped.as_bytes()
                && matches!(self.peek(), Some(b'{' | b'['))
        })
    }

    /// Passes over a container: only strings and brackets are told apart.
    pub(super) fn pass(&mut self) -> Result<(), Fault> {
        let mut open = 0;
        loop {
            self.at = self.structure(self.at);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    self.pass_string()?;
                    continue;
                }
                Some(b'{' | b'[') => open += 1,
                Some(b'}' | b']') => open -= 1,
                Some(_) => {}
                None => return Err(Fault::EndOfValue),
            }
            self.at += 1;
            if open == 0 {
                self.cells.push(Cell { kind: Kind::Null, start: 0, len: 0, extent: 1 });
                return Ok(());
            }
        }
    }

    /// The next quote or bracket from there on, or a letter that has the bits of one, or the end.
    fn structure(&self, mut at: usize) -> usize {
        while let Some(bytes) = self.bytes.get(at..).and_then(|rest| rest.first_chunk()) {
            let word = u64::from_le_bytes(*bytes);
            // Brackets differ in these bits only; a byte that is to be found becomes zero.
            let bracket = (word | eight(0x26)) ^ eight(0x7f);
            let quote = word ^ eight(b'"');
            let zero = |word: u64| word.wrapping_sub(eight(1)) & !word & eight(0x80);
            let found = zero(bracket) | zero(quote);
            if found != 0 {
                return at + (found.trailing_zeros() / 8) as usize;
            }
            at += 8;
        }
        let rest = self.bytes.get(at..).unwrap_or_default();
        rest.iter()
            .position(|byte| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']'))
            .map_or(self.bytes.len(), |length| at + length)
    }

    /// Passes over the rest of a string.
    fn pass_string(&mut self) -> Result<(), Fault> {
        loop {
            self.at = self.string_stop(self.at);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(Fault::EndOfString),
            }
        }
        self.at += 1;
        Ok(())
    }
}
