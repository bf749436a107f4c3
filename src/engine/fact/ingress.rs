//! `ingress()`: the inbound rules of a security group, inline and standalone.
use super::super::evaluate::Evaluator;
use super::super::pattern;
use super::super::subject::{Here, Subject};
use super::{list, record};
use crate::graph::{EdgeKind, ResourceId};
use crate::rule::FactId;
use crate::value::{Record, Resolved, Truth, Unknown, Value};

/// Properties that say where traffic may come from; the first two are networks.
const SOURCES: [&str; 6] = [
    "CidrIp",
    "CidrIpv6",
    "SourcePrefixListId",
    "SourceSecurityGroupId",
    "SourceSecurityGroupName",
    "SourceSecurityGroupOwnerId",
];

/// One inbound rule.
struct Ingress<'a> {
    rule: Resolved<'a>,
    protocol: Option<Resolved<'a>>,
    from: Option<Resolved<'a>>,
    to: Option<Resolved<'a>>,
    source: Option<Resolved<'a>>,
    description: Option<Resolved<'a>>,
    open: Truth,
    /// Whether the rule is one half of the address space, and which.
    half: Option<(&'static str, u8)>,
}

impl<'a> Ingress<'a> {
    /// Whether every port is admitted: protocol -1 ignores ports, and no ports are all ports.
    fn all_ports(&self) -> Truth {
        let protocol = self.protocol.as_ref().map(|protocol| &protocol.value);
        match protocol.map(|value| value.scalar_text()) {
            Some(Some("-1")) => return Truth::True,
            Some(None) | None if protocol.is_none_or(|value| matches!(value, Value::Hole(_))) => {
                return Truth::Unknown;
            }
            _ => {}
        }
        let number = |port: &Option<Resolved<'a>>| port.as_ref().map(|port| port.value.scalar_number());
        match (number(&self.from), number(&self.to)) {
            (None, _) | (_, None) => Truth::True,
            (Some(Some(from)), Some(Some(to))) => ((from <= 0.0 && to >= 65535.0) || from == -1.0).into(),
            _ => Truth::Unknown,
        }
    }

    /// TCP and UDP have ports; ICMP has types in the same fields.
    fn has_ports(&self) -> Truth {
        match self.protocol.as_ref().map(|protocol| protocol.value.scalar_text()) {
            Some(Some(name)) => {
                matches!(name.to_ascii_lowercase().as_str(), "tcp" | "udp" | "6" | "17" | "-1").into()
            }
            _ => Truth::Unknown,
        }
    }
}

impl<'a> Record<'a> for Ingress<'a> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        let at_source = self.source.as_ref().map_or(self.rule.place, |source| source.place);
        let truth = |truth: Truth| match truth {
            Truth::True => Value::Bool(true).at(at_source),
            Truth::False => Value::Bool(false).at(at_source),
            Truth::Unknown => {
                Value::unknown(Unknown::Shape("the rule's source or ports are decided at deployment"))
                    .at(at_source)
            }
        };
        match name {
            "Protocol" => self.protocol.clone(),
            "FromPort" => self.from.clone(),
            "ToPort" => self.to.clone(),
            "Source" => self.source.clone(),
            "Description" => self.description.clone(),
            "Open" => Some(truth(self.open)),
            "AllPorts" => Some(truth(self.all_ports())),
            "Ports" => Some(truth(self.has_ports())),
            _ => None,
        }
    }

    fn names(&self) -> &'static [&'static str] {
        FactId::Ingress.info().fields
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// All inbound rules; of a standalone rule, itself.
    pub(super) fn ingress(&self, here: &Here<'a>) -> Resolved<'a> {
        let place = here.owner.place(self.world);
        let Subject::Resource(id) = here.owner else { return list(Vec::new()).at(place) };
        let graph = self.world.graph;
        let mut rules: Vec<Ingress<'a>> = Vec::new();
        let mut unknown = Vec::new();
        if graph.resource(id).declared.type_name == "AWS::EC2::SecurityGroupIngress" {
            rules.extend(self.standalone(id));
        } else {
            match self.inline(id) {
                Ok(inline) => rules.extend(inline.into_iter().map(|rule| self.ingress_rule(rule))),
                Err(reason) => unknown.push(Value::unknown(reason).at(place)),
            }
            for edge in self.world.edges().to(id).filter(|edge| edge.kind != EdgeKind::DependsOn) {
                let speaker = graph.resource(edge.from);
                let of_group = speaker
                    .declared
                    .properties
                    .and_then(|properties| properties.get("GroupId"))
                    .is_some_and(|group| edge.at >= group.id() && edge.at < group.end());
                if speaker.declared.type_name == "AWS::EC2::SecurityGroupIngress" && of_group {
                    rules.extend(self.standalone(edge.from));
                }
            }
        }
        join_halves(&mut rules);
        let rules = rules.into_iter().map(|rule| {
            let place = rule.rule.place;
            record(rule).at(place)
        });
        list(rules.chain(unknown).collect()).at(place)
    }

    fn inline(&self, id: ResourceId) -> Result<Vec<Resolved<'a>>, Unknown<'a>> {
        let resource = self.world.graph.resource(id);
        let Some(node) = self.world.graph.property(id, "SecurityGroupIngress") else { return Ok(Vec::new()) };
        let all = self.resolver.resolve(resource.stack, node);
        match all.value {
            Value::Map(_) => Ok(vec![all]),
            _ => self.resolver.elements(&all),
        }
    }

    fn standalone(&self, id: ResourceId) -> Option<Ingress<'a>> {
        let resource = self.world.graph.resource(id);
        let properties = resource.declared.properties?;
        if self.resolver.without_forking(|| self.resolver.exists(id)) == Truth::False {
            return None;
        }
        Some(self.ingress_rule(self.resolver.resolve(resource.stack, properties)))
    }

    fn ingress_rule(&self, rule: Resolved<'a>) -> Ingress<'a> {
        let field = |name: &str| match self.resolver.field(&rule, name) {
            Ok(value) => value,
            Err(unknown) => Some(Value::unknown(unknown).at(rule.place)),
        };
        let source = SOURCES.iter().find_map(|name| field(name));
        let network = field("CidrIp").or_else(|| field("CidrIpv6"));
        let text = network
            .as_ref()
            .and_then(|network| network.value.scalar_text().map(|text| text.trim().to_owned()));
        let open = match (&network, text.as_deref()) {
            (None, _) => Truth::False,
            (_, Some(text)) => is_open(text).into(),
            (Some(network), None) => match pattern::marked(self.world, &network.value) {
                Some(text) if !pattern::has_hole(&text) => is_open(&text).into(),
                // The network of a VPC or subnet of the app is not the world.
                _ if matches!(network.value, Value::Hole(crate::value::Hole::Reference { .. })) => {
                    Truth::False
                }
                _ => Truth::Unknown,
            },
        };
        Ingress {
            protocol: field("IpProtocol"),
            from: field("FromPort"),
            to: field("ToPort"),
            description: field("Description"),
            half: text.as_deref().and_then(half),
            source,
            open,
            rule,
        }
    }
}

fn is_open(network: &str) -> bool {
    network == "0.0.0.0/0" || (network.contains(':') && network.ends_with("/0"))
}

fn half(network: &str) -> Option<(&'static str, u8)> {
    match network {
        "0.0.0.0/1" => Some(("4", 0)),
        "128.0.0.0/1" => Some(("4", 1)),
        "::/1" => Some(("6", 0)),
        "8000::/1" => Some(("6", 1)),
        _ => None,
    }
}

/// Two halves of the address space for the same ports are the whole.
fn join_halves(rules: &mut [Ingress<'_>]) {
    let words = |rule: &Ingress<'_>| {
        let text = |value: &Option<Resolved<'_>>| {
            value.as_ref().and_then(|value| value.value.scalar_text().map(str::to_owned))
        };
        (text(&rule.protocol), text(&rule.from), text(&rule.to))
    };
    for i in 0..rules.len() {
        let Some((family, side)) = rules[i].half else { continue };
        let whole = rules
            .iter()
            .any(|other| other.half == Some((family, 1 - side)) && words(other) == words(&rules[i]));
        if whole {
            rules[i].open = Truth::True;
        }
    }
}
