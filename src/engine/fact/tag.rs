//! `tags()`: effective tags by key.
use super::super::evaluate::Evaluator;
use super::super::subject::{Here, Subject};
use crate::value::{MapValue, Resolved, Unknown, Value};
use std::borrow::Cow;

impl<'a> Evaluator<'_, 'a> {
    /// A resource's own tags before those of its stack; the tags of a stack are unknown without a manifest.
    pub(super) fn tags(&self, here: &Here<'a>) -> Resolved<'a> {
        let place = here.owner.place(self.world);
        let mut tags: Vec<(Cow<'a, str>, Resolved<'a>)> = Vec::new();
        if let Subject::Resource(id) = here.owner {
            let resource = self.world.graph.resource(id);
            let own = resource.declared.properties.and_then(|properties| properties.get("Tags"));
            if let Some(node) = own {
                let own = self.resolver.resolve(resource.stack, node);
                if let Err(unknown) = self.own_tags(&own, &mut tags) {
                    return Value::unknown(unknown).at(own.place);
                }
            }
        }
        let input = self.world.graph.stack(here.owner.stack(self.world)).input;
        match &input.tags {
            Some(stack_tags) => {
                for (key, value) in stack_tags {
                    if !tags.iter().any(|(own, _)| own == key) {
                        tags.push((Cow::Borrowed(key), Value::text(value).at(place)));
                    }
                }
            }
            None if !matches!(here.owner, Subject::Resource(_)) => {
                return Value::unknown(Unknown::Manifest("the stack's tags")).at(place);
            }
            None => {}
        }
        Value::Map(MapValue::Built(tags.into())).at(place)
    }

    /// Tags in either form: a list of keys and values, or a map.
    fn own_tags(
        &self,
        own: &Resolved<'a>,
        tags: &mut Vec<(Cow<'a, str>, Resolved<'a>)>,
    ) -> Result<(), Unknown<'a>> {
        if let Value::Map(_) = own.value {
            tags.extend(self.resolver.pairs(own)?);
            return Ok(());
        }
        for tag in self.resolver.elements(own)? {
            let (key, value) = (self.resolver.field(&tag, "Key")?, self.resolver.field(&tag, "Value")?);
            let Some(key) = key else { continue };
            let Some(text) = crate::value::known_text(self.world, &key.value) else {
                return Err(key.value.as_unknown().unwrap_or(Unknown::Comparison));
            };
            tags.push((Cow::Owned(text.into_owned()), value.unwrap_or(key)));
        }
        Ok(())
    }
}
