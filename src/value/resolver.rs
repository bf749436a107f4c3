//! Computing values, under one scenario at a time.
use super::environment::Environment;
use super::hole::{Hole, Unknown};
use super::model::{Elements, ListValue, MapValue, Place, Resolved, Value};
use super::renamed::Met;
use super::scenario::{Asked, Free, Row, Scenario};
use super::trace::Trace;
use super::truth::Truth;
use super::world::World;
use crate::graph::{ResourceId, StackId};
use crate::limits::{MAX_RESOLVE_DEPTH, MAX_RESOLVE_STEPS};
use crate::syntax::{Node, View};
use crate::template::Intrinsic;
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};

/// Resolves values in a world. It holds the scenario of the node that is being judged; one per thread.
#[derive(Debug)]
pub struct Resolver<'w, 'a> {
    /// The world.
    pub world: &'w World<'a>,
    pub(super) scenario: RefCell<Scenario<'a>>,
    /// Whether an open atom of a condition may be decided, or makes its condition unknown.
    pub(super) forking: Cell<bool>,
    /// Whether an open atom of the environment may be decided too.
    pub(super) anywhere: Cell<bool>,
    /// Whether one was asked that may not.
    pub(super) asked_where: Cell<bool>,
    /// Whether an open atom may be decided that other resources than the subject ask.
    everywhere: Cell<bool>,
    /// Whether one was asked where none may be decided.
    pub(super) asked_aside: Cell<bool>,
    /// What was read that a decision could speak of, and whether one did.
    pub(super) read_open: RefCell<FxHashSet<Free<'a>>>,
    pub(super) stale: Cell<bool>,
    /// Whether a condition is being computed: defaults of parameters do not count there.
    pub(super) in_condition: Cell<bool>,
    /// Whether a name is being read that a scenario changes.
    pub(super) naming: Cell<bool>,
    /// What scenarios that were met call otherwise, and whether that is being worked out.
    pub(super) met: RefCell<Met<'a>>,
    pub(super) is_renaming: bool,
    /// Whether what rules assert under the scenario is being worked out.
    pub(super) asserting: Cell<bool>,
    /// How often an open atom was asked; only whether it changes counts.
    pub(super) atoms: Cell<usize>,
    /// Conditions that were seen to depend on an open atom.
    pub(super) dependent: RefCell<FxHashSet<(StackId, &'a str)>>,
    depth: Cell<usize>,
    pub(super) trace: Trace,
    /// Functions followed for the outermost value.
    steps: Cell<usize>,
}

impl<'w, 'a> Resolver<'w, 'a> {
    /// A resolver without decisions.
    pub fn new(world: &'w World<'a>) -> Self {
        Resolver {
            world,
            scenario: RefCell::default(),
            forking: Cell::new(false),
            anywhere: Cell::new(false),
            asked_where: Cell::new(false),
            everywhere: Cell::new(false),
            asked_aside: Cell::new(false),
            read_open: RefCell::default(),
            stale: Cell::new(false),
            in_condition: Cell::new(false),
            naming: Cell::new(false),
            met: RefCell::default(),
            is_renaming: false,
            asserting: Cell::new(false),
            atoms: Cell::new(0),
            dependent: RefCell::default(),
            depth: Cell::new(0),
            trace: Trace::default(),
            steps: Cell::new(0),
        }
    }

    /// Another resolver for what a scenario with these decisions calls otherwise.
    pub(super) fn apart(&self, row: &Row<'a>) -> Self {
        Resolver {
            scenario: RefCell::new(Scenario::of(row)),
            anywhere: self.anywhere.clone(),
            is_renaming: true,
            ..Resolver::new(self.world)
        }
    }

    /// Starts with the first scenario of a new node. What only the environment decides (the region, the account)
    /// splits none.
    pub fn begin(&self) {
        self.scenario.borrow_mut().clear();
        self.forking.set(true);
        self.anywhere.set(false);
        self.asked_where.set(false);
        self.everywhere.set(false);
        self.asked_aside.set(false);
    }

    /// Starts anew with scenarios that say what other resources ask, too.
    pub fn begin_everywhere(&self) {
        self.begin();
        self.everywhere.set(true);
    }

    /// Whether a condition was asked since the start that is open where it may not split the scenario.
    pub fn depends_on_others(&self) -> bool {
        self.asked_aside.get()
    }

    /// Starts anew with scenarios that say where the stack is deployed, too.
    pub fn begin_anywhere(&self) {
        self.begin();
        self.anywhere.set(true);
    }

    /// Whether a condition was asked since the start that the environment decides, and that nothing says.
    pub fn depends_on_environment(&self) -> bool {
        self.asked_where.get()
    }

    /// Goes on to the next scenario of the node; false when all have been visited.
    pub fn advance(&self) -> bool {
        self.scenario.borrow_mut().advance()
    }

    /// The conditions that the current scenario rests on.
    pub fn asked_conditions(&self) -> Vec<Asked<'a>> {
        self.scenario.borrow().asked().to_vec()
    }

    /// What the current scenario decides of the environment; none where that hangs on a parameter.
    pub fn environment(&self) -> Option<Environment<'a>> {
        self.scenario.borrow().environment()
    }

    /// Whether the current scenario has decided nothing yet.
    pub fn is_settled(&self) -> bool {
        self.scenario.borrow().is_only()
    }

    /// How often something was asked that only a scenario decides; what is read without is the same under all of them.
    pub fn open_questions(&self) -> usize {
        self.atoms.get()
    }

    /// Whether an open condition that is asked splits the scenario.
    pub fn forks(&self) -> bool {
        self.forking.get()
    }

    /// Runs something that must not split the scenario: an open condition is unknown in it.
    pub fn without_forking<T>(&self, run: impl FnOnce() -> T) -> T {
        let before = self.forking.replace(false);
        let result = run();
        self.forking.set(before);
        result
    }

    /// Runs what other resources than the subject are asked: it splits the scenario only where all that is asked does.
    pub fn aside<T>(&self, run: impl FnOnce() -> T) -> T {
        if self.everywhere.get() { run() } else { self.without_forking(run) }
    }

    /// Whether a resource exists under the current scenario: its `Condition` holds, and so does that of each nested stack
    /// around it.
    pub fn exists(&self, id: ResourceId) -> Truth {
        let graph = self.world.graph;
        let (mut exists, mut outwards) = (Truth::True, Some(id));
        while let Some(id) = outwards.filter(|_| exists != Truth::False) {
            let resource = graph.resource(id);
            if let Some(name) = resource.declared.condition() {
                exists = exists.and(self.condition(resource.stack, name));
            }
            outwards = graph.stack(resource.stack).parent;
        }
        exists
    }

    /// The value of a node of a stack's template.
    pub fn resolve(&self, stack: StackId, node: Node<'a>) -> Resolved<'a> {
        let place = Place { stack, node: node.id() };
        match node.view() {
            View::Null => Value::Null.at(place),
            View::Bool(value) => Value::Bool(value).at(place),
            View::Number(number) => Value::Number(number.as_f64(), number.text()).at(place),
            View::Text(text) => self.literal(stack, text).at(place),
            View::List(_) => Value::List(ListValue::Written(stack, node)).at(place),
            View::Map(_) => match Intrinsic::of(node) {
                None => Value::Map(MapValue::Written(stack, node)).at(place),
                Some(function) => self.traced(|| {
                    self.deeper(|| self.call(stack, node, function))
                        .unwrap_or_else(|| Value::unknown(Unknown::Depth).at(place))
                }),
            },
        }
    }

    /// Runs one level deeper; none where that is too deep, or too much. A walk over values goes through it too: a list
    /// may hold itself through an import.
    pub fn deeper<T>(&self, run: impl FnOnce() -> T) -> Option<T> {
        let depth = self.depth.get();
        let steps = if depth == 0 { 0 } else { self.steps.get() };
        if depth >= MAX_RESOLVE_DEPTH || steps >= MAX_RESOLVE_STEPS {
            return None;
        }
        self.depth.set(depth + 1);
        self.steps.set(steps + 1);
        let result = run();
        self.depth.set(depth);
        Some(result)
    }

    /// The value at a key of a map. `Ok(None)`: the key is absent; `Err`: it is not known whether and what.
    pub fn field(&self, of: &Resolved<'a>, name: &str) -> Result<Option<Resolved<'a>>, Unknown<'a>> {
        let found = match &of.value {
            Value::Map(MapValue::Written(stack, node)) => return self.written(*stack, *node, name),
            Value::Map(MapValue::Built(pairs)) => {
                pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
            }
            Value::Map(MapValue::Record(record)) => record.field(name),
            Value::NoValue | Value::Null => None,
            Value::Hole(Hole::Unknown(unknown)) => return Err(*unknown),
            Value::Hole(Hole::Reference { .. }) | Value::Partial(_) => {
                return Err(Unknown::Shape("a map is expected where the template has a reference"));
            }
            Value::Bool(_) | Value::Number(..) | Value::Text(_) => {
                return Err(Unknown::Shape("a map is expected where the template has a scalar"));
            }
            Value::List(_) => return Err(Unknown::Shape("a map is expected where the template has a list")),
        };
        Ok(found.filter(|value| value.value.is_set()))
    }

    /// The value at a key of a map that is written out, and no function.
    fn written(
        &self,
        stack: StackId,
        map: Node<'a>,
        name: &str,
    ) -> Result<Option<Resolved<'a>>, Unknown<'a>> {
        match map.get(name) {
            Some(node) => Ok(Some(self.resolve(stack, node)).filter(|value| value.value.is_set())),
            None if self.has_macro(stack, map) => {
                Err(Unknown::Function { name: "Fn::Transform", stack, node: map.id().0 })
            }
            None => Ok(None),
        }
    }

    /// The value at a key of what a node is: [`Resolver::field`] of the node's value, and where that is written.
    pub fn field_of(
        &self,
        stack: StackId,
        node: Node<'a>,
        name: &str,
    ) -> (Place, Result<Option<Resolved<'a>>, Unknown<'a>>) {
        if node.is_map() && Intrinsic::of(node).is_none() {
            return (Place { stack, node: node.id() }, self.written(stack, node, name));
        }
        let value = self.resolve(stack, node);
        (value.place, self.field(&value, name))
    }

    /// The elements of a list or the values of a map, without those that `AWS::NoValue` removes. A scalar counts
    /// as a list of itself, as the service takes it; `Err`: how many there are is not known.
    pub fn elements(&self, of: &Resolved<'a>) -> Result<Vec<Resolved<'a>>, Unknown<'a>> {
        self.shared_elements(of).map(Elements::into_vec)
    }

    /// The same, where those of a computed list are only looked at.
    pub fn shared_elements(&self, of: &Resolved<'a>) -> Result<Elements<'a>, Unknown<'a>> {
        if let Value::List(ListValue::Built(items)) = &of.value
            && items.iter().all(|item| !matches!(item.value, Value::NoValue))
        {
            return Ok(Elements::Shared(items.clone()));
        }
        let mut all = Vec::with_capacity(match &of.value {
            Value::List(ListValue::Written(_, node)) => node.len(),
            _ => 0,
        });
        self.visit_elements(&of.value, of.place, |element| {
            all.push(element);
            false
        })?;
        Ok(Elements::Own(all))
    }

    /// Shows the elements of a value one by one until `visit` has seen enough: the same as `shared_elements`, of which
    /// nobody needs the list.
    pub fn visit_elements(
        &self,
        of: &Value<'a>,
        place: Place,
        mut visit: impl FnMut(Resolved<'a>) -> bool,
    ) -> Result<(), Unknown<'a>> {
        let is_one = |item: &Resolved<'a>| !matches!(item.value, Value::NoValue);
        match of {
            Value::List(ListValue::Written(stack, node)) => {
                _ = node.items().map(|item| self.resolve(*stack, item)).filter(is_one).any(visit);
            }
            Value::List(ListValue::Built(items)) => {
                _ = items.iter().filter(|item| is_one(item)).cloned().any(visit);
            }
            Value::Map(_) => {
                _ = self.pairs(&of.clone().at(place))?.into_iter().any(|(_, value)| visit(value));
            }
            Value::NoValue | Value::Null => {}
            Value::Hole(Hole::Unknown(unknown)) => return Err(*unknown),
            _ => _ = visit(of.clone().at(place)),
        }
        Ok(())
    }

    /// The pairs of a map; of anything else, none.
    pub fn pairs(&self, of: &Resolved<'a>) -> Result<Vec<(Cow<'a, str>, Resolved<'a>)>, Unknown<'a>> {
        match &of.value {
            Value::Map(MapValue::Written(stack, node)) => {
                if self.has_macro(*stack, *node) {
                    return Err(Unknown::Function {
                        name: "Fn::Transform",
                        stack: *stack,
                        node: node.id().0,
                    });
                }
                Ok(node
                    .entries()
                    .map(|(key, value)| (Cow::Borrowed(key.text_or_empty()), self.resolve(*stack, value)))
                    .filter(|(_, value)| value.value.is_set())
                    .collect())
            }
            Value::Map(MapValue::Built(pairs)) => Ok(pairs.to_vec()),
            Value::Map(MapValue::Record(record)) => Ok(record
                .names()
                .iter()
                .filter_map(|name| record.field(name).map(|value| (Cow::Borrowed(*name), value)))
                .collect()),
            Value::Hole(Hole::Unknown(unknown)) => Err(*unknown),
            _ => Ok(Vec::new()),
        }
    }

    /// The values at several keys of a map, found in one go; of anything else, none.
    pub fn fields<const N: usize>(
        &self,
        of: &Resolved<'a>,
        keys: [&str; N],
    ) -> Result<[Option<Resolved<'a>>; N], Unknown<'a>> {
        if let Value::Map(MapValue::Written(stack, node)) = of.value
            && !self.has_macro(stack, node)
        {
            let resolved = |node| Some(self.resolve(stack, node)).filter(|value| value.value.is_set());
            return Ok(node.get_each(keys).map(|found| found.and_then(resolved)));
        }
        let pairs = self.pairs(of)?;
        Ok(keys.map(|key| pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())))
    }

    /// Whether a macro or a loop adds keys to a map that are not known.
    pub fn has_macro(&self, stack: StackId, map: Node<'a>) -> bool {
        self.world.graph.stack(stack).has_macros
            && map.len() > 1
            && map.entries().any(|(key, _)| {
                let key = key.text_or_empty();
                key == "Fn::Transform" || key.starts_with("Fn::ForEach::")
            })
    }

    /// How many elements or pairs a value has; none for scalars.
    pub fn count(&self, of: &Resolved<'a>) -> Result<Option<usize>, Unknown<'a>> {
        match &of.value {
            // Of what is written out, only functions can give nothing.
            Value::List(ListValue::Written(stack, node)) => {
                let is_one = |item: &Node<'a>| {
                    !item.is_map() || !matches!(self.resolve(*stack, *item).value, Value::NoValue)
                };
                Ok(Some(node.items().filter(is_one).count()))
            }
            Value::List(_) | Value::Map(_) => Ok(Some(self.shared_elements(of)?.len())),
            Value::NoValue | Value::Null => Ok(Some(0)),
            Value::Hole(Hole::Unknown(unknown)) => Err(*unknown),
            _ => Ok(None),
        }
    }
}
