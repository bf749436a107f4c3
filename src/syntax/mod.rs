//! JSON and YAML text -> [`Document`]: a tape of small nodes that remembers where everything stood.
//!
//! The format is decided by content: a text whose first character is `{` or `[` is JSON, as the service
//! decides it; everything else is YAML, with CloudFormation's short tags written out in their long form
//! (`!Ref x` is `{"Ref": "x"}`) and plain scalars resolved as YAML 1.1. Nothing here knows what a template
//! is. No text panics, hangs or grows without bound: see [`crate::limits`].
mod alias;
mod document;
mod escape;
mod fault;
mod find;
mod function;
mod grow;
mod json;
mod keys;
mod number;
mod pass;
mod place;
mod rewrite;
mod scalar;
mod scan;
mod sixteen;
mod tag;
mod yaml;

pub(crate) use document::{Cell, Kind};
pub use document::{Document, Entries, Format, Items, Node, NodeId, View};
pub use number::Number;
pub(crate) use rewrite::Rewrite;

use crate::limits::{MAX_DEPTH, MAX_NODES};
use crate::source::{Source, Span};
use std::sync::Arc;

/// Why a text is not a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong, without the place.
    pub message: String,
    /// Where the text stops making sense.
    pub span: Span,
    /// The way out, where there is one.
    pub help: Option<String>,
}

impl SyntaxError {
    /// Containers in containers beyond [`MAX_DEPTH`].
    fn too_deep(span: Span) -> SyntaxError {
        SyntaxError {
            message: format!("nested deeper than {MAX_DEPTH} levels"),
            span,
            help: Some("no template that CloudFormation accepts is nested so deeply".to_owned()),
        }
    }

    /// More nodes than [`MAX_NODES`].
    fn too_many(span: Span) -> SyntaxError {
        SyntaxError { message: format!("more than {MAX_NODES} values"), span, help: None }
    }
}

/// Something in a well-formed text that the reader should know: a duplicate key, a number that loses its zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What was seen.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// Parses a text, JSON or YAML by its content.
///
/// # Errors
/// A [`SyntaxError`] with the place where the text stops making sense, or which limit it breaks.
pub fn parse(source: Arc<Source>) -> Result<Document, SyntaxError> {
    let text = source.text();
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    match body.trim_start().as_bytes().first() {
        Some(b'{' | b'[') => json::parse(source, None),
        _ => yaml::parse(source),
    }
}

/// Parses a JSON text but for the maps and lists under a key that stands in that many maps, which nobody asks for:
/// they are null, and nothing but their end is looked for. YAML is read whole.
///
/// # Errors
/// Those of [`parse`].
pub fn parse_without(source: Arc<Source>, key: &str, depth: usize) -> Result<Document, SyntaxError> {
    match source.text().trim_start().as_bytes().first() {
        Some(b'{' | b'[') => json::parse(source, Some((key, depth))),
        _ => parse(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Document, SyntaxError> {
        parse(Arc::new(Source::new("t", text)))
    }

    const JSON: &str = r#"{"Resources":{"A":{"Type":"T","Properties":{"é":"\u00e9\n","N":[1,-2.5,true,null,{"Ref":"B"}],"E":{}}}}}"#;
    const YAML: &str = "# ü\nResources:\n  A:\n    Type: T\n    Properties: &p\n      é: \"\\u00e9\\n\"\n      N:\n      - 1\n      \
                        - -2.5\n      - yes\n      -\n      - !Ref 'B'\n      E: {}\n";

    #[test]
    fn the_format_is_decided_by_content() {
        for (text, format) in [
            ("{}", Format::Json),
            (" \r\n[1]", Format::Json),
            ("\u{feff}{}", Format::Json),
            ("a: 1", Format::Yaml),
            ("# {\na: {}", Format::Yaml),
            ("--- {a: 1}", Format::Yaml),
            ("\"a\": 1", Format::Yaml),
        ] {
            assert_eq!(read(text).unwrap().format(), format, "{text:?}");
        }
    }

    #[test]
    fn json_and_yaml_of_the_same_template_read_the_same() {
        let (json, yaml) = (read(JSON).unwrap(), read(YAML).unwrap());
        assert_eq!(format!("{:?}", json.root()), format!("{:?}", yaml.root()));
    }

    #[test]
    fn both_syntaxes_have_one_depth_limit_and_one_message() {
        let flow = |depth: usize| format!("{}x{}", "[".repeat(depth), "]".repeat(depth));
        let json = read(&flow(MAX_DEPTH + 1).replace('x', "")).unwrap_err();
        let block = |depth: usize| (0..depth).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<String>();
        let dashes = |depth: usize| "- ".repeat(depth) + "x";
        let tags = |depth: usize| {
            "- !Not\n".to_owned()
                + &(1..depth).map(|i| format!("{}- !Not\n", " ".repeat(i))).collect::<String>()
        };
        let mixed = |depth: usize| "- ".repeat(depth / 2) + &flow(depth - depth / 2);
        assert!(read(&format!("--- {}", flow(MAX_DEPTH))).is_ok());
        assert!(
            read(&block(MAX_DEPTH)).is_ok()
                && read(&dashes(MAX_DEPTH)).is_ok()
                && read(&mixed(MAX_DEPTH)).is_ok()
        );
        assert!(read(&tags(MAX_DEPTH / 2)).is_ok());
        for text in [
            format!("--- {}", flow(MAX_DEPTH + 1)),
            format!("--- {}", flow(5000)),
            block(MAX_DEPTH + 1),
            block(2000),
            dashes(MAX_DEPTH + 1),
            dashes(5000),
            mixed(MAX_DEPTH + 1),
            tags(MAX_DEPTH / 2 + 1),
        ] {
            let yaml = read(&text).unwrap_err();
            assert_eq!((&yaml.message, &yaml.help), (&json.message, &json.help), "{:.40}", text);
        }
    }

    /// A deterministic generator (an xorshift).
    fn next(seed: &mut u64, below: usize) -> usize {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        (*seed % below as u64) as usize
    }

    #[test]
    fn no_damage_to_a_text_makes_the_parser_panic() {
        let odd = "\0\t\r\n \"'{}[]:,-?&*!|>#%@`~<\\=u0é\u{feff}\u{2028}";
        let odd: Vec<char> = odd.chars().collect();
        let extra = "a: &x {<<: [{b: 1}], c: |+\n d\n\n}\n? e\n: >2-\n   f\n*x : !!int 1\n---\n%YAML 1.1\n";
        let mut seed = 7;
        for round in 0..6000 {
            let mut text: Vec<char> = [JSON, YAML, extra, "- !If\n- a: *x\n"][round % 4].chars().collect();
            for _ in 0..=next(&mut seed, 3) {
                let at = next(&mut seed, text.len() + 1);
                match next(&mut seed, 4) {
                    0 => text.truncate(at),
                    1 => text.insert(at, odd[next(&mut seed, odd.len())]),
                    2 if at < text.len() => text[at] = odd[next(&mut seed, odd.len())],
                    _ => text.extend_from_within(..at),
                }
            }
            let text: String = text.into_iter().collect();
            match read(&text) {
                Ok(document) => {
                    for index in 0..document.len() {
                        let span = document.node(NodeId(index as u32)).span();
                        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{text:?}");
                    }
                    let _ = format!("{:?}", document.root());
                }
                Err(error) => {
                    let place = text.get(error.span.start as usize..error.span.end as usize);
                    assert!(place.is_some() && !error.message.is_empty(), "{text:?}: {error:?}");
                }
            }
        }
    }
}
