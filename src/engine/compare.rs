//! Comparing a value with an operand.
use super::evaluate::{Evaluator, literal};
use super::lookup::{Found, Lookup};
use super::pattern;
use super::subject::Here;
use crate::rule::{Operand, Reckoned, TemplatePart};
use crate::value::{Hole, TextBuilder, Truth, Unknown, Value, has_place, identity, is_vague};

impl<'a> Evaluator<'_, 'a> {
    /// What an operand stands for here.
    pub(super) fn operand(&self, operand: &'a Operand, here: &Here<'a>) -> Found<'a> {
        match operand {
            Operand::Path(reckoned) => self.reckoned(reckoned, here),
            Operand::Today(plus) => {
                Found::Value(Value::Text(self.today.plus_days(*plus as i64).to_string().into()))
            }
            Operand::Template(parts) => {
                let mut builder = TextBuilder::default();
                for part in parts {
                    let value = match part {
                        TemplatePart::Literal(text) => Value::text(text),
                        TemplatePart::Path(path) => match self.lookup(path, here).found {
                            Found::Value(value) => value,
                            Found::Absent => return Found::Absent,
                            Found::Unknown(unknown) => return Found::Unknown(unknown),
                        },
                    };
                    if builder.value(value).is_err() {
                        return Found::Unknown(Unknown::Shape(
                            "a text is expected where the template has a list or a map",
                        ));
                    }
                }
                Found::Value(builder.finish())
            }
            _ => Found::Value(literal(operand)),
        }
    }

    fn reckoned(&self, reckoned: &'a Reckoned, here: &Here<'a>) -> Found<'a> {
        let found = match (self.lookup(&reckoned.path, here).found, &reckoned.default) {
            (Found::Absent, Some(default)) => self.operand(default, here),
            (found, _) => found,
        };
        match found {
            Found::Value(value) if reckoned.times != 1.0 || reckoned.plus != 0.0 => {
                match value.scalar_number() {
                    Some(number) => {
                        let result = number * reckoned.times + reckoned.plus;
                        Found::Value(Value::Number(result, result.to_string().into()))
                    }
                    None => Found::Unknown(value.as_unknown().unwrap_or(Unknown::Comparison)),
                }
            }
            found => found,
        }
    }

    /// Whether a set value equals an operand, under CloudFormation's coercion.
    pub(super) fn equals(&self, value: &Value<'a>, operand: &'a Operand, here: &Here<'a>) -> Truth {
        match operand {
            Operand::Number(wanted) => match value.scalar_number() {
                Some(number) => (number == *wanted).into(),
                None => self.equals_text(value, &wanted.to_string()),
            },
            Operand::Bool(wanted) => match value.scalar_bool() {
                Some(truth) => (truth == *wanted).into(),
                None => self.equals_text(value, if *wanted { "true" } else { "false" }),
            },
            Operand::Text(wanted) => self.equals_text(value, wanted),
            Operand::Path(..) | Operand::Today(_) | Operand::Template(_) => match self.operand(operand, here)
            {
                Found::Value(wanted) => self.same(value, &wanted),
                Found::Absent => Truth::False,
                Found::Unknown(_) => Truth::Unknown,
            },
        }
    }

    /// Whether a value is that text. Of an open parameter with allowed values, the set decides.
    fn equals_text(&self, value: &Value<'a>, wanted: &str) -> Truth {
        match value {
            Value::Text(text) => (text == wanted).into(),
            Value::Hole(Hole::Unknown(Unknown::Parameter { stack, name, .. })) => {
                self.resolver.parameter_could_be(*stack, name, wanted)
            }
            _ => pattern::marked(self.resolver, value)
                .map_or(Truth::False, |text| pattern::equals(&text, wanted)),
        }
    }

    /// Whether two values are the same: surely, surely not, or open.
    pub(super) fn same(&self, one: &Value<'a>, other: &Value<'a>) -> Truth {
        let (Some((left, open_left)), Some((right, open_right))) =
            (identity(self.resolver, one), identity(self.resolver, other))
        else {
            return Truth::False;
        };
        if left == right {
            return if is_vague(one) { Truth::Unknown } else { Truth::True };
        }
        let (Some(a), Some(b)) = (pattern::marked(self.resolver, one), pattern::marked(self.resolver, other))
        else {
            return Truth::False;
        };
        if open_left || open_right {
            return if pattern::could_be_same(&a, &b) { Truth::Unknown } else { Truth::False };
        }
        // What a resource is called that CloudFormation names, nobody writes; and other resources have other names.
        match (pattern::has_hole(&a), pattern::has_hole(&b)) {
            (true, false) if has_place(one) => pattern::equals(&a, &b),
            (false, true) if has_place(other) => pattern::equals(&b, &a),
            _ => Truth::False,
        }
    }

    /// Compares numbers: `Some(ordering)` where both are known.
    pub(super) fn order(
        &self,
        at: &Lookup<'a>,
        operand: &'a Operand,
        here: &Here<'a>,
    ) -> Result<Option<std::cmp::Ordering>, Unknown<'a>> {
        let value = match &at.found {
            Found::Value(value) => value,
            Found::Absent => return Ok(None),
            Found::Unknown(unknown) => return Err(*unknown),
        };
        if let (Operand::Number(wanted), Some(number)) = (operand, value.scalar_number()) {
            return Ok(number.partial_cmp(wanted));
        }
        let wanted = match self.operand(operand, here) {
            Found::Value(wanted) => wanted,
            Found::Absent => return Ok(None),
            Found::Unknown(unknown) => return Err(unknown),
        };
        match (value.scalar_number(), wanted.scalar_number()) {
            (Some(a), Some(b)) => Ok(a.partial_cmp(&b)),
            (None, _) if matches!(value, Value::Hole(_) | Value::Partial(_)) => {
                Err(value.as_unknown().unwrap_or(Unknown::Comparison))
            }
            (_, None) if matches!(wanted, Value::Hole(_) | Value::Partial(_)) => {
                Err(wanted.as_unknown().unwrap_or(Unknown::Comparison))
            }
            _ => Ok(None),
        }
    }
}
