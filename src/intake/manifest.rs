//! A parsed `manifest.json` -> its artifacts and what it says of each stack.
//!
//! The reading is lenient: the format grows with every release of CDK, so unknown artifacts and fields are
//! normal and a field of the wrong kind counts as absent. Nothing is opened here and no path is judged; the
//! facts keep their nodes, so that whoever refuses one can point at it.
use crate::syntax::{Document, Node, View};
use std::sync::Arc;

/// A manifest of one assembly level.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    pub document: Arc<Document>,
}

/// What an artifact is, as far as it concerns us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A deployable stack.
    Stack,
    /// The assembly of a Stage.
    Stage,
    /// The list of files that a stack publishes.
    Assets,
    /// The construct tree.
    Tree,
    /// Feature flags and whatever comes.
    Other,
}

/// One artifact of a manifest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Artifact<'a> {
    /// The artifact id.
    pub id: &'a str,
    /// The id's node, the place of what is said of the artifact as a whole.
    pub key: Node<'a>,
    pub kind: Kind,
    node: Node<'a>,
}

/// What a manifest tells of one stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub artifact: String,
    pub display_name: String,
    pub stack_name: String,
    pub account: Option<String>,
    pub region: Option<String>,
    pub termination_protection: bool,
    pub tags: Vec<(String, String)>,
    pub parameters: Vec<(String, String)>,
}

impl Manifest {
    /// The manifest in a document, unless the document is something else.
    pub(super) fn new(document: Document) -> Option<Manifest> {
        let root = document.root();
        let is_one = root.get("artifacts").is_some_and(Node::is_map)
            || root.get("artifacts").is_none()
                && root.get("version").is_some_and(|version| version.as_str().is_some());
        is_one.then(|| Manifest { document: Arc::new(document) })
    }

    /// All artifacts, in the manifest's order.
    pub(super) fn artifacts(&self) -> impl Iterator<Item = Artifact<'_>> {
        let artifacts = self.document.root().get("artifacts");
        artifacts.into_iter().flat_map(Node::entries).map(|(key, node)| Artifact {
            id: key.text_or_empty(),
            key,
            kind: kind(node.get("type").map_or("", Node::text_or_empty)),
            node,
        })
    }

    /// The list of context values that the synth could not look up, and their keys.
    pub(super) fn missing(&self) -> Option<(Node<'_>, Vec<&str>)> {
        let missing = self.document.root().get("missing").filter(|missing| !missing.is_empty())?;
        Some((missing, missing.items().filter_map(|one| one.get("key")?.as_str()).collect()))
    }
}

fn kind(name: &str) -> Kind {
    match name {
        "aws:cloudformation:stack" => Kind::Stack,
        "cdk:cloud-assembly" => Kind::Stage,
        "cdk:asset-manifest" => Kind::Assets,
        "cdk:tree" => Kind::Tree,
        _ => Kind::Other,
    }
}

impl<'a> Artifact<'a> {
    /// A property that names a file or folder: `templateFile`, `directoryName`, `file`.
    pub(super) fn path(&self, property: &str) -> Option<(&'a str, Node<'a>)> {
        text(self.property(property)?)
    }

    /// The file that holds the metadata which is not in the manifest.
    pub(super) fn metadata_file(&self) -> Option<(&'a str, Node<'a>)> {
        text(self.node.get("additionalMetadataFile")?)
    }

    /// The metadata in the manifest itself.
    pub(super) fn metadata(&self) -> Option<Node<'a>> {
        self.node.get("metadata").filter(|metadata| metadata.is_map())
    }

    /// What the manifest tells of the stack.
    pub(super) fn facts(&self) -> Facts {
        let display_name = self.node.get("displayName").and_then(Node::as_str).unwrap_or(self.id);
        let (account, region) = environment(self.node.get("environment").map_or("", Node::text_or_empty));
        let protection = self.property("terminationProtection").and_then(Node::as_bool);
        let tags = match self.property("tags").filter(|tags| tags.is_map()) {
            Some(tags) => pairs(tags),
            None => self.stack_tags(display_name),
        };
        Facts {
            artifact: self.id.to_owned(),
            display_name: display_name.to_owned(),
            stack_name: self.property("stackName").and_then(Node::as_str).unwrap_or(self.id).to_owned(),
            account,
            region,
            termination_protection: protection.unwrap_or(false),
            tags,
            parameters: self.property("parameters").map(pairs).unwrap_or_default(),
        }
    }

    fn property(&self, name: &str) -> Option<Node<'a>> {
        self.node.get("properties")?.get(name)
    }

    /// Tags as assemblies before `properties.tags` tell them: a list in the stack's own metadata.
    fn stack_tags(&self, display_name: &str) -> Vec<(String, String)> {
        let Some(metadata) = self.metadata() else { return Vec::new() };
        let own = [display_name, self.id].into_iter().find_map(|path| metadata.get(&format!("/{path}")));
        let entries = own.into_iter().flat_map(Node::items);
        let tags =
            entries.filter(|entry| entry.get("type").and_then(Node::as_str) == Some("aws:cdk:stack-tags"));
        tags.filter_map(|entry| entry.get("data"))
            .flat_map(Node::items)
            .filter_map(|tag| {
                let part = |lower, upper| scalar(tag.get(lower).or_else(|| tag.get(upper))?);
                Some((part("key", "Key")?, part("value", "Value")?))
            })
            .collect()
    }
}

fn text<'a>(node: Node<'a>) -> Option<(&'a str, Node<'a>)> {
    Some((node.as_str()?, node))
}

/// The pairs of a map of scalars.
fn pairs(map: Node<'_>) -> Vec<(String, String)> {
    map.entries().filter_map(|(key, value)| Some((key.text_or_empty().to_owned(), scalar(value)?))).collect()
}

/// A scalar as the service would read it.
fn scalar(node: Node<'_>) -> Option<String> {
    match node.view() {
        View::Text(text) => Some(text.to_owned()),
        View::Bool(value) => Some(value.to_string()),
        View::Number(number) => Some(number.text().into_owned()),
        View::Null | View::List(_) | View::Map(_) => None,
    }
}

/// Account and region of `aws://account/region`, where they are concrete.
fn environment(url: &str) -> (Option<String>, Option<String>) {
    let concrete = |part: Option<&str>, unknown: &str| {
        part.filter(|part| !part.is_empty() && *part != unknown && !part.contains("${")).map(str::to_owned)
    };
    let mut parts = url.strip_prefix("aws://").unwrap_or_default().split('/');
    let account = concrete(parts.next(), "unknown-account");
    (account, concrete(parts.next(), "unknown-region"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::parse;

    fn manifest(text: &str) -> Option<Manifest> {
        Manifest::new(parse(Arc::new(Source::new("manifest.json", text))).unwrap())
    }

    #[test]
    fn a_stack_tells_its_facts() {
        let manifest = manifest(
            r#"{"version": "55.0.0", "artifacts": {"ShopData": {"type": "aws:cloudformation:stack",
            "environment": "aws://111122223333/unknown-region",
            "properties": {"templateFile": "ShopData.template.json", "terminationProtection": true, "stackName": "shop-data",
              "tags": {"Application": "shop", "BackupRequired": "true"}, "parameters": {"Size": "3"}, "validateOnSynth": false},
            "additionalMetadataFile": "ShopData.metadata.json", "displayName": "Prod/ShopData", "somethingNew": [1]}}}"#,
        )
        .unwrap();
        let artifact = manifest.artifacts().next().unwrap();
        assert_eq!(artifact.path("templateFile").unwrap().0, "ShopData.template.json");
        assert_eq!(artifact.metadata_file().unwrap().0, "ShopData.metadata.json");
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            artifact.facts(),
            Facts {
                artifact: "ShopData".into(),
                display_name: "Prod/ShopData".into(),
                stack_name: "shop-data".into(),
                account: Some("111122223333".into()),
                region: None,
                termination_protection: true,
                tags: vec![pair("Application", "shop"), pair("BackupRequired", "true")],
                parameters: vec![pair("Size", "3")],
            }
        );
    }

    #[test]
    fn an_absent_field_is_the_default_of_cdk() {
        let manifest = manifest(
            r#"{"version": "36.0.0", "artifacts": {"A": {"type": "aws:cloudformation:stack"}, "B": 3}}"#,
        );
        let manifest = manifest.unwrap();
        let facts = manifest.artifacts().next().unwrap().facts();
        assert_eq!((facts.stack_name.as_str(), facts.display_name.as_str()), ("A", "A"));
        assert_eq!((facts.termination_protection, facts.tags, facts.account), (false, vec![], None));
        assert_eq!(manifest.artifacts().nth(1).unwrap().kind, Kind::Other);
    }

    #[test]
    fn tags_are_also_found_in_the_metadata() {
        let manifest = manifest(
            r#"{"artifacts": {"A": {"type": "aws:cloudformation:stack", "metadata": {"/A": [{"type": "aws:cdk:stack-tags",
            "data": [{"key": "Environment", "value": "dev"}, {"Key": "Old", "Value": "form"}]}]}}}}"#,
        )
        .unwrap();
        let tags = manifest.artifacts().next().unwrap().facts().tags;
        assert_eq!(
            tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>(),
            ["Environment=dev", "Old=form"]
        );
    }

    #[test]
    fn another_kind_of_manifest_is_refused() {
        assert!(manifest(r#"{"name": "My web app", "icons": []}"#).is_none());
        assert!(manifest(r#"{"version": "48.0.0"}"#).is_some());
        assert!(manifest("[1]").is_none());
    }
}
