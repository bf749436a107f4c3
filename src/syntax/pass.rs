//! What nobody asks for: how the scanner of JSON passes over what stands under a key.
//!
//! Only strings and brackets are told apart, so that the end is found: of 64 bytes at a time, each by a bit of a number, as
//! long as none of them is a backslash.
use super::fault::Fault;
use super::scan::Scanner;
use super::sixteen::Sixteen;
use super::{Cell, Kind};

/// How many bytes are looked at in one go.
const BLOCK: usize = u64::BITS as usize;

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
        let (mut open, mut in_string) = (0, false);
        while self.at < self.bytes.len() {
            let rest = &self.bytes[self.at..];
            let Brackets { opening, closing, among } = Brackets::of_block(rest, &mut in_string)
                .unwrap_or_else(|| Brackets::of(rest, &mut in_string));
            let mut left = opening | closing;
            while left != 0 {
                let bracket = left & left.wrapping_neg();
                open = if opening & bracket != 0 { open + 1 } else { open - 1 };
                if open == 0 {
                    self.at += bracket.trailing_zeros() as usize + 1;
                    self.cells.push(Cell { kind: Kind::Null, start: 0, len: 0, extent: 1 });
                    return Ok(());
                }
                left ^= bracket;
            }
            self.at += among;
        }
        Err(if in_string { Fault::EndOfString } else { Fault::EndOfValue })
    }
}

/// The brackets among the next bytes that stand in no string, by a bit for each byte, the first one's lowest.
struct Brackets {
    opening: u64,
    closing: u64,
    /// How many bytes were looked at.
    among: usize,
}

impl Brackets {
    /// Those of a whole block without a backslash, all its bytes at once; none where there is no such block.
    fn of_block(text: &[u8], in_string: &mut bool) -> Option<Brackets> {
        let block = text.first_chunk::<BLOCK>()?;
        let [mut quotes, mut backslashes, mut opening, mut closing] = [0; 4];
        for start in (0..BLOCK).step_by(16) {
            let sixteen = Sixteen::of(block, start)?;
            // Square brackets become the curly ones.
            let curly = sixteen.with(b' ');
            let put = |bits: u32| u64::from(bits) << start;
            quotes |= put(sixteen.equals(b'"'));
            backslashes |= put(sixteen.equals(b'\\'));
            opening |= put(curly.equals(b'{'));
            closing |= put(curly.equals(b'}'));
        }
        if backslashes != 0 {
            return None;
        }
        // Inside is what has an odd number of quotes before it.
        let mut inside = quotes;
        for by in [1, 2, 4, 8, 16, 32] {
            inside ^= inside << by;
        }
        inside ^= if *in_string { u64::MAX } else { 0 };
        *in_string = inside >> (BLOCK - 1) != 0;
        Some(Brackets { opening: opening & !inside, closing: closing & !inside, among: BLOCK })
    }

    /// Those of so many bytes or what is left, one by one.
    fn of(text: &[u8], in_string: &mut bool) -> Brackets {
        let (mut opening, mut closing, mut at) = (0, 0, 0);
        while let Some(byte) = text.get(at).filter(|_| at < BLOCK) {
            match byte {
                b'"' => *in_string = !*in_string,
                b'\\' if *in_string => at += 1,
                b'{' | b'[' if !*in_string => opening |= 1 << at,
                b'}' | b']' if !*in_string => closing |= 1 << at,
                _ => {}
            }
            at += 1;
        }
        Brackets { opening, closing, among: at.min(text.len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_passed_over_ends_where_it_is_closed() {
        let inside = [
            r#""}": "{[", "a": [[], {"b": "]"}], "c": 1"#,
            r#""\"}": "\\", "a": ["\\\"", "}"], "b": {"\u0022": {}}"#,
            "\"\n}\": \"\u{1}é\u{1f680}[\", \"a\": {}, \"long\": \"from here to there and back {\\\"}\"",
        ];
        for inside in inside {
            for before in 0..70 {
                for (open, close) in [("{", "}"), ("[", "]")] {
                    let whole = format!(r#"{{"k": {open}"{}", {inside}{close}"#, "x".repeat(before));
                    let end = whole.len();
                    for more in ["", ", \"z\": \"}\"}", &", \"z\": 1".repeat(9)] {
                        let text = format!("{whole}{more}");
                        let mut scanner = Scanner::new(&text, None);
                        scanner.at = r#"{"k": "#.len();
                        assert!(scanner.pass().is_ok());
                        assert_eq!((scanner.at, scanner.cells.len()), (end, 1), "{text}");
                    }
                    let mut scanner = Scanner::new(&whole[..end - 1], None);
                    scanner.at = r#"{"k": "#.len();
                    assert!(matches!(scanner.pass(), Err(Fault::EndOfValue)));
                    assert_eq!(scanner.at, end - 1);
                }
            }
        }
        for text in [r#"{"a"#, r#"{"a\"#, r#"{"a\""#, &format!("[\"{}", "x".repeat(100))] {
            let mut scanner = Scanner::new(text, None);
            assert!(matches!(scanner.pass(), Err(Fault::EndOfString)));
            assert_eq!(scanner.at, text.len(), "{text}");
        }
    }
}
