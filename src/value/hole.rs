//! What is not known before deployment: its identity, its reason, and what is known of it all the same.
use crate::graph::{ResourceId, StackId};
use std::borrow::Cow;
use std::fmt;

/// Something that is decided only at deployment. Equal holes stand for equal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hole<'a> {
    /// A resource of the graph: its `Ref`, or an attribute of it. It is set, and not empty.
    Reference {
        /// The resource.
        resource: ResourceId,
        /// The attribute of `Fn::GetAtt`; none for `Ref`.
        attribute: Option<&'a str>,
    },
    /// Anything else, with the reason.
    Unknown(Unknown<'a>),
}

/// Why a parameter has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lack {
    /// Nobody gives one, and there is no default.
    Default,
    /// Nobody gives one, and the default does not count.
    Given,
    /// Nobody gives one, and a condition says that it is not the default.
    Excluded,
    /// Its type makes it the name of an SSM parameter, whose value is read at deployment.
    Stored,
    /// It is `NoEcho`: a value that is given is not told.
    Secret,
}

/// Why a value is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unknown<'a> {
    /// A parameter that nobody gives a value.
    Parameter {
        /// The stack that declares it.
        stack: StackId,
        /// Its name.
        name: &'a str,
        /// Whether its declaration excludes an empty value, or it is given one that is not empty.
        nonempty: bool,
        /// Why nothing gives it a value.
        lack: Lack,
    },
    /// An element of a list parameter that nobody gives a value.
    Element {
        /// The stack that declares the parameter.
        stack: StackId,
        /// Its name.
        name: &'a str,
        /// Which element; none for any of them.
        index: Option<u32>,
        /// Whether the declaration excludes empty elements.
        nonempty: bool,
        /// Why nothing gives the parameter a value.
        lack: Lack,
    },
    /// A pseudo parameter whose value the environment decides. Stacks of one assembly level whose
    /// environments are decided at deployment share it.
    Pseudo {
        /// `AWS::Region` ...
        name: &'a str,
        /// The assembly level, or the stack for what is the stack's own.
        scope: u32,
    },
    /// A name that the template declares nowhere.
    Dangling(&'a str),
    /// An export that no stack of the app makes, or that several could make.
    Import {
        /// The name of the export; empty where it is not known.
        name: &'a str,
        /// The stack of the call.
        stack: StackId,
        /// The call's node.
        node: u32,
    },
    /// `{{resolve:...}}`: read from a store at deployment.
    Dynamic(&'a str),
    /// A function whose result is not computed, or whose arguments are malformed; the name, and the place as identity.
    Function {
        /// `Fn::Cidr` ...
        name: &'a str,
        /// The stack of the call.
        stack: StackId,
        /// The call's node.
        node: u32,
    },
    /// What `Fn::FindInMap` finds under a key that is decided at deployment.
    Mapping {
        /// The stack of the call.
        stack: StackId,
        /// The call's node.
        node: u32,
        /// Whether nothing that could be found is empty.
        nonempty: bool,
    },
    /// A function that CloudFormation would refuse, with why.
    Malformed {
        /// What is wrong.
        why: &'static str,
        /// The stack of the call.
        stack: StackId,
        /// The call's node.
        node: u32,
    },
    /// A value under a condition whose truth is not known.
    Condition {
        /// The stack that declares it.
        stack: StackId,
        /// Its name.
        name: &'a str,
    },
    /// Something that only a cloud assembly's manifest tells.
    Manifest(&'static str),
    /// What a rule itself calls unknown.
    Declared(&'a str),
    /// References too deep, or in a circle.
    Depth,
    /// A text that grows beyond the limit.
    Size,
    /// More scenarios than are tried.
    Scenarios,
    /// A path that crosses a value of another shape than it expects.
    Shape(&'static str),
    /// Two values of which at least one is not known; equal or not.
    Comparison,
}

impl<'a> Hole<'a> {
    /// Whether the value is surely not empty; none where that is open.
    pub fn nonempty(self) -> Option<bool> {
        match self {
            Hole::Reference { .. } => Some(true),
            Hole::Unknown(unknown) => match unknown {
                Unknown::Parameter { nonempty, .. }
                | Unknown::Element { nonempty, .. }
                | Unknown::Mapping { nonempty, .. } => nonempty.then_some(true),
                Unknown::Pseudo { .. } | Unknown::Import { .. } | Unknown::Dynamic(_) => Some(true),
                _ => None,
            },
        }
    }

    /// The unknown inside, unless it is a reference.
    pub fn unknown(self) -> Option<Unknown<'a>> {
        match self {
            Hole::Reference { .. } => None,
            Hole::Unknown(unknown) => Some(unknown),
        }
    }
}

impl Unknown<'_> {
    /// Whether two of the same surely stand for the same value. A reason that many values share says nothing of them.
    pub fn identifies(&self) -> bool {
        match self {
            Unknown::Parameter { .. }
            | Unknown::Import { .. }
            | Unknown::Pseudo { .. }
            | Unknown::Dynamic(_)
            | Unknown::Function { .. }
            | Unknown::Mapping { .. }
            | Unknown::Malformed { .. } => true,
            Unknown::Element { index, .. } => index.is_some(),
            Unknown::Dangling(_)
            | Unknown::Condition { .. }
            | Unknown::Manifest(_)
            | Unknown::Declared(_)
            | Unknown::Depth
            | Unknown::Scenarios
            | Unknown::Size
            | Unknown::Shape(_)
            | Unknown::Comparison => false,
        }
    }

    /// The reason in words, as the end of "cannot be decided: ...".
    pub fn reason(&self) -> Cow<'static, str> {
        Cow::Owned(self.to_string())
    }
}

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unknown::Parameter { name, lack, .. } | Unknown::Element { name, lack, .. } => match lack {
                Lack::Default => write!(f, "the parameter {name} has no default and no value was given"),
                Lack::Given => {
                    write!(f, "the parameter {name} was given no value, and its default does not count")
                }
                Lack::Excluded => {
                    write!(
                        f,
                        "the parameter {name} was given no value, and a condition or rule excludes its default"
                    )
                }
                Lack::Stored => write!(f, "the parameter {name} is read from SSM at deployment"),
                Lack::Secret => write!(f, "the parameter {name} is NoEcho, so its value is not told"),
            },
            Unknown::Pseudo { name, .. } => write!(f, "{name} is decided at deployment"),
            Unknown::Dangling(name) => write!(f, "nothing in the template is named {name}"),
            Unknown::Import { name: "", .. } => f.write_str("the name of the imported value is not known"),
            Unknown::Import { name, .. } => write!(f, "no stack of the app is known to export {name}"),
            Unknown::Dynamic(text) => write!(f, "{text} is read at deployment"),
            Unknown::Function { name, .. } => write!(f, "the result of {name} is not known"),
            Unknown::Mapping { .. } => f.write_str("a key of Fn::FindInMap is decided at deployment"),
            Unknown::Malformed { why, .. } => f.write_str(why),
            Unknown::Condition { name, .. } => write!(f, "the condition {name} is open"),
            Unknown::Manifest(fact) => {
                write!(f, "a template alone does not tell {fact}: only a cloud assembly's manifest does")
            }
            Unknown::Declared(reason) => f.write_str(reason),
            Unknown::Depth => f.write_str("the references are too deep, or run in a circle"),
            Unknown::Size => write!(f, "the text is longer than {} bytes", crate::limits::MAX_TEXT_BYTES),
            Unknown::Scenarios => {
                write!(f, "too many scenarios of conditions (more than {})", crate::limits::MAX_SCENARIOS)
            }
            Unknown::Shape(why) => f.write_str(why),
            Unknown::Comparison => f.write_str("it is compared with a value that is decided at deployment"),
        }
    }
}
