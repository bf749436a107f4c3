//! A file of parameter values -> names and values.
//!
//! Three forms, told by content: lines of `NAME=VALUE`; the list that the AWS CLI takes (objects with
//! `ParameterKey` and `ParameterValue`, or texts `NAME=VALUE`); a map of names to values, by itself or under
//! `Parameters`. JSON and YAML alike. What cannot be read says where; no message repeats a value, which may be a
//! secret.
use super::read;
use crate::finding::Problem;
use crate::source::Source;
use crate::syntax::{Node, View};
use std::path::Path;
use std::sync::Arc;

/// A parameter's name, and the value that it is given.
pub type Given = (String, String);

/// Name and value of `NAME=VALUE`; none where there is no such pair.
pub fn split_pair(text: &str) -> Option<Given> {
    let (name, value) = text.split_once('=')?;
    let name = name.trim();
    is_name(name).then(|| (name.to_owned(), value.to_owned()))
}

/// Reads the values of a file, in the order of the text.
///
/// # Errors
/// Why it cannot be read, with the place.
pub fn parameters(path: &Path) -> Result<Vec<Given>, Problem> {
    let name = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    of_text(&read::text(read::bytes(path, &name)?, &name)?)
}

fn of_text(source: &Arc<Source>) -> Result<Vec<Given>, Problem> {
    let text = source.text().trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(wrong_form(source));
    }
    if let Some(pairs) = lines(text) {
        return Ok(pairs);
    }
    let document = read::parse(source.clone())?;
    let root = document.root();
    if root.is_list() {
        let pairs: Result<Vec<_>, _> = root.items().map(|item| element(source, item)).collect();
        return Ok(pairs?.into_iter().flatten().collect());
    }
    let map = root.get("Parameters").filter(|inner| inner.is_map()).unwrap_or(root);
    if !map.is_map() {
        return Err(wrong_form(source));
    }
    map.entries().map(|(key, value)| Ok((key.text_or_empty().to_owned(), value_of(source, value)?))).collect()
}

/// The pairs of a text that has nothing but lines of `NAME=VALUE`, empty lines and comments; none of any other.
fn lines(text: &str) -> Option<Vec<Given>> {
    let wanted = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    wanted
        .map(|line| {
            let (name, value) = split_pair(line)?;
            let value = value.trim();
            let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            Some((name, unquoted.unwrap_or(value).to_owned()))
        })
        .collect()
}

/// An element of the AWS CLI's list; none for a parameter that keeps the value it had.
fn element(source: &Arc<Source>, item: Node<'_>) -> Result<Option<Given>, Problem> {
    if let Some(text) = item.as_str() {
        return match split_pair(text) {
            Some(pair) => Ok(Some(pair)),
            None => Err(at(source, item, "is not NAME=VALUE")),
        };
    }
    let Some(name) = item.get("ParameterKey").and_then(Node::as_str) else {
        return Err(at(source, item, "has no ParameterKey"));
    };
    match item.get("ParameterValue") {
        Some(value) => Ok(Some((name.to_owned(), value_of(source, value)?))),
        None if item.get("UsePreviousValue").and_then(Node::as_bool) == Some(true) => Ok(None),
        None => Err(at(source, item, "has no ParameterValue")),
    }
}

/// The text of a value; a list is what a `CommaDelimitedList` takes.
fn value_of(source: &Arc<Source>, node: Node<'_>) -> Result<String, Problem> {
    match node.view() {
        View::Text(text) => Ok(text.to_owned()),
        View::Number(number) => Ok(number.text().into_owned()),
        View::Bool(value) => Ok(value.to_string()),
        View::List(mut items) if items.clone().all(|item| !item.is_list()) => {
            let texts: Result<Vec<_>, _> = items.by_ref().map(|item| value_of(source, item)).collect();
            Ok(texts?.join(","))
        }
        View::Null | View::List(_) | View::Map(_) => {
            Err(at(source, node, "is neither a text, a number, a boolean nor a list of them"))
        }
    }
}

/// Whether a text can be the name of a parameter: CloudFormation takes letters and digits.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn at(source: &Arc<Source>, node: Node<'_>, what: &str) -> Problem {
    Problem::unlinted(source.name(), format!("this value {what}")).at(source, node.span()).with_help(FORMS)
}

fn wrong_form(source: &Arc<Source>) -> Problem {
    Problem::unlinted(source.name(), "holds no parameter values").with_help(FORMS)
}

const FORMS: &str =
    "lines of NAME=VALUE, [{\"ParameterKey\": .., \"ParameterValue\": ..}], or a map {NAME: VALUE}";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Given>, Problem> {
        of_text(&Arc::new(Source::new("p", text)))
    }

    #[test]
    fn every_form_gives_the_same_pairs() {
        let expected = [("Env".to_owned(), "prod".to_owned()), ("Size".to_owned(), "012".to_owned())];
        for text in [
            "Env=prod\n\n# a comment\nSize = \"012\"\n",
            "\u{feff}Env=prod\r\nSize=012",
            r#"[{"ParameterKey": "Env", "ParameterValue": "prod"}, {"ParameterKey": "Size", "ParameterValue": "012"}]"#,
            r#"["Env=prod", "Size=012"]"#,
            r#"{"Env": "prod", "Size": "012"}"#,
            r#"{"Parameters": {"Env": "prod", "Size": "012"}, "Tags": {"a": "b"}}"#,
            "Env: prod\nSize: '012'\n",
            "Parameters:\n  Env: prod\n  Size: '012'\n",
            "- ParameterKey: Env\n  ParameterValue: prod\n- {ParameterKey: Size, ParameterValue: '012'}\n",
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn values_are_texts_and_a_kept_one_is_left_out() {
        let of = |text: &str| read(text).unwrap().into_iter().map(|(_, value)| value).collect::<Vec<_>>();
        assert_eq!(of("A: 7\nB: true\nC: [a, 1]\nD: ''\n"), ["7", "true", "a,1", ""]);
        assert_eq!(of("A=b=c\nB=\n"), ["b=c", ""]);
        assert!(of(r#"[{"ParameterKey": "A", "UsePreviousValue": true}]"#).is_empty());
    }

    #[test]
    fn what_is_wrong_says_where_and_repeats_no_value() {
        for (text, place, words) in [
            ("[\"hunter2\"]", "1:2", "not NAME=VALUE"),
            ("[{\"Key\": \"hunter2\"}]", "1:2", "no ParameterKey"),
            ("[{\"ParameterKey\": \"A\"}]", "1:2", "no ParameterValue"),
            ("A: {B: hunter2}\n", "1:4", "neither a text"),
            ("A: [[hunter2]]\n", "1:4", "neither a text"),
        ] {
            let problem = read(text).unwrap_err();
            assert_eq!(problem.location.unwrap().start().to_string(), place, "{text}");
            assert!(problem.message.contains(words) && !problem.message.contains("hunter2"), "{text}");
        }
        for text in ["", "\n", "hunter2", "7"] {
            assert!(read(text).unwrap_err().message.contains("no parameter values"), "{text}");
        }
        assert!(read("{\"A\": ").is_err());
    }
}
