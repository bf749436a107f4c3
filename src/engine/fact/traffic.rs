//! `ingress()` and `egress()`: the rules of a security group, inline and standalone.
//!
//! A group without outbound rules of its own lets everything out: the service adds a rule that says so, and the list
//! holds it. Two halves of the address space for the same ports count as the whole.
use super::super::evaluate::Evaluator;
use super::super::pattern;
use super::super::subject::{Here, Subject};
use super::{list, record};
use crate::graph::{EdgeKind, ResourceId};
use crate::rule::FactId;
use crate::value::{Place, Record, Resolved, Truth, Unknown, Value};
use rustc_hash::FxHashSet;

/// What the rules of one direction are called.
#[derive(Debug)]
pub(super) struct Direction {
    fact: FactId,
    /// The property of a group that lists them.
    inline: &'static str,
    /// The type of one by itself.
    standalone: &'static str,
    /// Properties that say with whom traffic is allowed.
    peers: &'static [&'static str],
}

/// Inbound.
pub(super) const INBOUND: Direction = Direction {
    fact: FactId::Ingress,
    inline: "SecurityGroupIngress",
    standalone: "AWS::EC2::SecurityGroupIngress",
    peers: &[
        "CidrIp",
        "CidrIpv6",
        "SourcePrefixListId",
        "SourceSecurityGroupId",
        "SourceSecurityGroupName",
        "SourceSecurityGroupOwnerId",
    ],
};

/// Outbound.
pub(super) const OUTBOUND: Direction = Direction {
    fact: FactId::Egress,
    inline: "SecurityGroupEgress",
    standalone: "AWS::EC2::SecurityGroupEgress",
    peers: &["CidrIp", "CidrIpv6", "DestinationPrefixListId", "DestinationSecurityGroupId"],
};

/// One rule.
struct Traffic<'a> {
    direction: &'static Direction,
    rule: Resolved<'a>,
    protocol: Option<Resolved<'a>>,
    from: Option<Resolved<'a>>,
    to: Option<Resolved<'a>>,
    peer: Option<Resolved<'a>>,
    description: Option<Resolved<'a>>,
    open: Truth,
    /// Whether the rule is one half of the address space, and which.
    half: Option<(&'static str, u8)>,
    /// Whether the service adds it by itself.
    default: bool,
}

impl<'a> Traffic<'a> {
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

impl<'a> Record<'a> for Traffic<'a> {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        let at_peer = self.peer.as_ref().map_or(self.rule.place, |peer| peer.place);
        let truth = |truth: Truth| match truth {
            Truth::True => Value::Bool(true).at(at_peer),
            Truth::False => Value::Bool(false).at(at_peer),
            Truth::Unknown => {
                Value::unknown(Unknown::Shape("whom or which ports the rule admits is decided at deployment"))
                    .at(at_peer)
            }
        };
        match name {
            name if !self.names().contains(&name) => None,
            "Protocol" => self.protocol.clone(),
            "FromPort" => self.from.clone(),
            "ToPort" => self.to.clone(),
            "Source" | "Destination" => self.peer.clone(),
            "Description" => self.description.clone(),
            "Open" => Some(truth(self.open)),
            "AllPorts" => Some(truth(self.all_ports())),
            "Ports" => Some(truth(self.has_ports())),
            "Default" => Some(truth(self.default.into())),
            _ => None,
        }
    }

    fn names(&self) -> &'static [&'static str] {
        self.direction.fact.info().fields
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// All rules of a direction; of a standalone rule, itself.
    pub(super) fn traffic(&self, direction: &'static Direction, here: &Here<'a>) -> Resolved<'a> {
        let place = here.owner.place(self.world);
        let Subject::Resource(id) = here.owner else { return list(Vec::new()).at(place) };
        let graph = self.world.graph;
        let mut rules: Vec<Traffic<'a>> = Vec::new();
        let mut unknown = Vec::new();
        if graph.resource(id).declared.type_name == direction.standalone {
            rules.extend(self.standalone(direction, id).map(|(rule, _)| rule));
        } else {
            match self.inline(direction, id) {
                Ok(inline) => {
                    rules.extend(inline.into_iter().map(|rule| self.traffic_rule(direction, rule)));
                }
                Err(reason) => unknown.push(Value::unknown(reason).at(place)),
            }
            let mut certain = !rules.is_empty() || !unknown.is_empty();
            let mut last = None;
            for edge in self.world.edges().to(id).filter(|edge| edge.kind != EdgeKind::DependsOn) {
                let speaker = graph.resource(edge.from);
                let of_group = speaker
                    .declared
                    .properties()
                    .and_then(|properties| properties.get("GroupId"))
                    .is_some_and(|group| edge.at >= group.id() && edge.at < group.end());
                let is_rule = speaker.declared.type_name == direction.standalone && of_group;
                if !is_rule || last.replace(edge.from) == Some(edge.from) {
                    continue;
                }
                let (of_this, _) = self.named_by(edge.from, "GroupId", id);
                if of_this != Truth::False
                    && let Some((rule, exists)) = self.standalone(direction, edge.from)
                {
                    certain |= exists && of_this == Truth::True;
                    rules.push(rule);
                }
            }
            let is_group = graph.resource(id).declared.type_name == "AWS::EC2::SecurityGroup";
            if direction.fact == FactId::Egress && is_group && !certain {
                match rules.is_empty() {
                    true => rules.push(self.default_rule(direction, id)),
                    false => unknown.push(
                        Value::unknown(Unknown::Shape("its only outbound rules exist under a condition"))
                            .at(place),
                    ),
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

    /// What the service adds to a group that is made without outbound rules.
    fn default_rule(&self, direction: &'static Direction, id: ResourceId) -> Traffic<'a> {
        let written = self.world.graph.property(id, direction.inline);
        let place = match written {
            Some(node) => Place { stack: self.world.graph.resource(id).stack, node: node.id() },
            None => Subject::Resource(id).place(self.world),
        };
        Traffic {
            direction,
            rule: Value::NoValue.at(place),
            protocol: Some(Value::text("-1").at(place)),
            from: None,
            to: None,
            peer: Some(Value::text("0.0.0.0/0").at(place)),
            description: None,
            open: Truth::True,
            half: None,
            default: true,
        }
    }

    fn inline(
        &self,
        direction: &'static Direction,
        id: ResourceId,
    ) -> Result<Vec<Resolved<'a>>, Unknown<'a>> {
        let resource = self.world.graph.resource(id);
        let Some(node) = self.world.graph.property(id, direction.inline) else { return Ok(Vec::new()) };
        let all = self.resolver.resolve(resource.stack, node);
        match all.value {
            Value::Map(_) => Ok(vec![all]),
            _ => self.resolver.elements(&all),
        }
    }

    /// A rule by itself, and whether it surely exists; none where it surely does not.
    fn standalone(&self, direction: &'static Direction, id: ResourceId) -> Option<(Traffic<'a>, bool)> {
        let resource = self.world.graph.resource(id);
        let properties = resource.declared.properties()?;
        let exists = self.resolver.aside(|| self.resolver.exists(id));
        if exists == Truth::False {
            return None;
        }
        let rule = self.traffic_rule(direction, self.resolver.resolve(resource.stack, properties));
        Some((rule, exists == Truth::True))
    }

    fn traffic_rule(&self, direction: &'static Direction, rule: Resolved<'a>) -> Traffic<'a> {
        let field = |name: &str| match self.resolver.field(&rule, name) {
            Ok(value) => value,
            Err(unknown) => Some(Value::unknown(unknown).at(rule.place)),
        };
        let peer = direction.peers.iter().find_map(|name| field(name));
        let network = field("CidrIp").or_else(|| field("CidrIpv6"));
        let text = network
            .as_ref()
            .and_then(|network| network.value.scalar_text().map(|text| text.trim().to_owned()));
        let open = match (&network, text.as_deref()) {
            (None, _) => Truth::False,
            (_, Some(text)) => is_open(text).into(),
            (Some(network), None) => match pattern::marked(self.resolver, &network.value) {
                Some(text) if !pattern::has_hole(&text) => is_open(&text).into(),
                // The network of a VPC or subnet of the app is not the world.
                _ if matches!(network.value, Value::Hole(crate::value::Hole::Reference { .. })) => {
                    Truth::False
                }
                _ => Truth::Unknown,
            },
        };
        Traffic {
            direction,
            protocol: field("IpProtocol"),
            from: field("FromPort"),
            to: field("ToPort"),
            description: field("Description"),
            half: text.as_deref().and_then(half),
            peer,
            open,
            default: false,
            rule,
        }
    }
}

fn is_open(network: &str) -> bool {
    // A network of no bits is everything, whatever address stands before it.
    network.ends_with("/0")
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
fn join_halves(rules: &mut [Traffic<'_>]) {
    let words = |rule: &Traffic<'_>| {
        let text = |value: &Option<Resolved<'_>>| {
            value.as_ref().and_then(|value| value.value.scalar_text().map(str::to_owned))
        };
        (text(&rule.protocol), text(&rule.from), text(&rule.to))
    };
    let halves = rules.iter().filter_map(|rule| Some((rule.half?, words(rule))));
    let halves: FxHashSet<_> = halves.collect();
    for rule in rules {
        let Some((family, side)) = rule.half else { continue };
        if halves.contains(&((family, 1 - side), words(rule))) {
            rule.open = Truth::True;
        }
    }
}
