//! Functions of lists: `Fn::Join`, `Fn::Select`, `Fn::Split`, `Fn::Cidr`.
//!
//! A text with holes is split as far as its holes leave no doubt: the account, the region, the partition
//! and names of resources hold no separator, and what stands before any other hole is known whatever that hole holds.
use super::compute;
use super::function::{Call, arguments};
use super::identity::{identity, known_text};
use super::model::{ListValue, Piece, Resolved, Value};
use super::resolver::Resolver;
use super::text::TextBuilder;
use crate::syntax::Node;
use crate::template::Intrinsic;
use std::borrow::Cow;

impl<'a> Resolver<'_, 'a> {
    pub(super) fn join(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        let Some([delimiter, list]) = arguments(argument) else { return call.misformed() };
        let is_sound = delimiter.as_str().is_some() && list.is_list();
        if !is_sound && Intrinsic::Join(argument).fault().is_some() {
            return call.misformed();
        }
        let delimiter = match self.resolve(call.stack, delimiter).value {
            Value::Text(text) => text,
            other => match other.scalar_text() {
                Some(text) => Cow::Owned(text.to_owned()),
                None => return call.unknown("Fn::Join"),
            },
        };
        let mut builder = TextBuilder::with_room(list.len());
        let list = self.resolve(call.stack, list);
        if matches!(list.value, Value::Hole(_) | Value::Partial(_)) {
            return call.unknown("Fn::Join");
        }
        let (mut is_first, mut is_text) = (true, true);
        let visited = self.visit_elements(&list.value, list.place, |element| {
            if !std::mem::take(&mut is_first) {
                builder.literal(delimiter.clone());
            }
            is_text = builder.value(element.value).is_ok();
            !is_text
        });
        match (visited, is_text) {
            (Err(_), _) => call.unknown("Fn::Join"),
            (Ok(()), false) => call.malformed("Fn::Join joins texts only"),
            (Ok(()), true) => builder.finish(),
        }
    }

    pub(super) fn select(&self, call: Call<'a>, argument: Node<'a>) -> Resolved<'a> {
        let place = call.place();
        let Some([index, list]) = arguments(argument) else { return call.misformed().at(place) };
        if Intrinsic::Select(argument).fault().is_some_and(|_| !list.is_list()) {
            return call.misformed().at(place);
        }
        let index = self.resolve(call.stack, index).value;
        let number = match index.scalar_text().map(|text| text.trim().parse::<usize>()) {
            Some(Ok(number)) => Some(number),
            Some(Err(_)) => {
                return call.malformed("Fn::Select needs an index that is a whole number, from 0").at(place);
            }
            None if matches!(index, Value::Hole(_) | Value::Partial(_)) => None,
            None => return call.misformed().at(place),
        };
        if let (Some(number), Some(Intrinsic::Split(split))) = (number, Intrinsic::of(list))
            && let Some((mut parts, complete)) = self.parts(call, split)
        {
            match number < parts.len() {
                true => return parts.swap_remove(number).at(place),
                false if complete => return call.malformed(OUT_OF_RANGE).at(place),
                // The whole list says no more; only the way to it is told.
                false if !self.tracing() => return call.unknown("Fn::Select").at(place),
                false => {}
            }
        }
        let list = self.resolve(call.stack, list);
        if let (Some(number), Value::Hole(hole)) = (number, &list.value)
            && let Some(element) = self.element(*hole, Some(number as u32))
        {
            return element.at(place);
        }
        if matches!(list.value, Value::Hole(_) | Value::Partial(_)) {
            return call.unknown("Fn::Select").at(place);
        }
        let Ok(mut elements) = self.elements(&list) else { return call.unknown("Fn::Select").at(place) };
        if elements.iter().any(|element| matches!(element.value, Value::Null)) {
            return call.malformed("Fn::Select takes no list with null in it").at(place);
        }
        match number {
            Some(number) if number < elements.len() => elements.swap_remove(number).value.at(place),
            Some(_) => call.malformed(OUT_OF_RANGE).at(place),
            None if self.all_same(&elements) => elements.swap_remove(0).value.at(place),
            None => call.unknown("Fn::Select").at(place),
        }
    }

    /// Whether there are elements, and all are surely the same.
    fn all_same(&self, elements: &[Resolved<'a>]) -> bool {
        let Some(first) = elements.first().and_then(|first| identity(self, &first.value)) else {
            return false;
        };
        elements.iter().all(|other| identity(self, &other.value).as_ref() == Some(&first))
    }

    pub(super) fn split(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        if Intrinsic::Split(argument).fault().is_some() {
            return call.misformed();
        }
        match self.parts(call, argument) {
            Some((parts, true)) => {
                let place = call.place();
                Value::List(ListValue::Built(parts.into_iter().map(|part| part.at(place)).collect()))
            }
            _ => call.unknown("Fn::Split"),
        }
    }

    /// The parts that are known, from the first; and whether they are all.
    fn parts(&self, call: Call<'a>, argument: Node<'a>) -> Option<(Vec<Value<'a>>, bool)> {
        let [delimiter, text] = arguments(argument)?;
        let delimiter = delimiter.as_str().filter(|text| !text.is_empty())?;
        let text = self.resolve(call.stack, text).value;
        let known = known_text(self, &text).map(Cow::into_owned);
        let mut pieces: Vec<Piece<'_>> = Vec::new();
        match (known, text) {
            (Some(text), _) => pieces.push(Piece::Literal(Cow::Owned(text))),
            (None, Value::Partial(all)) => all.iter().for_each(|piece| self.inside(piece, &mut pieces)),
            (None, Value::Hole(hole)) => self.inside(&Piece::Hole(hole), &mut pieces),
            _ => return None,
        }
        let mut parts = Vec::new();
        let mut part = TextBuilder::default();
        for piece in &pieces {
            match piece {
                Piece::Literal(text) => {
                    for (index, text) in text.split(delimiter).enumerate() {
                        if index > 0 {
                            parts.push(std::mem::take(&mut part).finish());
                        }
                        part.literal(Cow::Owned(text.to_owned()));
                    }
                }
                Piece::Hole(hole) if self.holds_none_of(*hole, delimiter) => part.hole(*hole),
                Piece::Hole(_) => return Some((parts, false)),
            }
        }
        parts.push(part.finish());
        Some((parts, true))
    }

    pub(super) fn cidr(&self, call: Call<'a>, argument: Node<'a>) -> Value<'a> {
        if Intrinsic::Cidr(argument).fault().is_some() {
            return call.misformed();
        }
        let arguments: Vec<Value<'a>> =
            argument.items().map(|item| self.resolve(call.stack, item).value).collect();
        let known = |index: usize| arguments.get(index).and_then(|value| known_text(self, value));
        let number = |index: usize| known(index).and_then(|text| text.trim().parse::<u32>().ok());
        let whole = |index| known(index).is_none() || number(index).is_some();
        if !whole(1) || !whole(2) {
            return call.malformed("Fn::Cidr needs a count and bits that are whole numbers");
        }
        let (Some(network), Some(count)) = (known(0), number(1)) else { return call.unknown("Fn::Cidr") };
        // The documentation names no bits for a call without them.
        let Some(bits) = number(2) else { return call.unknown("Fn::Cidr") };
        match compute::cidr(&network, count as usize, bits) {
            Ok(networks) => {
                let place = call.place();
                let blocks = networks.into_iter().map(|text| Value::Text(text.into()).at(place));
                Value::List(ListValue::Built(blocks.collect()))
            }
            Err(why) => call.malformed(why),
        }
    }
}

const OUT_OF_RANGE: &str = "Fn::Select asks for an element that the list does not have";
