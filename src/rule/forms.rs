//! The forms of a rule file: one table for each of its mappings.
//!
//! The reader of rules asks them which keys it may meet; the schema of rule files is made of them. Conditions and tests have
//! paths for keys: their operators are another table (`operator`).
use super::level::Profile;
use super::shape::{Form, Key, Shape};

/// What a clause without a level of its own has the rule's of; the words of `expect`.
pub const VERDICTS: [&str; 5] = ["pass", "fail", "undecided", "attested", "not-applicable"];

/// A rule file.
pub static RULE: Form = Form {
    name: "rule",
    keys: &[
        Key::required("id", Shape::Text, "The id: the stem of the file's name."),
        Key::required("title", Shape::Text, "One line that says what holds when the rule passes."),
        Key::required("checklist", Shape::Line, "The line of the production checklist that it proves."),
        Key::required(
            "severity",
            Shape::Levels,
            "The level of a failure: one word, or one for each profile.",
        ),
        Key::required(
            "match",
            Shape::Types,
            "What it looks at: a resource type, a list of them, a glob such as AWS::RDS::*, Stack, NestedStack or App.",
        ),
        Key::optional("group", Shape::Word(&["app"]), "`app`: one finding for all stacks of the app."),
        Key::optional("conceal", Shape::Flag, "The value is a secret: neither it nor its line is shown."),
        Key::optional("attestable", Shape::Flag, "A person can vouch for it in stackproof.yaml."),
        Key::optional(
            "suppressible",
            Shape::Flag,
            "`false`: neither a suppression nor the baseline accepts what it finds.",
        ),
        Key::optional("when", Shape::Condition, "Which of what it looks at it concerns; absent: all."),
        Key::required(
            "require",
            Shape::Clauses,
            "What must hold: a condition, or a list of clauses with levels and messages of their own.",
        ),
        Key::required(
            "message",
            Shape::Text,
            "What a finding says. Filled in: {logical_id}, {stack}, {type}, {property}, {value}, {missing}, {param.NAME}.",
        ),
        Key::required("why", Shape::Text, "Why it matters, in a sentence or three of plain words."),
        Key::required("fix", Shape::Of(&FIX), "How to mend a finding."),
        Key::required("see", Shape::TextList, "Pages of the documentation that it stands on."),
        Key::optional("aliases", Shape::Aliases, "What other tools call it."),
        Key::optional(
            "params",
            Shape::MapOf(&PARAM),
            "Values that stackproof.yaml may change: `$param.NAME` in conditions.",
        ),
        Key::required("examples", Shape::ListOf(&EXAMPLE), "Templates with the verdict that each must get."),
    ],
};

/// A clause of `require`.
pub static CLAUSE: Form = Form {
    name: "clause",
    keys: &[
        Key::optional("when", Shape::Condition, "When the clause is asked; absent: always."),
        Key::required("that", Shape::Condition, "What must hold."),
        Key::optional("severity", Shape::Levels, "The level of its failure; absent: the rule's."),
        Key::optional("message", Shape::Text, "What its finding says; absent: the rule's message."),
        Key::optional("fix", Shape::Of(&FIX), "How to mend its finding; absent: the rule's."),
        Key::optional("attestable", Shape::Flag, "A person can vouch for it in stackproof.yaml."),
    ],
};

/// `fix`.
pub static FIX: Form = Form {
    name: "fix",
    keys: &[
        Key::optional("cdk", Shape::Text, "In CDK: TypeScript that compiles."),
        Key::optional("cloudformation", Shape::Text, "In the template, in words."),
    ],
};

/// An entry of `params`.
pub static PARAM: Form = Form {
    name: "param",
    keys: &[
        Key::required("default", Shape::Param, "Its value, where stackproof.yaml says nothing."),
        Key::required("doc", Shape::Text, "What it is, in a sentence."),
    ],
};

/// An entry of `aliases`, in its long form.
pub static ALIAS: Form = Form {
    name: "alias",
    keys: &[
        Key::required("id", Shape::Text, "The other tool's id, such as CKV_AWS_173 or cfn-nag:W41."),
        Key::optional(
            "covers",
            Shape::Word(&["exact", "named", "part"]),
            "How much of it the rule covers; absent: all of it.",
        ),
    ],
};

/// `exists`.
pub static EXISTS: Form = Form { name: "exists", keys: &[JOIN_TYPE, JOIN_WHERE, JOIN_SCOPE, AS] };

/// `referenced-by`.
pub static REFERENCED_BY: Form = Form {
    name: "referenced-by",
    keys: &[
        JOIN_TYPE,
        Key::optional("via", Shape::Text, "The path in that resource where the reference must stand."),
        JOIN_WHERE,
        JOIN_SCOPE,
        AS,
    ],
};

/// `refers-to`, in its long form.
pub static TARGET: Form = Form {
    name: "target",
    keys: &[
        Key::optional("type", Shape::Types, "The type of the resource that it refers to."),
        Key::optional("attribute", Shape::Text, "The attribute that it takes of it."),
        JOIN_WHERE,
        AS,
    ],
};

/// A value that another one is reckoned from.
pub static RECKONED: Form = Form {
    name: "reckoned",
    keys: &[
        Key::required("path", Shape::Text, "The path of the value."),
        Key::optional("default", Shape::Operand, "What the service takes where the path is absent."),
        Key::optional("times", Shape::Amount, "A factor."),
        Key::optional("plus", Shape::Amount, "What is added then."),
    ],
};

/// A day that is reckoned from the day of the run.
pub static DATE: Form = Form {
    name: "date",
    keys: &[
        Key::required("date", Shape::Word(&["today"]), "`today`, the day of the run."),
        Key::optional("plus", Shape::Amount, "Days that are added."),
    ],
};

/// An entry of `examples`.
pub static EXAMPLE: Form = Form {
    name: "example",
    keys: &[
        Key::required("name", Shape::Text, "What it shows."),
        Key::required("expect", Shape::Word(&VERDICTS), "The verdict that it must get."),
        Key::optional("reason", Shape::Text, "A part of the reason of an undecided verdict."),
        Key::optional("profile", Shape::Word(Profile::NAMES), "The profile; absent: production."),
        Key::optional("today", Shape::Day, "The day of the run; absent: the day it is."),
        Key::optional("attested", Shape::Flag, "Whether a person vouches for what it shows."),
        Key::optional("params", Shape::Params, "Values of the rule's parameters."),
        Key::optional(
            "template",
            Shape::Text,
            "A template. `#! here` marks where its finding must start. Either this or `stacks`.",
        ),
        Key::optional("stacks", Shape::MapOf(&EXAMPLE_STACK), "Stacks of one app, by name."),
    ],
};

/// A stack of an example.
pub static EXAMPLE_STACK: Form = Form {
    name: "example-stack",
    keys: &[
        Key::required("template", Shape::Text, "Its template."),
        Key::optional("terminationProtection", Shape::Flag, "Whether it is protected, as the manifest says."),
        Key::optional("tags", Shape::Scalars, "Its tags."),
        Key::optional("environment", Shape::Text, "Where it is deployed to: aws://ACCOUNT/REGION."),
        Key::optional("parameters", Shape::Scalars, "Values of its parameters."),
        Key::optional(
            "nested-in",
            Shape::Text,
            "STACK/LogicalId of the nested stack resource that holds it.",
        ),
        Key::optional("stage", Shape::Text, "The Stage that it belongs to."),
    ],
};

const JOIN_TYPE: Key = Key::required("type", Shape::Types, "The type of the other resource.");
const JOIN_WHERE: Key = Key::optional("where", Shape::Condition, "What must hold of it.");
const JOIN_SCOPE: Key = Key::optional(
    "scope",
    Shape::Word(&["stack", "app", "assembly"]),
    "Where it is looked for: the stack, the app (absent), or the whole assembly.",
);
const AS: Key =
    Key::optional("as", Shape::Text, "A name for it, which `$name.PATH` reaches from deeper inside.");
