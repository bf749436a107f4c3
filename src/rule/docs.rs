//! What only people read of a rule: reasons, links, other tools' names, examples. The engine never looks here.
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

/// Another tool's name for the question that a rule asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The other tool's id, such as `CKV_AWS_173` or `cfn-nag:W41`.
    pub id: String,
    /// How much of it ours covers.
    pub covers: Covers,
}

/// How much of another tool's rule ours covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    /// The same question.
    Exact,
    /// A part of it.
    Part,
}

impl Covers {
    /// `exact` or `part`, as in rule files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Covers::Exact => "exact",
            Covers::Part => "part",
        }
    }
}
