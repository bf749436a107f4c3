//! The policy language: rule files -> checked [`Rule`]s, and the built-in set.
//!
//! One file is one rule. A file is read through the same tape as templates, so that every mistake of its
//! author has a place; what cannot be meant is refused at load, with the nearest name that could have been.
//! Nothing here knows templates in particular or evaluates anything; facts are only named (see `fact`).
mod alias;
mod body;
mod builtin;
mod clause;
mod condition;
mod cost;
mod docs;
mod error;
mod example;
mod fact;
mod foreign;
pub mod forms;
mod head;
mod lasting;
mod level;
mod load;
mod model;
mod operand;
mod operator;
mod path;
mod pattern;
mod prepared;
mod reader;
mod set;
mod several;
mod shape;
mod spec;
mod speccheck;
mod table;
mod type_glob;

pub use alias::{Alias, Covers};
pub use builtin::{builtin, builtin_documented};
pub use docs::Docs;
pub use error::RuleError;
pub(crate) use error::suggestion;
pub use example::{Example, ExampleStack, Expect, Mark};
pub use fact::{FACTS, FactId, FactInfo};
pub use foreign::Aliases;
pub use head::Rule;
pub(crate) use lasting::lasting;
pub use level::{Levels, Profile, Raise};
pub use load::load;
pub use model::{
    Body, Check, Clause, Condition, Join, Match, Op, Operand, Param, ParamValue, Reckoned, Scope, Target,
    TemplatePart, Test,
};
pub use operator::{OPERATORS, OperatorInfo, Says};
pub use path::{Base, Path, Segment};
pub use pattern::Pattern;
pub(crate) use reader::Reader;
pub use set::{ChecklistLine, RuleSet, checklist_lines};
pub use several::Several;
pub use shape::{Form, Key, Shape};
pub use spec::nearest;
pub use speccheck::misnamed;
pub use table::{Row, Table, Tables};
pub use type_glob::TypeGlob;
