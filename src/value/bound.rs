//! What the declaration of a parameter says of every value that it may be given.
//!
//! In: `AllowedValues`, `AllowedPattern`, lengths, ranges, and what the `Rules` section asserts. Out: the finite set of
//! its values, whether a text is among them, the range of a number, how a text begins. A pattern must match the whole
//! value; one that this engine cannot read bounds nothing. Declarations of parameters of the Parameter Store speak of
//! names there and not of values, and bound nothing either.
use super::function::arguments;
use super::hole::{Hole, Unknown};
use super::model::{Piece, Value};
use super::resolver::Resolver;
use super::scenario::Truth;
use super::world::World;
use crate::graph::StackId;
use crate::limits::{MAX_PATTERN_TEXTS, MAX_REGEX_BYTES};
use crate::syntax::{Node, NodeId, View};
use crate::template::Intrinsic;
use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock};

/// The patterns of parameters that somebody asked for, by their declarations; none for one that cannot be read.
pub(super) type Patterns = Mutex<FxHashMap<(StackId, NodeId), Option<Arc<Bound>>>>;

/// What a pattern says.
#[derive(Debug)]
pub(super) struct Bound {
    pattern: String,
    /// The expression, once a text is held against it; none for one that grows too large, which bounds nothing.
    compiled: OnceLock<Option<Regex>>,
    /// Whether what matches may be empty, as far as the expression alone tells.
    may_be_empty: bool,
    /// All texts that match, where they are few.
    texts: Option<Vec<String>>,
    /// How every text that matches begins.
    start: String,
}

impl<'a> Resolver<'_, 'a> {
    /// The values that a parameter may take, when its declaration bounds them.
    pub(super) fn allowed_values(&self, stack: StackId, name: &str) -> Option<Vec<Cow<'a, str>>> {
        let declared = *self.world.graph.stack(stack).template.parameters.get(name)?;
        if is_stored(type_of(declared)) {
            return None;
        }
        let own = declared.get("AllowedValues").and_then(literals);
        let pattern = self.pattern(stack, declared);
        let matching = pattern.as_ref().and_then(|bound| bound.texts.as_ref());
        let matching = matching.map(|texts| texts.iter().cloned().map(Cow::Owned).collect());
        let asserted = self.world.asserted.get(&(stack, name)).map_or(&[][..], Vec::as_slice);
        let asserted = asserted.iter().filter_map(|list| literals(*list));
        let mut bounds = own.into_iter().chain(matching).chain(asserted);
        let first: Vec<Cow<'a, str>> = bounds.next()?;
        let mut allowed = bounds.fold(first, |mut allowed, bound| {
            allowed.retain(|value| bound.contains(value));
            allowed
        });
        allowed.retain(|value| admits(declared, pattern.as_deref(), value));
        // No value at all fits no deployment; nothing follows from that.
        (!allowed.is_empty()).then_some(allowed)
    }

    /// Whether the declaration of a parameter lets it be that text.
    pub(super) fn admits(&self, stack: StackId, name: &str, text: &str) -> bool {
        let declared = self.world.graph.stack(stack).template.parameters.get(name);
        declared.is_none_or(|declared| {
            is_stored(type_of(*declared))
                || admits(*declared, self.pattern(stack, *declared).as_deref(), text)
        })
    }

    /// Whether an open parameter is that text in every deployment (its declaration leaves no other), or in none.
    pub fn parameter_could_be(&self, stack: StackId, name: &str, wanted: &str) -> Truth {
        match self.allowed_values(stack, name) {
            Some(allowed) if allowed.iter().all(|value| value == wanted) => Truth::True,
            Some(allowed) if !allowed.iter().any(|value| value == wanted) => Truth::False,
            None if !self.admits(stack, name, wanted) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// What an open value can be, as its declaration bounds it: every text, or one with a hole behind how all begin.
    /// Empty where nothing is known.
    pub fn forms(&self, value: &Value<'a>) -> Vec<Value<'a>> {
        let Value::Hole(hole @ Hole::Unknown(Unknown::Parameter { stack, name, .. })) = *value else {
            return Vec::new();
        };
        if let Some(allowed) = self.allowed_values(stack, name) {
            return allowed.into_iter().map(Value::Text).collect();
        }
        let declared = self.world.graph.stack(stack).template.parameters.get(name);
        match declared.and_then(|declared| self.pattern(stack, *declared)) {
            Some(bound) if !bound.start.is_empty() => {
                let start = Piece::Literal(Cow::Owned(bound.start.clone()));
                vec![Value::Partial([start, Piece::Hole(hole)].into())]
            }
            _ => Vec::new(),
        }
    }

    /// The least and the greatest number that an open value can be.
    pub fn range(&self, value: &Value<'a>) -> Option<(f64, f64)> {
        let Value::Hole(Hole::Unknown(Unknown::Parameter { stack, name, .. })) = *value else { return None };
        if let Some(allowed) = self.allowed_values(stack, name) {
            let numbers: Option<Vec<f64>> = allowed.iter().map(|text| text.trim().parse().ok()).collect();
            return numbers
                .map(|all| all.iter().fold((f64::MAX, f64::MIN), |(a, b), n| (a.min(*n), b.max(*n))));
        }
        let declared = *self.world.graph.stack(stack).template.parameters.get(name)?;
        let limit = |key| declared.get(key).and_then(number);
        (type_of(declared) == "Number").then(|| {
            (limit("MinValue").unwrap_or(f64::NEG_INFINITY), limit("MaxValue").unwrap_or(f64::INFINITY))
        })
    }

    fn pattern(&self, stack: StackId, declared: Node<'a>) -> Option<Arc<Bound>> {
        let pattern = declared.get("AllowedPattern")?.as_str()?;
        // That of a list speaks of each element.
        if !is_text(type_of(declared)) {
            return None;
        }
        let mut known = self.world.patterns.lock().ok()?;
        known.entry((stack, declared.id())).or_insert_with(|| Bound::of(pattern).map(Arc::new)).clone()
    }

    /// Whether a declaration rules out an empty value: a length, a set without `""`, or a type of AWS's own.
    pub(super) fn excludes_empty(&self, stack: StackId, declared: Node<'a>, type_name: &str) -> bool {
        if type_name.starts_with("AWS::") || type_name.starts_with("List<AWS::") || type_name == "Number" {
            return true;
        }
        let allowed =
            declared.get("AllowedValues").filter(|allowed| allowed.is_list() && !allowed.is_empty());
        allowed.is_some_and(|allowed| allowed.items().all(|item| item.as_str() != Some("")))
            || declared.get("MinLength").and_then(number).is_some_and(|length| length >= 1.0)
            || self.pattern(stack, declared).is_some_and(|bound| !(bound.may_be_empty && bound.is_match("")))
    }
}

impl Bound {
    fn of(pattern: &str) -> Option<Bound> {
        let hir = regex_syntax::parse(pattern).ok()?;
        let mut bound = Bound {
            pattern: pattern.to_owned(),
            compiled: OnceLock::new(),
            may_be_empty: hir.properties().minimum_len().is_none_or(|least| least == 0),
            texts: None,
            start: start(&hir).0,
        };
        bound.texts = texts(&hir).map(|mut texts| {
            texts.retain(|text| bound.is_match(text));
            texts
        });
        Some(bound)
    }

    /// Whether the whole of a text matches.
    fn is_match(&self, text: &str) -> bool {
        let compile = || {
            let whole = format!("^(?:{})$", self.pattern);
            RegexBuilder::new(&whole).size_limit(MAX_REGEX_BYTES).build().ok()
        };
        self.compiled.get_or_init(compile).as_ref().is_none_or(|whole| whole.is_match(text))
    }
}

/// All texts that an expression matches, where they are few; those that its anchors rule out are among them.
fn texts(hir: &Hir) -> Option<Vec<String>> {
    let few = |all: Vec<String>| (all.len() <= MAX_PATTERN_TEXTS).then_some(all);
    let with = |left: &[String], right: &[String]| {
        let both = left.iter().flat_map(|a| right.iter().map(move |b| format!("{a}{b}")));
        few(both.take(MAX_PATTERN_TEXTS + 1).collect())
    };
    let nothing = || vec![String::new()];
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(nothing()),
        HirKind::Literal(literal) => Some(vec![std::str::from_utf8(&literal.0).ok()?.to_owned()]),
        HirKind::Class(Class::Unicode(class)) => {
            let all = class.iter().flat_map(|range| range.start()..=range.end());
            few(all.take(MAX_PATTERN_TEXTS + 1).map(String::from).collect())
        }
        HirKind::Class(Class::Bytes(_)) => None,
        HirKind::Repetition(repeated) => {
            let most = repeated.max.filter(|most| *most as usize <= MAX_PATTERN_TEXTS)?;
            let one = texts(&repeated.sub)?;
            let (mut row, mut all) = (nothing(), Vec::new());
            for count in 0..=most {
                if count >= repeated.min {
                    all.extend_from_slice(&row);
                }
                row = with(&row, &one)?;
            }
            few(all)
        }
        HirKind::Capture(group) => texts(&group.sub),
        HirKind::Concat(parts) => parts.iter().try_fold(nothing(), |row, part| with(&row, &texts(part)?)),
        HirKind::Alternation(ways) => few(ways.iter().map(texts).collect::<Option<Vec<_>>>()?.concat()),
    }
}

/// How every text begins that an expression matches, and whether that is the whole of it.
fn start(hir: &Hir) -> (String, bool) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (String::new(), true),
        HirKind::Literal(literal) => {
            std::str::from_utf8(&literal.0).map_or((String::new(), false), |text| (text.to_owned(), true))
        }
        HirKind::Capture(group) => start(&group.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => (start(&repeated.sub).0, false),
        HirKind::Concat(parts) => {
            let mut whole = String::new();
            for part in parts {
                let (text, exact) = start(part);
                whole.push_str(&text);
                if !exact {
                    return (whole, false);
                }
            }
            (whole, true)
        }
        _ => (String::new(), false),
    }
}

fn admits(declared: Node<'_>, pattern: Option<&Bound>, text: &str) -> bool {
    let limit = |key| declared.get(key).and_then(number);
    match type_of(declared) {
        "Number" => text.trim().parse::<f64>().is_ok_and(|value| {
            limit("MinValue").is_none_or(|least| value >= least)
                && limit("MaxValue").is_none_or(|most| value <= most)
        }),
        name if is_text(name) => {
            let length = text.chars().count() as f64;
            limit("MinLength").is_none_or(|least| length >= least)
                && limit("MaxLength").is_none_or(|most| length <= most)
                && pattern.is_none_or(|bound| bound.is_match(text))
        }
        _ => true,
    }
}

fn type_of(declared: Node<'_>) -> &str {
    declared.get("Type").and_then(Node::as_str).unwrap_or("String")
}

/// Whether a value of that type is one text that is given as it is.
fn is_text(type_name: &str) -> bool {
    type_name == "String" || type_name.starts_with("AWS::") && !is_stored(type_name)
}

fn is_stored(type_name: &str) -> bool {
    type_name.starts_with("AWS::SSM::Parameter::Value<")
}

fn number(node: Node<'_>) -> Option<f64> {
    match node.view() {
        View::Number(number) => Some(number.as_f64()),
        View::Text(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()),
        _ => None,
    }
}

/// The texts of a list of literals; none where some element is no scalar, or there is none.
fn literals(list: Node<'_>) -> Option<Vec<Cow<'_, str>>> {
    let all: Option<Vec<_>> = list
        .items()
        .map(|item| match item.view() {
            View::Text(text) => Some(Cow::Borrowed(text)),
            View::Number(number) => Some(number.text()),
            View::Bool(value) => Some(Cow::Borrowed(if value { "true" } else { "false" })),
            _ => None,
        })
        .collect();
    all.filter(|all| !all.is_empty())
}

/// What the `Rules` section asserts of parameters in every deployment: the lists that `Fn::Contains` holds their values
/// against. Rules under a condition, and other assertions, bound nothing here.
pub(super) fn asserted<'a>(world: &World<'a>) -> FxHashMap<(StackId, &'a str), Vec<Node<'a>>> {
    let mut all: FxHashMap<(StackId, &'a str), Vec<Node<'a>>> = FxHashMap::default();
    for (index, stack) in world.graph.stacks.iter().enumerate() {
        let rules = stack.template.rules.into_iter().flat_map(Node::entries).map(|(_, rule)| rule);
        for rule in rules.filter(|rule| rule.get("RuleCondition").is_none()) {
            for assertion in rule.get("Assertions").into_iter().flat_map(Node::items) {
                let Some(("Fn::Contains", argument)) = assertion.get("Assert").and_then(Node::single_entry)
                else {
                    continue;
                };
                let Some([list, value]) = arguments(argument) else { continue };
                if let (true, Some(Intrinsic::Ref(name))) = (list.is_list(), Intrinsic::of(value))
                    && let Some(name) = name.as_str()
                {
                    all.entry((StackId(index as u32), name)).or_default().push(list);
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_tells_its_texts_and_how_they_begin() {
        for (pattern, texts, start) in [
            ("^(dev|prod)$", Some("dev prod"), ""),
            ("true|false", Some("true false"), ""),
            ("db-(a|b)?", Some("db- db-a db-b"), "db-"),
            ("[ab]{2}", Some("aa ab ba bb"), ""),
            ("^arn:aws:kms:.*$", None, "arn:aws:kms:"),
            ("(ab)+", None, "ab"),
            ("a$b", Some(""), "ab"),
            ("[a-z]{1,9}", None, ""),
        ] {
            let bound = Bound::of(pattern).unwrap();
            assert_eq!(bound.texts.map(|texts| texts.join(" ")).as_deref(), texts, "{pattern}");
            assert_eq!(bound.start, start, "{pattern}");
        }
        // Look-ahead is beyond this engine; a repetition of repetitions is beyond the limit, and bounds no text.
        assert!(Bound::of("(?!x)y").is_none());
        assert!(Bound::of("((a{999}){999}){999}").unwrap().is_match("b"));
    }
}
