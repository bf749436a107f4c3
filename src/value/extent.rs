//! How far a template can be judged before its transforms have run, and what has a name in it.
use crate::syntax::{Node, NodeId};
use crate::template::Template;
use rustc_hash::FxHashSet;

/// How far a template can be judged before its transforms have run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    /// Macros may make and take away anything.
    Nothing,
    /// The forms of functions, and no names.
    Forms,
    /// All.
    All,
}

/// The transforms that a template names at its top; none for one that is no text.
pub(super) fn transforms<'a>(template: &Template<'a>) -> impl Iterator<Item = Option<&'a str>> {
    let transform = template.document.root().get("Transform");
    let single = transform.filter(|node| !node.is_list());
    transform.into_iter().flat_map(Node::items).chain(single).map(Node::as_str)
}

/// How far a template can be judged.
pub(super) fn extent(template: &Template<'_>) -> Extent {
    transforms(template).fold(Extent::All, |extent, name| {
        extent.min(match name {
            Some("AWS::LanguageExtensions") => Extent::All,
            // It makes the function behind a rotation, and no name that a template could use.
            Some(name) if name.starts_with("AWS::SecretsManager-") => Extent::All,
            Some("AWS::Serverless-2016-10-31") if !serverless_adds(template) => Extent::All,
            Some(name) if name.starts_with("AWS::") => Extent::Forms,
            _ => Extent::Nothing,
        })
    })
}

/// Whether AWS SAM makes resources beside those that are declared. Of an application it makes a nested stack by its name.
fn serverless_adds(template: &Template<'_>) -> bool {
    let resources = template.document.root().get("Resources");
    resources.into_iter().flat_map(Node::entries).any(|(_, body)| {
        let type_name = body.get("Type").map_or("", Node::text_or_empty);
        let adds = type_name.starts_with("AWS::Serverless::") && type_name != "AWS::Serverless::Application";
        adds || body.get("Connectors").is_some()
    })
}

/// All that a template names; none where a macro, a module or a loop makes further names.
pub(super) fn names<'a>(template: &Template<'a>) -> Option<FxHashSet<&'a str>> {
    let document = template.document;
    let makes_names = |id: u32| {
        let text = document.node(NodeId(id)).text_or_empty();
        text == "Fn::Transform" || text.starts_with("Fn::ForEach::") || text.ends_with("::MODULE")
    };
    if (0..document.len() as u32).any(makes_names) {
        return None;
    }
    let root = document.root();
    let sections = ["Resources", "Parameters"].into_iter().filter_map(|section| root.get(section));
    Some(sections.flat_map(Node::entries).map(|(key, _)| key.text_or_empty()).collect())
}
