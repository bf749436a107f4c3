//! Why a text is no JSON, and what its writer is told.
//!
//! The scanner stops at a [`Fault`] and a byte; here that becomes an error with a place, and with a way out where
//! there is one. The words are those of `serde_json`, which people have met before.
use super::SyntaxError;
use crate::source::Span;

/// Why a text is refused, in the words of `serde_json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("nested too deeply")]
    Depth,
    #[error("too many values")]
    Nodes,
    #[error("EOF while parsing a value")]
    EndOfValue,
    #[error("EOF while parsing a list")]
    EndOfList,
    #[error("EOF while parsing an object")]
    EndOfMap,
    #[error("EOF while parsing a string")]
    EndOfString,
    #[error("expected value")]
    Value,
    #[error("expected ident")]
    Word,
    #[error("expected `,` or `]`")]
    ListComma,
    #[error("expected `,` or `}}`")]
    MapComma,
    #[error("trailing comma")]
    TrailingComma,
    #[error("expected `:`")]
    Colon,
    #[error("key must be a string")]
    Key,
    #[error("control character (\\u0000-\\u001F) found while parsing a string")]
    Control,
    #[error("invalid escape")]
    Escape,
    #[error("unexpected end of hex escape")]
    HexEscape,
    #[error("lone leading surrogate in hex escape")]
    Surrogate,
    #[error("invalid number")]
    Number,
    #[error("number out of range")]
    Range,
    #[error("there is more than one root: the text goes on behind the end of the first")]
    SecondRoot,
}

/// The error at the character that makes no sense, or at the end of a text that was cut off.
pub(super) fn refused(text: &str, at: usize, fault: Fault) -> SyntaxError {
    let ends = matches!(fault, Fault::EndOfValue | Fault::EndOfList | Fault::EndOfMap | Fault::EndOfString);
    let start = if ends { text.trim_end().len() } else { at };
    let end = start + if ends { 0 } else { text[start..].chars().next().map_or(0, char::len_utf8) };
    let help = match fault {
        _ if ends => Some("the file ends too early: was it cut off while it was written?"),
        Fault::Key | Fault::Value => Some("a text that starts with `{` or `[` is read as JSON, not as YAML"),
        _ => None,
    };
    let message = match fault {
        Fault::SecondRoot => fault.to_string(),
        _ => format!("not well-formed JSON: {fault}"),
    };
    SyntaxError { message, span: Span::new(start as u32, end as u32), help: help.map(str::to_owned) }
}
