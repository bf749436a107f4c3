//! Construct paths: what lies around a construct, and which nested stack it belongs to.
use crate::limits::MAX_ANCESTORS;

/// A construct path as templates write it: metadata keys have a slash before it.
pub(super) fn path_of(key: &str) -> &str {
    key.strip_prefix('/').unwrap_or(key)
}

/// A construct path and those of the constructs around it, innermost first.
pub(super) fn with_ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| Some(path.rsplit_once('/')?.0)).take(MAX_ANCESTORS)
}

/// The construct paths of all nested stacks.
#[derive(Debug, Default)]
pub(super) struct NestedScopes(Vec<String>);

impl NestedScopes {
    /// The nested stacks among all construct paths.
    pub(super) fn among<'a>(paths: impl Iterator<Item = &'a str>) -> NestedScopes {
        let mut scopes: Vec<String> = paths.filter_map(nested_scope).map(str::to_owned).collect();
        scopes.sort();
        NestedScopes(scopes)
    }

    /// The nearest nested stack around a construct.
    pub(super) fn owner_of<'a>(&self, path: &'a str) -> Option<&'a str> {
        if self.0.is_empty() {
            return None;
        }
        let is_nested =
            |ancestor: &&str| self.0.binary_search_by(|scope| scope.as_str().cmp(ancestor)).is_ok();
        with_ancestors(path).skip(1).find(is_nested)
    }
}

/// The construct path of a nested stack `X`, from that of its resource: CDK makes a construct `X.NestedStack` that
/// holds `X.NestedStackResource`.
pub(super) fn nested_scope(resource_path: &str) -> Option<&str> {
    let resource = resource_path.strip_suffix(".NestedStackResource")?;
    resource.rsplit_once('/')?.0.strip_suffix(".NestedStack")
}
