//! Strings with escapes: how the scanner of JSON decodes them, into the buffer beside the tape.
use super::fault::Fault;
use super::scan::Scanner;
use super::{Cell, Kind};

impl Scanner<'_> {
    /// Decodes a string with escapes, from `plain` on, that was read up to the first of them.
    #[cold]
    pub(super) fn escaped(&mut self, mut plain: usize) -> Result<Cell, Fault> {
        let start = self.decoded.len();
        loop {
            self.decoded.push_str(&self.text[plain..self.at]);
            if self.eat(b'"') {
                break;
            }
            if !self.eat(b'\\') {
                return Err(self.fault(Fault::Control, Fault::EndOfString));
            }
            let decoded = self.escape()?;
            self.decoded.push(decoded);
            plain = self.at;
            self.at = self.string_stop(plain);
        }
        let len = self.decoded.len() - start;
        Ok(Cell { kind: Kind::Decoded, start: start as u32, len: len as u32, extent: 1 })
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Result<char, Fault> {
        let decoded = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(),
            _ => return Err(self.fault(Fault::Escape, Fault::EndOfString)),
        };
        self.at += 1;
        Ok(decoded)
    }

    /// `u00e9`, or a pair of surrogates.
    fn code_point(&mut self) -> Result<char, Fault> {
        let mut code = self.four_digits()?;
        if (0xd800..0xdc00).contains(&code) {
            if !(self.eat(b'\\') && self.peek() == Some(b'u')) {
                return Err(self.fault(Fault::HexEscape, Fault::EndOfString));
            }
            let low = self.four_digits()?;
            let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(Fault::Surrogate)?;
            code = 0x1_0000 + ((code - 0xd800) << 10) + low;
        }
        char::from_u32(code).ok_or(Fault::Surrogate)
    }

    /// The four hexadecimal digits behind a `u`.
    fn four_digits(&mut self) -> Result<u32, Fault> {
        let digits = self.bytes.get(self.at + 1..self.at + 5).ok_or(Fault::EndOfString)?;
        self.at += 1;
        let mut code = 0;
        for byte in digits {
            code = (code << 4) | char::from(*byte).to_digit(16).ok_or(Fault::Escape)?;
            self.at += 1;
        }
        Ok(code)
    }
}
