//! Rule files -> rules: the shape of a file, its keys, and the errors of its author.
use super::body::LazyBody;
use super::cost;
use super::docs::{Alias, Covers, Docs};
use super::error::{RuleError, suggestion};
use super::forms;
use super::level::{Levels, Profile, Raise};
use super::model::{Body, Clause, Condition, Match, Param, ParamValue, Rule};
use super::reader::Reader;
use super::table::Tables;
use super::type_glob::TypeGlob;
use crate::finding::{Fix, Severity};
use crate::syntax::{Document, Node, View};
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

/// What a message may name between braces, beside `param.NAME`.
const PLACEHOLDERS: [&str; 6] = ["logical_id", "stack", "type", "property", "value", "missing"];

/// Values that replace the defaults of a rule's parameters.
pub(super) type Overrides = FxHashMap<String, ParamValue>;

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

impl ParamValue {
    /// The value that a node holds; none of a mapping or of nothing.
    pub fn of(node: Node<'_>) -> Option<ParamValue> {
        Some(match node.view() {
            View::Number(number) => ParamValue::Number(number.as_f64()),
            View::Text(text) => ParamValue::Text(text.to_owned()),
            View::Bool(value) => ParamValue::Bool(value),
            View::List(items) => {
                ParamValue::List(items.filter_map(|item| item.as_str().map(str::to_owned)).collect())
            }
            View::Null | View::Map(_) => return None,
        })
    }
}

impl Match {
    /// What a text names; the error says what is wrong with it, and perhaps the way out.
    pub(super) fn parse(text: &str) -> Result<Match, (String, Option<&'static str>)> {
        Ok(match text {
            "Stack" => Match::Stack,
            "NestedStack" => Match::NestedStack,
            "App" => Match::App,
            _ if text.contains(['*', '?', '{']) => match TypeGlob::parse(text) {
                Ok(glob) => Match::Glob(text.to_owned(), glob),
                Err(error) => return Err((format!("this glob is refused: {}", error.kind()), None)),
            },
            _ if !text.contains("::") => {
                let help = "a type such as AWS::S3::Bucket, a glob such as AWS::RDS::*, `Stack` or `App`";
                return Err((format!("`{text}` is no resource type"), Some(help)));
            }
            _ => Match::Type(text.to_owned()),
        })
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
            checklist: checklist.to_owned(),
            matches,
            variants: Vec::new(),
            docs: Docs::default(),
            undecided: [Raise::default(); 3],
            body: LazyBody::of(body),
        })
    }

    /// Reads what a rule asks and says.
    pub(super) fn body(&mut self, root: Node<'a>) -> Option<Body> {
        self.params = root.get("params").map(|params| self.read_params(params)).unwrap_or_default();
        for param in &mut self.params {
            if let Some(value) = self.overrides.get(&param.name) {
                param.value = value.clone();
            }
        }
        let title = self.required_text(root, "title")?;
        let severity = self.required(root, "severity")?;
        let levels = self.levels(severity)?;
        let when = match root.get("when") {
            Some(node) => Some(self.when(node)?),
            None => None,
        };
        let (when, spares_owned) = cost::take_owned(when);
        let require = self.required(root, "require")?;
        let mut require = self.clauses(require)?;
        self.attestable(root, &mut require);
        let message = self.required_text(root, "message")?;
        let once_per_app = match root.get("group").map(|group| (group, group.text_or_empty())) {
            None => false,
            Some((_, "app")) => true,
            Some((group, _)) => {
                self.error(group, "`group` is `app`, or absent");
                false
            }
        };
        let conceal = root.get("conceal").is_some_and(|conceal| self.boolean(conceal) == Some(true));
        let suppressible = root.get("suppressible").is_none_or(|node| self.boolean(node) != Some(false));
        let see = root.get("see").and_then(|see| see.items().next()).and_then(Node::as_str).map(Arc::from);
        Some(Body {
            title: title.into(),
            levels,
            when,
            spares_owned,
            require,
            message: message.trim().to_owned(),
            fix: root.get("fix").map(|fix| Arc::new(self.fix(fix))).unwrap_or_default(),
            see,
            once_per_app,
            conceal,
            suppressible,
            params: std::mem::take(&mut self.params),
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
            .filter(|param| !self.used_params.contains(&param.name))
            .cloned()
            .collect::<Vec<_>>()
        {
            let node = params.and_then(|params| params.get(&param.name)).unwrap_or(root);
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
            let is_param = params.iter().any(|param| name.strip_prefix("param.") == Some(&*param.name));
            if !is_param && !PLACEHOLDERS.contains(&name) {
                let help = suggestion(name, PLACEHOLDERS.into_iter());
                self.error_help(message, format!("nothing fills in `{{{name}}}`"), help);
            }
        }
    }

    /// One clause, or a list of clauses with levels and messages of their own.
    fn clauses(&mut self, node: Node<'a>) -> Option<Vec<Clause>> {
        if !node.is_list() {
            let that = self.condition(node)?;
            return Some(vec![Clause {
                when: None,
                that,
                levels: None,
                message: None,
                fix: None,
                attestable: false,
                said: OnceLock::new(),
            }]);
        }
        let mut clauses = Vec::new();
        for item in node.items() {
            self.form(item, &forms::CLAUSE);
            let when = match item.get("when") {
                Some(node) => Some(self.when(node)?),
                None => None,
            };
            let Some(that) = item.get("that") else {
                self.error(item, "a clause needs `that`: what must hold");
                return None;
            };
            let that = self.condition(that)?;
            let levels = match item.get("severity") {
                Some(node) => Some(self.levels(node)?),
                None => None,
            };
            let message = item.get("message").and_then(|message| self.text(message));
            let message = message.map(|text| text.trim().to_owned());
            let fix = item.get("fix").map(|fix| Arc::new(self.fix(fix)));
            let attestable = item.get("attestable").is_some_and(|node| self.boolean(node) == Some(true));
            let said = OnceLock::new();
            clauses.push(Clause { when, that, levels, message, fix, attestable, said });
        }
        Some(clauses)
    }

    /// `attestable` beside a `require` of one clause speaks of that clause.
    fn attestable(&mut self, root: Node<'a>, require: &mut [Clause]) {
        let Some((key, value)) = root.entry("attestable") else { return };
        let Some(attestable) = self.boolean(value) else { return };
        match require {
            [clause] => clause.attestable |= attestable,
            _ => self.error_help(
                key,
                "`attestable` does not say which clause a person can vouch for",
                "write it into that clause of `require`",
            ),
        }
    }

    fn when(&mut self, node: Node<'a>) -> Option<Condition> {
        let mut when = self.condition(node)?;
        cost::cheapest_first(&mut when);
        Some(when)
    }

    fn levels(&mut self, node: Node<'a>) -> Option<Levels> {
        if let Some(word) = node.as_str() {
            let severity = self.severity(node, word)?;
            return Some(Levels { production: severity, staging: severity, dev: severity });
        }
        if !node.is_map() {
            self.error(node, "a severity is `error`, `warning`, `note` or `off`, or one for each profile");
            return None;
        }
        self.only_keys(node, Profile::NAMES);
        let mut levels = Levels { production: None, staging: None, dev: None };
        for profile in Profile::ALL {
            let Some(value) = node.get(profile.as_str()) else {
                self.error(node, format!("the level for `{}` is missing", profile.as_str()));
                return None;
            };
            // `off` is a boolean in YAML 1.1.
            let word = if value.as_bool() == Some(false) { "off" } else { value.text_or_empty() };
            let severity = self.severity(value, word)?;
            match profile {
                Profile::Production => levels.production = severity,
                Profile::Staging => levels.staging = severity,
                Profile::Dev => levels.dev = severity,
            }
        }
        Some(levels)
    }

    /// A severity; `Some(None)` is off.
    pub fn severity(&mut self, node: Node<'a>, word: &str) -> Option<Option<Severity>> {
        if word == "off" {
            return Some(None);
        }
        let severity = Severity::parse(word);
        if severity.is_none() {
            let help = suggestion(word, ["error", "warning", "note", "off"].into_iter());
            self.error_help(node, format!("`{word}` is no severity"), help);
        }
        severity.map(Some)
    }

    /// A type, a glob of types, `Stack`, `NestedStack` or `App`.
    pub fn match_of(&mut self, node: Node<'a>) -> Option<Match> {
        let text = self.text(node)?;
        match Match::parse(text) {
            Ok(matched) => return Some(matched),
            Err((message, Some(help))) => self.error_help(node, message, help),
            Err((message, None)) => self.error(node, message),
        }
        None
    }

    fn fix(&mut self, node: Node<'a>) -> Fix {
        self.form(node, &forms::FIX);
        let mut text =
            |key: &str| node.get(key).and_then(|text| self.text(text)).map(|text| text.trim().to_owned());
        Fix { cdk: text("cdk"), cloudformation: text("cloudformation"), attest: None }
    }

    fn read_params(&mut self, node: Node<'a>) -> Vec<Param> {
        let mut params = Vec::new();
        for (key, body) in node.entries() {
            self.form(body, &forms::PARAM);
            let (Some(default), Some(doc)) = (body.get("default"), body.get("doc").and_then(Node::as_str))
            else {
                self.error(key, "a parameter needs `default` and `doc`");
                continue;
            };
            let Some(value) = ParamValue::of(default) else {
                self.error(default, "a parameter is a number, a text, a boolean or a list of texts");
                continue;
            };
            params.push(Param { name: key.text_or_empty().to_owned(), value, doc: doc.trim().to_owned() });
        }
        params
    }

    /// The value of `$param.NAME`; `Some(None)` for any other text.
    pub fn param(&mut self, node: Node<'a>, text: &str) -> Option<Option<ParamValue>> {
        let Some(name) = text.strip_prefix("$param.") else { return Some(None) };
        let Some(param) = self.params.iter().find(|param| param.name == name) else {
            let names: Vec<String> = self.params.iter().map(|param| param.name.clone()).collect();
            let help = suggestion(name, names.iter().map(String::as_str));
            self.error_help(node, format!("the rule has no parameter `{name}`"), help);
            return None;
        };
        let value = param.value.clone();
        self.used_params.push(name.to_owned());
        Some(Some(value))
    }

    /// What another tool calls the rule: an id, or an id with how much of it is covered.
    fn alias(&mut self, node: Node<'a>) -> Option<Alias> {
        if let Some(id) = node.as_str() {
            return Some(Alias { id: id.to_owned(), covers: Covers::Exact });
        }
        self.form(node, &forms::ALIAS);
        let id = self.required_text(node, "id")?.to_owned();
        let covers = match node.get("covers").map(|covers| (covers, covers.text_or_empty())) {
            None | Some((_, "exact")) => Covers::Exact,
            Some((_, "part")) => Covers::Part,
            Some((covers, _)) => {
                self.error(covers, "`covers` is `exact` or `part`");
                return None;
            }
        };
        Some(Alias { id, covers })
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

    /// Reads what other tools call it.
    pub fn aliases(&mut self, root: Node<'a>) -> Vec<Alias> {
        root.get("aliases").map(|node| self.list_of(node, Self::alias)).unwrap_or_default()
    }
}
