//! The set of rules of a run: built-in ones and a user's own, chosen by globs.
use super::builtin::{self, CHECKLIST, embedded};
use super::error::RuleError;
use super::head::Rule;
use super::load;
use super::model::ParamValue;
use super::reader::{Overrides, Reader};
use super::table::Tables;
use crate::source::{Source, Span};
use crate::syntax::{self, Node};
use globset::{Glob, GlobSet, GlobSetBuilder};
use std::path::Path;
use std::sync::Arc;

/// A line of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChecklistLine {
    /// The id that rules point to, `group/line`.
    pub id: String,
    /// The title of its group.
    pub group: String,
    /// What holds when the line is proven.
    pub title: String,
    /// Whether only a person can vouch for it.
    pub attested: bool,
}

/// The lines of the checklist, in order.
pub fn checklist_lines() -> Vec<ChecklistLine> {
    let document = embedded(CHECKLIST);
    let text =
        |node: Node<'_>, key: &str| node.get(key).map(Node::text_or_empty).unwrap_or_default().to_owned();
    let mut lines = Vec::new();
    for group in document.root().items() {
        for line in group.get("lines").into_iter().flat_map(Node::items) {
            lines.push(ChecklistLine {
                id: text(line, "id"),
                group: text(group, "title"),
                title: text(line, "title"),
                attested: line.get("attested").and_then(Node::as_bool) == Some(true),
            });
        }
    }
    lines
}

/// The rules of a run, sorted by id.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// The rules.
    pub rules: Vec<Arc<Rule>>,
    /// What is odd about the user's own, without being refused.
    pub warnings: Vec<RuleError>,
}

impl RuleSet {
    /// The built-in rules.
    pub fn builtin() -> RuleSet {
        RuleSet { rules: builtin::builtin().map(Arc::new).collect(), warnings: Vec::new() }
    }

    /// The built-in rules with all that people read of them.
    pub fn documented() -> RuleSet {
        RuleSet { rules: builtin::builtin_documented().map(Arc::new).collect(), warnings: Vec::new() }
    }

    /// Adds every rule file (`*.yaml`, `*.yml`) below a folder; one with the id of a built-in rule replaces it.
    ///
    /// # Errors
    /// Everything that is wrong with the files, each with its place.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), Vec<RuleError>> {
        let mut errors = Vec::new();
        let mut added: Vec<Arc<Rule>> = Vec::new();
        let tables =
            Tables::of_folder(folder).map_err(|(path, message)| vec![unreadable(&path, &message)])?;
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    errors.push(unreadable(folder, &error.to_string()));
                    continue;
                }
            };
            let path = entry.path();
            let is_rule = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
            if !entry.file_type().is_file()
                || !is_rule
                || path.file_name().is_some_and(|name| name == "checklist.yaml")
            {
                continue;
            }
            match load_file(path, &tables) {
                Ok((rule, warnings)) => {
                    self.warnings.extend(warnings);
                    if let Some(twin) = added.iter().find(|other| other.id == rule.id) {
                        let twin = twin
                            .docs
                            .source
                            .as_ref()
                            .map_or("another file", |source| source.name())
                            .to_owned();
                        errors.push(unreadable(path, &format!("the id `{}` is taken by {twin}", rule.id)));
                    }
                    added.push(Arc::new(rule));
                }
                Err(more) => errors.extend(more),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        self.rules.retain(|rule| !added.iter().any(|other| other.id == rule.id));
        self.rules.extend(added);
        self.rules.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(())
    }

    /// Keeps the rules whose id fits one of `only` (if any) and none of `skip`.
    ///
    /// # Errors
    /// A glob that is malformed, or that fits no rule, in words.
    pub fn choose(&mut self, only: &[String], skip: &[String]) -> Result<(), String> {
        for glob in only.iter().chain(skip) {
            let matcher = Glob::new(glob).map_err(|error| error.to_string())?.compile_matcher();
            if !self.rules.iter().any(|rule| matcher.is_match(&*rule.id)) {
                let help = super::error::suggestion(glob, self.rules.iter().map(|rule| &*rule.id));
                let help =
                    if help.starts_with("did") { help } else { "`stackproof rules` lists them".to_owned() };
                return Err(format!("no rule fits `{glob}`; {help}"));
            }
        }
        let (only_set, skip_set) = (glob_set(only)?, glob_set(skip)?);
        self.rules.retain(|rule| {
            (only.is_empty() || only_set.is_match(&*rule.id)) && !skip_set.is_match(&*rule.id)
        });
        Ok(())
    }

    /// The rule of an id.
    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        self.rules.iter().find(|rule| &*rule.id == id)
    }
}

impl Rule {
    /// The rule with other values of its parameters; none where it cannot be read again.
    pub fn with_params(&self, values: &[(String, ParamValue)]) -> Option<Rule> {
        let overrides: Overrides = values.iter().cloned().collect();
        let rule = match &self.docs.source {
            None => builtin::builtin_with(&self.id, overrides),
            Some(source) => {
                let document = syntax::parse(source.clone()).ok()?;
                let mut reader = Reader::new(&document, false);
                reader.overrides = overrides;
                reader.tables = self.docs.tables.clone();
                reader.rule(document.root())
            }
        };
        rule.map(|rule| Rule { docs: self.docs.clone(), ..rule })
    }
}

fn glob_set(globs: &[String]) -> Result<GlobSet, String> {
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        builder.add(Glob::new(glob).map_err(|error| error.to_string())?);
    }
    builder.build().map_err(|error| error.to_string())
}

fn load_file(path: &Path, tables: &Tables) -> Result<(Rule, Vec<RuleError>), Vec<RuleError>> {
    let text = std::fs::read_to_string(path).map_err(|error| vec![unreadable(path, &error.to_string())])?;
    let name = path.to_string_lossy().replace('\\', "/");
    let source = Arc::new(Source::new(name, text));
    let document = syntax::parse(source.clone())
        .map_err(|error| vec![RuleError::new(&source, error.span, error.message.clone())])?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let (mut rule, warnings) = load::load(&document, &stem, tables)?;
    let folder = path.parent().and_then(Path::file_name);
    rule.docs.service =
        folder.map_or_else(|| "own".to_owned(), |folder| folder.to_string_lossy().into_owned());
    Ok((rule, warnings))
}

fn unreadable(path: &Path, message: &str) -> RuleError {
    let source = Arc::new(Source::new(path.to_string_lossy().replace('\\', "/"), ""));
    RuleError::new(&source, Span::default(), message)
}
