//! `backed-up()`: whether a backup plan of the app selects a data store.
//!
//! A selection takes what matches `Resources`, or has a tag of `ListOfTags`; one that names neither takes everything. Of
//! that it keeps what meets all `Conditions`, and leaves out `NotResources`. Tags are the effective ones, patterns of
//! ARNs match by service and type where the name is not known, and what is in another account or region is not reached.
//! A bucket is backed up only with versioning. That the account has opted in to the service is not looked at.
use super::super::evaluate::Evaluator;
use super::super::pattern;
use super::super::subject::{Here, Subject};
use super::meant::{Answer, and, form, or, sure};
use crate::graph::{ResourceId, Sameness};
use crate::value::{Hole, MapValue, Piece, Resolved, Resolver, Truth, Unknown, Value};

const SELECTION: &str = "AWS::Backup::BackupSelection";

impl<'a> Evaluator<'_, 'a> {
    /// Whether some selection of the app takes the store.
    pub(super) fn backed_up(&self, here: &Here<'a>) -> Resolved<'a> {
        let place = here.owner.place(self.world);
        let mut answer = sure(false);
        if let Subject::Resource(id) = here.owner
            && form(self.world.graph.resource(id).declared.type_name).is_some()
        {
            for selection in self.selections(id) {
                let selected = self.resolver.aside(|| self.selected(id, selection));
                answer = or(answer, selected);
                if answer.0 == Truth::True {
                    break;
                }
            }
            if answer.0 != Truth::False {
                answer = and(answer, self.can_be_backed_up(id));
            }
        }
        match answer {
            (Truth::True, _) => Value::Bool(true),
            (Truth::False, _) => Value::Bool(false),
            (Truth::Unknown, why) => Value::unknown(why.unwrap_or(Unknown::Comparison)),
        }
        .at(place)
    }

    /// The selections that could take a store: those that refer to it, and those that do not only name resources.
    fn selections(&self, id: ResourceId) -> Vec<ResourceId> {
        let graph = self.world.graph;
        let broad = self.joins.broad_selections.get_or_init(|| {
            let resolver = Resolver::new(self.world);
            let all = graph.of_type(SELECTION).iter().copied();
            let lasts = |id: ResourceId| {
                let before = resolver.open_questions();
                self.only_names(&resolver, id) && resolver.open_questions() == before
            };
            all.filter(|id| !lasts(*id)).collect()
        });
        let mut all: Vec<ResourceId> = Vec::new();
        self.resolver.visit_edges_to(id, |edge| all.push(edge.from));
        all.retain(|from| graph.resource(*from).declared.type_name == SELECTION);
        all.extend(broad);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether a selection takes nothing but resources of the app that it refers to, under no scenario.
    fn only_names(&self, resolver: &Resolver<'_, 'a>, id: ResourceId) -> bool {
        let refers = |hole: &Hole<'a>| {
            let Hole::Reference { resource, .. } = hole else { return false };
            form(self.world.graph.resource(*resource).declared.type_name).is_some()
        };
        let names_one = |arn: &Resolved<'a>| match &arn.value {
            Value::Hole(hole) => refers(hole),
            Value::Partial(pieces) => {
                pieces.iter().any(|piece| matches!(piece, Piece::Hole(hole) if refers(hole)))
            }
            _ => false,
        };
        let Some(node) = self.world.graph.property(id, "BackupSelection") else { return true };
        let what = resolver.resolve(self.world.graph.resource(id).stack, node);
        let (Ok(Some(all)), Ok(None)) =
            (resolver.field(&what, "Resources"), resolver.field(&what, "ListOfTags"))
        else {
            return false;
        };
        resolver.elements(&all).is_ok_and(|all| !all.is_empty() && all.iter().all(names_one))
    }

    /// A bucket needs versioning.
    fn can_be_backed_up(&self, id: ResourceId) -> Answer<'a> {
        let resource = self.world.graph.resource(id);
        if resource.declared.type_name != "AWS::S3::Bucket" {
            return sure(true);
        }
        let Some(node) = self.world.graph.property(id, "VersioningConfiguration") else { return sure(false) };
        let versioning = self.resolver.resolve(resource.stack, node);
        match self.resolver.field(&versioning, "Status") {
            Ok(Some(status)) => match status.value.as_unknown() {
                Some(why) => (Truth::Unknown, Some(why)),
                None => sure(status.value.scalar_text() == Some("Enabled")),
            },
            Ok(None) => sure(false),
            Err(why) => (Truth::Unknown, Some(why)),
        }
    }

    fn selected(&self, id: ResourceId, selection: ResourceId) -> Answer<'a> {
        let graph = self.world.graph;
        let (store, plan) = (graph.resource(id).stack, graph.resource(selection).stack);
        if graph.stack(store).input.level != graph.stack(plan).input.level {
            return sure(false);
        }
        let exists = match self.resolver.exists(selection) {
            Truth::Unknown => (Truth::Unknown, Some(self.open_condition(selection))),
            exists => (exists, None),
        };
        let near = match graph.same_environment(store, plan) {
            Sameness::Same => sure(true),
            Sameness::Different => sure(false),
            Sameness::Maybe => {
                (Truth::Unknown, Some(Unknown::Shape("the backup plan may be in another account or region")))
            }
        };
        let Some(node) = graph.property(selection, "BackupSelection") else { return sure(false) };
        if exists.0 == Truth::False || near.0 == Truth::False {
            return sure(false);
        }
        let what = self.resolver.resolve(plan, node);
        let taken = and(self.included(id, &what), self.meets(id, &what));
        let excluded =
            self.any_listed(&what, "NotResources", |arn| self.is_meant(id, arn)).unwrap_or(sure(false));
        and(and(exists, near), and(taken, (!excluded.0, excluded.1)))
    }

    /// Whether any element of a list fits; none where there is no list, or an empty one.
    fn any_listed(
        &self,
        of: &Resolved<'a>,
        name: &str,
        fits: impl Fn(&Resolved<'a>) -> Answer<'a>,
    ) -> Option<Answer<'a>> {
        let all = match self.resolver.field(of, name) {
            Ok(None) => return None,
            Ok(Some(all)) => self.resolver.elements(&all),
            Err(why) => Err(why),
        };
        match all {
            Err(why) => Some((Truth::Unknown, Some(why))),
            Ok(all) if all.is_empty() => None,
            Ok(all) => Some(all.iter().fold(sure(false), |any, one| or(any, fits(one)))),
        }
    }

    /// Whether `Resources` and `ListOfTags` take the store in.
    fn included(&self, id: ResourceId, what: &Resolved<'a>) -> Answer<'a> {
        let resources = self.any_listed(what, "Resources", |arn| self.is_meant(id, arn));
        let tags = self.any_listed(what, "ListOfTags", |tag| self.has_tag(id, tag, Comparison::Equals));
        match (resources, tags) {
            (None, None) => sure(true),
            (Some(one), None) | (None, Some(one)) => one,
            // Whether tags add to resources that are listed beside them, AWS does not document.
            (Some(resources), Some(tags)) => {
                let why = Unknown::Shape("AWS does not say whether a tag selects beside a list of resources");
                or(resources, and(tags, (Truth::Unknown, Some(why))))
            }
        }
    }

    /// Whether the store meets all conditions.
    fn meets(&self, id: ResourceId, what: &Resolved<'a>) -> Answer<'a> {
        let conditions = match self.resolver.field(what, "Conditions") {
            Ok(None) => return sure(true),
            Ok(Some(conditions)) => conditions,
            Err(why) => return (Truth::Unknown, Some(why)),
        };
        let kinds = [
            ("StringEquals", Comparison::Equals),
            ("StringLike", Comparison::Like),
            ("StringNotEquals", Comparison::NotEquals),
            ("StringNotLike", Comparison::NotLike),
        ];
        let mut answer = sure(true);
        for (name, comparison) in kinds {
            // All must hold: none may fail.
            let fails = |condition: &Resolved<'a>| {
                let (truth, why) = self.has_tag(id, condition, comparison);
                (!truth, why)
            };
            if let Some((fails, why)) = self.any_listed(&conditions, name, fails) {
                answer = and(answer, (!fails, why));
            }
        }
        answer
    }

    /// Whether the store has a tag as a condition wants it.
    fn has_tag(&self, id: ResourceId, condition: &Resolved<'a>, comparison: Comparison) -> Answer<'a> {
        let text = |name: &str| {
            let value = self.resolver.field(condition, name).ok().flatten()?;
            Some(pattern::marked(self.resolver, &value.value)?.into_owned())
        };
        let open = |why| (Truth::Unknown, Some(why));
        let (Some(key), Some(wanted)) = (text("ConditionKey"), text("ConditionValue")) else {
            return open(Unknown::Shape("a condition of the backup selection is not known"));
        };
        if pattern::has_hole(&key) || pattern::has_hole(&wanted) {
            return open(Unknown::Shape("a condition of the backup selection is not known"));
        }
        let key = key.strip_prefix("aws:ResourceTag/").unwrap_or(&key);
        let tag = match self.tag(id, key) {
            Ok(tag) => tag,
            Err(why) => return open(why),
        };
        let negated = matches!(comparison, Comparison::NotEquals | Comparison::NotLike);
        let Some(tag) = tag else {
            let why = Unknown::Shape(
                "AWS does not say whether a negated condition holds of a resource without the tag",
            );
            return if negated { open(why) } else { sure(false) };
        };
        let Some(text) = pattern::marked(self.resolver, &tag.value) else {
            return open(tag.value.as_unknown().unwrap_or(Unknown::Comparison));
        };
        let same = match comparison {
            Comparison::Equals | Comparison::NotEquals => pattern::equals(&text, &wanted),
            Comparison::Like | Comparison::NotLike => pattern::glob(&text, &wanted),
        };
        let why = (same == Truth::Unknown).then(|| tag.value.as_unknown().unwrap_or(Unknown::Comparison));
        (if negated { !same } else { same }, why)
    }

    /// An effective tag of a store. Of a plain template, tags that the stack may have are not known.
    fn tag(&self, id: ResourceId, key: &str) -> Result<Option<Resolved<'a>>, Unknown<'a>> {
        if key.starts_with("aws:") {
            return Err(Unknown::Shape("tags of the service itself are not known"));
        }
        let owner = Subject::Resource(id);
        let tags = self.tags(&Here::of(owner));
        let found = match &tags.value {
            Value::Map(MapValue::Built(pairs)) => pairs.iter().find(|(known, _)| known == key),
            value => return Err(value.as_unknown().unwrap_or(Unknown::Comparison)),
        };
        let stack = self.world.graph.stack(self.world.graph.resource(id).stack).input;
        match found {
            Some((_, value)) => Ok(Some(value.clone())),
            None if stack.tags.is_none() => Err(Unknown::Manifest("the stack's tags")),
            None => Ok(None),
        }
    }
}

/// How a condition compares.
#[derive(Clone, Copy, PartialEq)]
enum Comparison {
    Equals,
    Like,
    NotEquals,
    NotLike,
}
