//! The form of a function's arguments: how many there are, and of what kind.
//!
//! Only what CloudFormation refuses whatever the names stand for; an argument that is itself a function could give
//! anything, and is taken as it is. Whether the names that stand here exist is asked elsewhere.
use super::intrinsic::Intrinsic;
use crate::syntax::{Node, View};

impl<'a> Intrinsic<'a> {
    /// Whether it names something in plain letters, as most do: then its form has no fault, and needs no language extension.
    pub fn is_plain(self) -> bool {
        match self {
            Intrinsic::Ref(name) => name.as_str().is_some_and(|name| !name.is_empty()),
            Intrinsic::GetAtt(argument) => Intrinsic::get_att_parts(argument)
                .is_some_and(|(id, attribute)| !id.is_empty() && !attribute.is_empty()),
            _ => false,
        }
    }

    /// What CloudFormation refuses in the form of the arguments.
    pub fn fault(self) -> Option<&'static str> {
        match self {
            Intrinsic::Ref(name) => {
                let fits = name.as_str().map_or_else(|| is_function(name), |name| !name.is_empty());
                (!fits).then_some("Ref needs a name")
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
            Intrinsic::GetStackOutput(argument) => stack_output(argument),
            Intrinsic::Length(argument) => (!is_list(argument)).then_some("Fn::Length needs a list"),
            Intrinsic::ToJsonString(argument) => {
                let fits = argument.is_map() || argument.is_list();
                (!fits).then_some("Fn::ToJsonString needs a map or a list")
            }
            Intrinsic::Transform(argument) => transform(argument),
            Intrinsic::Other(name, argument) => {
                condition_function(name, argument).or_else(|| rule_function(name, argument))
            }
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
        "Fn::And" if !(2..=10).contains(&count) => Some("Fn::And needs 2 to 10 conditions"),
        "Fn::Or" if !(2..=10).contains(&count) => Some("Fn::Or needs 2 to 10 conditions"),
        "Fn::Not" if count != 1 => Some("Fn::Not needs a list of one condition"),
        "Fn::Equals" => (count != 2).then_some("Fn::Equals needs two values"),
        "Fn::And" | "Fn::Or" | "Fn::Not" => {
            let fits = argument.items().all(is_condition);
            (!fits).then_some(
                "Fn::And, Fn::Or and Fn::Not take conditions, a named one as `Condition: Name` (`!Condition Name`)",
            )
        }
        _ => None,
    }
}

/// Whether a node is a condition: a function that gives a truth, one of a name, or a truth.
pub fn is_condition(node: Node<'_>) -> bool {
    let is_truth = |text: &str| text == "true" || text == "false";
    match node.view() {
        View::Bool(_) => true,
        View::Text(text) => is_truth(text),
        View::Map(_) => node.single_entry().is_some_and(|(key, _)| {
            key == "Condition" || key.starts_with("Fn::") && key != "Fn::RefAll" && !key.contains("ValueOf")
        }),
        _ => false,
    }
}

fn rule_function(name: &str, argument: Node<'_>) -> Option<&'static str> {
    let two = |fits: fn(Node<'_>, Node<'_>) -> bool| pair(argument).is_some_and(|[a, b]| fits(a, b));
    match name {
        "Fn::Contains" => (!two(|list, text| is_list(list) && is_text(text)))
            .then_some("Fn::Contains needs a list and a text"),
        "Fn::EachMemberEquals" => (!two(|list, text| is_list(list) && is_text(text)))
            .then_some("Fn::EachMemberEquals needs a list and a text"),
        "Fn::EachMemberIn" => (!two(|list, among| is_list(list) && is_list(among)))
            .then_some("Fn::EachMemberIn needs two lists"),
        "Fn::RefAll" => argument
            .as_str()
            .is_none_or(str::is_empty)
            .then_some("Fn::RefAll needs a type of parameters, such as AWS::EC2::VPC::Id"),
        "Fn::ValueOf" => (!two(|name, attribute| name.as_str().is_some() && attribute.as_str().is_some()))
            .then_some("Fn::ValueOf needs the name of a parameter and an attribute"),
        "Fn::ValueOfAll" => (!two(|kind, attribute| kind.as_str().is_some() && attribute.as_str().is_some()))
            .then_some("Fn::ValueOfAll needs a type of parameters and an attribute"),
        _ => None,
    }
}

fn stack_output(argument: Node<'_>) -> Option<&'static str> {
    const KEYS: [&str; 4] = ["StackName", "OutputName", "Region", "RoleArn"];
    let named = |key| argument.get(key).is_some_and(is_text);
    if !named("StackName") || !named("OutputName") {
        return Some("Fn::GetStackOutput needs StackName and OutputName");
    }
    let fits = argument.entries().all(|(key, value)| KEYS.contains(&key.text_or_empty()) && is_text(value));
    (!fits).then_some(
        "Fn::GetStackOutput takes the texts StackName, OutputName, Region and RoleArn, and no more",
    )
}

fn transform(argument: Node<'_>) -> Option<&'static str> {
    // Several macros may stand in a list.
    let is_call = |call: Node<'_>| {
        call.get("Name").is_some_and(is_text)
            && call.get("Parameters").is_none_or(|parameters| parameters.is_map())
            && call.entries().all(|(key, _)| matches!(key.text_or_empty(), "Name" | "Parameters"))
    };
    let fits = match argument.is_list() {
        true => !argument.is_empty() && argument.items().all(is_call),
        false => is_call(argument),
    };
    (!fits).then_some("Fn::Transform needs the Name of a macro, and at most a map of Parameters")
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
    if !fits {
        return Some("Fn::Sub needs a text, or a text and a map of its variables");
    }
    let text = argument.as_str().or_else(|| argument.items().next()?.as_str()).unwrap_or_default();
    let bytes = text.as_bytes();
    let is_nameless = |close: usize| bytes[..close].trim_ascii_end().ends_with(b"${");
    memchr::memchr_iter(b'}', bytes)
        .any(is_nameless)
        .then_some("Fn::Sub needs a name between the braces of a variable (`${!}` is the text `${}` itself)")
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
        && items.next().is_none_or(|options| options.len() == 1 && options.get("DefaultValue").is_some())
        && items.next().is_none();
    (!fits).then_some("Fn::FindInMap needs a mapping, two keys, and at most a DefaultValue")
}

fn cidr(argument: Node<'_>) -> Option<&'static str> {
    let parts: Vec<Node<'_>> = argument.items().take(4).collect();
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(|part| is_text(*part)) {
        return Some("Fn::Cidr needs a network, a count, and the bits of each block");
    }
    let whole = |part: Node<'_>| match part.view() {
        View::Text(text) => Some(text.trim().parse::<u32>().ok()),
        View::Number(number) => Some(number.text().parse::<u32>().ok()),
        _ => None,
    };
    if parts.get(2).and_then(|bits| whole(*bits)) == Some(None) {
        return Some("Fn::Cidr needs a count and bits that are whole numbers");
    }
    let count = whole(parts[1])?;
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
