//! `arn(PATH)`: the parts of an ARN.
use super::super::evaluate::Evaluator;
use super::super::subject::Here;
use super::record;
use crate::rule::{FactId, Path};
use crate::value::{Hole, Piece, Place, Record, Resolved, TextBuilder, Unknown, Value};
use std::borrow::Cow;

/// The six fields of an ARN; each may be text with holes.
struct Arn<'a> {
    place: Place,
    fields: [Option<Value<'a>>; 5],
}

const NAMES: [&str; 5] = ["Partition", "Service", "Region", "Account", "Resource"];

impl<'a> Record<'a> for Arn<'a> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        let index = NAMES.iter().position(|known| *known == name)?;
        self.fields[index].clone().map(|value| value.at(self.place))
    }

    fn names(&self) -> &'static [&'static str] {
        FactId::Arn.info().fields
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// The parts of the ARN at a path. A reference to a resource of the app lies where its stack lies.
    pub(super) fn arn(&self, path: &'a Path, here: &Here<'a>) -> Option<Resolved<'a>> {
        let value = self.value_at(path, here)?;
        let place = value.place;
        let unknown = |reason: Unknown<'a>| Value::unknown(reason).at(place);
        Some(match &value.value {
            Value::Hole(Hole::Reference { resource, .. }) => {
                let input = self.world.graph.stack(self.world.graph.resource(*resource).stack).input;
                let environment = |value: &'a Option<String>, name: &'static str| match value {
                    Some(text) => Value::text(text),
                    None => Value::unknown(Unknown::Pseudo { name, scope: input.level }),
                };
                let fields = [
                    None,
                    None,
                    Some(environment(&input.region, "AWS::Region")),
                    Some(environment(&input.account, "AWS::AccountId")),
                    None,
                ];
                record(Arn { place, fields }).at(place)
            }
            Value::Hole(hole) => unknown(hole.unknown().unwrap_or(Unknown::Comparison)),
            Value::Text(text) => match split(&[Piece::Literal(text.clone())]) {
                Some(fields) => record(Arn { place, fields }).at(place),
                None => return None,
            },
            Value::Partial(pieces) => match split(pieces) {
                Some(fields) => record(Arn { place, fields }).at(place),
                None => unknown(Unknown::Shape("the ARN has unknown pieces where its parts divide")),
            },
            _ => return None,
        })
    }
}

/// Divides at the first five colons that are known.
pub(super) fn split<'a>(pieces: &[Piece<'a>]) -> Option<[Option<Value<'a>>; 5]> {
    let mut fields: Vec<TextBuilder<'a>> = vec![TextBuilder::default()];
    for piece in pieces {
        match piece {
            Piece::Hole(hole) => fields.last_mut()?.hole(*hole),
            Piece::Literal(text) => {
                let mut rest: &str = text;
                while fields.len() < 6 {
                    let Some((field, behind)) = rest.split_once(':') else { break };
                    fields.last_mut()?.literal(Cow::Owned(field.to_owned()));
                    fields.push(TextBuilder::default());
                    rest = behind;
                }
                fields.last_mut()?.literal(Cow::Owned(rest.to_owned()));
            }
        }
    }
    let mut values = fields.into_iter().map(TextBuilder::finish);
    let prefix = values.next()?;
    if prefix.scalar_text() != Some("arn") {
        return None;
    }
    let fields: [Option<Value<'a>>; 5] = std::array::from_fn(|_| values.next());
    fields[4].is_some().then_some(fields)
}
