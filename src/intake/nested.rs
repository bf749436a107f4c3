//! The nested stacks of a template: which resources they are, and which file each one deploys.
//!
//! CDK writes the file's name beside the resource (`aws:asset:path`), unless asset metadata is switched off;
//! then the hash at the end of `TemplateURL` leads to it through the level's asset manifests. A template
//! that lies elsewhere, such as at a literal URL, is nobody's file here.
use super::assembly::{Level, Loader, at};
use super::boundary::{Boundary, Inside, Opened, Refusal};
use super::manifest::{Kind, Manifest};
use super::{Parent, Stack, read};
use crate::finding::Problem;
use crate::limits::MAX_NESTING;
use crate::syntax::{Document, Node, NodeId, View};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;

/// A resource of type `AWS::CloudFormation::Stack`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NestedStack {
    pub logical_id: String,
    /// The construct path, if the template tells it.
    pub construct_path: Option<String>,
    /// The file that the template names.
    pub asset_path: Option<String>,
    /// The hash in the template's URL.
    pub hash: Option<String>,
    /// What to point at: the file's name, else the URL, else the logical id.
    pub place: NodeId,
}

/// All nested stacks of a template, in its order.
pub(super) fn nested_stacks(template: &Document) -> Vec<NestedStack> {
    let resources = template.root().get("Resources").into_iter().flat_map(Node::entries);
    let is_one = |resource: Node<'_>| {
        resource.get("Type").and_then(Node::as_str) == Some("AWS::CloudFormation::Stack")
    };
    resources
        .filter(|(_, resource)| is_one(*resource))
        .map(|(key, resource)| nested_stack(key, resource))
        .collect()
}

fn nested_stack(key: Node<'_>, resource: Node<'_>) -> NestedStack {
    let metadata = |name: &str| resource.get("Metadata")?.get(name).filter(|value| value.as_str().is_some());
    let asset_path = metadata("aws:asset:path");
    let url = resource.get("Properties").and_then(|properties| properties.get("TemplateURL"));
    let owned = |node: Node<'_>| node.text_or_empty().to_owned();
    NestedStack {
        logical_id: owned(key),
        construct_path: metadata("aws:cdk:path").map(owned),
        asset_path: asset_path.map(owned),
        hash: url.and_then(|url| template_hash(url, 0)),
        place: asset_path.or(url).unwrap_or(key).id(),
    }
}

/// The hash of `...<64 hex digits>.json` in a string, or in the strings that an intrinsic puts together.
fn template_hash(node: Node<'_>, depth: usize) -> Option<String> {
    match node.view() {
        View::Text(text) => hash_in(text),
        View::List(items) if depth < 4 => items.into_iter().find_map(|item| template_hash(item, depth + 1)),
        View::Map(entries) if depth < 4 => {
            entries.into_iter().find_map(|(_, value)| template_hash(value, depth + 1))
        }
        _ => None,
    }
}

fn hash_in(text: &str) -> Option<String> {
    let file = text.rsplit('/').next()?;
    let (hash, extension) = file.split_once('.')?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hash && matches!(extension, "json" | "yaml" | "yml" | "template")).then(|| hash.to_owned())
}

/// The files that the asset manifests of one level publish, by hash. Read at the first question.
#[derive(Debug, Default)]
pub(super) struct Assets {
    sources: OnceCell<FxHashMap<String, String>>,
}

impl Assets {
    /// The path of the file with that hash, relative to the level's folder. An asset manifest that cannot be read
    /// lists nothing; the template is then told to be no part of the assembly.
    fn source(&self, hash: &str, manifest: &Manifest, boundary: &Boundary, folder: &Inside) -> Option<&str> {
        let sources = self.sources.get_or_init(|| {
            let lists = manifest.artifacts().filter(|artifact| artifact.kind == Kind::Assets);
            let files = lists.filter_map(|artifact| boundary.open(folder, artifact.path("file")?.0).ok());
            let documents = files.filter_map(|file| Some(read::opened(file).ok()?.0));
            let mut sources = FxHashMap::default();
            for document in documents {
                for (hash, file) in document.root().get("files").into_iter().flat_map(Node::entries) {
                    let path =
                        file.get("source").and_then(|source| source.get("path")).and_then(Node::as_str);
                    sources.extend(path.map(|path| (hash.text_or_empty().to_owned(), path.to_owned())));
                }
            }
            sources
        });
        sources.get(hash).map(String::as_str)
    }
}

impl Loader {
    /// Loads what is nested in a stack. `chain` is the templates that hold each other, that of the stack last.
    pub(super) fn nested(&mut self, level: &Level, holder: usize, chain: &mut Vec<Inside>) {
        for nested in nested_stacks(&self.stacks[holder].document) {
            if self.room.is_full() {
                return;
            }
            match self.nested_template(level, holder, chain, &nested) {
                Ok((document, file)) => {
                    let stack = nested_stack_of(document, &self.stacks[holder], holder, &nested);
                    self.stacks.push(stack);
                    chain.push(file);
                    self.nested(level, self.stacks.len() - 1, chain);
                    chain.pop();
                }
                Err(problem) => self.problems.push(problem),
            }
        }
    }

    /// The template of a nested stack, and the file it came from.
    fn nested_template(
        &mut self,
        level: &Level,
        holder: usize,
        chain: &[Inside],
        nested: &NestedStack,
    ) -> Result<(Document, Inside), Problem> {
        let place = self.stacks[holder].document.node(nested.place);
        self.room.enter().map_err(|message| at(place).unlinted(message))?;
        let what = format!("the template of the nested stack {}", nested.logical_id);
        let within = chain.last().expect("invariant: a stack has a template");
        let file = match self.nested_file(level, within, nested) {
            Some((path, file)) => file.map_err(|refusal| at(place).refused(&what, &path, refusal))?,
            None => {
                let message = format!("{what} is not part of the assembly and is not looked at");
                let remark = Problem { unlinted: false, ..at(place).unlinted(message) };
                return Err(remark.with_help("lint that template where it is kept"));
            }
        };
        if chain.iter().any(|holding| holding.path == file.inside.path) {
            return Err(at(place).unlinted(format!("{what} holds itself")));
        }
        if chain.len() > MAX_NESTING {
            return Err(at(place).unlinted(format!("{what} is nested deeper than {MAX_NESTING} levels")));
        }
        self.room.read(&file.inside).map_err(|message| at(place).unlinted(message))?;
        read::opened(file)
    }

    /// The file of a nested stack: as the template names it, or by its hash.
    fn nested_file(
        &self,
        level: &Level,
        within: &Inside,
        nested: &NestedStack,
    ) -> Option<(String, Result<Opened, Refusal>)> {
        if let Some(path) = &nested.asset_path {
            let folder = self.boundary.folder_of(within);
            return Some((path.clone(), self.boundary.open(&folder, path)));
        }
        let path =
            level.assets.source(nested.hash.as_deref()?, &level.manifest, &self.boundary, &level.folder)?;
        Some((path.to_owned(), self.boundary.open(&level.folder, path)))
    }
}

/// A nested stack: the facts of its root, and its own place.
fn nested_stack_of(document: Document, parent: &Stack, index: usize, nested: &NestedStack) -> Stack {
    let told = nested.construct_path.as_deref();
    let resource_path = told.or_else(|| parent.metadata.construct_path(&nested.logical_id));
    let metadata = parent.metadata.of_nested(resource_path);
    let own = metadata.stack_path().and_then(|path| path.rsplit('/').next()).unwrap_or(&nested.logical_id);
    Stack {
        document,
        display_name: format!("{}/{own}", parent.display_name),
        artifact: parent.artifact.clone(),
        stack_name: None,
        level: parent.level,
        parent: Some(Parent { stack: index, logical_id: nested.logical_id.clone() }),
        account: parent.account.clone(),
        region: parent.region.clone(),
        termination_protection: parent.termination_protection,
        tags: parent.tags.clone(),
        parameters: Vec::new(),
        metadata,
    }
}

#[cfg(test)]
mod tests {
    use super::super::scratch::*;
    use super::*;
    use crate::source::Source;
    use crate::syntax::parse;
    use std::sync::Arc;

    #[test]
    fn nested_stacks_tell_their_file_or_its_hash() {
        let hash = "f78bf76b27fe34aeba6cd162419faf4c6cdf98801e4d61181d6680a85cca6037";
        let text = r#"{"Resources": {"A": {"Type": "AWS::SNS::Topic"},
          "B": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3.eu-west-1.", {"Ref": "AWS::URLSuffix"}, "/cdk-hnb659fds-assets-111122223333-eu-west-1/HASH.json"]]}},
            "Metadata": {"aws:cdk:path": "S/B.NestedStack/B.NestedStackResource", "aws:asset:path": "SB.nested.template.json", "aws:asset:property": "TemplateURL"}},
          "C": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {"Fn::Sub": "https://s3.${AWS::Region}.${AWS::URLSuffix}/b/HASH.json"}}},
          "D": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://example.com/x.yaml"}}}}"#;
        let text = text.replace("HASH", hash);
        let found = nested_stacks(&parse(Arc::new(Source::new("t", text))).unwrap());
        let told =
            found.iter().map(|one| (one.logical_id.as_str(), one.asset_path.as_deref(), one.hash.as_deref()));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [("B", Some("SB.nested.template.json"), Some(hash)), ("C", None, Some(hash)), ("D", None, None)]
        );
        assert_eq!(found[0].construct_path.as_deref(), Some("S/B.NestedStack/B.NestedStackResource"));
    }

    #[test]
    fn a_hash_is_64_hexadecimal_digits_at_the_end() {
        let hash = "a".repeat(64);
        assert_eq!(hash_in(&format!("s3://bucket/{hash}.json")), Some(hash.clone()));
        assert_eq!(hash_in(&format!("s3://bucket/{hash}.zip")), None);
        assert_eq!(hash_in(&format!("s3://bucket/{}.json", "g".repeat(64))), None);
        assert_eq!(hash_in(&format!("s3://bucket/{hash}")), None);
    }

    #[test]
    fn a_template_nested_twice_is_two_stacks_after_their_parent() {
        let outer = resources(&[nested("One", &asset_path("n.json")), nested("Two", &asset_path("n.json"))]);
        let loaded = loaded(&[
            ("manifest.json", &manifest(&[stack("A", "A.json"), stack("B", "B.json")].join(","))),
            ("A.json", &outer),
            ("n.json", &resources(&[nested("Deep", &asset_path("d.json"))])),
            ("d.json", TEMPLATE),
            ("B.json", TEMPLATE),
        ]);
        assert_eq!(problems(&loaded), [""; 0]);
        assert_eq!(names(&loaded), ["A", "A/One", "A/One/Deep", "A/Two", "A/Two/Deep", "B"]);
        let stacks = loaded.assembly.unwrap().stacks;
        let parents: Vec<_> =
            stacks.iter().map(|stack| stack.parent.as_ref().map(|parent| parent.stack)).collect();
        assert_eq!(parents, [None, Some(0), Some(1), Some(0), Some(3), None]);
        assert_eq!(
            (stacks[4].artifact.as_deref(), stacks[4].termination_protection),
            (Some("A"), Some(true))
        );
        assert_eq!(stacks[4].tags.as_deref().unwrap().len(), 1);
    }

    #[test]
    fn a_nested_template_is_found_by_its_hash() {
        let assets = r#""A.assets": {"type": "cdk:asset-manifest", "properties": {"file": "A.assets.json"}}"#;
        let files = format!(
            r#"{{"version": "55.0.0", "files": {{"{HASH}": {{"source": {{"path": "n.json", "packaging": "file"}}}}}}}}"#
        );
        let with = |artifacts: String| {
            loaded(&[
                ("manifest.json", &manifest(&artifacts)),
                ("A.json", &resources(&[nested("One", "")])),
                ("A.assets.json", &files),
                ("n.json", TEMPLATE),
            ])
        };
        assert_eq!(names(&with(format!("{assets},{}", stack("A", "A.json")))), ["A", "A/One"]);
        let without = with(stack("A", "A.json"));
        assert_eq!(names(&without), ["A"]);
        assert!(problems(&without)[0].contains("is not part of the assembly"), "{:?}", problems(&without));
        assert!(!without.assembly.unwrap().problems[0].unlinted);
    }

    #[test]
    fn what_has_no_end_is_cut_and_told() {
        let cycle = r#""P": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "./"}}"#;
        let itself = resources(&[nested("N", &asset_path("A.json"))]);
        let loaded = loaded(&[
            ("manifest.json", &manifest(&format!("{cycle},{}", stack("A", "A.json")))),
            ("A.json", &itself),
        ]);
        let told = problems(&loaded);
        assert!(told[0].contains("was met before") && told[1].contains("holds itself"), "{told:?}");

        let many = |next: &str| {
            resources(&(0..40).map(|id| nested(&format!("N{id}"), &asset_path(next))).collect::<Vec<_>>())
        };
        let files: Vec<(String, String)> =
            (0..20).map(|at| (format!("{at}.json"), many(&format!("{}.json", at + 1)))).collect();
        let manifest = manifest(&stack("A", "0.json"));
        let mut all = vec![("manifest.json", manifest.as_str())];
        all.extend(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let loaded = super::super::scratch::loaded(&all);
        let told = problems(&loaded);
        assert!(told.iter().any(|told| told.contains("nested deeper than 16 levels")));
        assert!(told.last().unwrap().contains("more than 16384 stacks"), "{:?}", told.last());
    }
}
