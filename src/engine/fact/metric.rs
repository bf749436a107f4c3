//! `metrics()`: what an alarm watches.
use super::super::evaluate::Evaluator;
use super::super::subject::{Here, Subject};
use super::{list, record};
use crate::rule::FactId;
use crate::value::{MapValue, Record, Resolved, Unknown, Value};
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

impl<'a> Evaluator<'_, 'a> {
    /// The metric of the alarm itself, or those of `Metrics[].MetricStat`. An expression that searches for metrics
    /// is an element that is not known.
    pub(super) fn metrics(&self, here: &Here<'a>) -> Resolved<'a> {
        let place = here.owner.place(self.world);
        let properties = match here.owner {
            Subject::Resource(id) => {
                let resource = self.world.graph.resource(id);
                resource
                    .declared
                    .properties
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
                Ok(queries) => metrics.extend(queries.into_iter().filter_map(|query| self.query(query))),
            },
        }
        list(metrics).at(properties.place)
    }

    fn query(&self, query: Resolved<'a>) -> Option<Resolved<'a>> {
        if let Ok(Some(stat)) = self.resolver.field(&query, "MetricStat") {
            return match self.resolver.field(&stat, "Metric") {
                Ok(Some(metric)) => Some(self.metric(&metric, "Namespace")),
                Ok(None) => None,
                Err(unknown) => Some(Value::unknown(unknown).at(stat.place)),
            };
        }
        let expression = self.resolver.field(&query, "Expression").ok()??;
        let searches = expression.value.scalar_text().is_none_or(|text| {
            let text = text.to_ascii_uppercase();
            text.contains("SEARCH") || text.contains("SELECT")
        });
        searches.then(|| {
            Value::unknown(Unknown::Shape("an expression finds its metrics only when it runs"))
                .at(expression.place)
        })
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
