//! What other tools call the question that a rule asks, as its file says it.
use super::forms;
use super::reader::Reader;
use crate::syntax::Node;
use serde::{Deserialize, Serialize};

/// Another tool's name for the question that a rule asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The other tool's id, such as `CKV_AWS_173` or `cfn-nag:W41`.
    pub id: String,
    /// How much of it ours covers.
    pub covers: Covers,
}

/// How much of another tool's rule ours covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Covers {
    /// The same question.
    Exact,
    /// The same question of a value that a suppression names; a part of it where it names none.
    Named,
    /// A part of it.
    Part,
}

impl Covers {
    /// `exact`, `named` or `part`, as in rule files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Covers::Exact => "exact",
            Covers::Named => "named",
            Covers::Part => "part",
        }
    }
}

impl<'a> Reader<'a> {
    /// What another tool calls the rule: an id, or an id with how much of it is covered.
    fn alias(&mut self, node: Node<'a>) -> Option<Alias> {
        if let Some(id) = node.as_str() {
            return Some(Alias { id: id.to_owned(), covers: Covers::Exact });
        }
        self.form(node, &forms::ALIAS);
        let id = self.required_text(node, "id")?.to_owned();
        let covers = match node.get("covers").map(|covers| (covers, covers.text_or_empty())) {
            None | Some((_, "exact")) => Covers::Exact,
            Some((_, "named")) => Covers::Named,
            Some((_, "part")) => Covers::Part,
            Some((covers, _)) => {
                self.error(covers, "`covers` is `exact`, `named` or `part`");
                return None;
            }
        };
        Some(Alias { id, covers })
    }

    /// Reads what other tools call it.
    pub fn aliases(&mut self, root: Node<'a>) -> Vec<Alias> {
        root.get("aliases").map(|node| self.list_of(node, Self::alias)).unwrap_or_default()
    }
}
