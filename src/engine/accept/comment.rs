//! checkov's comments in YAML templates: `# checkov:skip=CKV_AWS_18:why` inside a resource.
//!
//! A comment belongs to the resource whose lines it stands in: behind its logical id, further to the right than that.
//! Several ids are separated by commas; the reason is what follows the colon.
use super::foreign::{Named, Written};
use crate::finding::AcceptedBy;
use crate::graph::{Graph, StackId};
use crate::source::Span;
use memchr::memmem;
use std::borrow::Cow;

const MARK: &str = "checkov:skip=";

/// The skips of a template, each with the logical id of its resource.
pub(super) fn skips<'a>(graph: &Graph<'a>, stack: StackId) -> Vec<(&'a str, Named<'a>)> {
    let source = graph.source(stack);
    let resources = graph.resources_of(stack);
    let text = source.text();
    let mut found = Vec::new();
    for at in memmem::find_iter(text.as_bytes(), MARK) {
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let Some(hash) = text[start..at].rfind('#').map(|hash| start + hash) else { continue };
        let is_comment = text[..hash].ends_with(char::is_whitespace) || hash == start;
        let next = resources.partition_point(|one| (one.declared.key().span().start as usize) < at);
        let Some(resource) = next.checked_sub(1).map(|index| resources[index].declared) else { continue };
        let key = resource.key().span().start as usize;
        let column = key - text[..key].rfind('\n').map_or(0, |end| end + 1);
        let inside = start <= key || hash - start > column;
        // Behind the last resource another section may begin.
        let left = text[key..start.max(key)].lines().skip(1).any(|line| {
            let content = line.trim_start();
            !content.is_empty() && !content.starts_with('#') && line.len() - content.len() < column
        });
        if !is_comment || !inside || left {
            continue;
        }
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        let rest = text[at + MARK.len()..end].trim();
        let (ids, reason) = match rest.split_once(':') {
            Some((ids, reason)) => (ids, Some(reason.trim())),
            None => (rest.split_whitespace().next().unwrap_or_default(), None),
        };
        for id in ids.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            let span = Span::new(hash as u32, end as u32);
            let named = Named {
                by: AcceptedBy::Checkov,
                id,
                reason: reason.map(Cow::Borrowed),
                applies_to: None,
                written: Written::Beside(source, span),
            };
            found.push((resource.logical_id(), named));
        }
    }
    found
}
