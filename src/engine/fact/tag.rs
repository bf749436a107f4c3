//! `tags()`: effective tags by key.
use super::super::evaluate::Evaluator;
use super::super::subject::{Here, Subject};
use crate::graph::ResourceId;
use crate::value::{Hole, MapValue, Resolved, Unknown, Value};
use std::borrow::Cow;

/// The properties that hold tags, whatever the type calls them.
const PROPERTIES: [&str; 6] =
    ["Tags", "FileSystemTags", "HostedZoneTags", "UserPoolTags", "BackupPlanTags", "BackupVaultTags"];

impl<'a> Evaluator<'_, 'a> {
    /// A resource's own tags before those of its stack; the tags of a stack are unknown without a manifest.
    pub(super) fn tags(&self, here: &Here<'a>) -> Resolved<'a> {
        let place = here.owner.place(self.world);
        let mut tags: Vec<(Cow<'a, str>, Resolved<'a>)> = Vec::new();
        if let Subject::Resource(id) = here.owner {
            let resource = self.world.graph.resource(id);
            let properties = resource.declared.properties();
            let own = properties.and_then(|all| PROPERTIES.iter().find_map(|name| all.get(name)));
            let own = match own {
                Some(node) => Some(self.resolver.resolve(resource.stack, node)),
                None if resource.declared.type_name == "AWS::DynamoDB::GlobalTable" => self.replica_tags(id),
                None => None,
            };
            if let Some(own) = own
                && let Err(unknown) = self.own_tags(&own, &mut tags)
            {
                return Value::unknown(unknown).at(own.place);
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

    /// The tags of a global table's replica in the stack's own region; of its only replica, if there is one only.
    fn replica_tags(&self, id: ResourceId) -> Option<Resolved<'a>> {
        let graph = self.world.graph;
        let stack = graph.resource(id).stack;
        let all = self.resolver.resolve(stack, graph.property(id, "Replicas")?);
        let replicas = match self.resolver.elements(&all) {
            Ok(replicas) => replicas,
            Err(unknown) => return Some(Value::unknown(unknown).at(all.place)),
        };
        let own = graph.stack(stack).input.region.as_deref();
        let is_own = |replica: &&Resolved<'a>| {
            let region = self.resolver.field(replica, "Region").ok().flatten().map(|region| region.value);
            match region {
                Some(Value::Hole(Hole::Unknown(Unknown::Pseudo { name: "AWS::Region", .. }))) => true,
                Some(value) => own.is_some() && value.scalar_text() == own,
                None => false,
            }
        };
        let replica = match &replicas[..] {
            [only] => only,
            several => match several.iter().find(is_own) {
                Some(own) => own,
                None => {
                    let why =
                        Unknown::Shape("which replica of the table is in the stack's region is not known");
                    return Some(Value::unknown(why).at(all.place));
                }
            },
        };
        match self.resolver.field(replica, "Tags") {
            Ok(tags) => tags,
            Err(unknown) => Some(Value::unknown(unknown).at(replica.place)),
        }
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
            let Some(text) = crate::value::known_text(self.resolver, &key.value) else {
                return Err(key.value.as_unknown().unwrap_or(Unknown::Comparison));
            };
            tags.push((Cow::Owned(text.into_owned()), value.unwrap_or(key)));
        }
        Ok(())
    }
}
