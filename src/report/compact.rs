//! Compact JSON that a terminal does not obey either: JSON itself lets some control characters through.
//!
//! What is serialized are the reports' own types, so names of fields are plain and need no look at each of their
//! characters; nor do most texts, which is told for a whole text at once. Kinds of data that no report has are refused.
use super::text::hostile;
use serde::ser::{self, Serialize};
use std::fmt;

/// Puts the JSON form of a value behind what is in `out`.
///
/// # Errors
/// That the value holds data of a kind that no report has.
pub(super) fn put(value: &impl Serialize, out: &mut Vec<u8>) -> Result<(), Unsupported> {
    value.serialize(Compact { out })
}

/// Data of a kind that no report has: bytes, or a variant with data.
#[derive(Debug, thiserror::Error)]
#[error("a report holds data of a kind that it cannot write: {0}")]
pub(super) struct Unsupported(String);

impl ser::Error for Unsupported {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Unsupported(message.to_string())
    }
}

/// Writes a text with its quotes.
pub(super) fn text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    inside(text, out);
    out.push(b'"');
}

/// Writes a text, or a piece of one, as it stands between quotes.
pub(super) fn inside(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    if !is_plain(text.as_bytes()) {
        while let Some(at) = rest.bytes().position(is_special) {
            out.extend_from_slice(&rest.as_bytes()[..at]);
            let mut behind = rest[at..].chars();
            behind.next().into_iter().for_each(|c| character(c, out));
            rest = behind.as_str();
        }
    }
    out.extend_from_slice(rest.as_bytes());
}

/// Whether a byte is, or begins, what may have to be escaped.
fn is_special(byte: u8) -> bool {
    !matches!(byte, b' '..=b'~') || byte == b'"' || byte == b'\\'
}

/// Writes a number as its digits, which are few.
pub(super) fn number(mut number: u64, out: &mut Vec<u8>) {
    let (mut digits, mut first) = ([0; 20], 20);
    while first == 20 || number > 0 {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    out.extend_from_slice(&digits[first..]);
}

/// Whether a text has nothing to escape. It is looked at in blocks, of which the last may overlap the one before, and each
/// block without an end in between: all its bytes are looked at in a few steps.
fn is_plain(text: &[u8]) -> bool {
    const BLOCK: usize = 16;
    let is_plain = |block: &[u8; BLOCK]| !block.iter().fold(false, |any, &byte| any | is_special(byte));
    let Some(last) = text.last_chunk::<BLOCK>() else { return !text.iter().any(|&byte| is_special(byte)) };
    for block in text.as_chunks::<BLOCK>().0 {
        if !is_plain(block) {
            return false;
        }
    }
    is_plain(last)
}

fn character(c: char, out: &mut Vec<u8>) {
    let short = match c {
        '"' => b'"',
        '\\' => b'\\',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        c if hostile(c) => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
            return;
        }
        c => return out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// Writes one value.
struct Compact<'o> {
    out: &'o mut Vec<u8>,
}

impl Compact<'_> {
    fn word(self, word: &str) -> Result<(), Unsupported> {
        self.out.extend_from_slice(word.as_bytes());
        Ok(())
    }

    fn shown(self, number: impl fmt::Display) -> Result<(), Unsupported> {
        let text = number.to_string();
        self.word(&text)
    }

    fn digits(self, value: u64) -> Result<(), Unsupported> {
        number(value, self.out);
        Ok(())
    }
}

fn unsupported<T>(kind: &str) -> Result<T, Unsupported> {
    Err(Unsupported(kind.to_owned()))
}

impl<'o> ser::Serializer for Compact<'o> {
    type Ok = ();
    type Error = Unsupported;
    type SerializeSeq = Members<'o>;
    type SerializeMap = Members<'o>;
    type SerializeStruct = Members<'o>;
    type SerializeTuple = ser::Impossible<(), Unsupported>;
    type SerializeTupleStruct = ser::Impossible<(), Unsupported>;
    type SerializeTupleVariant = ser::Impossible<(), Unsupported>;
    type SerializeStructVariant = ser::Impossible<(), Unsupported>;

    fn serialize_bool(self, value: bool) -> Result<(), Unsupported> {
        self.word(if value { "true" } else { "false" })
    }
    fn serialize_i8(self, value: i8) -> Result<(), Unsupported> {
        self.shown(value)
    }
    fn serialize_i16(self, value: i16) -> Result<(), Unsupported> {
        self.shown(value)
    }
    fn serialize_i32(self, value: i32) -> Result<(), Unsupported> {
        self.shown(value)
    }
    fn serialize_i64(self, value: i64) -> Result<(), Unsupported> {
        self.shown(value)
    }
    fn serialize_u8(self, value: u8) -> Result<(), Unsupported> {
        self.digits(value.into())
    }
    fn serialize_u16(self, value: u16) -> Result<(), Unsupported> {
        self.digits(value.into())
    }
    fn serialize_u32(self, value: u32) -> Result<(), Unsupported> {
        self.digits(value.into())
    }
    fn serialize_u64(self, value: u64) -> Result<(), Unsupported> {
        self.digits(value)
    }
    fn serialize_f32(self, _: f32) -> Result<(), Unsupported> {
        unsupported("a fraction")
    }
    fn serialize_f64(self, _: f64) -> Result<(), Unsupported> {
        unsupported("a fraction")
    }
    fn serialize_char(self, value: char) -> Result<(), Unsupported> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, value: &str) -> Result<(), Unsupported> {
        text(value, self.out);
        Ok(())
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unsupported> {
        unsupported("bytes")
    }
    fn serialize_none(self) -> Result<(), Unsupported> {
        self.word("null")
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unsupported> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Unsupported> {
        self.word("null")
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unsupported> {
        self.word("null")
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Unsupported> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unsupported> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unsupported> {
        unsupported("a variant with data")
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Members<'o>, Unsupported> {
        Ok(Members::new(self.out, b'[', b']'))
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unsupported> {
        unsupported("a tuple")
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTuple, Unsupported> {
        unsupported("a tuple")
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTuple, Unsupported> {
        unsupported("a variant with data")
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Members<'o>, Unsupported> {
        Ok(Members::new(self.out, b'{', b'}'))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'o>, Unsupported> {
        Ok(Members::new(self.out, b'{', b'}'))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTuple, Unsupported> {
        unsupported("a variant with data")
    }
}

/// Writes what is inside of a list or a map.
struct Members<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
    close: u8,
}

impl<'o> Members<'o> {
    fn new(out: &'o mut Vec<u8>, open: u8, close: u8) -> Self {
        out.push(open);
        Members { out, first: true, close }
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
    }

    fn close(self) -> Result<(), Unsupported> {
        self.out.push(self.close);
        Ok(())
    }
}

impl ser::SerializeSeq for Members<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unsupported> {
        self.separate();
        value.serialize(Compact { out: self.out })
    }

    fn end(self) -> Result<(), Unsupported> {
        self.close()
    }
}

impl ser::SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unsupported> {
        self.separate();
        key.serialize(Compact { out: self.out })
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unsupported> {
        self.out.push(b':');
        value.serialize(Compact { out: self.out })
    }

    fn end(self) -> Result<(), Unsupported> {
        self.close()
    }
}

impl ser::SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unsupported> {
        self.separate();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        value.serialize(Compact { out: self.out })
    }

    fn end(self) -> Result<(), Unsupported> {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn written(value: &impl Serialize) -> String {
        let mut out = Vec::new();
        put(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn harmless_data_is_written_as_serde_json_writes_it() {
        let all: String = (' '..='~').chain("\n\r\t\u{8}\u{c}é日😀".chars()).collect();
        let value = json!({
            "": [], "a b": {}, "all": all, "none": null, "yes": [true, false],
            "numbers": [0, 7, 10, 4_294_967_295u32, u64::MAX, -1, i64::MIN],
        });
        assert_eq!(written(&value), value.to_string());
    }

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_reads_back() {
        for c in ('\0'..='\u{2fff}').chain('\u{fe00}'..='\u{ffff}').chain('\u{e0000}'..='\u{e00ff}') {
            let value = format!("a{c}b");
            let text = written(&value);
            assert!(!text.contains(hostile), "{c:?}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), Value::String(value));
        }
    }

    #[test]
    fn other_kinds_of_data_are_refused() {
        assert!(put(&(1, 2), &mut Vec::new()).is_err());
        assert!(put(&1.5, &mut Vec::new()).is_err());
    }
}
