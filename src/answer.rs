//! What `eval` has to say: what the properties of a resource are, scenario by scenario, and how each value comes
//! about. Owned data, no behaviour; it knows neither templates nor screens.
use crate::finding::{Location, Subject};

/// What was asked of one resource.
#[derive(Debug)]
pub struct Answer {
    /// The resource.
    pub subject: Subject,
    /// Its logical id in the template.
    pub location: Location,
    /// Its properties, or the one that was asked for.
    pub properties: Vec<Property>,
}

/// One property under every scenario that it depends on.
#[derive(Debug)]
pub struct Property {
    /// Its path.
    pub path: String,
    /// The scenarios; one without words where no condition matters.
    pub cases: Vec<Case>,
    /// Whether there are more scenarios than were tried.
    pub more: bool,
}

/// One scenario.
#[derive(Debug)]
pub struct Case {
    /// The conditions in words, such as `IsProd is false`.
    pub when: Option<String>,
    /// The condition on which it hangs whether there is a resource at all, where that is open.
    pub doubt: Option<String>,
    /// The property's values; the members of lists and maps each for itself.
    pub lines: Vec<Line>,
    /// Whether there are more values than are told.
    pub more: bool,
}

/// A value and how it comes about.
#[derive(Debug)]
pub struct Line {
    /// Its path.
    pub path: String,
    /// The value.
    pub value: Told,
    /// What is known of it where it is open, such as `one of dev, prod`.
    pub bounds: Option<String>,
    /// Where it is written.
    pub location: Location,
    /// The way to it, the first step first.
    pub chain: Vec<Step>,
}

/// A value in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Known: as JSON would write it.
    Known(String),
    /// A resource, or an attribute of one: `${Key.Arn}`.
    Reference(String),
    /// Text of which some pieces are known only at deployment, with the reasons.
    Partial(String, Vec<String>),
    /// Not known, with the reason.
    Unknown(String),
    /// A list or map, with how many members it has; they follow.
    Members(String),
    /// Not set.
    Absent,
    /// The resource itself is not created.
    NotCreated,
}

impl Told {
    /// What kind of answer it is, in a word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Told::Known(_) => "known",
            Told::Reference(_) => "reference",
            Told::Partial(..) => "partial",
            Told::Unknown(_) => "unknown",
            Told::Members(_) => "members",
            Told::Absent => "absent",
            Told::NotCreated => "not-created",
        }
    }
}

/// A step on the way to a value.
#[derive(Debug)]
pub struct Step {
    /// What was followed or called.
    pub what: String,
    /// Where it stands.
    pub location: Location,
    /// How deep among the arguments of functions.
    pub level: u16,
}
