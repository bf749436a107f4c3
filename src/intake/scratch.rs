//! Assemblies that tests write to a folder of their own, in the shapes that CDK writes.
use super::assembly::load;
use super::{Loaded, ProjectRoot};
use crate::finding::Problem;
use std::fs;

pub(super) const TEMPLATE: &str = r#"{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}"#;
pub(super) const HASH: &str = "f78bf76b27fe34aeba6cd162419faf4c6cdf98801e4d61181d6680a85cca6037";

/// A manifest as CDK writes it, with these artifacts.
pub(super) fn manifest(artifacts: &str) -> String {
    format!(r#"{{"version": "55.0.0", "artifacts": {{{artifacts}}}, "minimumCliVersion": "2.1148.2"}}"#)
}

/// The artifact of a stack.
pub(super) fn stack(id: &str, template: &str) -> String {
    format!(
        r#""{id}": {{"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1",
        "properties": {{"templateFile": "{template}", "terminationProtection": true, "tags": {{"Application": "shop"}},
        "validateOnSynth": false}}, "dependencies": ["{id}.assets"], "displayName": "{id}"}}"#
    )
}

/// A nested stack's resource; `path` is more of its JSON.
pub(super) fn nested(id: &str, path: &str) -> String {
    format!(
        r#""{id}": {{"Type": "AWS::CloudFormation::Stack", "Properties": {{"TemplateURL": {{"Fn::Join": ["", ["https://s3.eu-west-1.",
        {{"Ref": "AWS::URLSuffix"}}, "/cdk-hnb659fds-assets-111122223333-eu-west-1/{HASH}.json"]]}}}}{path}}}"#
    )
}

/// The metadata that names a nested stack's file.
pub(super) fn asset_path(path: &str) -> String {
    format!(r#", "Metadata": {{"aws:asset:path": "{path}", "aws:asset:property": "TemplateURL"}}"#)
}

/// A template of these resources.
pub(super) fn resources(all: &[String]) -> String {
    format!(r#"{{"Resources": {{{}}}}}"#, all.join(","))
}

/// Loads an assembly of these files; the folder beside it holds a template that nobody may reach.
pub(super) fn loaded(files: &[(&str, &str)]) -> Loaded {
    let outer = tempfile::tempdir().unwrap();
    fs::write(outer.path().join("secret.json"), TEMPLATE).unwrap();
    let root = outer.path().join("cdk.out");
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("../secret.json", root.join("link.json")).unwrap();
    load(&root, "cdk.out", ProjectRoot::default())
}

/// The display names of all stacks.
pub(super) fn names(loaded: &Loaded) -> Vec<&str> {
    let stacks = loaded.assembly.iter().flat_map(|assembly| &assembly.stacks);
    stacks.map(|stack| stack.display_name.as_str()).collect()
}

/// All problems: `!` where something was left unlinted, the file, the text at the place, the message.
pub(super) fn problems(loaded: &Loaded) -> Vec<String> {
    let own = loaded.assembly.iter().flat_map(|assembly| &assembly.problems);
    own.chain(&loaded.problems).map(shown).collect()
}

/// One of them.
pub(super) fn shown(problem: &Problem) -> String {
    let at = problem.location.as_ref().map(|at| at.source.slice(at.span).to_owned()).unwrap_or_default();
    format!("{}{} {at} {}", if problem.unlinted { "!" } else { "" }, problem.file, problem.message)
}
