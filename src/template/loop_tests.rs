//! Loops from end to end: what is made, what is refused and told, where it stands, and that it ends.
use super::loops::expand_loops;
use crate::source::Source;
use crate::syntax::parse;
use crate::syntax::{Document, Node};
use std::sync::Arc;

pub(super) fn read(text: &str) -> Document {
    parse(Arc::new(Source::new("t", text))).unwrap_or_else(|error| panic!("{error:?}: {text:.300}"))
}

/// The new document, and each fault with the text that it points at.
pub(super) fn expand(text: &str) -> (Document, Vec<(String, String)>) {
    let given = |name: &str| (name == "Given").then(|| "x, y".to_owned());
    let old = read(text);
    let (new, faults) = expand_loops(&old, &given).expect("there is a loop");
    let told = faults.into_iter().map(|fault| (fault.message, old.source().slice(fault.span).to_owned()));
    (new, told.collect())
}

/// The only fault of a loop, whose name is `Fn::ForEach::L`, that goes through `collection`.
fn refused(collection: &str) -> String {
    let text = format!(
        "Transform: [AWS::LanguageExtensions, X]\nMappings: {{M: {{a: {{l: [p, 2], t: q}}}}}}\nParameters: {{Open: {{Type: \
         CommaDelimitedList}}, One: {{Type: String, Default: a}}, Ssm: {{Type: AWS::SSM::Parameter::Value<List<String>>, \
         Default: /a}}}}\nResources:\n  Fn::ForEach::L: {collection}\n  After: {{Type: T}}\n"
    );
    let (new, faults) = expand(&text);
    let [(message, place)] = faults.as_slice() else { panic!("{collection}: {faults:?}") };
    assert_eq!(place, "Fn::ForEach::L", "{message}");
    assert_eq!(format!("{:?}", new.root()), format!("{:?}", read(&text).root()), "it stays as it is");
    message.clone()
}

#[test]
fn a_loop_that_cannot_be_known_or_read_stays_and_says_why() {
    let body = "{'a${I}': {Type: T}}";
    for (collection, why) in [
        ("!Ref Open", "the parameter Open has neither a given value nor a Default"),
        ("!Ref Ssm", "the parameter Ssm is read from the Parameter Store"),
        ("!Ref One", "the parameter One is a String; make it a CommaDelimitedList"),
        ("!Ref Nobody", "Nobody is no parameter"),
        ("!Ref AWS::NotificationARNs", "AWS::NotificationARNs is known only when the stack is deployed"),
        ("!GetAZs ''", "Fn::GetAZs is not computed here"),
        ("!FindInMap [M, a, t]", "finds a value that is no list"),
        ("!FindInMap [M, a, z]", "finds no such key"),
        ("!FindInMap [M, !Ref AWS::Region, l]", "AWS::Region is known only when"),
        ("[a, !GetAtt B.C]", "Fn::GetAtt is not computed here"),
        ("[a, [b]]", "a list stands where a text is expected"),
        ("a", "its collection is no list"),
    ] {
        let message = refused(&format!("[I, {collection}, {body}]"));
        assert!(message.contains(why) && message.contains("is not looked at"), "{collection}: {message}");
    }
    for layout in [
        "[]",
        "x",
        "{}",
        "[I, [a]]",
        "[I, [a], {}, {}]",
        "[I, [a], x]",
        "[[I], [a], {}]",
        "['', [a], {}]",
        "null",
    ] {
        let message = refused(layout);
        assert!(message.contains("it is no list of") || message.contains("its identifier"), "{message}");
    }
}

#[test]
fn collections_come_from_lists_parameters_and_mappings() {
    for (collection, keys) in [
        (
            "[1, yes, 'c d', !Ref AWS::NoValue, !Sub '${One}!', !Join ['', [a, !Ref One]]]",
            "a1 atrue ac d aone! aaone",
        ),
        ("!Ref Given", "ax ay"),
        ("!Ref Default", "ap aq"),
        ("!Ref Numbers", "a7"),
        ("!Ref Empty", ""),
        ("[]", ""),
        ("!FindInMap [M, !Ref One, l]", "am an"),
        ("!FindInMap [M, no, l, DefaultValue: !Ref Default]", "ap aq"),
    ] {
        let text = format!(
            "Transform: AWS::LanguageExtensions\nParameters: {{Given: {{Type: CommaDelimitedList, Default: z}}, Default: {{Type: \
             CommaDelimitedList, Default: 'p,q'}}, Empty: {{Type: CommaDelimitedList, Default: ''}}, Numbers: {{Type: List<Number>, \
             Default: 7}}, One: {{Type: String, Default: one}}}}\nMappings: {{M: {{one: {{l: [m, n]}}}}}}\nResources: {{R: \
             {{Properties: {{Fn::ForEach::L: [I, {collection}, {{'a${{I}}': 1}}]}}}}}}\n"
        );
        let (new, faults) = expand(&text);
        let properties = new.root().get("Resources").and_then(|all| all.get("R")?.get("Properties")).unwrap();
        let made: Vec<_> = properties.entries().map(|(key, _)| key.text_or_empty()).collect();
        assert_eq!((made.join(" "), faults), (keys.to_owned(), Vec::new()), "{collection}");
    }
}

#[test]
fn what_the_service_refuses_is_told_once_and_at_its_place() {
    for (text, place, what) in [
        (
            "Resources: {Fn::ForEach::L: [I, [a, b, b], {'r${I}': {Type: T}, k: 1}]}",
            "k 'r${I}'",
            "\"rb\" is there already",
        ),
        (
            "Resources: {Fn::ForEach::L: [I, [a], {'r${I}': 1}], ra: {Type: U}}",
            "ra",
            "\"ra\" is there already",
        ),
        ("Resources: {Fn::ForEach::L: [I, [a-b, c.d], {'r${I}': 1}]}", "'r${I}'", "only letters and digits"),
        (
            "Resources: {L: {Type: T}, Fn::ForEach::L: [I, [a], {'r${I}': 1}]}",
            "Fn::ForEach::L",
            "not its own",
        ),
        (
            "Conditions: {Fn::ForEach::L: [I, [a], {'r${I}': 1}]}\nOutputs: {Fn::ForEach::L: [I, [a], {'r${I}': 1}]}",
            "Fn::ForEach::L",
            "not its own",
        ),
        (
            "Parameters: {I: {Type: String}}\nOutputs: {Fn::ForEach::L: [I, [a], {'r${I}': 1}]}",
            "I",
            "also a parameter",
        ),
        (
            "Outputs: {Fn::ForEach::L: [I, [a], {Fn::ForEach::M: [I, [b], {'r${I}': 1}]}]}",
            "I",
            "loop around it",
        ),
        (
            "Outputs: {Fn::ForEach::L: [I, [a, b], {Fn::ForEach::M: [J, !Ref Q, {'r${I}': 1}]}]}",
            "Fn::ForEach::M",
            "Q is no parameter",
        ),
    ] {
        let (_, faults) = expand(&format!("Transform: AWS::LanguageExtensions\n{text}\n"));
        let places: Vec<_> = faults.iter().map(|(_, place)| place.as_str()).collect();
        assert!(
            places.join(" ") == place && faults.iter().any(|(message, _)| message.contains(what)),
            "{text}: {faults:?}"
        );
    }
    let (_, faults) =
        expand("Mappings: {M: {Fn::ForEach::L: [I, [a], {'r${I}': 1}]}}\nResources: {A: {Type: T}}\n");
    assert!(
        faults.len() == 1 && faults[0].0.contains("Conditions, Resources and Outputs only"),
        "{faults:?}"
    );
    let (new, faults) = expand("Outputs: {Fn::ForEach::L: [I, [a], {'r${I}': 1}]}");
    assert!(faults[0].0.contains("needs `Transform: AWS::LanguageExtensions`") && faults.len() == 1);
    assert_eq!(format!("{:?}", new.root()), r#"{"Outputs": {"ra": 1}}"#);
}

#[test]
fn a_document_without_loops_is_left_alone() {
    for text in [
        "a: Fn::ForEach",
        "Description: Fn::ForEach::X",
        "{}",
        "[]",
        "Metadata: {Fn::ForEach::X: [I, [a], {'${I}': 1}]}",
    ] {
        assert!(expand_loops(&read(text), &|_| None).is_none(), "{text}");
    }
    let escaped = r#"{"Outputs": {"Fn\u003a:ForEach::L": ["I", ["a"], {"r${I}": 1}]}}"#;
    assert_eq!(format!("{:?}", expand(escaped).0.root()), r#"{"Outputs": {"ra": 1}}"#);
}

#[test]
fn every_made_node_stands_where_it_was_written() {
    let text = "Resources:\n  Fn::ForEach::L:\n  - I\n  - [a, b]\n  - 'r${I}':\n      Type: T\n      Properties: {N: !Ref I, S: !Sub 'é${I}', K: [7]}\n";
    for text in [text.to_owned(), format!("{:?}", read(text).root())] {
        let (new, _) = expand(&text);
        let json = new.format() == crate::syntax::Format::Json;
        let at = |node: Node<'_>| new.source().slice(node.span()).to_owned();
        let resources = new.root().get("Resources").unwrap();
        assert_eq!(new.source().slice(new.root().span()), text.trim_end());
        for (key, body) in resources.entries() {
            let of = |name: &str| at(body.get("Properties").and_then(|all| all.get(name)).unwrap());
            let expected = if json {
                ["\"r${I}\"", "{\"Ref\": \"I\"}", "{\"Fn::Sub\": \"é${I}\"}", "[7]"]
            } else {
                ["'r${I}'", "!Ref I", "!Sub 'é${I}'", "[7]"]
            };
            assert_eq!([at(key), of("N"), of("S"), of("K")], expected);
        }
        assert_eq!(resources.len(), 2);
    }
}

#[test]
fn no_nest_of_loops_grows_without_bound() {
    let ten = "[a, b, c, d, e, f, g, h, i, j]";
    let nest = |body: &str| {
        (0..10).rev().fold(body.to_owned(), |inner, level| {
            format!("{{Fn::ForEach::L{level}: [I{level}, {ten}, {inner}]}}")
        })
    };
    let many = |element: &str, count: usize| vec![element; count].join(",");
    let wide = format!("{{Fn::ForEach::L: [I, [{}], {{'${{I}}': 1}}]}}", many("a", 70_000));
    let long = format!(
        "{{Fn::ForEach::L: [I, [{}], {{'${{I}}': '{}'}}]}}",
        "x".repeat(60_000),
        "${I}".repeat(60_000)
    );
    let repeated = (0..40_000).map(|i| format!("k{i}: 1")).collect::<Vec<_>>().join(",");
    let twice = format!("{{Fn::ForEach::L: [I, [{}], {{{repeated}}}]}}", many("a", 60_000));
    let split = format!(
        "{{Fn::ForEach::L: [I, [{}], {{Fn::ForEach::M: [J, ['{}'], {{}}]}}]}}",
        many("a", 60_000),
        "y".repeat(60_000)
    );
    let deep = nest("{}");
    for loops in [
        &nest("{'${I0}${I1}${I2}${I3}${I4}${I5}${I6}${I7}${I8}${I9}': {Type: T}}"),
        &deep,
        &wide,
        &long,
        &twice,
        &split,
    ] {
        let text = format!(
            "Transform: AWS::LanguageExtensions\nOutputs: {loops}\nResources: {{Fn::ForEach::Z: [Z, [z], {{'k${{Z}}': 1}}], k1: 1, kz: 2}}\n"
        );
        let (new, faults) = expand(&text);
        assert!(
            faults.iter().any(|(message, _)| message.contains("the loops make more than")),
            "{:.60}: {faults:?}",
            loops
        );
        let (old, new_root) = (read(&text), new.root());
        assert!(format!("{new_root:?}") == format!("{:?}", old.root()), "{loops:.60}");
    }
}
