//! `code(PATH)`: inline source text, without its comments.
use super::super::evaluate::Evaluator;
use super::super::subject::Here;
use crate::rule::Path;
use crate::value::{Piece, Resolved, Value};
use std::borrow::Cow;

impl<'a> Evaluator<'_, 'a> {
    /// The text at a path with comments of its language left out; the language is told by `Runtime`.
    pub(super) fn code(&self, path: &'a Path, here: &Here<'a>) -> Option<Resolved<'a>> {
        let text = self.value_at(path, here)?;
        let runtime = match here.owner {
            super::Subject::Resource(id) => self.world.graph.property(id, "Runtime"),
            _ => None,
        };
        let hash_comments = runtime.is_some_and(|node| {
            let stack = here.owner.stack(self.world);
            let runtime = self.resolver.resolve(stack, node).value;
            runtime.scalar_text().is_some_and(|name| name.starts_with("python") || name.starts_with("ruby"))
        });
        let strip = |text: &str| Cow::Owned(strip_comments(text, hash_comments));
        let value = match &text.value {
            Value::Text(code) => Value::Text(strip(code)),
            Value::Partial(pieces) => Value::Partial(
                pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Literal(code) => Piece::Literal(strip(code)),
                        hole => hole.clone(),
                    })
                    .collect(),
            ),
            other => other.clone(),
        };
        Some(value.at(text.place))
    }
}

/// Leaves comments out, and texts in quotes alone.
fn strip_comments(code: &str, hash_comments: bool) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let skip = if hash_comments {
            (c == '#').then(|| rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("//") {
            Some(rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            Some(rest.find("*/").map_or(rest.len(), |end| end + 2))
        } else {
            None
        };
        if let Some(skip) = skip {
            rest = &rest[skip..];
            continue;
        }
        let taken = if matches!(c, '"' | '\'' | '`') { quoted(rest, c) } else { c.len_utf8() };
        kept.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    kept
}

/// The length of a quoted text, its quotes included; it ends at the latest with the code.
fn quoted(code: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in code.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' if quote != '`' => return at,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_texts_stay() {
        let js = "const a = 'http://x'; // require('aws-sdk')\n/* require(\"aws-sdk\") */ b(`//`);";
        assert_eq!(strip_comments(js, false), "const a = 'http://x'; \n b(`//`);");
        assert_eq!(strip_comments("a = '#' # b\nc", true), "a = '#' \nc");
    }
}
