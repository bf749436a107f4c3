//! Turns `rules/` into what the binary embeds. Of each rule it writes what tells whether the rule is asked at all, what it
//! asks, and what only people read.
//!
//! The script is made of the crate's own modules: it reads a rule file through the same tape and the same reader as a rule
//! that a user loads, refuses what the reader refuses, and writes what was read in the binary form that `serde` gives to
//! the model of rules. So nothing is parsed when the program runs; `src/rule/builtin.rs` is the other end.
#![allow(dead_code, unused_imports, missing_docs, clippy::unwrap_used)]

#[path = "src/limits.rs"]
mod limits;
#[path = "src/source.rs"]
mod source;
#[path = "src/syntax/mod.rs"]
mod syntax;

/// What rules name of findings.
#[path = "src/finding"]
mod finding {
    mod fix;
    mod location;
    mod saying;
    mod severity;
    pub use {fix::Fix, location::Location, saying::Saying, severity::Severity};
}

/// What reads the part of a rule that runs.
#[path = "src/rule"]
mod rule {
    pub mod alias;
    mod clause;
    mod condition;
    mod cost;
    mod error;
    mod fact;
    mod forms;
    mod lasting;
    mod level;
    mod model;
    mod operand;
    mod operator;
    mod path;
    mod pattern;
    pub mod prepared;
    pub mod reader;
    mod several;
    mod shape;
    pub mod table;
    mod type_glob;
    pub use fact::FACTS;

    /// Nothing is built in while the program is built; the tables are read from their folder.
    mod builtin {
        pub const PREPARED: &[super::prepared::Prepared] = &[];
        pub const TABLES: &str = "";
    }
}

#[path = "build/expression.rs"]
mod expression;

use rule::alias::{Alias, Covers};
use rule::reader::Reader;
use rule::table::Tables;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};
use syntax::{Document, Node, View};

/// Keys that tell whether a rule is asked at all.
const HEAD: [&str; 3] = ["id", "checklist", "match"];
/// Keys that only people read.
const DOCS: [&str; 4] = ["why", "see", "aliases", "examples"];

fn main() {
    for read in ["rules", "data/iam/actions.txt", "data/tables", "src/finding", "src/rule", "src/syntax"] {
        println!("cargo:rerun-if-changed={read}");
    }
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    let mut files = Vec::new();
    collect(&root.join("rules"), &mut files);
    files.sort_by_key(|path| path.file_stem().map(|stem| stem.to_owned()));
    let (checklists, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|path| is_checklist(path));
    let known = Tables::of_folder(&root.join("data")).unwrap();
    let (mut rules, mut texts) = (Vec::new(), Vec::new());
    let mut ids = Vec::new();
    let mut aliases: Vec<(String, usize, Covers)> = Vec::new();
    let mut expressions = BTreeSet::new();
    for (index, path) in files.iter().enumerate() {
        ids.push(path.file_stem().and_then(|stem| stem.to_str()).unwrap());
        let document = parse(path);
        expressions_of(document.root(), &mut expressions);
        let names = rule(&mut rules, &mut texts, path, &document, &known);
        aliases.extend(names.into_iter().map(|alias| (alias.id, index, alias.covers)));
    }
    fs::write(out.join("rules.bin"), rules).unwrap();
    fs::write(out.join("texts.bin"), texts).unwrap();
    let expressions: String = expressions.iter().filter_map(|text| expression::prepared(text)).collect();
    fs::write(out.join("expressions.rs"), format!("[\n{expressions}]")).unwrap();
    aliases.sort_by(|(id, rule, _), (other, another, _)| (id, rule).cmp(&(other, another)));
    fs::write(out.join("aliases.bin"), postcard::to_allocvec(&(ids, aliases)).unwrap()).unwrap();
    let mut checklist = String::new();
    for path in checklists {
        value(&mut checklist, parse(&path).root());
    }
    fs::write(out.join("checklist.json"), checklist).unwrap();
    fs::write(out.join("tables.txt"), tables(&root.join("data/tables"))).unwrap();
    // Where the names of services begin and end in the table of actions, which is long.
    let actions = fs::read_to_string(root.join("data/iam/actions.txt")).unwrap();
    let ends = actions.match_indices(']').map(|(end, _)| end);
    let services: Vec<(usize, usize)> =
        actions.match_indices('[').map(|(start, _)| start + 1).zip(ends).collect();
    fs::write(out.join("services.rs"), format!("{services:?}")).unwrap();
}

/// Writes one rule, as the `Embedded` and the `Texts` of `src/rule/builtin.rs`; gives what other tools call it.
fn rule(
    rules: &mut Vec<u8>,
    texts: &mut Vec<u8>,
    path: &Path,
    document: &Document,
    known: &Tables,
) -> Vec<Alias> {
    let root = document.root();
    let text = |key: &str| root.get(key).map(Node::text_or_empty).unwrap_or_default();
    let (id, checklist) = (text("id"), text("checklist"));
    let matches = read(document, true, known, |reader, root| reader.types(root.get("match").unwrap()));
    read(document, true, known, Reader::body);
    let body = postcard::to_allocvec(&read(document, false, known, Reader::body).unwrap()).unwrap();
    let text = root.get("params").map(|_| body_text(root));
    let docs = docs_text(root, path);
    rules.extend(postcard::to_allocvec(&(id, checklist, matches, body)).unwrap());
    texts.extend(postcard::to_allocvec(&(text, docs)).unwrap());
    read(document, true, known, Reader::aliases)
}

/// Reads something of a rule file, which must be without mistakes.
fn read<'a, T>(
    document: &'a Document,
    strict: bool,
    tables: &Tables,
    read: impl Fn(&mut Reader<'a>, Node<'a>) -> T,
) -> T {
    let mut reader = Reader::new(document, strict);
    reader.tables = tables.clone();
    let read = read(&mut reader, document.root());
    if let Some(error) = reader.errors.first() {
        let help = error.help.as_deref().unwrap_or_default();
        panic!("{}:{}: {error}. {help}", error.location.file(), error.location.start());
    }
    read
}

/// The regular expressions below a node.
fn expressions_of(node: Node<'_>, found: &mut BTreeSet<String>) {
    for (key, value) in node.entries().filter(|(key, _)| !DOCS.contains(&key.text_or_empty())) {
        found.extend(value.as_str().filter(|_| key.as_str() == Some("matches")).map(str::to_owned));
        expressions_of(value, found);
    }
    node.items().for_each(|item| expressions_of(item, found));
}

/// What a rule asks, as JSON.
fn body_text(root: Node<'_>) -> String {
    let mut body = String::new();
    object(&mut body, root, |key| !(HEAD.contains(&key) || DOCS.contains(&key)));
    // The first page that a rule cites stands in findings.
    if let Some(page) = root.get("see").and_then(|see| see.items().next()) {
        body.pop();
        body.push_str(",\"see\":[");
        value(&mut body, page);
        body.push_str("]}");
    }
    body
}

/// What only people read of it, as JSON.
fn docs_text(root: Node<'_>, path: &Path) -> String {
    let mut docs = String::new();
    object(&mut docs, root, |key| DOCS.contains(&key));
    // The folder is the service: a fact that only people read.
    let service = path.parent().and_then(Path::file_name).unwrap().to_string_lossy();
    docs.pop();
    write!(docs, ",\"service\":{}}}", serde_json::to_string(&*service).unwrap()).unwrap();
    docs
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
