//! The derived facts that rules read like paths: names, arguments and the fields of their elements.
//!
//! One table, read by the loader (to refuse what does not exist) and by the engine (which computes them).
//! A fact that is a list yields an empty list where there is nothing, never an absent value.
use serde::{Deserialize, Serialize};

/// A derived fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FactId {
    /// `statements(PATH)`: the statements of a policy document, normalised.
    Statements,
    /// `tags()`: effective tags by key, stack tags included.
    Tags,
    /// `ingress()`: all inbound rules of a security group, inline and standalone.
    Ingress,
    /// `egress()`: all outbound rules of a security group, inline, standalone, and the service's own.
    Egress,
    /// `namesakes()`: other resources of the type with the same physical name.
    Namesakes,
    /// `literals()`: the literal texts in a resource's properties.
    Literals,
    /// `given-name()`: the physical name that a template gives to a resource.
    GivenName,
    /// `exports()`: the exports of a stack, and whether they are used.
    Exports,
    /// `size()`: how large a template is.
    Size,
    /// `cycles()`: circles of stacks.
    Cycles,
    /// `dangling()`: names that a template refers to and does not declare.
    Dangling,
    /// `secrets(PATH)`: the values at a path that look like secrets.
    Secrets,
    /// `backed-up()`: whether a backup plan of the app selects a data store.
    BackedUp,
    /// `own-statements()`: the policy statements that are written in a resource itself.
    OwnStatements,
    /// `permissions()`: all policy statements that a role, user or group holds.
    Permissions,
    /// `physical-name()`: the name of the resource: its literal, or what `Ref` stands for.
    PhysicalName,
    /// `code(PATH)`: inline source text, without its comments.
    Code,
    /// `cdk-owned()`: whether CDK made the resource for itself, so that users cannot configure it.
    CdkOwned,
    /// `metrics()`: the metrics that an alarm watches, single or in `Metrics`.
    Metrics,
    /// `arn(PATH)`: the parts of an ARN.
    Arn,
    /// `parameters(PATH)`: the parameters that a value is made of.
    Parameters,
    /// `table(NAME, PATH, ...)`: a row of a table of `data/tables`.
    Table,
}

/// What a fact gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactShape {
    /// A single value.
    Scalar,
    /// A map with free keys.
    Map,
    /// A record with these fields.
    Record,
    /// A list of records with these fields.
    Records,
    /// A list of texts.
    Texts,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct FactInfo {
    /// Which.
    pub id: FactId,
    /// As written in rules, without the parentheses.
    pub name: &'static str,
    /// How many paths it takes.
    pub arguments: usize,
    /// What it gives.
    pub shape: FactShape,
    /// The fields of a record, or of each element.
    pub fields: &'static [&'static str],
    /// One sentence for people.
    pub doc: &'static str,
}

/// The fields of a policy statement.
const STATEMENT_FIELDS: &[&str] = &[
    "Sid",
    "Effect",
    "Actions",
    "NotActions",
    "Resources",
    "NotResources",
    "Principals",
    "NotPrincipals",
    "Conditions",
    "Everyone",
    "Narrowed",
    "AnyResource",
    "Scoped",
    "ScopableActions",
    "ScopableWrites",
];

/// All facts, sorted by name.
pub const FACTS: &[FactInfo] = &[
    FactInfo {
        id: FactId::Arn,
        name: "arn",
        arguments: 1,
        shape: FactShape::Record,
        fields: &["Partition", "Service", "Region", "Account", "Resource"],
        doc: "The parts of the ARN at a path; of a reference to a resource of the app, the region and account of its stack.",
    },
    FactInfo {
        id: FactId::BackedUp,
        name: "backed-up",
        arguments: 0,
        shape: FactShape::Scalar,
        fields: &[],
        doc: "Whether a backup plan of the app selects the data store.",
    },
    FactInfo {
        id: FactId::CdkOwned,
        name: "cdk-owned",
        arguments: 0,
        shape: FactShape::Scalar,
        fields: &[],
        doc: "Whether CDK made the resource for itself (custom resource handlers, log retention, test assertions).",
    },
    FactInfo {
        id: FactId::Code,
        name: "code",
        arguments: 1,
        shape: FactShape::Scalar,
        fields: &[],
        doc: "Inline source text at a path, without its comments.",
    },
    FactInfo {
        id: FactId::Cycles,
        name: "cycles",
        arguments: 0,
        shape: FactShape::Texts,
        fields: &[],
        doc: "Circles of stacks that read from each other, which cannot be deployed anew: `A -> B -> A`.",
    },
    FactInfo {
        id: FactId::Dangling,
        name: "dangling",
        arguments: 0,
        shape: FactShape::Texts,
        fields: &[],
        doc: "Names that a template refers to, in a function or DependsOn, and declares nowhere.",
    },
    FactInfo {
        id: FactId::Egress,
        name: "egress",
        arguments: 0,
        shape: FactShape::Records,
        fields: &[
            "Protocol",
            "FromPort",
            "ToPort",
            "Destination",
            "Open",
            "AllPorts",
            "Ports",
            "Description",
            "Default",
        ],
        doc: "All outbound rules of a security group, inline and standalone; where there are none, the service's own that allows everything.",
    },
    FactInfo {
        id: FactId::Exports,
        name: "exports",
        arguments: 0,
        shape: FactShape::Records,
        fields: &["Name", "Used"],
        doc: "The exports of a stack, and whether some stack of the same unit reads them.",
    },
    FactInfo {
        id: FactId::GivenName,
        name: "given-name",
        arguments: 0,
        shape: FactShape::Scalar,
        fields: &[],
        doc: "The physical name that the template gives to a resource, in whatever property of its type holds it; absent where CloudFormation makes one up.",
    },
    FactInfo {
        id: FactId::Ingress,
        name: "ingress",
        arguments: 0,
        shape: FactShape::Records,
        fields: &["Protocol", "FromPort", "ToPort", "Source", "Open", "AllPorts", "Ports", "Description"],
        doc: "All inbound rules of a security group, inline and standalone.",
    },
    FactInfo {
        id: FactId::Literals,
        name: "literals",
        arguments: 0,
        shape: FactShape::Records,
        fields: &["Text", "Path"],
        doc: "All literal texts in a resource's properties, pieces of functions included; no keys and no names.",
    },
    FactInfo {
        id: FactId::Metrics,
        name: "metrics",
        arguments: 0,
        shape: FactShape::Records,
        fields: &["Namespace", "MetricName", "Dimensions"],
        doc: "The metrics that an alarm watches: its own, or those that its expressions come to.",
    },
    FactInfo {
        id: FactId::Namesakes,
        name: "namesakes",
        arguments: 0,
        shape: FactShape::Records,
        fields: &["LogicalId", "Stack"],
        doc: "Other resources of the same type that have the same physical name where the service lets only one have it.",
    },
    FactInfo {
        id: FactId::OwnStatements,
        name: "own-statements",
        arguments: 0,
        shape: FactShape::Records,
        fields: STATEMENT_FIELDS,
        doc: "The policy statements that are written in the resource itself: in `PolicyDocument`, and in the documents of `Policies`.",
    },
    FactInfo {
        id: FactId::Parameters,
        name: "parameters",
        arguments: 1,
        shape: FactShape::Records,
        fields: &["Name", "NoEcho", "HasDefault"],
        doc: "The parameters of the template that the value at a path is made of.",
    },
    FactInfo {
        id: FactId::Permissions,
        name: "permissions",
        arguments: 0,
        shape: FactShape::Records,
        fields: STATEMENT_FIELDS,
        doc: "All policy statements that a role, user, group or permission set holds: inline, attached in the app, and of known policies of AWS.",
    },
    FactInfo {
        id: FactId::PhysicalName,
        name: "physical-name",
        arguments: 0,
        shape: FactShape::Scalar,
        fields: &[],
        doc: "The physical name of the resource: its literal, or what a reference to it stands for.",
    },
    FactInfo {
        id: FactId::Secrets,
        name: "secrets",
        arguments: 1,
        shape: FactShape::Records,
        fields: &["Name", "Kind", "Format"],
        doc: "The values in the text, list or map at a path that look like secrets: by format, or by name and entropy.",
    },
    FactInfo {
        id: FactId::Size,
        name: "size",
        arguments: 0,
        shape: FactShape::Record,
        fields: &["Resources", "Outputs", "Parameters", "Mappings", "Bytes"],
        doc: "How large a stack's template is, in what the service limits.",
    },
    FactInfo {
        id: FactId::Statements,
        name: "statements",
        arguments: 1,
        shape: FactShape::Records,
        fields: STATEMENT_FIELDS,
        doc: "The statements of the policy document at a path: an object, a list or a JSON text.",
    },
    FactInfo {
        id: FactId::Table,
        name: "table",
        arguments: 2,
        shape: FactShape::Record,
        fields: &[],
        doc: "The row of a table of `data/tables` whose key the values at the paths, joined by `/`, make; absent where there is none.",
    },
    FactInfo {
        id: FactId::Tags,
        name: "tags",
        arguments: 0,
        shape: FactShape::Map,
        fields: &[],
        doc: "Effective tags by key: list and map forms, stack tags included.",
    },
];

impl FactId {
    /// The row of the table.
    pub fn info(self) -> &'static FactInfo {
        FACTS.iter().find(|info| info.id == self).expect("invariant: every fact has a row")
    }

    /// The fact of that name.
    pub fn parse(name: &str) -> Option<FactId> {
        FACTS.iter().find(|info| info.name == name).map(|info| info.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_names_are_unique() {
        assert!(FACTS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }
}
