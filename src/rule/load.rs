//! Rule files -> rules: the shape of a file, its keys, and the errors of its author.
use super::body::LazyBody;
use super::docs::Docs;
use super::error::{RuleError, suggestion};
use super::forms;
use super::head::Rule;
use super::lasting::lasting;
use super::level::Raise;
use super::model::Param;
use super::reader::Reader;
use super::table::Tables;
use crate::syntax::{Document, Node};

/// What a message may name between braces, beside `param.NAME`.
const PLACEHOLDERS: [&str; 6] = ["logical_id", "stack", "type", "property", "value", "missing"];

/// Loads a rule file with all checks that need no other file.
///
/// # Errors
/// Everything that is wrong with it, each with its place. Warnings come with the rule.
pub fn load(
    document: &Document,
    stem: &str,
    tables: &Tables,
) -> Result<(Rule, Vec<RuleError>), Vec<RuleError>> {
    let mut reader = Reader::new(document, true);
    reader.tables = tables.clone();
    for remark in document.remarks() {
        reader.errors.push(RuleError::new(document.source(), remark.span, remark.message.clone()));
    }
    let rule = reader.rule(document.root());
    if let Some(rule) = &rule {
        reader.check_whole(document.root(), rule, stem);
    }
    match rule {
        Some(mut rule) if reader.errors.iter().all(|error| error.warning) => {
            rule.docs = reader.docs(document.root());
            let (errors, warnings): (Vec<_>, Vec<_>) =
                reader.errors.into_iter().partition(|error| !error.warning);
            if errors.is_empty() { Ok((rule, warnings)) } else { Err(errors) }
        }
        _ => Err(reader.errors),
    }
}

impl<'a> Reader<'a> {
    /// Reads the part of a rule that runs.
    pub fn rule(&mut self, root: Node<'a>) -> Option<Rule> {
        if !root.is_map() {
            self.error(root, "a rule file is a mapping that begins with `id:`");
            return None;
        }
        self.form(root, &forms::RULE);
        let id = self.required_text(root, "id")?;
        let checklist = self.required_text(root, "checklist")?;
        let matches = self.required(root, "match")?;
        let matches = self.types(matches);
        let body = self.body(root)?;
        Some(Rule {
            id: id.into(),
            checklist: lasting(checklist),
            matches,
            variants: Vec::new(),
            docs: Docs::default(),
            undecided: [Raise::default(); 3],
            body: LazyBody::of(body),
        })
    }

    fn check_whole(&mut self, root: Node<'a>, rule: &Rule, stem: &str) {
        if &*rule.id != stem {
            let node = root.get("id").unwrap_or(root);
            self.error_help(
                node,
                format!("the id is `{}`, the file is `{stem}.yaml`", rule.id),
                "they are the same",
            );
        }
        for key in ["why", "fix", "see", "examples"] {
            if root.get(key).is_none_or(Node::is_null) {
                self.error(root, format!("`{key}` is missing"));
            }
        }
        let params = root.get("params");
        for param in rule
            .params
            .iter()
            .filter(|param| !self.used_params.iter().any(|used| used == param.name))
            .cloned()
            .collect::<Vec<_>>()
        {
            let node = params.and_then(|params| params.get(param.name)).unwrap_or(root);
            self.error(node, format!("the parameter `{}` is not used", param.name));
        }
        let clauses =
            root.get("require").into_iter().flat_map(Node::items).filter_map(|clause| clause.get("message"));
        for message in clauses.chain(root.get("message")) {
            self.check_placeholders(message, &rule.params);
        }
        super::speccheck::check(self, root, rule);
    }

    /// A word in braces that nothing fills in would be shown to people as it is.
    fn check_placeholders(&mut self, message: Node<'a>, params: &[Param]) {
        for piece in message.text_or_empty().split('{').skip(1) {
            let Some((name, _)) = piece.split_once('}') else { continue };
            let is_param = params.iter().any(|param| name.strip_prefix("param.") == Some(param.name));
            if !is_param && !PLACEHOLDERS.contains(&name) {
                let help = suggestion(name, PLACEHOLDERS.into_iter());
                self.error_help(message, format!("nothing fills in `{{{name}}}`"), help);
            }
        }
    }

    /// Reads what only people read.
    pub fn docs(&mut self, root: Node<'a>) -> Docs {
        let aliases = self.aliases(root);
        let see = root.get("see").map(|node| self.list_of(node, Self::text)).unwrap_or_default();
        let examples = root.get("examples").map(|node| self.examples(node)).unwrap_or_default();
        Docs {
            service: root.get("service").map(Node::text_or_empty).unwrap_or_default().to_owned(),
            why: root.get("why").map(Node::text_or_empty).unwrap_or_default().trim().to_owned(),
            see: see.into_iter().map(str::to_owned).collect(),
            aliases,
            examples,
            source: Some(self.source.clone()),
            tables: self.tables.clone(),
        }
    }
}
