//! Checked rules: what the engine evaluates. Parameters are put in.
//!
//! All of it can be written down in a binary form (`serde`), in which the build script leaves the built-in rules. Only
//! what is worked out at run time has no place there: compiled expressions, the places of what was read.
use super::level::{Levels, Profile};
use super::path::Path;
use super::pattern::Pattern;
use super::several::Several;
use super::type_glob::TypeGlob;
use crate::finding::{Fix, Saying};
use crate::source::Span;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// What a rule asks and says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Body {
    /// One line that says what holds when the rule passes.
    pub title: &'static str,
    /// The level under each profile.
    pub levels: Levels,
    /// Which of what the rule looks at it concerns; none: all.
    pub when: Option<Condition>,
    /// Whether it leaves alone what CDK made for itself: `cdk-owned(): false` in `when`, which `when` holds no more.
    pub spares_owned: bool,
    /// What must hold: one clause, or several with levels and messages of their own.
    pub require: Vec<Clause>,
    /// The message of a failing clause that has none of its own; `{placeholders}` are filled in.
    pub message: &'static str,
    /// How to mend a failure.
    pub fix: Arc<Fix>,
    /// The first page that it cites.
    pub see: Option<&'static str>,
    /// Whether the findings of all stacks of an app are told as one.
    pub once_per_app: bool,
    /// Whether the value that decides, and the line that holds it, are never shown.
    pub conceal: bool,
    /// Whether people may accept its findings; where not, no suppression and no baseline counts.
    pub suppressible: bool,
    /// Typed parameters with their values.
    pub params: Vec<Param>,
}

/// What a rule looks at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Match {
    /// Resources of a type.
    Type(&'static str),
    /// Resources of all types that fit a glob such as `AWS::RDS::*`.
    Glob(TypeGlob),
    /// Deployable stacks.
    Stack,
    /// Nested stacks.
    NestedStack,
    /// The app: once for each assembly level.
    App,
}

impl Match {
    /// What a text names; the error says what is wrong with it, and perhaps the way out.
    pub(super) fn parse(text: &'static str) -> Result<Match, (String, Option<&'static str>)> {
        Ok(match text {
            "Stack" => Match::Stack,
            "NestedStack" => Match::NestedStack,
            "App" => Match::App,
            _ if text.contains(['*', '?', '{']) => match TypeGlob::parse(text) {
                Ok(glob) => Match::Glob(glob),
                Err(error) => return Err((format!("this glob is refused: {}", error.kind()), None)),
            },
            _ if !text.contains("::") => {
                let help = "a type such as AWS::S3::Bucket, a glob such as AWS::RDS::*, `Stack` or `App`";
                return Err((format!("`{text}` is no resource type"), Some(help)));
            }
            _ => Match::Type(text),
        })
    }

    /// As rule files write it.
    pub fn name(&self) -> &str {
        match self {
            Match::Type(name) => name,
            Match::Glob(glob) => glob.text(),
            Match::Stack => "Stack",
            Match::NestedStack => "NestedStack",
            Match::App => "App",
        }
    }
}

/// Something that must hold, with what to say when it does not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Clause {
    /// Which nodes it concerns, beyond the rule's own `when`.
    pub when: Option<Condition>,
    /// What must hold.
    pub that: Condition,
    /// Its own levels; none: the rule's.
    pub levels: Option<Levels>,
    /// Its own message; none: the rule's.
    pub message: Option<&'static str>,
    /// Its own fix; none: the rule's.
    pub fix: Option<Arc<Fix>>,
    /// Whether a person can vouch for what no template shows.
    pub attestable: bool,
    /// What its findings say under each profile, once the first is told; of a clause as it was read, with the parameters
    /// that it had.
    #[serde(skip)]
    pub said: [OnceLock<Arc<Saying>>; Profile::ALL.len()],
}

/// A named value of a rule that a policy owner may change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// The name after `$param.`.
    pub name: &'static str,
    /// The value.
    pub value: ParamValue,
    /// What it means.
    pub doc: &'static str,
}

/// The value of a parameter; its shape is its type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ParamValue {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A boolean.
    Bool(bool),
    /// A list of texts.
    List(Vec<String>),
}

/// Something that holds of a node or an element, or does not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Condition {
    /// All of them.
    All(Several<Condition>),
    /// At least one.
    Any(Several<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A test of the value at a path.
    At(Check),
    /// Some resource of the stack or app.
    Exists(Box<Join>),
    /// Some resource that speaks of this one.
    ReferencedBy(Box<Join>),
    /// Not known, for this reason.
    Undecided(&'static str),
    /// The same, with a name for what it speaks of: `$name.PATH` reaches it from deeper inside.
    Named(&'static str, Box<Condition>),
}

/// A test of the value at a path.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Check {
    /// The path.
    pub path: Path,
    /// The test.
    pub test: Test,
    /// What the service takes where the path is absent.
    pub default: Option<Box<Operand>>,
    /// Where the rule says so; known while the rule is checked.
    #[serde(skip)]
    pub span: Span,
}

/// A look at other resources.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Join {
    /// Their types.
    pub types: Box<[Match]>,
    /// Where to look.
    pub scope: Scope,
    /// Where in them the reference stands (`referenced-by` only).
    pub via: Option<Path>,
    /// What must hold of them.
    pub filter: Option<Condition>,
    /// Where the rule says so; known while the rule is checked.
    #[serde(skip)]
    pub span: Span,
}

/// Where a join looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// The subject's stack.
    Stack,
    /// All stacks of the subject's assembly level.
    App,
    /// All stacks of the assembly, whatever their level: for what serves a whole account.
    Assembly,
}

/// Something that holds of a value, or does not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Test {
    /// All of them.
    All(Several<Test>),
    /// At least one.
    Any(Several<Test>),
    /// Not this.
    Not(Box<Test>),
    /// An operator.
    Op(Op),
    /// The value is a map, or a resource, of which this holds.
    Nested(Box<Condition>),
    /// The same, with a name for the value: `$name.PATH` reaches it from deeper inside.
    Named(&'static str, Box<Test>),
}

/// An operator with its operand. See [`super::OPERATORS`] for what each does with absent and unknown values.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum Op {
    /// Set, and neither null nor `AWS::NoValue`.
    Present(bool),
    /// `""`, `[]`, `{}` or absent.
    Empty(bool),
    /// Equal, under CloudFormation's coercion.
    Equals(Operand),
    /// Equal to one of them.
    In(Box<[Operand]>),
    /// Contains a match of a regular expression.
    Matches(Box<Pattern>),
    /// Fits a glob: `*` any text, `?` one character.
    Glob(Box<[&'static str]>),
    /// Begins with one of them.
    StartsWith(Box<[&'static str]>),
    /// Ends with one of them.
    EndsWith(Box<[&'static str]>),
    /// A text contains a text; a list contains all of these elements.
    Contains(Box<[Operand]>),
    /// A number not below.
    AtLeast(Operand),
    /// A number not above.
    AtMost(Operand),
    /// A date before.
    Before(Operand),
    /// A date after.
    After(Operand),
    /// The number of elements or pairs.
    Count(Box<Test>),
    /// The list of the keys of a map.
    Keys(Box<Test>),
    /// Holds of every element.
    Every {
        /// Of each.
        test: Box<Test>,
        /// Whether an empty or absent list passes.
        or_empty: bool,
    },
    /// Holds of at least one element.
    Some(Box<Test>),
    /// Holds of no element.
    None(Box<Test>),
    /// Refers to a resource of the app.
    RefersTo(Box<Target>),
    /// Surely the same value.
    SameAs(Operand),
    /// Written in the templates or given to the run, and not read from outside at deployment.
    Known(bool),
    /// A pattern of a policy (`s3:*`) that one of these texts fits.
    Covers(Box<[&'static str]>),
}

/// What a reference must lead to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Target {
    /// The rule's own node.
    Subject,
    /// A resource of one of these types of which the condition holds.
    Resource {
        /// The types; empty: any.
        types: Box<[Match]>,
        /// The attribute that is read of it; none: any, or the resource itself.
        attribute: Option<&'static str>,
        /// What must hold of it.
        filter: Option<Box<Condition>>,
    },
}

/// What a value is compared with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Operand {
    /// A number.
    Number(f64),
    /// A text.
    Text(&'static str),
    /// A boolean.
    Bool(bool),
    /// The value at a path, and what is reckoned with it.
    Path(Box<Reckoned>),
    /// The day of the run, and some days added to it; an ISO date.
    Today(f64),
    /// Text around values: `/aws/lambda/{$subject.physical-name()}`.
    Template(Box<[TemplatePart]>),
}

/// `{path: PATH, default: VALUE, times: N, plus: N}`: the value at a path, times a number, plus a number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Reckoned {
    /// Where the value stands.
    pub path: Path,
    /// What the service takes where it is absent.
    pub default: Option<Operand>,
    /// The factor; 1 for none.
    pub times: f64,
    /// The summand; 0 for none.
    pub plus: f64,
}

impl Reckoned {
    /// The value at a path as it is.
    pub fn plain(path: Path) -> Operand {
        Operand::Path(Box::new(Reckoned { path, default: None, times: 1.0, plus: 0.0 }))
    }
}

/// A piece of a text template.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum TemplatePart {
    /// Text.
    Literal(&'static str),
    /// The value at a path.
    Path(Path),
}

#[cfg(test)]
mod tests {
    use super::super::path::Segment;
    use super::*;

    #[test]
    fn what_is_walked_most_is_small() {
        assert!(size_of::<Segment>() <= 24 && size_of::<Operand>() <= 24 && size_of::<Test>() <= 32);
        // With a path of one name and one operand, that is all that there is of a condition.
        assert!(size_of::<Condition>() <= 96);
    }
}
