//! What only people read of a rule: reasons, links, other tools' names, examples. The engine never looks here.
use super::alias::Alias;
use std::sync::Arc;

/// What only people read: reasons, links, other tools' names, examples.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    /// The folder that its file lies in, which is the service's name.
    pub service: String,
    /// Why it matters, in plain words.
    pub why: String,
    /// Pages of AWS's documentation.
    pub see: Vec<String>,
    /// What other tools call it.
    pub aliases: Vec<Alias>,
    /// Templates with the verdict that they must get.
    pub examples: Vec<super::Example>,
    /// The text of the rule file.
    pub source: Option<Arc<crate::source::Source>>,
    /// The tables that it may name.
    pub tables: super::table::Tables,
}
