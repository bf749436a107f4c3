//! The layers of the house: which module may name which. Inside one crate nothing else holds them.
use std::fs;
use std::path::{Path, PathBuf};

/// Each module with those that it may name. Nothing below may be named from above.
const LAYERS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("date", &[]),
    ("limits", &[]),
    ("finding", &["date", "source"]),
    ("answer", &["finding"]),
    ("checklist", &["date", "finding"]),
    ("diagram", &["finding"]),
    ("syntax", &["limits", "source"]),
    ("intake", &["finding", "limits", "source", "syntax"]),
    ("template", &["limits", "source", "syntax"]),
    ("graph", &["intake", "limits", "source", "syntax", "template"]),
    ("value", &["graph", "limits", "syntax", "template"]),
    ("rule", &["date", "finding", "limits", "source", "syntax"]),
    ("policy", &["checklist", "date", "finding", "limits", "rule", "source", "syntax"]),
    (
        "engine",
        &[
            "answer",
            "checklist",
            "date",
            "diagram",
            "finding",
            "graph",
            "intake",
            "limits",
            "policy",
            "rule",
            "source",
            "syntax",
            "template",
            "value",
        ],
    ),
    ("reference", &["finding", "rule"]),
    ("schema", &["policy", "rule"]),
    ("init", &["date", "finding", "policy", "report", "rule"]),
    ("report", &["answer", "checklist", "date", "diagram", "finding", "limits", "source"]),
    (
        "cli",
        &[
            "answer",
            "checklist",
            "date",
            "diagram",
            "engine",
            "finding",
            "init",
            "intake",
            "policy",
            "reference",
            "report",
            "rule",
            "schema",
        ],
    ),
];

fn source_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// All source files with the module that they belong to.
fn files() -> Vec<(String, PathBuf, String)> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(source_root()).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let relative = path.strip_prefix(source_root()).unwrap().to_owned();
        let first = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let module = first.trim_end_matches(".rs").to_owned();
        if !matches!(module.as_str(), "lib" | "main") {
            files.push((module, relative, fs::read_to_string(&path).unwrap()));
        }
    }
    files
}

#[test]
fn no_module_names_one_that_it_may_not() {
    let name = regex::Regex::new(r"crate::([a-z_]+)").unwrap();
    let mut wrong = Vec::new();
    for (module, path, text) in files() {
        let (_, allowed) = LAYERS
            .iter()
            .find(|(known, _)| *known == module)
            .unwrap_or_else(|| panic!("{module} is no layer"));
        for (number, line) in
            text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for found in name.captures_iter(line) {
                let named = &found[1];
                if named != module && !allowed.contains(&named) {
                    wrong.push(format!("src/{}:{}: {module} names {named}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_mod_file_is_only_a_door_and_every_file_says_what_it_is_for() {
    let mut wrong = Vec::new();
    for (_, path, text) in files() {
        if !text.starts_with("//!") {
            wrong.push(format!("src/{} does not begin with what it is for", path.display()));
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        if code.lines().count() > 400 {
            wrong.push(format!("src/{} has more than 400 lines of code", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_limits_stand_in_one_place() {
    let constant = regex::Regex::new(r"const MAX_[A-Z_]+").unwrap();
    let wrong: Vec<String> = files()
        .into_iter()
        .filter(|(module, _, text)| module != "limits" && constant.is_match(text))
        .map(|(_, path, _)| format!("src/{} has a limit of its own", path.display()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
