//! Recognising intrinsic functions, in the long form that both syntaxes share on the tape.
//!
//! A map with exactly one key that is `Ref`, or begins with `Fn::`, is a function; `Condition` is one only
//! where a condition is expected, which the caller knows; `Transform` is one where it calls a macro. Arguments are left as nodes.
use crate::syntax::Node;

/// An intrinsic function and its argument, unresolved.
#[derive(Clone, Copy, Debug)]
pub enum Intrinsic<'a> {
    /// `Ref`: a parameter, pseudo parameter or logical id.
    Ref(Node<'a>),
    /// `Fn::GetAtt`: `"A.B"` or `[A, B]`.
    GetAtt(Node<'a>),
    /// `Fn::Sub`: a text, or a text and a map.
    Sub(Node<'a>),
    /// `Fn::Join`.
    Join(Node<'a>),
    /// `Fn::Select`.
    Select(Node<'a>),
    /// `Fn::Split`.
    Split(Node<'a>),
    /// `Fn::If`.
    If(Node<'a>),
    /// `Fn::FindInMap`.
    FindInMap(Node<'a>),
    /// `Fn::Base64`.
    Base64(Node<'a>),
    /// `Fn::Cidr`.
    Cidr(Node<'a>),
    /// `Fn::GetAZs`.
    GetAZs(Node<'a>),
    /// `Fn::ImportValue`.
    ImportValue(Node<'a>),
    /// `Fn::GetStackOutput`.
    GetStackOutput(Node<'a>),
    /// `Fn::Length`.
    Length(Node<'a>),
    /// `Fn::ToJsonString`.
    ToJsonString(Node<'a>),
    /// `Fn::Transform`: a macro, whose result is not known.
    Transform(Node<'a>),
    /// Any other `Fn::...`, with its name: condition functions, loops, and what is not known.
    Other(&'a str, Node<'a>),
}

impl<'a> Intrinsic<'a> {
    /// The function that a node is, if it is one.
    pub fn of(node: Node<'a>) -> Option<Intrinsic<'a>> {
        let (key, argument) = node.single_entry()?;
        if key == "Ref" {
            return Some(Intrinsic::Ref(argument));
        }
        let Some(name) = key.strip_prefix("Fn::") else {
            return (key == "Transform" && is_macro(argument)).then_some(Intrinsic::Transform(argument));
        };
        Some(match name {
            "GetAtt" => Intrinsic::GetAtt(argument),
            "Sub" => Intrinsic::Sub(argument),
            "Join" => Intrinsic::Join(argument),
            "Select" => Intrinsic::Select(argument),
            "Split" => Intrinsic::Split(argument),
            "If" => Intrinsic::If(argument),
            "FindInMap" => Intrinsic::FindInMap(argument),
            "Base64" => Intrinsic::Base64(argument),
            "Cidr" => Intrinsic::Cidr(argument),
            "GetAZs" => Intrinsic::GetAZs(argument),
            "ImportValue" => Intrinsic::ImportValue(argument),
            "GetStackOutput" => Intrinsic::GetStackOutput(argument),
            "Length" => Intrinsic::Length(argument),
            "ToJsonString" => Intrinsic::ToJsonString(argument),
            "Transform" => Intrinsic::Transform(argument),
            _ => Intrinsic::Other(key, argument),
        })
    }

    /// The logical id and attribute that a `Fn::GetAtt` argument names, when both are plain text.
    pub fn get_att_parts(argument: Node<'a>) -> Option<(&'a str, &'a str)> {
        if let Some(text) = argument.as_str() {
            return text.split_once('.');
        }
        let mut items = argument.items();
        let logical_id = items.next()?.as_str()?;
        let attribute = items.next()?.as_str()?;
        items.next().is_none().then_some((logical_id, attribute))
    }
}

/// Whether an argument is that of a macro: JSON has the short form `{"Transform": {"Name": ..., "Parameters": {...}}}`.
fn is_macro(argument: Node<'_>) -> bool {
    argument.get("Name").and_then(Node::as_str).is_some()
        && argument.entries().all(|(key, _)| matches!(key.text_or_empty(), "Name" | "Parameters"))
}

/// A piece of the text of `Fn::Sub`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubPart<'a> {
    /// Text that stands for itself; of `${!Literal}`, `${Literal}` without the mark.
    Literal(&'a str),
    /// The opening of an escaped `${!Literal}`: a literal `${`.
    Open,
    /// `${Name}` or `${Name.Attribute}`: what stands between the braces.
    Variable(&'a str),
}

/// The pieces of a text of `Fn::Sub`, in order. An unclosed `${` is literal.
pub fn sub_parts(text: &str) -> impl Iterator<Item = SubPart<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(at) = rest.find("${") else {
            return Some(SubPart::Literal(std::mem::take(&mut rest)));
        };
        if at > 0 {
            let (before, behind) = rest.split_at(at);
            rest = behind;
            return Some(SubPart::Literal(before));
        }
        if let Some(behind) = rest.strip_prefix("${!") {
            rest = behind;
            return Some(SubPart::Open);
        }
        match rest.find('}') {
            Some(close) => {
                let name = rest[2..close].trim();
                rest = &rest[close + 1..];
                Some(SubPart::Variable(name))
            }
            None => Some(SubPart::Literal(std::mem::take(&mut rest))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_sub_falls_into_its_pieces() {
        let parts: Vec<_> = sub_parts("a-${B.C}-${!D}${ E }${").collect();
        assert_eq!(
            parts,
            [
                SubPart::Literal("a-"),
                SubPart::Variable("B.C"),
                SubPart::Literal("-"),
                SubPart::Open,
                SubPart::Literal("D}"),
                SubPart::Variable("E"),
                SubPart::Literal("${"),
            ]
        );
    }
}
