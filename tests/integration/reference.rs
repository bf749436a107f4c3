//! The committed reference of the rules is the one that the rules give, and its links lead somewhere.
use crate::support::{project, run};
use stackproof::reference::{self, Page};
use stackproof::rule::{RuleSet, checklist_lines};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const ADVICE: &str = "run `cargo run -- rules docs docs/rules` and commit docs/rules";

fn pages() -> Vec<Page> {
    reference::pages(&RuleSet::documented().rules, &checklist_lines())
}

fn folder() -> PathBuf {
    project().join("docs/rules")
}

#[test]
fn the_committed_pages_are_those_of_the_rules() {
    let committed: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let pages = pages();
    assert_eq!(committed, pages.iter().map(|page| page.file.clone()).collect(), "{ADVICE}");
    for page in pages {
        let text = fs::read_to_string(folder().join(&page.file)).unwrap();
        let line = text.lines().zip(page.text.lines()).position(|(a, b)| a != b);
        assert!(text == page.text, "docs/rules/{} differs from line {line:?}: {ADVICE}", page.file);
    }
}

#[test]
fn every_rule_and_every_alias_has_its_place() {
    let pages = pages();
    let text = |file: &str| &pages.iter().find(|page| page.file == file).unwrap().text;
    for rule in &RuleSet::documented().rules {
        let section = format!("\n## {}\n", rule.id);
        assert_eq!(text(&format!("{}.md", rule.docs.service)).matches(&section).count(), 1, "{}", rule.id);
        assert!(text("README.md").contains(&format!("| [{}](", rule.id)), "{} is in no line", rule.id);
        for alias in &rule.docs.aliases {
            let id = alias.id.split_once(':').map_or(&*alias.id, |(_, id)| id);
            assert!(text("from-other-tools.md").contains(&format!("| `{id}` |")), "{id}");
        }
    }
    assert!(
        !text("from-other-tools.md").contains("## Others"),
        "an id of a tool that the page does not know"
    );
}

#[test]
fn every_link_leads_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)#\s]*)(#[^)\s]*)?\)").unwrap();
    let heading = regex::Regex::new(r"(?m)^#+ (.+)$").unwrap();
    let slugs = |text: &str| -> BTreeSet<String> {
        let slug = |title: &str| {
            let kept = title.to_lowercase().replace(' ', "-");
            kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
        };
        heading.captures_iter(text).map(|found| slug(&found[1])).collect()
    };
    for page in pages() {
        for found in link.captures_iter(&page.text).filter(|found| !found[1].contains("://")) {
            let target = if found[1].is_empty() { page.file.clone() } else { found[1].to_owned() };
            let path = folder().join(&target);
            assert!(path.exists(), "{}: there is no {target}", page.file);
            if let Some(anchor) = found.get(2) {
                let text = fs::read_to_string(&path).unwrap();
                assert!(
                    slugs(&text).contains(&anchor.as_str()[1..]),
                    "{}: no {} in {target}",
                    page.file,
                    anchor.as_str()
                );
            }
        }
    }
}

#[test]
fn the_command_writes_the_pages_and_removes_only_its_own() {
    let scratch = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(scratch.path().join(name), text).unwrap();
    put("gone.md", &format!("{}\nan old page", reference::MARK));
    put("mine.md", "written by hand");
    let ran = run(&["rules", "docs", &scratch.path().to_string_lossy()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let has = |name: &str| Path::exists(&scratch.path().join(name));
    assert!(!has("gone.md") && has("mine.md") && has("from-other-tools.md"));
    for page in pages() {
        assert_eq!(fs::read_to_string(scratch.path().join(&page.file)).unwrap(), page.text);
    }
}
