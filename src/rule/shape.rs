//! The shape of the files that people write: which keys stand where, what each holds, and what it is for.
//!
//! One table for each mapping. The loader refuses what its table does not name; the JSON Schemas that editors read are
//! made of the same tables, so that neither knows a key that the other does not. What the values mean is not said here.

/// A mapping with fixed keys.
#[derive(Debug)]
pub struct Form {
    /// What it is called among the definitions of a schema.
    pub name: &'static str,
    /// Its keys, in the order in which they are written.
    pub keys: &'static [Key],
}

/// A key of a mapping.
#[derive(Debug)]
pub struct Key {
    /// As written.
    pub name: &'static str,
    /// Whether the mapping makes no sense without it.
    pub required: bool,
    /// What it holds.
    pub shape: Shape,
    /// What it is for.
    pub doc: &'static str,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A text that is not empty.
    Text,
    /// A text, or a list of texts.
    Texts,
    /// A list of texts.
    TextList,
    /// `true` or `false`.
    Flag,
    /// A text, a number or a boolean.
    Scalar,
    /// A mapping of any names to texts, numbers or booleans.
    Scalars,
    /// A day such as 2026-12-31.
    Day,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A level, or one for each profile.
    Levels,
    /// A level, or one for some profiles.
    SomeLevels,
    /// How undecided verdicts count, for all profiles or for some.
    SomeUndecided,
    /// The value of a parameter of a rule: a text, a number, a boolean or a list of texts.
    Param,
    /// A mapping of any names to values of parameters.
    Params,
    /// The same, where a value may be a mapping of profiles.
    ProfiledParams,
    /// The id of a line of the checklist.
    Line,
    /// One such id, or a list of them.
    Lines,
    /// The id of a rule, a glob of ids, or a list of them.
    Rules,
    /// The id of a rule that a person can vouch for, or a list of them.
    Attestable,
    /// A type, a glob of types, `Stack`, `NestedStack` or `App`; or a list of them.
    Types,
    /// A condition.
    Condition,
    /// A list of conditions.
    Conditions,
    /// A condition, or a list of clauses.
    Clauses,
    /// A test of a value.
    Test,
    /// A list of tests.
    Tests,
    /// A single value to compare with.
    Operand,
    /// One such value, or a list of them.
    Operands,
    /// A day, `today`, or what gives one.
    DateOperand,
    /// `$subject`, or what a reference must lead to.
    Target,
    /// A number, or a parameter that is one.
    Amount,
    /// What another tool calls a rule: its id, or a mapping.
    Aliases,
    /// A mapping of this form.
    Of(&'static Form),
    /// A list of mappings of this form.
    ListOf(&'static Form),
    /// A mapping of any names to mappings of this form.
    MapOf(&'static Form),
    /// Entries of `rules` in stackproof.yaml.
    RuleEntries,
}

impl Form {
    /// The names of its keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.keys.iter().map(|key| key.name)
    }
}

impl Key {
    /// A key that must be there.
    pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Key {
        Key { name, required: true, shape, doc }
    }

    /// A key that may be there.
    pub const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Key {
        Key { name, required: false, shape, doc }
    }
}
