//! `permissions()`: the policy statements that a principal holds, wherever they are written.
//!
//! Inline policies, managed policies of the app and of AWS, policies that name the principal, and the groups of a user.
//! A statement that the principal may or may not hold (its policy exists under an open condition, or is attached to what
//! is not known) has an unknown `Effect`, so that only questions which it could answer are undecided. A policy whose text
//! is not here is an unknown element. A boundary limits what is held, and is not looked at.
use super::super::evaluate::Evaluator;
use super::super::managed;
use super::super::pattern;
use super::super::subject::{Here, Subject};
use super::{json, record};
use crate::graph::{ResourceId, StackId};
use crate::limits::MAX_OPEN_POLICIES;
use crate::value::{
    Hole, ListValue, MapValue, Piece, Place, Record, Resolved, Resolver, Truth, Unknown, Value,
};
use rustc_hash::FxHashMap;
use std::rc::Rc;

const MANAGED: &str = "AWS::IAM::ManagedPolicy";
const ROLE: &str = "AWS::IAM::Role";
const USER: &str = "AWS::IAM::User";
const GROUP: &str = "AWS::IAM::Group";

/// Who is named by which property of which type: its statements are then theirs.
const ATTACHMENTS: [(&str, &str, &str); 9] = [
    (ROLE, "AWS::IAM::Policy", "Roles"),
    (ROLE, MANAGED, "Roles"),
    (ROLE, "AWS::IAM::RolePolicy", "RoleName"),
    (USER, "AWS::IAM::Policy", "Users"),
    (USER, MANAGED, "Users"),
    (USER, "AWS::IAM::UserPolicy", "UserName"),
    (GROUP, "AWS::IAM::Policy", "Groups"),
    (GROUP, MANAGED, "Groups"),
    (GROUP, "AWS::IAM::GroupPolicy", "GroupName"),
];

/// Policies that hold an unknown name, by assembly level and type of holder.
pub(in super::super) type OpenAttachments = FxHashMap<(u32, &'static str), Vec<ResourceId>>;

/// What is gathered for one principal.
#[derive(Default)]
struct Held<'a> {
    statements: Vec<Resolved<'a>>,
    /// Policies and groups that are in already, with whether they surely are.
    seen: Vec<(ResourceId, bool)>,
}

/// A statement that may or may not count.
struct Doubtful<'a> {
    statement: Rc<dyn Record<'a> + 'a>,
    why: Unknown<'a>,
    place: Place,
}

impl<'a> Record<'a> for Doubtful<'a> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        match name {
            "Effect" => Some(Value::unknown(self.why).at(self.place)),
            name => self.statement.field(name),
        }
    }

    fn names(&self) -> &'static [&'static str] {
        self.statement.names()
    }
}

impl<'a> Held<'a> {
    fn add(&mut self, statements: &[Resolved<'a>], doubt: Option<Unknown<'a>>) {
        let doubted = |statement: &Resolved<'a>| match (doubt, &statement.value) {
            (Some(why), Value::Map(MapValue::Record(inner))) => {
                record(Doubtful { statement: inner.clone(), why, place: statement.place }).at(statement.place)
            }
            _ => statement.clone(),
        };
        self.statements.extend(statements.iter().map(doubted));
    }

    fn unknown(&mut self, why: Unknown<'a>, place: Place) {
        self.statements.push(Value::unknown(why).at(place));
    }

    /// Whether something is new; what was doubtful and is now sure is new again.
    fn enter(&mut self, id: ResourceId, sure: bool) -> bool {
        let new = !self.seen.iter().any(|(seen, was_sure)| *seen == id && (*was_sure || !sure));
        if new {
            self.seen.push((id, sure));
        }
        new
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// All statements that a principal holds; of a policy, its own.
    pub(super) fn permissions(&self, here: &Here<'a>) -> Resolved<'a> {
        let mut held = Held::default();
        if let Subject::Resource(id) = here.owner {
            match self.world.graph.resource(id).declared.type_name {
                ROLE | USER | GROUP => self.principal(id, None, &mut held),
                "AWS::SSO::PermissionSet" => self.permission_set(id, &mut held),
                _ => self.policy(id, None, &mut held),
            }
        }
        self.list(held.statements).at(here.owner.place(self.world))
    }

    /// The statements that are written in a resource itself.
    pub(super) fn own_statements(&self, here: &Here<'a>) -> Resolved<'a> {
        let mut held = Held::default();
        if let Ok(properties) = self.properties(here.owner) {
            self.add_document_of(&properties, None, &mut held);
            match self.resolver.field(&properties, "Policies") {
                Ok(Some(policies)) => match self.resolver.elements(&policies) {
                    Ok(all) => all.iter().for_each(|policy| self.add_document_of(policy, None, &mut held)),
                    Err(why) => held.unknown(why, policies.place),
                },
                Ok(None) => {}
                Err(why) => held.unknown(why, properties.place),
            }
        }
        self.list(held.statements).at(here.owner.place(self.world))
    }

    /// What a role, user or group holds.
    fn principal(&self, id: ResourceId, doubt: Option<Unknown<'a>>, held: &mut Held<'a>) {
        for policy in self.listed(id, "Policies", held) {
            self.add_document_of(&policy, doubt, held);
        }
        for arn in self.listed(id, "ManagedPolicyArns", held) {
            self.managed_policy(&arn, doubt, held);
        }
        self.attached(id, doubt, held);
        if self.world.graph.resource(id).declared.type_name == USER {
            for group in self.listed(id, "Groups", held) {
                self.group(&group, doubt, held);
            }
            self.memberships(id, doubt, held);
        }
    }

    fn permission_set(&self, id: ResourceId, held: &mut Held<'a>) {
        let stack = self.world.graph.resource(id).stack;
        if let Some(inline) = self.world.graph.property(id, "InlinePolicy") {
            self.add_document(self.resolver.resolve(stack, inline), None, held);
        }
        for arn in self.listed(id, "ManagedPolicies", held) {
            self.managed_policy(&arn, None, held);
        }
        for reference in self.listed(id, "CustomerManagedPolicyReferences", held) {
            match self.resolver.field(&reference, "Name") {
                Ok(Some(name)) => self.managed_policy(&name, None, held),
                Ok(None) => {}
                Err(why) => held.unknown(why, reference.place),
            }
        }
    }

    /// The elements of a list property; where it is not known, an unknown element is held.
    fn listed(&self, id: ResourceId, property: &str, held: &mut Held<'a>) -> Vec<Resolved<'a>> {
        let Some(node) = self.world.graph.property(id, property) else { return Vec::new() };
        let all = self.resolver.resolve(self.world.graph.resource(id).stack, node);
        self.resolver.elements(&all).unwrap_or_else(|why| {
            held.unknown(why, all.place);
            Vec::new()
        })
    }

    /// The statements of the document that a map has under `PolicyDocument`.
    fn add_document_of(&self, policy: &Resolved<'a>, doubt: Option<Unknown<'a>>, held: &mut Held<'a>) {
        match self.resolver.field(policy, "PolicyDocument") {
            Ok(Some(document)) => self.add_document(document, doubt, held),
            Ok(None) => {}
            Err(why) => held.unknown(why, policy.place),
        }
    }

    fn add_document(&self, document: Resolved<'a>, doubt: Option<Unknown<'a>>, held: &mut Held<'a>) {
        let statements = self.document(document);
        if let Value::List(ListValue::Built(statements)) = &statements.value {
            held.add(statements, doubt);
        }
    }

    /// The statements of a policy of the app, if it exists.
    fn policy(&self, id: ResourceId, doubt: Option<Unknown<'a>>, held: &mut Held<'a>) {
        let Some(doubt) = self.doubt_of(id, doubt) else { return };
        if !held.enter(id, doubt.is_none()) {
            return;
        }
        if let Some(document) = self.world.graph.property(id, "PolicyDocument") {
            let stack = self.world.graph.resource(id).stack;
            self.add_document(self.resolver.resolve(stack, document), doubt, held);
        }
    }

    /// The doubt about something that a resource gives: none where it surely gives nothing.
    fn doubt_of(&self, id: ResourceId, doubt: Option<Unknown<'a>>) -> Option<Option<Unknown<'a>>> {
        match self.resolver.aside(|| self.resolver.exists(id)) {
            Truth::True => Some(doubt),
            Truth::Unknown => Some(doubt.or(Some(self.open_condition(id)))),
            Truth::False => None,
        }
    }

    /// A managed policy, by its ARN or name.
    fn managed_policy(&self, arn: &Resolved<'a>, doubt: Option<Unknown<'a>>, held: &mut Held<'a>) {
        let graph = self.world.graph;
        let is_policy = |id: &ResourceId| graph.resource(*id).declared.type_name == MANAGED;
        if let Value::Hole(Hole::Reference { resource, .. }) = arn.value
            && is_policy(&resource)
        {
            return self.policy(resource, doubt, held);
        }
        if let Some(why) = arn.value.as_unknown() {
            return held.unknown(why, arn.place);
        }
        let text = pattern::marked(self.resolver, &arn.value);
        if let Some((_, path)) = text.as_deref().and_then(|text| text.split_once(":iam::aws:policy/")) {
            let name = path.rsplit('/').next().unwrap_or(path);
            let document = Value::text(managed::document(name).unwrap_or_default());
            return match json::parse(&document, arn.place) {
                Some(document) => {
                    let mut statements = Vec::new();
                    self.collect_statements(document, &mut statements);
                    held.add(&statements, doubt);
                }
                None => {
                    let why = "what that policy of AWS allows is not in the table";
                    held.unknown(Unknown::Shape(why), arn.place);
                }
            };
        }
        let mut named = self.resolver.resources_named(&arn.value, arn.place.stack).filter(is_policy);
        match named.next() {
            Some(id) => self.policy(id, doubt, held),
            None => held.unknown(Unknown::Shape("the policy is not in the app"), arn.place),
        }
    }

    /// Policies that name the principal, and those that may.
    fn attached(&self, id: ResourceId, doubt: Option<Unknown<'a>>, held: &mut Held<'a>) {
        let graph = self.world.graph;
        let type_name = graph.resource(id).declared.type_name;
        let Some((holder, ..)) = ATTACHMENTS.iter().find(|(kind, ..)| *kind == type_name) else { return };
        let ways = || ATTACHMENTS.iter().filter(|(kind, ..)| kind == holder);
        let mut last = None;
        self.resolver.visit_edges_to(id, |edge| {
            let by = graph.resource(edge.from).declared.type_name;
            if let Some((.., property)) = ways().find(|(_, policy, _)| *policy == by)
                && last.replace(edge.from) != Some(edge.from)
            {
                self.attachment(edge.from, property, id, doubt, held);
            }
        });
        let open = self.open_attachments(holder, graph.resource(id).stack);
        if open.len() > MAX_OPEN_POLICIES {
            let why = "of more policies than are looked at it is not known who holds them";
            held.unknown(Unknown::Shape(why), Subject::Resource(id).place(self.world));
        }
        for &policy in open.iter().take(MAX_OPEN_POLICIES) {
            let by = graph.resource(policy).declared.type_name;
            if let Some((.., property)) = ways().find(|(_, kind, _)| *kind == by) {
                self.attachment(policy, property, id, doubt, held);
            }
        }
    }

    /// Policies of the unit whose holders of that type are not all known, or hang on a scenario.
    fn open_attachments(&self, holder: &'static str, stack: StackId) -> &[ResourceId] {
        let level = self.world.graph.stack(stack).input.level;
        let found = self.joins.open_attachments.get_or_init(|| self.find_open_attachments());
        found.get(&(level, holder)).map_or(&[], Vec::as_slice)
    }

    fn find_open_attachments(&self) -> OpenAttachments {
        let graph = self.world.graph;
        let resolver = Resolver::new(self.world);
        let is_open = |value: &Value<'a>| match value {
            Value::Hole(hole) => hole.unknown().is_some(),
            Value::Partial(pieces) => {
                pieces.iter().any(|piece| matches!(piece, Piece::Hole(hole) if hole.unknown().is_some()))
            }
            _ => false,
        };
        let mut found = OpenAttachments::default();
        for (holder, policy, property) in ATTACHMENTS {
            let could = |id: &ResourceId| self.world.is_open(*id) || self.world.is_changing(*id);
            for &id in graph.of_type(policy).iter().filter(|id| could(id)) {
                let Some(node) = graph.property(id, property) else { continue };
                let stack = graph.resource(id).stack;
                let before = resolver.open_questions();
                let all = resolver.elements(&resolver.resolve(stack, node));
                // A text that a scenario changes is looked up under it.
                let changes = resolver.open_questions() != before;
                let is_open = |element: &Resolved<'a>| {
                    is_open(&element.value) || changes && !matches!(element.value, Value::Text(_))
                };
                if all.map_or(true, |all| all.iter().any(is_open)) {
                    found.entry((graph.stack(stack).input.level, holder)).or_default().push(id);
                }
            }
        }
        found
    }

    fn attachment(
        &self,
        policy: ResourceId,
        property: &str,
        holder: ResourceId,
        doubt: Option<Unknown<'a>>,
        held: &mut Held<'a>,
    ) {
        match self.named_by(policy, property, holder) {
            (Truth::True, _) => self.policy(policy, doubt, held),
            (Truth::Unknown, why) => self.policy(policy, doubt.or(Some(why)), held),
            (Truth::False, _) => {}
        }
    }

    /// Whether a property of one resource names another, and why that is not known.
    pub(super) fn named_by(
        &self,
        id: ResourceId,
        property: &str,
        target: ResourceId,
    ) -> (Truth, Unknown<'a>) {
        let stack = self.world.graph.resource(id).stack;
        let Some(node) = self.world.graph.property(id, property) else {
            return (Truth::False, Unknown::Comparison);
        };
        self.resolver.aside(|| {
            let all = self.resolver.resolve(stack, node);
            let elements = match self.resolver.elements(&all) {
                Ok(elements) => elements,
                Err(why) => return (Truth::Unknown, why),
            };
            let mut result = (Truth::False, Unknown::Comparison);
            for element in elements {
                match self.speaks_of(&element.value, target, element.place) {
                    Truth::True => return (Truth::True, Unknown::Comparison),
                    Truth::Unknown if self.could_name(&element.value, target) => {
                        result = (Truth::Unknown, element.value.as_unknown().unwrap_or(Unknown::Comparison));
                    }
                    _ => {}
                }
            }
            result
        })
    }

    /// Whether an unknown text could be a resource's name: an import that no stack of the app makes is of another app.
    fn could_name(&self, value: &Value<'a>, target: ResourceId) -> bool {
        if matches!(value.as_unknown(), Some(Unknown::Import { .. } | Unknown::Dangling(_))) {
            return false;
        }
        let name = Value::Hole(Hole::Reference { resource: target, attribute: self.name_attribute(target) });
        match (pattern::marked(self.resolver, value), pattern::marked(self.resolver, &name)) {
            (Some(value), Some(name)) => pattern::could_be_same(&value, &name),
            _ => true,
        }
    }

    /// A group that a user lists: by reference or name.
    fn group(&self, group: &Resolved<'a>, doubt: Option<Unknown<'a>>, held: &mut Held<'a>) {
        let is_group = |id: &ResourceId| self.world.graph.resource(*id).declared.type_name == GROUP;
        let found = match group.value {
            Value::Hole(Hole::Reference { resource, .. }) => Some(resource).filter(is_group),
            _ => self.resolver.resources_named(&group.value, group.place.stack).find(is_group),
        };
        let Some(id) = found else {
            let why = group.value.as_unknown().unwrap_or(Unknown::Shape("the group is not in the app"));
            return held.unknown(why, group.place);
        };
        let Some(doubt) = self.doubt_of(id, doubt) else { return };
        if held.enter(id, doubt.is_none()) {
            self.principal(id, doubt, held);
        }
    }

    /// The groups that `AWS::IAM::UserToGroupAddition` adds a user to.
    fn memberships(&self, user: ResourceId, doubt: Option<Unknown<'a>>, held: &mut Held<'a>) {
        let graph = self.world.graph;
        let mut last = None;
        self.resolver.visit_edges_to(user, |edge| {
            let addition = graph.resource(edge.from);
            if addition.declared.type_name != "AWS::IAM::UserToGroupAddition"
                || last.replace(edge.from) == Some(edge.from)
                || self.named_by(edge.from, "Users", user).0 == Truth::False
            {
                return;
            }
            let Some(doubt) = self.doubt_of(edge.from, doubt) else { return };
            if let Some(group) = graph.property(edge.from, "GroupName") {
                self.group(&self.resolver.resolve(addition.stack, group), doubt, held);
            }
        });
    }
}
