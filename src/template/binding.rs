//! What the identifiers of the loops around a place stand for, and texts with them filled in.
//!
//! `${Identifier}` is the element as it is, `&{Identifier}` its letters and digits only. Anything else in
//! braces is left alone: it belongs to `Fn::Sub`, or to nobody.
use std::borrow::Cow;

/// The identifiers that are bound, the innermost loop's last.
#[derive(Debug, Default)]
pub(super) struct Bindings<'d> {
    pairs: Vec<(&'d str, Cow<'d, str>)>,
}

impl<'d> Bindings<'d> {
    /// Whether the place stands in no loop.
    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Binds an identifier to an element.
    pub(super) fn push(&mut self, identifier: &'d str, element: Cow<'d, str>) {
        self.pairs.push((identifier, element));
    }

    /// Forgets the innermost identifier.
    pub(super) fn pop(&mut self) {
        self.pairs.pop();
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.pairs.clear();
    }

    /// The element that an identifier stands for.
    pub(super) fn get(&self, identifier: &str) -> Option<&Cow<'d, str>> {
        self.pairs.iter().rev().find(|(name, _)| *name == identifier).map(|(_, element)| element)
    }

    /// The text with every identifier filled in, borrowed where there is none; nothing if it were longer
    /// than `room`.
    pub(super) fn fill<'t>(&self, text: &'t str, room: usize) -> Option<Cow<'t, str>> {
        let mut filled = String::new();
        let mut copied = 0;
        for (brace, _) in text.match_indices('{') {
            let Some(sign) = brace.checked_sub(1).filter(|&sign| sign >= copied) else { continue };
            if !matches!(text.as_bytes()[sign], b'$' | b'&') {
                continue;
            }
            let Some((name, element)) = self.named_at(&text[brace + 1..]) else { continue };
            filled.push_str(&text[copied..sign]);
            if text.as_bytes()[sign] == b'$' {
                filled.push_str(element);
            } else {
                filled.extend(element.chars().filter(char::is_ascii_alphanumeric));
            }
            copied = brace + name.len() + 2;
            if filled.len() > room {
                return None;
            }
        }
        if copied == 0 {
            return (text.len() <= room).then_some(Cow::Borrowed(text));
        }
        filled.push_str(&text[copied..]);
        (filled.len() <= room).then_some(Cow::Owned(filled))
    }

    /// The identifier that stands at the start of the text, closed by a brace.
    fn named_at(&self, text: &str) -> Option<&(&'d str, Cow<'d, str>)> {
        self.pairs
            .iter()
            .rev()
            .find(|(name, _)| text.strip_prefix(name).is_some_and(|behind| behind.starts_with('}')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_filled_in_and_nothing_else_is_touched() {
        let mut bindings = Bindings::default();
        bindings.push("A", "é.1/x".into());
        bindings.push("Long", "${A}".into());
        for (text, filled) in [
            ("${A}", "é.1/x"),
            ("&{A}", "1x"),
            ("a${A}b&{A}${A}", "aé.1/xb1xé.1/x"),
            ("${Long}${AWS::Region}${!A}$A{A}{{A}}", "${A}${AWS::Region}${!A}$A{A}{{A}}"),
            ("${Topic${A}.Arn} ${A.Arn} ${ A }", "${Topicé.1/x.Arn} ${A.Arn} ${ A }"),
            ("${", "${"),
            ("{A}&{A", "{A}&{A"),
            ("", ""),
        ] {
            assert_eq!(bindings.fill(text, 99).as_deref(), Some(filled), "{text}");
        }
        bindings.push("A", "inner".into());
        assert_eq!(bindings.fill("${A}", 5).as_deref(), Some("inner"));
        assert_eq!((bindings.fill("${A}", 4), bindings.fill("12345", 4)), (None, None));
        bindings.pop();
        assert_eq!(bindings.get("A").map(|element| &**element), Some("é.1/x"));
    }

    #[test]
    fn a_text_full_of_braces_takes_no_more_than_its_length() {
        let mut bindings = Bindings::default();
        bindings.push("A", "x".repeat(1000).into());
        assert_eq!(bindings.fill(&"${A}".repeat(100_000), 1 << 20), None);
        let text = "${".repeat(1 << 20);
        assert_eq!(bindings.fill(&text, text.len()).as_deref(), Some(text.as_str()));
    }
}
