//! The answer of `eval`, for people and for programs.
//!
//! For people: each property with its value, scenario by scenario, and below it the way to it, one step a line
//! with the step's place. For programs one JSON document on one line:
//!
//! ```text
//! {
//!   "version": 1,
//!   "stack", "resource", "type", "construct_path", "file", "line", "column",
//!   "properties": [{
//!     "path",
//!     "more_scenarios",                  whether there are more than were tried
//!     "cases": [{
//!       "when",                          such as "IsProd is false", or null
//!       "if_created",                    the open condition on which the resource itself hangs, or null
//!       "more_values",                   whether there are more than are told
//!       "values": [{
//!         "path", "kind": "known" | "reference" | "partial" | "unknown" | "members" | "absent" | "not-created",
//!         "value",                       as JSON would write it, with ${...} for what is known at deployment; or null
//!         "reasons": [],                 why it, or pieces of it, are not known
//!         "bounds",                      what is known of it all the same, such as "one of dev, prod", or null
//!         "file", "line", "column",
//!         "chain": [{"what", "file", "line", "column", "level"}]
//!       }]
//!     }]
//!   }]
//! }
//! ```
use super::places::Places;
use super::text::{hostile, one_line, width};
use crate::answer::{Answer, Case, Line, Told};
use crate::finding::Location;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes an answer for people.
///
/// # Errors
///
/// Only those of `out`.
pub fn render_answer(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    let mut places = Places::default();
    let subject = &answer.subject;
    let name = subject.resource.as_deref().unwrap_or_default();
    let at = place(&answer.location, &mut places);
    writeln!(out, "{} ({}) of {}  {at}", one_line(name), one_line(&subject.kind), one_line(&subject.stack))?;
    if answer.properties.is_empty() {
        writeln!(out, "  no properties")?;
    }
    for property in &answer.properties {
        for case in &property.cases {
            render_case(case, &mut places, out)?;
        }
        if property.more {
            writeln!(out, "  {}: there are more scenarios than are tried", one_line(&property.path))?;
        }
    }
    Ok(())
}

fn render_case(case: &Case, places: &mut Places, out: &mut dyn Write) -> io::Result<()> {
    let mut conditions = Vec::new();
    conditions.extend(case.when.as_ref().map(|when| format!("when {}", one_line(when))));
    conditions
        .extend(case.doubt.as_ref().map(|doubt| format!("if it is created ({} is open)", one_line(doubt))));
    let mut indent = 2;
    if !conditions.is_empty() {
        writeln!(out, "  {}:", conditions.join(", "))?;
        indent = 4;
    }
    let mut rows: Vec<(String, String)> = Vec::new();
    for line in &case.lines {
        let value = match &line.value {
            Told::Known(text) | Told::Reference(text) | Told::Partial(text, _) | Told::Members(text) => {
                format!("= {}", one_line(text))
            }
            Told::Unknown(reason) => format!("unknown: {}", one_line(reason)),
            Told::Absent => "is not set".to_owned(),
            Told::NotCreated => "is not there: the resource is not created".to_owned(),
        };
        let path = one_line(&line.path);
        let at = if line.chain.is_empty() { place(&line.location, places) } else { String::new() };
        rows.push((format!("{:indent$}{path} {value}", ""), at));
        if let Told::Partial(_, reasons) = &line.value {
            for reason in reasons {
                rows.push((format!("{:indent$}  unknown: {}", "", one_line(reason)), String::new()));
            }
        }
        if let Some(bounds) = &line.bounds {
            rows.push((format!("{:indent$}  known of it: {}", "", one_line(bounds)), String::new()));
        }
        for step in &line.chain {
            let deep = indent + 2 + 2 * usize::from(step.level.min(20));
            rows.push((format!("{:deep$}<- {}", "", one_line(&step.what)), place(&step.location, places)));
        }
    }
    // Places line up, as far as a long value does not push them all away.
    let column = rows.iter().filter(|(_, at)| !at.is_empty()).map(|(text, _)| width(text)).max();
    let column = column.unwrap_or(0).min(60);
    for (text, at) in rows {
        if at.is_empty() {
            writeln!(out, "{text}")?;
        } else {
            let gap = column.saturating_sub(width(&text)) + 2;
            writeln!(out, "{text}{:gap$}{at}", "")?;
        }
    }
    if case.more {
        writeln!(out, "{:indent$}and more values than are told", "")?;
    }
    Ok(())
}

fn place(location: &Location, places: &mut Places) -> String {
    format!("{}:{}", one_line(location.file()), places.start(location))
}

/// Writes an answer for programs.
///
/// # Errors
///
/// Only those of `out`.
pub fn render_answer_json(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    let mut places = Places::default();
    let subject = &answer.subject;
    let properties: Vec<Value> = answer
        .properties
        .iter()
        .map(|property| {
            let cases: Vec<Value> = property.cases.iter().map(|case| case_json(case, &mut places)).collect();
            json!({"path": property.path, "more_scenarios": property.more, "cases": cases})
        })
        .collect();
    let mut whole = json!({
        "version": 1,
        "stack": &*subject.stack,
        "resource": subject.resource,
        "type": &*subject.kind,
        "construct_path": subject.construct_path,
        "properties": properties,
    });
    put_place(&mut whole, &answer.location, &mut places);
    // What a terminal obeys stands only inside of strings, where JSON has escapes for it.
    for c in whole.to_string().chars() {
        match c {
            c if c == '\u{7f}' || !c.is_ascii() && hostile(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
            c => write!(out, "{c}")?,
        }
    }
    writeln!(out)
}

fn case_json(case: &Case, places: &mut Places) -> Value {
    let values: Vec<Value> = case.lines.iter().map(|line| line_json(line, places)).collect();
    json!({"when": case.when, "if_created": case.doubt, "more_values": case.more, "values": values})
}

fn line_json(line: &Line, places: &mut Places) -> Value {
    let (value, reasons) = match &line.value {
        Told::Known(text) | Told::Reference(text) | Told::Members(text) => (Some(text), Vec::new()),
        Told::Partial(text, reasons) => (Some(text), reasons.clone()),
        Told::Unknown(reason) => (None, vec![reason.clone()]),
        Told::Absent | Told::NotCreated => (None, Vec::new()),
    };
    let chain: Vec<Value> = line
        .chain
        .iter()
        .map(|step| {
            let mut entry = json!({"what": step.what, "level": step.level});
            put_place(&mut entry, &step.location, places);
            entry
        })
        .collect();
    let mut entry = json!({
        "path": line.path, "kind": line.value.kind(), "value": value, "reasons": reasons, "bounds": line.bounds,
        "chain": chain,
    });
    put_place(&mut entry, &line.location, places);
    entry
}

fn put_place(entry: &mut Value, location: &Location, places: &mut Places) {
    let start = places.start(location);
    entry["file"] = json!(location.file());
    entry["line"] = json!(start.line);
    entry["column"] = json!(start.column);
}
