//! What the ARN of a resource is made of, where the service makes it of the region, the account and the resource's name.
//!
//! CDK takes names out of ARNs: what was handed on as an ARN is split again where its name is asked for.
use super::hole::{Hole, Unknown};
use super::model::{Piece, Value};
use super::resolver::Resolver;
use super::text::TextBuilder;
use crate::graph::{ResourceId, StackId};
use std::borrow::Cow;
use std::sync::LazyLock;

/// The last part of the id of a stack.
const STACK_UUID: &str = "the UUID in AWS::StackId";

/// The form of the ARNs of a type, `arn:PARTITION:SERVICE:REGION:ACCOUNT:` and the end, as `data/arns.txt` has it.
struct Form {
    type_name: &'static str,
    /// What gives the ARN: an attribute, or `Ref`.
    arn: Option<&'static str>,
    service: &'static str,
    /// What stands before the name.
    before: &'static str,
    /// What gives the name, of letters, digits, dashes, dots and underscores: an attribute, or `Ref`.
    name: Option<&'static str>,
}

/// All forms.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let by = |word: &'static str| if word == "ref" { None } else { Some(word) };
    let form = |line: &'static str| {
        let mut words = line.split(' ');
        let [type_name, arn, service, before, name] =
            std::array::from_fn(|_| words.next().unwrap_or_default());
        let before = before.trim_start_matches('-');
        Form { type_name, arn: by(arn), service, before, name: by(name) }
    };
    include_str!("../../data/arns.txt").lines().filter(|line| !line.starts_with('#')).map(form).collect()
});

impl<'a> Resolver<'_, 'a> {
    /// Adds the pieces of a piece of text: of an ARN with a known form, and of the id of a stack.
    pub(super) fn inside(&self, piece: &Piece<'a>, out: &mut Vec<Piece<'a>>) {
        let arn = match *piece {
            Piece::Hole(Hole::Unknown(Unknown::Pseudo { name: "AWS::StackId", scope })) => {
                let end = Hole::Unknown(Unknown::Pseudo { name: STACK_UUID, scope });
                let stack = StackId(scope);
                self.pseudo(stack, "AWS::StackName").and_then(|name| {
                    let mut text = self.start_of_arn(stack, "cloudformation")?;
                    text.literal(Cow::Borrowed("stack/"));
                    text.value(name).ok()?;
                    text.literal(Cow::Borrowed("/"));
                    text.hole(end);
                    Some(text.finish())
                })
            }
            Piece::Hole(Hole::Reference { resource, attribute }) => {
                let node = self.world.graph.resource(resource);
                let form = FORMS
                    .iter()
                    .find(|form| form.arn == attribute && form.type_name == node.declared.type_name);
                form.and_then(|form| {
                    let mut text = self.start_of_arn(node.stack, form.service)?;
                    text.literal(Cow::Borrowed(form.before));
                    text.hole(Hole::Reference { resource, attribute: form.name });
                    Some(text.finish())
                })
            }
            _ => None,
        };
        match arn {
            Some(Value::Partial(pieces)) => out.extend(pieces.iter().cloned()),
            _ => out.push(piece.clone()),
        }
    }

    /// `arn:PARTITION:SERVICE:REGION:ACCOUNT:` of what a stack has.
    fn start_of_arn(&self, stack: StackId, service: &'static str) -> Option<TextBuilder<'a>> {
        let mut text = TextBuilder::default();
        text.literal(Cow::Borrowed("arn:"));
        text.value(self.pseudo(stack, "AWS::Partition")?).ok()?;
        text.literal(Cow::Borrowed(":"));
        text.literal(Cow::Borrowed(service));
        for name in ["AWS::Region", "AWS::AccountId"] {
            text.literal(Cow::Borrowed(":"));
            text.value(self.pseudo(stack, name)?).ok()?;
        }
        text.literal(Cow::Borrowed(":"));
        Some(text)
    }

    /// Whether no value of a hole holds a part of the delimiter.
    pub(super) fn holds_none_of(&self, hole: Hole<'_>, delimiter: &str) -> bool {
        let marks: &[u8] = match hole {
            Hole::Unknown(Unknown::Pseudo {
                name: "AWS::Region" | "AWS::AccountId" | "AWS::Partition" | "AWS::StackName" | STACK_UUID,
                ..
            }) => b"-",
            Hole::Reference { resource, attribute } if self.is_name(resource, attribute) => b"-._",
            _ => return false,
        };
        !delimiter.bytes().any(|byte| byte.is_ascii_alphanumeric() || marks.contains(&byte))
    }

    fn is_name(&self, resource: ResourceId, attribute: Option<&str>) -> bool {
        let type_name = self.world.graph.resource(resource).declared.type_name;
        FORMS.iter().any(|form| form.name == attribute && form.type_name == type_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_form() {
        let lines = include_str!("../../data/arns.txt").lines().filter(|line| !line.starts_with('#'));
        assert!(lines.clone().all(|line| line.split(' ').count() == 5 && !line.contains("  ")));
        assert!(lines.clone().is_sorted() && FORMS.len() == lines.count());
        assert!(FORMS.iter().all(|form| form.arn.is_none() || form.arn != form.name));
    }
}
