//! The form of a function's arguments: how many there are, and of what kind.
//!
//! Only what CloudFormation refuses whatever the names stand for; an argument that is itself a function could give
//! anything, and is taken as it is. Whether the names that stand here exist is asked elsewhere.
use super::intrinsic::Intrinsic;
use crate::syntax::{Node, View};

impl<'a> Intrinsic<'a> {
    /// What CloudFormation refuses in the form of the arguments.
    pub fn fault(self) -> Option<&'static str> {
        match self {
            Intrinsic::Ref(name) => {
                (name.as_str().is_none() && !is_function(name)).then_some("Ref needs a name")
            }
            Intrinsic::GetAtt(argument) => get_att(argument),
            Intrinsic::Sub(argument) => sub(argument),
            Intrinsic::Join(argument) => {
                let fits = pair(argument).is_some_and(|[between, list]| is_scalar(between) && is_list(list));
                (!fits).then_some("Fn::Join needs a delimiter, which is a text, and a list")
            }
            Intrinsic::Select(argument) => select(argument),
            Intrinsic::Split(argument) => {
                let fits = pair(argument).is_some_and(|[between, text]| is_scalar(between) && is_text(text));
                (!fits).then_some("Fn::Split needs a delimiter, which is a text, and a text")
            }
            Intrinsic::If(argument) => {
                let named = argument.items().next().is_some_and(|name| name.as_str().is_some());
                (argument.len() != 3 || !named)
                    .then_some("Fn::If needs the name of a condition and two values")
            }
            Intrinsic::FindInMap(argument) => find_in_map(argument),
            Intrinsic::Base64(argument) => (!is_text(argument)).then_some("Fn::Base64 needs a text"),
            Intrinsic::Cidr(argument) => cidr(argument),
            Intrinsic::GetAZs(argument) => {
                (!is_text(argument)).then_some("Fn::GetAZs needs a region, or \"\"")
            }
            Intrinsic::ImportValue(argument) => {
                (!is_text(argument)).then_some("Fn::ImportValue needs the name of an export")
            }
            Intrinsic::GetStackOutput(argument) => {
                (!argument.is_map()).then_some("Fn::GetStackOutput needs StackName and OutputName")
            }
            Intrinsic::Length(argument) => (!is_list(argument)).then_some("Fn::Length needs a list"),
            Intrinsic::ToJsonString(argument) => {
                is_scalar(argument).then_some("Fn::ToJsonString needs a map or a list")
            }
            Intrinsic::Transform(_) => None,
            Intrinsic::Other(name, argument) => condition_function(name, argument),
        }
    }
}

impl Intrinsic<'_> {
    /// Whether CloudFormation knows the function only in a template with `Transform: AWS::LanguageExtensions`.
    pub fn extends_language(self) -> bool {
        match self {
            Intrinsic::Length(_) | Intrinsic::ToJsonString(_) => true,
            Intrinsic::Ref(name) => name.is_map(),
            // An attribute may be a Ref all the same.
            Intrinsic::GetAtt(argument) => {
                let is_ref = |node: Node<'_>| matches!(Intrinsic::of(node), Some(Intrinsic::Ref(_)));
                match pair(argument) {
                    Some([id, attribute]) => id.is_map() || attribute.is_map() && !is_ref(attribute),
                    None => argument.is_map(),
                }
            }
            _ => false,
        }
    }
}

fn condition_function(name: &str, argument: Node<'_>) -> Option<&'static str> {
    let count = argument.items().count();
    match name {
        "Fn::And" => (!(2..=10).contains(&count)).then_some("Fn::And needs 2 to 10 conditions"),
        "Fn::Or" => (!(2..=10).contains(&count)).then_some("Fn::Or needs 2 to 10 conditions"),
        "Fn::Not" => (count != 1).then_some("Fn::Not needs a list of one condition"),
        "Fn::Equals" => (count != 2).then_some("Fn::Equals needs two values"),
        _ => None,
    }
}

fn get_att(argument: Node<'_>) -> Option<&'static str> {
    let fits = match argument.view() {
        View::Text(text) => {
            text.split_once('.').is_some_and(|(id, attribute)| !id.is_empty() && !attribute.is_empty())
        }
        View::List(_) => pair(argument).is_some_and(|[id, attribute]| {
            (id.as_str().is_some() || is_function(id))
                && (attribute.as_str().is_some() || is_function(attribute))
        }),
        _ => is_function(argument),
    };
    (!fits).then_some("Fn::GetAtt needs a logical id and an attribute")
}

fn sub(argument: Node<'_>) -> Option<&'static str> {
    let fits = match argument.view() {
        View::Text(_) => true,
        View::List(mut items) => {
            items.next().is_some_and(|text| text.as_str().is_some())
                && items.next().is_none_or(|variables| variables.is_map())
                && items.next().is_none()
        }
        _ => false,
    };
    (!fits).then_some("Fn::Sub needs a text, or a text and a map of its variables")
}

fn select(argument: Node<'_>) -> Option<&'static str> {
    const FORM: &str = "Fn::Select needs an index and a list";
    let Some([index, list]) = pair(argument) else { return Some(FORM) };
    if !is_list(list) || !is_text(index) {
        return Some(FORM);
    }
    if list.items().any(Node::is_null) {
        return Some("Fn::Select takes no list with null in it");
    }
    let index = match index.view() {
        View::Text(text) => text.trim().parse::<u32>().ok(),
        View::Number(number) => number.text().parse::<u32>().ok(),
        View::Map(_) => return None,
        _ => None,
    };
    match index {
        None => Some("Fn::Select needs an index that is a whole number, from 0"),
        Some(index) if list.is_list() && index as usize >= list.len() => {
            Some("Fn::Select asks for an element that the list does not have")
        }
        Some(_) => None,
    }
}

fn find_in_map(argument: Node<'_>) -> Option<&'static str> {
    let mut items = argument.items();
    let keys = items.by_ref().take(3).filter(|key| is_text(*key)).count();
    let fits = keys == 3
        && items.next().is_none_or(|options| options.get("DefaultValue").is_some())
        && items.next().is_none();
    (!fits).then_some("Fn::FindInMap needs a mapping, two keys, and at most a DefaultValue")
}

fn cidr(argument: Node<'_>) -> Option<&'static str> {
    let parts: Vec<Node<'_>> = argument.items().take(4).collect();
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(|part| is_text(*part)) {
        return Some("Fn::Cidr needs a network, a count, and the bits of each block");
    }
    let count = match parts[1].view() {
        View::Text(text) => text.trim().parse::<u32>().ok(),
        View::Number(number) => number.text().parse::<u32>().ok(),
        _ => return None,
    };
    (!count.is_some_and(|count| (1..=256).contains(&count))).then_some("Fn::Cidr makes 1 to 256 blocks")
}

/// The elements of a list that has exactly two.
fn pair(list: Node<'_>) -> Option<[Node<'_>; 2]> {
    let mut items = list.items();
    let both = [items.next()?, items.next()?];
    items.next().is_none().then_some(both)
}

fn is_function(node: Node<'_>) -> bool {
    Intrinsic::of(node).is_some()
}

fn is_scalar(node: Node<'_>) -> bool {
    !node.is_map() && !node.is_list() && !node.is_null()
}

/// A scalar, or a function that may give one.
fn is_text(node: Node<'_>) -> bool {
    is_scalar(node) || is_function(node)
}

/// A list, or a function that may give one.
fn is_list(node: Node<'_>) -> bool {
    node.is_list() || is_function(node)
}
