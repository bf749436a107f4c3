//! `metrics()`: what an alarm watches.
//!
//! Of a list of queries, those count that return data, and those that their expressions use, directly or through other
//! expressions. What a search or a query of Metrics Insights finds is not known.
use super::super::evaluate::Evaluator;
use super::super::subject::{Here, Subject};
use super::{list, record};
use crate::rule::FactId;
use crate::value::{MapValue, Record, Resolved, Truth, Unknown, Value};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// One metric; its dimensions are a map from names to values.
struct Metric<'a> {
    namespace: Option<Resolved<'a>>,
    name: Option<Resolved<'a>>,
    dimensions: Resolved<'a>,
}

impl<'a> Record<'a> for Metric<'a> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        match name {
            "Namespace" => self.namespace.clone(),
            "MetricName" => self.name.clone(),
            "Dimensions" => Some(self.dimensions.clone()),
            _ => None,
        }
    }

    fn names(&self) -> &'static [&'static str] {
        FactId::Metrics.info().fields
    }
}

/// One of an alarm's queries.
struct Query<'a> {
    id: Option<String>,
    returns: Truth,
    expression: Option<Resolved<'a>>,
    query: Resolved<'a>,
}

/// Which queries an alarm rests on: those that return data, and all that their expressions name, by id or by `METRICS()`.
fn reach(queries: &[Query<'_>]) -> Vec<Truth> {
    let by_id: FxHashMap<&str, usize> =
        queries.iter().enumerate().filter_map(|(index, query)| Some((query.id.as_deref()?, index))).collect();
    let nameless: Vec<usize> = (0..queries.len()).filter(|&index| queries[index].id.is_none()).collect();
    let mut reached: Vec<Truth> = queries.iter().map(|query| query.returns).collect();
    let mut work: Vec<usize> = (0..queries.len()).filter(|&index| reached[index] != Truth::False).collect();
    while let Some(index) = work.pop() {
        let Some(expression) = &queries[index].expression else { continue };
        let known = expression.value.scalar_text();
        let named: Vec<usize> = match known {
            Some(text) => words(text).filter_map(|word| by_id.get(word).copied()).collect(),
            None => (0..queries.len()).collect(),
        };
        let listed = known.and_then(|text| text.split_once("METRICS(")).map(|(_, argument)| {
            let part = argument.split(')').next().unwrap_or_default().trim_matches(['"', '\'', ' ']);
            let of_part = |query: &Query<'_>| {
                query.expression.is_none() && query.id.as_ref().is_some_and(|id| id.contains(part))
            };
            (0..queries.len()).filter(|&other| of_part(&queries[other])).collect::<Vec<_>>()
        });
        let sure = named.into_iter().chain(listed.into_iter().flatten());
        let how = if known.is_some() { reached[index] } else { Truth::Unknown };
        let open = nameless.iter().map(|&other| (other, Truth::Unknown));
        for (other, how) in sure.map(|other| (other, how)).chain(open).filter(|(other, _)| *other != index) {
            let now = reached[other].or(how);
            if now != reached[other] {
                reached[other] = now;
                work.push(other);
            }
        }
    }
    reached
}

/// The words of an expression: ids, functions, numbers.
fn words(expression: &str) -> impl Iterator<Item = &str> {
    expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

/// Whether an expression searches for its metrics, or may.
fn finds_by_itself(expression: &Resolved<'_>) -> bool {
    expression.value.scalar_text().is_none_or(|text| {
        let text = text.to_ascii_uppercase();
        text.contains("SEARCH") || text.contains("SELECT")
    })
}

impl<'a> Evaluator<'_, 'a> {
    /// The metric of the alarm itself, or those of `Metrics` that it rests on. What is not known is an unknown element.
    pub(super) fn metrics(&self, here: &Here<'a>) -> Resolved<'a> {
        let place = here.owner.place(self.world);
        let properties = match here.owner {
            Subject::Resource(id) => {
                let resource = self.world.graph.resource(id);
                resource
                    .declared
                    .properties()
                    .map(|properties| self.resolver.resolve(resource.stack, properties))
            }
            Subject::Stack(_) | Subject::App(_) => None,
        };
        let Some(properties) = properties else { return list(Vec::new()).at(place) };
        let mut metrics = Vec::new();
        if let Ok(Some(_)) = self.resolver.field(&properties, "MetricName") {
            metrics.push(self.metric(&properties, "Namespace"));
        }
        match self.resolver.field(&properties, "Metrics").transpose() {
            None => {}
            Some(Err(unknown)) => metrics.push(Value::unknown(unknown).at(place)),
            Some(Ok(all)) => match self.resolver.elements(&all) {
                Err(unknown) => metrics.push(Value::unknown(unknown).at(all.place)),
                Ok(queries) => metrics.extend(self.watched(queries)),
            },
        }
        list(metrics).at(properties.place)
    }

    /// The metrics of the queries that the alarm rests on.
    fn watched(&self, queries: Vec<Resolved<'a>>) -> Vec<Resolved<'a>> {
        let field = |query: &Resolved<'a>, name: &str| match self.resolver.field(query, name) {
            Ok(value) => value,
            Err(unknown) => Some(Value::unknown(unknown).at(query.place)),
        };
        let queries: Vec<Query<'a>> = queries
            .into_iter()
            .map(|query| Query {
                id: field(&query, "Id").and_then(|id| id.value.scalar_text().map(str::to_owned)),
                returns: match field(&query, "ReturnData").map(|value| value.value) {
                    None => Truth::True,
                    Some(value) => value.scalar_bool().map_or(Truth::Unknown, Truth::from),
                },
                expression: field(&query, "Expression"),
                query,
            })
            .collect();
        let reached = reach(&queries);
        let mut metrics = Vec::new();
        for (query, reached) in queries.iter().zip(reached) {
            match reached {
                Truth::True => metrics.extend(self.query(query)),
                Truth::Unknown => {
                    let why = Unknown::Shape("whether the alarm rests on the metric is not known");
                    metrics.push(Value::unknown(why).at(query.query.place));
                }
                Truth::False => {}
            }
        }
        metrics
    }

    fn query(&self, query: &Query<'a>) -> Option<Resolved<'a>> {
        match self.resolver.field(&query.query, "MetricStat") {
            Ok(Some(stat)) => match self.resolver.field(&stat, "Metric") {
                Ok(Some(metric)) => Some(self.metric(&metric, "Namespace")),
                Ok(None) => None,
                Err(unknown) => Some(Value::unknown(unknown).at(stat.place)),
            },
            Err(unknown) => Some(Value::unknown(unknown).at(query.query.place)),
            Ok(None) => {
                query.expression.as_ref().filter(|expression| finds_by_itself(expression)).map(|expression| {
                    let why = Unknown::Shape("an expression finds its metrics only when it runs");
                    Value::unknown(why).at(expression.place)
                })
            }
        }
    }

    fn metric(&self, of: &Resolved<'a>, namespace: &str) -> Resolved<'a> {
        let field = |name: &str| match self.resolver.field(of, name) {
            Ok(value) => value,
            Err(unknown) => Some(Value::unknown(unknown).at(of.place)),
        };
        let dimensions = match field("Dimensions") {
            None => Value::Map(MapValue::Built(Vec::new().into())).at(of.place),
            Some(all) => self.dimensions(all),
        };
        record(Metric { namespace: field(namespace), name: field("MetricName"), dimensions }).at(of.place)
    }

    /// A list of names and values as a map.
    fn dimensions(&self, all: Resolved<'a>) -> Resolved<'a> {
        let elements = match self.resolver.elements(&all) {
            Ok(elements) => elements,
            Err(unknown) => return Value::unknown(unknown).at(all.place),
        };
        let mut pairs: Vec<(Cow<'a, str>, Resolved<'a>)> = Vec::new();
        for element in elements {
            let name = self.resolver.field(&element, "Name").ok().flatten();
            let value = self.resolver.field(&element, "Value").ok().flatten();
            let name = name.and_then(|name| name.value.scalar_text().map(str::to_owned));
            let (Some(name), Some(value)) = (name, value) else {
                let unknown = Unknown::Shape("a dimension of the metric is not known");
                return Value::unknown(unknown).at(element.place);
            };
            pairs.push((Cow::Owned(name), value));
        }
        Value::Map(MapValue::Built(pairs.into())).at(all.place)
    }
}
