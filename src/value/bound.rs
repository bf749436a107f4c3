//! What the declaration of a parameter says of every value that it may be given.
//!
//! In: `AllowedValues`, `AllowedPattern`, lengths, ranges, and what the `Rules` section asserts. Out: the finite set of
//! its values or of the elements of its list, whether a text is among them, the range of a number. A pattern must match
//! the whole value. Of a list, `AllowedValues` and `AllowedPattern` speak of each element; lengths and ranges are for
//! single texts and numbers. Declarations of parameters of the Parameter Store speak of names there and not of values,
//! and bound nothing.
use super::hole::{Hole, Unknown};
use super::model::Value;
use super::parameter::is_list_type;
use super::pattern::Bound;
use super::resolver::Resolver;
use super::scenario::Free;
use super::truth::Truth;
use crate::graph::StackId;
use crate::syntax::{Node, NodeId, View};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::sync::{Arc, Mutex};

/// The patterns of parameters that somebody asked for, by their declarations; none for one that cannot be read.
pub(super) type Patterns = Mutex<FxHashMap<(StackId, NodeId), Option<Arc<Bound>>>>;

impl<'a> Resolver<'_, 'a> {
    /// The declaration of a parameter.
    pub(super) fn declaration(&self, stack: StackId, name: &'a str) -> Option<Node<'a>> {
        self.world.graph.stack(stack).template.parameters.get(name).copied()
    }

    /// The texts that a parameter may be, when its declaration bounds them.
    pub(super) fn allowed_values(&self, stack: StackId, name: &'a str) -> Option<Vec<Cow<'a, str>>> {
        let declared = self.declaration(stack, name)?;
        if is_list_type(type_of(declared)) { None } else { self.allowed(stack, name, declared) }
    }

    /// Those that are left under the current scenario.
    pub(super) fn left_values(&self, stack: StackId, name: &'a str) -> Option<Vec<Cow<'a, str>>> {
        let mut allowed = self.allowed_values(stack, name)?;
        let scenario = self.scenario.borrow();
        if !scenario.is_only() {
            let excluded = scenario.excluded(Free::Parameter(stack, name));
            allowed.retain(|value| !excluded.contains(&value.as_ref()));
        }
        (!allowed.is_empty()).then_some(allowed)
    }

    /// The texts that an element of a list parameter may be, when its declaration bounds them.
    pub(super) fn allowed_elements(&self, stack: StackId, name: &'a str) -> Option<Vec<Cow<'a, str>>> {
        let declared = self.declaration(stack, name)?;
        if is_list_type(type_of(declared)) { self.allowed(stack, name, declared) } else { None }
    }

    pub(super) fn allowed(
        &self,
        stack: StackId,
        name: &'a str,
        declared: Node<'a>,
    ) -> Option<Vec<Cow<'a, str>>> {
        let type_name = type_of(declared);
        if is_stored(type_name) {
            return None;
        }
        let own = declared.get("AllowedValues").and_then(literals).filter(|all| {
            // Documented for texts and lists of texts. Whether another list is held against them as a whole or element
            // by element is the same only where no value is a list itself.
            !type_name.starts_with("List<") || all.iter().all(|value| !value.contains(','))
        });
        let pattern = self.pattern(stack, declared);
        let matching = pattern.as_ref().and_then(|bound| bound.texts.as_ref());
        let matching = matching.map(|texts| texts.iter().cloned().map(Cow::Owned).collect());
        let asserted = self.asserted(stack, name);
        let among = asserted.as_ref().filter(|set| !set.without).map(|set| set.texts.clone());
        let mut bounds = own.into_iter().chain(matching).chain(among);
        let first: Vec<Cow<'a, str>> = bounds.next()?;
        let mut allowed = bounds.fold(first, |mut allowed, bound| {
            let bound: FxHashSet<&str> = bound.iter().map(AsRef::as_ref).collect();
            allowed.retain(|value| bound.contains(value.as_ref()));
            allowed
        });
        // Few declarations say more than the values.
        let limits = ["MinLength", "MaxLength"];
        if pattern.is_some()
            || type_name.contains("Number")
            || limits.iter().any(|key| declared.get(key).is_some())
        {
            allowed.retain(|value| admits(declared, pattern.as_deref(), value));
        }
        if let Some(set) = asserted.filter(|set| set.without) {
            let never: FxHashSet<&str> = set.texts.iter().map(AsRef::as_ref).collect();
            allowed.retain(|value| !never.contains(value.as_ref()));
        }
        // No value at all fits no deployment; nothing follows from that.
        (!allowed.is_empty()).then_some(allowed)
    }

    /// Whether the declaration of a parameter lets it be that text.
    pub(super) fn admits(&self, stack: StackId, name: &'a str, text: &str) -> bool {
        self.declaration(stack, name).is_none_or(|declared| {
            is_stored(type_of(declared))
                || admits(declared, self.pattern(stack, declared).as_deref(), text)
                    && self.asserted(stack, name).is_none_or(|set| !set.without || set.holds(text))
        })
    }

    /// Whether an open parameter is that text in every deployment (its declaration leaves no other), or in none.
    pub fn parameter_could_be(&self, stack: StackId, name: &'a str, wanted: &str) -> Truth {
        match self.allowed_values(stack, name) {
            Some(allowed) if allowed.iter().all(|value| value == wanted) => Truth::True,
            Some(allowed) if !allowed.iter().any(|value| value == wanted) => Truth::False,
            None if !self.admits(stack, name, wanted) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// Whether every element of an open list parameter is that text, or none can be.
    pub(super) fn element_could_be(&self, stack: StackId, name: &'a str, wanted: &str) -> Truth {
        match self.allowed_elements(stack, name) {
            Some(allowed) if allowed.iter().all(|value| value == wanted) => Truth::True,
            Some(allowed) if !allowed.iter().any(|value| value == wanted) => Truth::False,
            None if !self.admits(stack, name, wanted) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// The least and the greatest number that an open value can be.
    pub fn range(&self, value: &Value<'a>) -> Option<(f64, f64)> {
        let forms = self.forms(value);
        if !forms.is_empty() {
            let numbers: Option<Vec<f64>> = forms.iter().map(Value::scalar_number).collect();
            return numbers
                .map(|all| all.iter().fold((f64::MAX, f64::MIN), |(a, b), n| (a.min(*n), b.max(*n))));
        }
        let Value::Hole(Hole::Unknown(Unknown::Parameter { stack, name, .. })) = *value else { return None };
        let declared = self.declaration(stack, name)?;
        (type_of(declared) == "Number").then(|| (least(declared), most(declared)))
    }

    /// What is any element of an open list parameter; none for anything else.
    pub fn any_element(&self, list: &Value<'a>) -> Option<Value<'a>> {
        let Value::Hole(hole) = list else { return None };
        self.element(*hole, None)
    }

    /// What stands at an index of an open list parameter.
    pub(super) fn element(&self, list: Hole<'a>, index: Option<u32>) -> Option<Value<'a>> {
        let Hole::Unknown(Unknown::Parameter { stack, name, lack, .. }) = list else { return None };
        let declared = self.declaration(stack, name).filter(|declared| is_list_type(type_of(*declared)))?;
        let nonempty = type_of(declared).starts_with("List<AWS::")
            || self.allowed(stack, name, declared).is_some_and(|all| all.iter().all(|text| !text.is_empty()))
            || self.excludes_empty_text(stack, name, declared);
        Some(Value::unknown(Unknown::Element { stack, name, index, nonempty, lack }))
    }

    pub(super) fn pattern(&self, stack: StackId, declared: Node<'a>) -> Option<Arc<Bound>> {
        let pattern = declared.get("AllowedPattern")?.as_str()?;
        // Documented for texts and for each element of a list of texts.
        let type_name = type_of(declared);
        if !is_text(type_name) && type_name != "CommaDelimitedList" {
            return None;
        }
        let mut known = self.world.patterns.lock().ok()?;
        known.entry((stack, declared.id())).or_insert_with(|| Bound::of(pattern).map(Arc::new)).clone()
    }

    /// Whether a declaration rules out an empty value: a length, a set without `""`, or a type of AWS's own.
    pub(super) fn excludes_empty(
        &self,
        stack: StackId,
        name: &'a str,
        declared: Node<'a>,
        type_name: &str,
    ) -> bool {
        if type_name.starts_with("AWS::") || type_name.starts_with("List<AWS::") || type_name == "Number" {
            return true;
        }
        let allowed =
            declared.get("AllowedValues").filter(|allowed| allowed.is_list() && !allowed.is_empty());
        allowed.is_some_and(|allowed| allowed.items().all(|item| item.as_str() != Some("")))
            || declared.get("MinLength").and_then(number).is_some_and(|length| length >= 1.0)
            // A list has one element more than commas, so that an empty text is a list of one that is empty.
            || self.excludes_empty_text(stack, name, declared)
    }

    /// Whether a pattern or a rule rules out the empty text.
    fn excludes_empty_text(&self, stack: StackId, name: &'a str, declared: Node<'a>) -> bool {
        self.pattern(stack, declared).is_some_and(|bound| !bound.is_match_of_nothing())
            || !is_stored(type_of(declared)) && self.asserted(stack, name).is_some_and(|set| !set.holds(""))
    }
}

fn admits(declared: Node<'_>, pattern: Option<&Bound>, text: &str) -> bool {
    let limit = |key| declared.get(key).and_then(number);
    match type_of(declared) {
        "Number" => {
            text.trim().parse::<f64>().is_ok_and(|value| value >= least(declared) && value <= most(declared))
        }
        name if is_text(name) => {
            let length = text.chars().count() as f64;
            limit("MinLength").is_none_or(|least| length >= least)
                && limit("MaxLength").is_none_or(|most| length <= most)
                && pattern.is_none_or(|bound| bound.is_match(text))
        }
        "List<Number>" => text.trim().parse::<f64>().is_ok(),
        "CommaDelimitedList" => pattern.is_none_or(|bound| bound.is_match(text)),
        _ => true,
    }
}

fn least(declared: Node<'_>) -> f64 {
    declared.get("MinValue").and_then(number).unwrap_or(f64::NEG_INFINITY)
}

fn most(declared: Node<'_>) -> f64 {
    declared.get("MaxValue").and_then(number).unwrap_or(f64::INFINITY)
}

/// The type of a parameter.
pub(super) fn type_of(declared: Node<'_>) -> &str {
    declared.get("Type").and_then(Node::as_str).unwrap_or("String")
}

/// Whether a value of that type is one text that is given as it is.
pub(super) fn is_text(type_name: &str) -> bool {
    type_name == "String" || type_name.starts_with("AWS::") && !is_stored(type_name)
}

/// Whether a parameter of that type is the name of one in the Parameter Store.
pub(super) fn is_stored(type_name: &str) -> bool {
    type_name.starts_with("AWS::SSM::Parameter::Value<")
}

/// The number of a literal.
pub(super) fn number(node: Node<'_>) -> Option<f64> {
    match node.view() {
        View::Number(number) => Some(number.as_f64()),
        View::Text(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()),
        _ => None,
    }
}

/// The text of a literal.
pub(super) fn literal(node: Node<'_>) -> Option<Cow<'_, str>> {
    match node.view() {
        View::Text(text) => Some(Cow::Borrowed(text)),
        View::Number(number) => Some(number.text()),
        View::Bool(value) => Some(Cow::Borrowed(if value { "true" } else { "false" })),
        _ => None,
    }
}

/// The texts of a list of literals; none where some element is no scalar, or there is none.
pub(super) fn literals(list: Node<'_>) -> Option<Vec<Cow<'_, str>>> {
    let all: Option<Vec<_>> = list.items().map(literal).collect();
    all.filter(|all| !all.is_empty())
}
