//! Turns `rules/` into a table that the binary embeds. Of each rule it holds what tells whether the rule is asked at all, and
//! two compact JSON texts: what it asks, and what only people read.
//!
//! Rules are read through the crate's own tape, so a rule file means the same here and when a user loads it.
#![allow(dead_code, unused_imports, missing_docs, clippy::unwrap_used)]

#[path = "src/limits.rs"]
mod limits;
#[path = "src/source.rs"]
mod source;
#[path = "src/syntax/mod.rs"]
mod syntax;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};
use syntax::{Node, View};

/// Keys that tell whether a rule is asked at all.
const HEAD: [&str; 3] = ["id", "checklist", "match"];
/// Keys that only people read.
const DOCS: [&str; 4] = ["why", "see", "aliases", "examples"];

fn main() {
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=src/syntax");
    println!("cargo:rerun-if-changed=data/tables");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    let mut files = Vec::new();
    collect(&root.join("rules"), &mut files);
    files.sort_by_key(|path| path.file_stem().map(|stem| stem.to_owned()));
    let mut rules = String::from("[\n");
    for path in files.iter().filter(|path| !is_checklist(path)) {
        rule(&mut rules, path);
    }
    rules.push(']');
    fs::write(out.join("rules.rs"), rules).unwrap();
    let mut checklist = String::new();
    if let Some(path) = files.iter().find(|path| is_checklist(path)) {
        value(&mut checklist, parse(path).root());
    }
    fs::write(out.join("checklist.json"), checklist).unwrap();
    fs::write(out.join("tables.txt"), tables(&root.join("data/tables"))).unwrap();
}

/// One rule, as the `Embedded` of `src/rule/builtin.rs`.
fn rule(out: &mut String, path: &Path) {
    let document = parse(path);
    let root = document.root();
    let text = |key: &str| root.get(key).map(Node::text_or_empty).unwrap_or_default();
    let matched = root.get("match").unwrap();
    let matches: Vec<&str> = match matched.as_str() {
        Some(one) => vec![one],
        None => matched.items().map(Node::text_or_empty).collect(),
    };
    let (mut body, mut docs) = (String::new(), String::new());
    object(&mut body, root, |key| !(HEAD.contains(&key) || DOCS.contains(&key)));
    // The first page that a rule cites stands in findings.
    if let Some(page) = root.get("see").and_then(|see| see.items().next()) {
        body.pop();
        body.push_str(",\"see\":[");
        value(&mut body, page);
        body.push_str("]}");
    }
    object(&mut docs, root, |key| DOCS.contains(&key));
    // The folder is the service: a fact that only people read.
    let service = path.parent().and_then(Path::file_name).unwrap().to_string_lossy();
    docs.pop();
    write!(docs, ",\"service\":{}}}", serde_json::to_string(&*service).unwrap()).unwrap();
    let (id, checklist) = (text("id"), text("checklist"));
    writeln!(
        out,
        "Embedded {{ id: {id:?}, checklist: {checklist:?}, matches: &{matches:?}, body: {body:?}, docs: {docs:?} }},"
    )
    .unwrap();
}

/// All tables in one text: `[name]`, then the file without its comments.
fn tables(folder: &Path) -> String {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut text = String::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "txt")) {
        println!("cargo:rerun-if-changed={}", path.display());
        writeln!(text, "[{}]", path.file_stem().unwrap().to_str().unwrap()).unwrap();
        let content = fs::read_to_string(path).unwrap();
        for line in content.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            writeln!(text, "{line}").unwrap();
        }
    }
    text
}

fn is_checklist(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "checklist.yaml")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            println!("cargo:rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
}

fn parse(path: &Path) -> syntax::Document {
    let text = fs::read_to_string(path).unwrap();
    let source = Arc::new(source::Source::new(path.display().to_string(), text));
    syntax::parse(source.clone()).unwrap_or_else(|error| {
        panic!("{}:{}: {error}", path.display(), source.line_column(error.span.start));
    })
}

fn object(out: &mut String, map: Node<'_>, keep: impl Fn(&str) -> bool) {
    out.push('{');
    let mut first = true;
    for (key, child) in map.entries().filter(|(key, _)| keep(key.text_or_empty())) {
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        string(out, key.text_or_empty());
        out.push(':');
        value(out, child);
    }
    out.push('}');
}

fn value(out: &mut String, node: Node<'_>) {
    match node.view() {
        View::Null => out.push_str("null"),
        View::Bool(value) => write!(out, "{value}").unwrap(),
        View::Number(number) => match number.as_i64() {
            Some(value) => write!(out, "{value}").unwrap(),
            None => write!(out, "{}", number.as_f64()).unwrap(),
        },
        View::Text(text) => string(out, text),
        View::List(items) => {
            out.push('[');
            for (index, item) in items.enumerate() {
                if index > 0 {
                    out.push(',');
                }
                value(out, item);
            }
            out.push(']');
        }
        View::Map(_) => object(out, node, |_| true),
    }
}

fn string(out: &mut String, text: &str) {
    out.push_str(&serde_json::to_string(text).unwrap());
}
