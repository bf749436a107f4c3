//! What CloudFormation would refuse: functions of the wrong form, names that nothing has, references in a circle.
//!
//! Told once for each place, as remarks of the run. The walk that draws the edges meets every function of the properties
//! and asks here; outputs, conditions and the other attributes of resources are walked here. A transform may make names and take away functions, so
//! a template with a macro is not judged, and one with a transform of AWS (but `AWS::LanguageExtensions`) only by form.
//! Names are looked at closely only once one seems to be missing, so that a sound template costs nothing.
use super::circle::{circles, in_words};
use super::extent::{Extent, extent, names, transforms};
use super::rules::misplaced;
use crate::graph::{Graph, ResourceId, StackId};
use crate::syntax::{Node, NodeId, View};
use crate::template::{Fault, Intrinsic, SubPart, is_condition, sub_parts};
use rustc_hash::FxHashSet;
use std::cell::OnceCell;

/// The names that a template refers to and does not declare, each with the place, in order of the text.
pub(super) type Missing = Vec<(NodeId, String)>;

/// What is refused, for every stack.
pub(super) struct Refusals<'w, 'a> {
    pub(super) graph: &'w Graph<'a>,
    stacks: Vec<Judged<'a>>,
    /// References between resources of a stack that hold in every deployment.
    firm: Vec<(ResourceId, ResourceId, NodeId)>,
}

struct Judged<'a> {
    extent: Extent,
    /// Whether the template has `AWS::LanguageExtensions`.
    extended: bool,
    /// All that has a name; none where names may come from elsewhere.
    names: OnceCell<Option<FxHashSet<&'a str>>>,
    found: Vec<(NodeId, String)>,
    /// The names that are missing, with their places.
    missing: Missing,
}

impl<'w, 'a> Refusals<'w, 'a> {
    pub fn new(graph: &'w Graph<'a>) -> Self {
        let judged = |stack: &crate::graph::StackNode<'a>| Judged {
            extent: extent(&stack.template),
            extended: transforms(&stack.template).any(|name| name == Some("AWS::LanguageExtensions")),
            names: OnceCell::new(),
            found: Vec::new(),
            missing: Vec::new(),
        };
        Refusals { graph, stacks: graph.stacks.iter().map(judged).collect(), firm: Vec::new() }
    }

    pub(super) fn tell(&mut self, stack: StackId, at: Node<'a>, message: String) {
        self.stacks[stack.0 as usize].found.push((at.id(), message));
    }

    /// Judges the form of a function; whether it is sound.
    pub fn form(&mut self, stack: StackId, at: Node<'a>, function: Intrinsic<'a>) -> bool {
        if function.is_plain() {
            return true;
        }
        let judged = &self.stacks[stack.0 as usize];
        let Some(fault) = function.fault() else {
            if function.extends_language() && judged.extent >= Extent::Forms && !judged.extended {
                let (name, _) = at.single_entry().unwrap_or(("it", at));
                let how = match function {
                    Intrinsic::Ref(_) | Intrinsic::GetAtt(_) => " of a name that a function makes",
                    _ => "",
                };
                let message = format!(
                    "{name}{how} needs `Transform: AWS::LanguageExtensions` at the top of the template: without it \
                     CloudFormation refuses this call"
                );
                self.tell(stack, at, message);
            }
            return match function {
                Intrinsic::Other(name, _) => self.belongs(stack, at, name),
                _ => true,
            };
        };
        if judged.extent >= Extent::Forms {
            self.tell(stack, at, format!("{fault}: CloudFormation refuses this call"));
        }
        false
    }

    /// Tells of a function that nobody knows, or that is for another section.
    fn belongs(&mut self, stack: StackId, at: Node<'a>, name: &str) -> bool {
        let misplaced = misplaced(name);
        let judged = self.stacks[stack.0 as usize].extent >= Extent::Forms;
        if let Some((why, way_out)) = misplaced.as_ref().filter(|_| judged) {
            self.tell(stack, at, format!("{why}: CloudFormation refuses this call{way_out}"));
        }
        misplaced.is_none()
    }

    /// Tells of a `Condition` that is no name, or of a name that is no condition.
    pub fn named_condition(&mut self, stack: StackId, at: Node<'a>) {
        match at.as_str() {
            Some(name) => self.condition(stack, at, name),
            None if self.stacks[stack.0 as usize].extent >= Extent::Forms => {
                let message = "Condition needs the name of a condition: CloudFormation refuses the template";
                self.tell(stack, at, message.to_owned());
            }
            None => {}
        }
    }

    /// Tells of a name that is no resource, parameter or pseudo parameter, unless it may come from elsewhere.
    pub fn missing(&mut self, stack: StackId, at: Node<'a>, name: &str, in_text: bool) {
        if name.is_empty() || name.starts_with("AWS::") || !self.is_missing(stack, name) {
            return;
        }
        self.stacks[stack.0 as usize].missing.push((at.id(), name.to_owned()));
        let way_out =
            if in_text { format!("; `${{!{name:.80}}}` is the text itself") } else { String::new() };
        self.tell(
            stack,
            at,
            format!(
                "no resource or parameter is named {name:.80}: CloudFormation refuses the template{way_out}"
            ),
        );
    }

    /// Tells of a condition that is not declared.
    pub fn condition(&mut self, stack: StackId, at: Node<'a>, name: &str) {
        let declared = &self.graph.stack(stack).template.conditions;
        if !declared.contains_key(name) && self.judges_names(stack) {
            self.tell(
                stack,
                at,
                format!("no condition is named {name:.80}: CloudFormation refuses the template"),
            );
        }
    }

    /// Judges the literal keys of `Fn::FindInMap`.
    pub fn mapping(&mut self, stack: StackId, at: Node<'a>, argument: Node<'a>) {
        let mut keys = argument.items();
        let mut found = self.graph.stack(stack).template.mappings;
        for (level, key) in keys.by_ref().take(3).enumerate() {
            let Some(key) = key.as_str() else { return };
            found = found.and_then(|found| found.get(key));
            if found.is_none() {
                // A default stands in for keys, not for the mapping.
                if (level == 0 || keys.count() <= 2 - level) && self.judges_names(stack) {
                    let what = if level == 0 { "no mapping is named" } else { "the mapping has no key" };
                    self.tell(stack, at, format!("{what} {key:.80}: CloudFormation refuses this call"));
                }
                return;
            }
        }
    }

    /// Notes a reference that holds in every deployment.
    pub fn refers(&mut self, from: ResourceId, to: ResourceId, at: NodeId) {
        self.firm.push((from, to, at));
    }

    fn is_missing(&mut self, stack: StackId, name: &str) -> bool {
        self.names(stack).is_some_and(|names| !names.contains(name))
    }

    fn judges_names(&self, stack: StackId) -> bool {
        self.names(stack).is_some()
    }

    fn names(&self, stack: StackId) -> Option<&FxHashSet<&'a str>> {
        let template = &self.graph.stack(stack).template;
        let judged = &self.stacks[stack.0 as usize];
        judged
            .names
            .get_or_init(|| (judged.extent == Extent::All).then(|| names(template)).flatten())
            .as_ref()
    }

    /// Walks outputs and conditions, looks for circles, and gives all that was found, and all names that are missing, in
    /// order of the text.
    pub fn finish(mut self) -> (Vec<Vec<Fault>>, Vec<Missing>) {
        for index in 0..self.stacks.len() {
            let stack = StackId(index as u32);
            if self.stacks[index].extent == Extent::Nothing {
                continue;
            }
            let template = &self.graph.stack(stack).template;
            for (_, output) in &template.outputs {
                if let Some(name) = output.get("Condition") {
                    self.named_condition(stack, name);
                }
                output.entries().for_each(|(_, value)| self.calls(stack, value));
            }
            for resource in self.graph.resources_of(stack) {
                let sections = resource.declared.body().get_each(WALKED).into_iter().flatten();
                sections.for_each(|body| self.calls(stack, body));
            }
            let mut conditions: Vec<_> = template.conditions.iter().collect();
            conditions.sort_by_key(|(_, body)| body.id());
            for (name, body) in &conditions {
                if !is_condition(**body) && !name.starts_with("Fn::") {
                    let message = format!(
                        "the condition {name:.80} is no condition: Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition make one"
                    );
                    self.tell(stack, **body, message);
                }
                self.visit(stack, **body, true);
            }
            if let Some(rules) = template.rules {
                self.rules(stack, rules);
            }
            self.circles_of_conditions(stack, &conditions);
        }
        self.circles_of_resources();
        let graph = self.graph;
        let missing = |judged: &mut Judged<'a>| {
            let mut missing = std::mem::take(&mut judged.missing);
            missing.sort();
            missing.dedup();
            missing
        };
        let dangling = self.stacks.iter_mut().map(missing).collect();
        let told = |(index, judged): (usize, Judged<'a>)| {
            let document = graph.stacks[index].template.document;
            let mut found = judged.found;
            found.sort();
            found.dedup();
            found
                .into_iter()
                .map(|(node, message)| Fault { message, span: document.node(node).span() })
                .collect()
        };
        (self.stacks.into_iter().enumerate().map(told).collect(), dangling)
    }

    /// Judges all functions in a node, whether or not a resource holds it.
    pub fn calls(&mut self, stack: StackId, node: Node<'a>) {
        node.calls().for_each(|call| self.visit(stack, call, false));
    }

    /// Does so node by node: in conditions, names of others count too.
    fn visit(&mut self, stack: StackId, node: Node<'a>, in_condition: bool) {
        match node.view() {
            View::List(items) => items.for_each(|item| self.visit(stack, item, in_condition)),
            View::Map(entries) => {
                if let Some(function) = Intrinsic::of(node) {
                    if !self.form(stack, node, function) {
                        return;
                    }
                    self.names_of(stack, node, function, in_condition);
                }
                for (key, value) in entries {
                    if in_condition && key.as_str() == Some("Condition") {
                        self.named_condition(stack, value);
                    }
                    self.visit(stack, value, in_condition);
                }
            }
            _ => {}
        }
    }

    fn names_of(&mut self, stack: StackId, node: Node<'a>, function: Intrinsic<'a>, in_condition: bool) {
        let template = self.graph.stack(stack);
        match function {
            Intrinsic::Ref(name) => {
                let Some(name) = name.as_str() else { return };
                let is_resource = template.resource(name).is_some();
                if in_condition && is_resource && self.judges_names(stack) {
                    self.refers_to_resource(stack, node, name);
                } else if !is_resource && !template.template.parameters.contains_key(name) {
                    self.missing(stack, node, name, false);
                }
            }
            Intrinsic::GetAtt(argument) => {
                let Some((name, _)) = Intrinsic::get_att_parts(argument) else { return };
                match template.resource(name) {
                    None => self.missing(stack, node, name, false),
                    Some(_) if in_condition && self.judges_names(stack) => {
                        self.refers_to_resource(stack, node, name)
                    }
                    Some(_) => {}
                }
            }
            Intrinsic::Sub(argument) => {
                for name in sub_names(argument) {
                    let first = name.split('.').next().unwrap_or(name);
                    let known = template.resource(first).is_some()
                        || (first == name && template.template.parameters.contains_key(first));
                    if !known {
                        self.missing(stack, node, first, true);
                    }
                }
            }
            Intrinsic::FindInMap(argument) => self.mapping(stack, node, argument),
            Intrinsic::If(argument) => self.branch(stack, argument),
            _ => {}
        }
    }

    fn refers_to_resource(&mut self, stack: StackId, node: Node<'a>, name: &str) {
        let message =
            format!("a condition cannot refer to the resource {name:.80}: CloudFormation refuses that");
        self.tell(stack, node, message);
    }

    /// Judges the condition of an `Fn::If`.
    pub fn branch(&mut self, stack: StackId, argument: Node<'a>) {
        if let Some((node, name)) = argument.items().next().and_then(|node| Some((node, node.as_str()?))) {
            self.condition(stack, node, name);
        }
    }

    /// Conditions that rest on themselves.
    fn circles_of_conditions(&mut self, stack: StackId, conditions: &[(&&'a str, &Node<'a>)]) {
        let index_of: rustc_hash::FxHashMap<&str, u32> =
            conditions.iter().enumerate().map(|(index, (name, _))| (**name, index as u32)).collect();
        let mut arrows = Vec::new();
        for (index, (_, body)) in conditions.iter().enumerate() {
            conditions_in(**body, &mut |name, at| {
                if let Some(&to) = index_of.get(name) {
                    arrows.push((index as u32, to, at));
                }
            });
        }
        for (circle, at) in circles(conditions.len(), &arrows) {
            let names = in_words(circle.iter().map(|&index| *conditions[index as usize].0));
            let document = self.graph.stack(stack).template.document;
            self.tell(
                stack,
                document.node(at),
                format!("conditions rest on each other in a circle, which CloudFormation refuses: {names}"),
            );
        }
    }

    /// Resources that need each other before they can be made.
    fn circles_of_resources(&mut self) {
        let arrows: Vec<(u32, u32, NodeId)> =
            std::mem::take(&mut self.firm).into_iter().map(|(from, to, at)| (from.0, to.0, at)).collect();
        for (circle, at) in circles(self.graph.resources.len(), &arrows) {
            let stack = self.graph.resource(ResourceId(circle[0])).stack;
            if self.stacks[stack.0 as usize].extent != Extent::All {
                continue;
            }
            let ids =
                circle.iter().map(|&index| self.graph.resource(ResourceId(index)).declared.logical_id());
            let names = in_words(ids);
            let document = self.graph.stack(stack).template.document;
            self.tell(
                stack,
                document.node(at),
                format!("resources refer to each other in a circle, which CloudFormation refuses: {names}"),
            );
        }
    }
}

/// The attributes of a resource, beside its properties, in which functions count.
const WALKED: [&str; 3] = ["CreationPolicy", "Metadata", "UpdatePolicy"];

/// The variables of a text of `Fn::Sub` that it does not bring along.
pub(super) fn sub_names(argument: Node<'_>) -> impl Iterator<Item = &str> {
    let mut items = argument.items();
    let text = argument.as_str().or_else(|| items.next().and_then(Node::as_str));
    let own = items.next();
    sub_parts(text.unwrap_or_default()).filter_map(move |part| match part {
        SubPart::Variable(name) => own.is_none_or(|own| own.get(name).is_none()).then_some(name),
        _ => None,
    })
}

/// The conditions that an expression names.
fn conditions_in<'a>(node: Node<'a>, each: &mut impl FnMut(&'a str, NodeId)) {
    for item in node.items() {
        conditions_in(item, each);
    }
    for (key, value) in node.entries() {
        match value.as_str() {
            Some(name) if key.as_str() == Some("Condition") => each(name, value.id()),
            _ => conditions_in(value, each),
        }
    }
}
