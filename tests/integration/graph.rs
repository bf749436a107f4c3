//! `stackproof graph`: what is drawn is what is there, with the findings that `check` has.
use crate::support::{findings, json, project, run, run_with_input};
use serde_json::Value;
use std::collections::BTreeMap;

/// The graph that a page holds.
fn graph(arguments: &[&str]) -> Value {
    let ran = run(&[&["graph", "--format", "html"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let (_, data) = ran.out.split_once("id=\"graph\">").unwrap();
    serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap()
}

fn list<'v>(graph: &'v Value, key: &str) -> &'v Vec<Value> {
    graph[key].as_array().unwrap()
}

/// The edges with a name instead of a number: from, to, relation.
fn edges(graph: &Value) -> Vec<(String, String, String)> {
    let at = |key: &str, index: &Value, name: &str| {
        graph[key][index.as_u64().unwrap() as usize][name].as_str().unwrap().to_owned()
    };
    list(graph, "edges")
        .iter()
        .map(|edge| {
            (at("nodes", &edge[0], "id"), at("nodes", &edge[1], "id"), at("relations", &edge[2], "name"))
        })
        .collect()
}

#[test]
fn every_finding_stands_at_its_resource() {
    for assembly in ["production", "production-nested", "production-stage", "hardened"] {
        let path = format!("fixtures/assemblies/{assembly}");
        let graph = graph(&[&path]);
        let mut drawn: BTreeMap<(String, String), usize> = BTreeMap::new();
        for node in list(&graph, "nodes") {
            let stack = &graph["stacks"][node["stack"].as_u64().unwrap() as usize]["name"];
            let key = (stack.as_str().unwrap().to_owned(), node["id"].as_str().unwrap().to_owned());
            *drawn.entry(key).or_default() += list(node, "findings").len();
        }
        let about_others =
            list(&graph, "stacks").iter().map(|stack| list(stack, "findings").len()).sum::<usize>()
                + list(&graph, "findings").len();
        let report = json(&[&path]);
        for finding in findings(&report) {
            let name = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            if !name("resource").is_empty() {
                let left = drawn.get_mut(&(name("stack"), name("resource"))).unwrap();
                *left = left.checked_sub(1).unwrap_or_else(|| panic!("{finding} is not drawn"));
            }
        }
        assert!(drawn.values().all(|left| *left == 0), "{assembly}: {drawn:?}");
        let others = findings(&report).iter().filter(|finding| finding["resource"].is_null()).count();
        assert_eq!(about_others, others, "{assembly}");
    }
}

#[test]
fn references_within_and_between_stacks_are_edges() {
    let edges = edges(&graph(&["fixtures/assemblies/production"]));
    let has = |from: &str, to: &str, how: &str| {
        edges.iter().any(|(f, t, h)| f.starts_with(from) && t.starts_with(to) && h == how)
    };
    assert!(has("SecuriteCleAppAlias", "SecuriteCleApp864F1009", "GetAtt"), "{edges:?}");
    assert!(has("CommandesFonction8D9D37E7", "CommandesGroupeLogs", "Ref"), "{edges:?}");
    assert!(has("CommandesGroupeLogs", "SecuriteCleApp864F1009", "import"), "{edges:?}");
}

#[test]
fn a_nested_stack_names_its_parent() {
    let graph = graph(&["fixtures/assemblies/production-nested"]);
    let stacks = list(&graph, "stacks");
    let nested: Vec<&Value> = stacks.iter().filter(|stack| !stack["parent"].is_null()).collect();
    assert!(!nested.is_empty());
    for stack in nested {
        let parent = &stacks[stack["parent"].as_u64().unwrap() as usize]["name"];
        let name = stack["name"].as_str().unwrap();
        assert!(name.starts_with(parent.as_str().unwrap()), "{name} in {parent}");
    }
    assert!(edges(&graph).iter().any(|(_, _, how)| how == "nested stack"));
}

#[test]
fn a_part_of_it_can_be_asked_for() {
    let path = "fixtures/assemblies/production";
    let all = graph(&[path]);
    let one = graph(&[path, "--stack", "Donnees*"]);
    assert_eq!(list(&one, "stacks").len(), 1);
    assert!(!list(&one, "nodes").is_empty() && list(&one, "nodes").len() < list(&all, "nodes").len());
    let near = graph(&[path, "--resource", "ProductionStack/Securite/CleApp", "--depth", "1"]);
    let centre = list(&near, "nodes").iter().position(|node| node["id"] == "SecuriteCleApp864F1009").unwrap();
    let key = |edge: &Value| edge[0] == centre as u64 || edge[1] == centre as u64;
    let degree = |graph: &Value| {
        edges(graph)
            .iter()
            .filter(|e| e.0.starts_with("SecuriteCleApp8") || e.1.starts_with("SecuriteCleApp8"))
            .count()
    };
    assert_eq!(list(&near, "edges").iter().filter(|edge| key(edge)).count(), degree(&all));
    let farther = graph(&[path, "--resource", "ProductionStack/Securite/CleApp", "--depth", "2"]);
    assert!(list(&farther, "nodes").len() > list(&near, "nodes").len());
    let bare = graph(&[path, "--no-findings"]);
    assert!(list(&bare, "nodes").iter().all(|node| list(node, "findings").is_empty()));
    assert_eq!(list(&bare, "edges"), list(&all, "edges"));
    for wrong in [["--stack", "Nothing"], ["--resource", "Nothing"]] {
        let ran = run(&[&["graph", path], &wrong[..]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    }
}

#[test]
fn names_of_a_stranger_are_data_in_every_form() {
    let path = "tests/e2e/graph/hostile.json";
    let template: Value =
        serde_json::from_str(&std::fs::read_to_string(project().join(path)).unwrap()).unwrap();
    let graph = graph(&[path]);
    let names: Vec<&str> = list(&graph, "nodes").iter().map(|node| node["id"].as_str().unwrap()).collect();
    assert_eq!(names.len(), template["Resources"].as_object().unwrap().len());
    assert!(names.iter().all(|name| !name.chars().any(|c| c.is_control() || c == '\u{202e}')), "{names:?}");
    let page = run(&["graph", path, "--format", "html"]).out;
    assert_eq!(page.matches("</script").count(), page.matches("<script").count());
    for format in ["dot", "mermaid"] {
        let text = run(&["graph", path, "--format", format]).out;
        // Each resource is one line, whatever its name.
        let declares = |line: &&str| {
            let line = line.trim_start();
            line.starts_with('n') && (line.contains("AWS::") || line.contains("Custom::"))
        };
        assert_eq!(text.lines().filter(declares).count(), names.len(), "{format}:\n{text}");
    }
}

#[test]
fn a_template_from_standard_input_is_drawn_and_the_same_each_time() {
    let template = "Resources: {A: {Type: AWS::SNS::Topic}, B: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref A]}}}";
    let draw = || run_with_input(&project(), &["graph", "-"], template);
    let ran = draw();
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("n1 -> n0"), "{}", ran.out);
    assert_eq!(ran.out, draw().out);
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_drawn() {
    let scratch = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(scratch.path().join(name), text).unwrap();
    put("good.yaml", "Resources: {A: {Type: AWS::SNS::Topic}}");
    put("bad.json", "{\"Resources\": {");
    let good = scratch.path().join("good.yaml");
    let bad = scratch.path().join("bad.json");
    let ran = run(&["graph", &good.to_string_lossy(), &bad.to_string_lossy()]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("bad.json") && ran.out.contains("AWS::SNS::Topic"), "{}{}", ran.err, ran.out);
}
