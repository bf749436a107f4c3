//! Reading what a rule asks and says: its levels, its clauses, its fix, its parameters. The head of a rule and what only
//! people read stand in `load`.
use super::cost;
use super::error::suggestion;
use super::forms;
use super::lasting::lasting;
use super::level::{Levels, Profile};
use super::model::{Body, Clause, Condition, Match, Param, ParamValue};
use super::reader::Reader;
use crate::finding::{Fix, Severity};
use crate::syntax::{Node, View};
use std::sync::Arc;

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

impl<'a> Reader<'a> {
    /// Reads what a rule asks and says.
    pub fn body(&mut self, root: Node<'a>) -> Option<Body> {
        self.params = root.get("params").map(|params| self.read_params(params)).unwrap_or_default();
        for param in &mut self.params {
            if let Some(value) = self.overrides.get(param.name) {
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
        let see = root.get("see").and_then(|see| see.items().next()).and_then(Node::as_str).map(lasting);
        Some(Body {
            title: lasting(title),
            levels,
            when,
            spares_owned,
            require,
            message: lasting(message.trim()),
            fix: root.get("fix").map(|fix| Arc::new(self.fix(fix))).unwrap_or_default(),
            see,
            once_per_app,
            conceal,
            suppressible,
            params: std::mem::take(&mut self.params),
        })
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
                said: Default::default(),
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
            let message = message.map(|text| lasting(text.trim()));
            let fix = item.get("fix").map(|fix| Arc::new(self.fix(fix)));
            let attestable = item.get("attestable").is_some_and(|node| self.boolean(node) == Some(true));
            let said = Default::default();
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
        match Match::parse(lasting(text)) {
            Ok(matched) => return Some(matched),
            Err((message, Some(help))) => self.error_help(node, message, help),
            Err((message, None)) => self.error(node, message),
        }
        None
    }

    fn fix(&mut self, node: Node<'a>) -> Fix {
        self.form(node, &forms::FIX);
        let mut text =
            |key: &str| node.get(key).and_then(|text| self.text(text)).map(|text| lasting(text.trim()));
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
            params.push(Param { name: lasting(key.text_or_empty()), value, doc: lasting(doc.trim()) });
        }
        params
    }

    /// The value of `$param.NAME`; `Some(None)` for any other text.
    pub fn param(&mut self, node: Node<'a>, text: &str) -> Option<Option<ParamValue>> {
        let Some(name) = text.strip_prefix("$param.") else { return Some(None) };
        let Some(param) = self.params.iter().find(|param| param.name == name) else {
            let names: Vec<String> = self.params.iter().map(|param| param.name.to_owned()).collect();
            let help = suggestion(name, names.iter().map(String::as_str));
            self.error_help(node, format!("the rule has no parameter `{name}`"), help);
            return None;
        };
        let value = param.value.clone();
        self.used_params.push(name.to_owned());
        Some(Some(value))
    }
}
