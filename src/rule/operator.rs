//! The operators of the policy language: one table, with what each does when there is nothing to compare.
//!
//! Rule authors read it (`docs/rule-language.md` repeats it, a test holds the two together); the loader takes the
//! names from it; a test of the engine generates a case from every cell.

use super::shape::Shape;

/// What an operator says of a value that is no plain known value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Undecided.
    Unknown,
    /// It depends on the operand or on the known pieces.
    Depends,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct OperatorInfo {
    /// As written in rules.
    pub name: &'static str,
    /// Of an absent value.
    pub absent: Says,
    /// Of `""`, `[]` or `{}`.
    pub empty: Says,
    /// Of a value that is not known.
    pub unknown: Says,
    /// Of text with holes.
    pub holes: Says,
    /// Of a reference to a resource of the app.
    pub reference: Says,
    /// What is written behind it.
    pub operand: Shape,
    /// One sentence for people.
    pub doc: &'static str,
}

use Says::{Depends, False, True, Unknown};

const fn row(name: &'static str, cells: [Says; 5], operand: Shape, doc: &'static str) -> OperatorInfo {
    let [absent, empty, unknown, holes, reference] = cells;
    OperatorInfo { name, absent, empty, unknown, holes, reference, operand, doc }
}

/// All operators, sorted by name. Columns: absent, empty, unknown, text with holes, reference. The cells are those of
/// the positive form: `present: true`, a non-empty operand.
pub const OPERATORS: &[OperatorInfo] = &[
    row(
        "after",
        [False, False, Unknown, Unknown, Unknown],
        Shape::DateOperand,
        "a date later than the operand",
    ),
    row("all", [Depends, Depends, Depends, Depends, Depends], Shape::Tests, "all of a list of tests hold"),
    row(
        "any",
        [Depends, Depends, Depends, Depends, Depends],
        Shape::Tests,
        "at least one of a list of tests holds",
    ),
    row(
        "as",
        [Depends, Depends, Depends, Depends, Depends],
        Shape::Text,
        "a name for each element or resource, which `$name.PATH` reaches from deeper inside",
    ),
    row(
        "at-least",
        [False, False, Unknown, Unknown, Unknown],
        Shape::Operand,
        "a number not below the operand",
    ),
    row(
        "at-most",
        [False, False, Unknown, Unknown, Unknown],
        Shape::Operand,
        "a number not above the operand",
    ),
    row(
        "before",
        [False, False, Unknown, Unknown, Unknown],
        Shape::DateOperand,
        "a date earlier than the operand",
    ),
    row(
        "contains",
        [False, False, Unknown, Depends, Unknown],
        Shape::Operands,
        "a text holds the operand; a list holds all of the operands",
    ),
    row(
        "count",
        [Depends, Depends, Unknown, False, False],
        Shape::Test,
        "the number of elements or pairs passes a test; absent counts 0",
    ),
    row(
        "covers",
        [False, False, Unknown, Depends, Unknown],
        Shape::Operands,
        "a pattern of a policy (`s3:*`, in any case) that the operand, or one of a list, fits",
    ),
    row(
        "default",
        [Depends, Depends, Depends, Depends, Depends],
        Shape::Operand,
        "what the service takes where the value is absent",
    ),
    row("empty", [True, True, Depends, False, False], Shape::Flag, "`\"\"`, `[]`, `{}` or absent"),
    row(
        "ends-with",
        [False, False, Unknown, Depends, Unknown],
        Shape::Operands,
        "a text ends with the operand, or with one of a list",
    ),
    row(
        "equals",
        [False, False, Unknown, Depends, Unknown],
        Shape::Operand,
        "equal under CloudFormation's coercion (\"7\" is 7, \"true\" is true)",
    ),
    row(
        "every",
        [False, False, Unknown, Depends, Depends],
        Shape::Test,
        "a test holds of every element; of none only with `or-empty: true`",
    ),
    row(
        "glob",
        [False, False, Unknown, Depends, Unknown],
        Shape::Operands,
        "a text fits a glob, or one of a list: `*` any text, `?` one character",
    ),
    row("in", [False, False, Unknown, Depends, Unknown], Shape::Operands, "equal to one of a list"),
    row(
        "keys",
        [Depends, Depends, Unknown, False, Unknown],
        Shape::Test,
        "the list of a map's keys passes a test; absent has no keys",
    ),
    row(
        "known",
        [False, True, False, False, False],
        Shape::Flag,
        "written in the templates, or given to the run; not what comes from outside: a parameter without value, a dynamic reference, an import, an attribute",
    ),
    row(
        "matches",
        [False, False, Unknown, Depends, Unknown],
        Shape::Text,
        "a text holds a match of a regular expression",
    ),
    row("none", [True, True, Unknown, Depends, Depends], Shape::Test, "a test holds of no element"),
    row("not", [Depends, Depends, Depends, Depends, Depends], Shape::Test, "a test does not hold"),
    row(
        "or-empty",
        [Depends, Depends, Depends, Depends, Depends],
        Shape::Flag,
        "beside `every`: an empty or absent list passes",
    ),
    row("present", [False, True, Depends, True, True], Shape::Flag, "set, and neither null nor AWS::NoValue"),
    row(
        "refers-to",
        [False, False, Unknown, Depends, Depends],
        Shape::Target,
        "refers to a resource of the app",
    ),
    row(
        "same-as",
        [False, False, Unknown, Depends, Depends],
        Shape::Operand,
        "surely the same value as another",
    ),
    row(
        "some",
        [False, False, Unknown, Depends, Depends],
        Shape::Test,
        "a test holds of at least one element",
    ),
    row(
        "starts-with",
        [False, False, Unknown, Depends, Unknown],
        Shape::Operands,
        "a text begins with the operand, or with one of a list",
    ),
];

/// Whether a key of a rule is an operator.
pub fn is_operator(name: &str) -> bool {
    // Names of properties begin with a capital.
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && OPERATORS.binary_search_by(|row| row.name.cmp(name)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_names_are_unique() {
        assert!(OPERATORS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }
}
