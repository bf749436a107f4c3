//! Whether an ARN, or a pattern of ARNs, means a data store of the app.
//!
//! Patterns are compared part by part: service and type always decide; account and region where they are known; the name
//! where the template gives one. A reference inside the text is the resource, whatever its name.
use super::super::evaluate::Evaluator;
use super::super::pattern;
use super::arn;
use crate::graph::ResourceId;
use crate::value::{Hole, Piece, Resolved, Truth, Unknown, Value};

/// A truth, and why it is not known.
pub(super) type Answer<'a> = (Truth, Option<Unknown<'a>>);

/// A yes or no from the service, with the first reason for what is open.
pub(super) fn and<'a>(a: Answer<'a>, b: Answer<'a>) -> Answer<'a> {
    (a.0.and(b.0), a.1.or(b.1))
}

pub(super) fn or<'a>(a: Answer<'a>, b: Answer<'a>) -> Answer<'a> {
    (a.0.or(b.0), a.1.or(b.1))
}

/// A decided answer.
pub(super) fn sure<'a>(truth: bool) -> Answer<'a> {
    (truth.into(), None)
}

/// The service and the beginning of the resource part in the ARNs of a type.
pub(super) fn form(type_name: &str) -> Option<(&'static str, &'static str)> {
    let rows = include_str!("../../../data/backups.txt").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| line.split_once(' '))
        .find(|(known, _)| *known == type_name)
        .map(|(_, form)| form.split_once(' ').unwrap_or((form, "")))
}

impl<'a> Evaluator<'_, 'a> {
    /// Whether an ARN, or a pattern of ARNs, means the store.
    pub(super) fn is_meant(&self, id: ResourceId, arn: &Resolved<'a>) -> Answer<'a> {
        let of_another =
            |hole: &Hole<'a>| matches!(hole, Hole::Reference { resource, .. } if *resource != id);
        let pieces: Vec<Piece<'a>> = match &arn.value {
            Value::Hole(Hole::Reference { resource, .. }) => return self.is_itself(id, *resource),
            Value::Hole(Hole::Unknown(why)) => return (Truth::Unknown, Some(*why)),
            Value::Text(text) if text == "*" => return sure(true),
            Value::Text(text) => vec![Piece::Literal(text.clone())],
            Value::Partial(pieces) => pieces.to_vec(),
            _ => return sure(false),
        };
        let type_name = self.world.graph.resource(id).declared.type_name;
        let Some((service, before)) = form(type_name) else { return sure(false) };
        let input = self.world.graph.stack(self.world.graph.resource(id).stack).input;
        let Some([_, of_service, region, account, name]) = arn::split(&pieces) else {
            return self.fits_loosely(&arn.value, service);
        };
        let global = type_name == "AWS::S3::Bucket";
        let part = |value: &Option<Value<'a>>, own: Option<&str>| {
            let Some(text) = value.as_ref().and_then(|value| pattern::marked(self.resolver, value)) else {
                return Truth::Unknown;
            };
            match own {
                // The plan's own account and region are the store's: they were compared before.
                _ if matches!(value, Some(Value::Hole(Hole::Unknown(Unknown::Pseudo { .. })))) => Truth::True,
                _ if pattern::has_hole(&text) => Truth::Unknown,
                Some(own) => pattern::glob(own, &text),
                None => {
                    if text.bytes().all(|byte| byte == b'*') {
                        Truth::True
                    } else {
                        Truth::Unknown
                    }
                }
            }
        };
        let own_region = if global { Some("") } else { input.region.as_deref() };
        let own_account = if global { Some("") } else { input.account.as_deref() };
        let fits =
            part(&of_service, Some(service)).and(part(&region, own_region)).and(part(&account, own_account));
        if fits == Truth::False {
            return sure(false);
        }
        let holes: Vec<Hole<'a>> = match &name {
            Some(Value::Hole(hole)) => vec![*hole],
            Some(Value::Partial(pieces)) => pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Hole(hole) => Some(*hole),
                    Piece::Literal(_) => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let why = Some(Unknown::Shape("the region or account of the backup selection's ARN is not known"));
        if holes.iter().any(|hole| matches!(hole, Hole::Reference { resource, .. } if *resource == id)) {
            return (fits, why);
        }
        if holes.iter().any(of_another) {
            return sure(false);
        }
        if let Some(reason) = holes.iter().find_map(|hole| hole.unknown()) {
            return (Truth::Unknown, Some(reason));
        }
        let Some(wanted) = name.as_ref().and_then(|name| pattern::marked(self.resolver, name)) else {
            return sure(false);
        };
        let (own, given) = self.own_name(id);
        if !given && !wanted.contains(['*', '?']) {
            // A name that the service makes up is not spelled out beforehand.
            return sure(false);
        }
        let named = pattern::glob(&format!("{before}{own}"), &wanted);
        let why =
            if named == Truth::Unknown { Some(Unknown::Shape("the store's name is not known")) } else { why };
        (fits.and(named), why)
    }

    /// Whether a reference in a list of ARNs is to the store itself.
    fn is_itself(&self, id: ResourceId, referred: ResourceId) -> Answer<'a> {
        let type_name = self.world.graph.resource(referred).declared.type_name;
        let computed =
            type_name.starts_with("Custom::") || type_name == "AWS::CloudFormation::CustomResource";
        match referred == id {
            true => sure(true),
            false if computed => (
                Truth::Unknown,
                Some(Unknown::Shape("an ARN of the backup selection comes from a custom resource")),
            ),
            false => sure(false),
        }
    }

    /// A pattern with fewer parts than an ARN has: `arn:aws:dynamodb:*`.
    fn fits_loosely(&self, value: &Value<'a>, service: &str) -> Answer<'a> {
        let Some(text) = pattern::marked(self.resolver, value) else { return sure(false) };
        let mut parts = text.splitn(4, ':');
        let (arn, _, of_service, rest) = (parts.next(), parts.next(), parts.next(), parts.next());
        match (arn, of_service, rest) {
            (Some("arn"), Some(pattern), rest)
                if rest.is_none_or(|rest| rest.trim_matches('*').is_empty()) =>
            {
                let all = pattern::glob(service, pattern);
                // Without a rest, only a pattern that ends openly reaches the parts behind the service.
                if rest.is_some() || pattern.ends_with('*') { (all, None) } else { sure(false) }
            }
            _ => (Truth::Unknown, Some(Unknown::Shape("an entry of the backup selection is no whole ARN"))),
        }
    }

    /// The store's name, marked where it is not known, and whether the template gives one.
    fn own_name(&self, id: ResourceId) -> (String, bool) {
        let attribute = self.name_attribute(id);
        let name = Value::Hole(Hole::Reference { resource: id, attribute });
        let rule = self.world.graph.name_rule(id);
        let given = rule.is_some_and(|rule| self.world.graph.property(id, rule.property).is_some());
        (pattern::marked(self.resolver, &name).unwrap_or_default().into_owned(), given)
    }
}
