//! What a loop repeats, written once for each element: identifiers filled in, loops inside it written out.
//!
//! In: nodes of the old document, and the elements that the identifiers stand for. Out: nodes of the new one, each with
//! the place it was written at. `Fn::Sub` without a variable left, and functions that name something (`Ref`,
//! `Fn::GetAtt`, `Condition` ...), become plain texts, as the transform makes them.
use super::collection::{Scalar, Trouble};
use super::intrinsic::Intrinsic;
use super::loops::{About, Expander, LOOP};
use crate::syntax::Node;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Keys whose value names something, and so must be plain for those who look only at names.
const NAMING: [&str; 6] =
    ["Ref", "Fn::GetAtt", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"];

/// The keys of a map that is being written, each with the cell it stands in.
pub(super) type Seen<'d> = FxHashMap<Cow<'d, str>, usize>;

impl<'d> Expander<'d, '_> {
    /// Writes a node and all below it, loops written out and identifiers filled in.
    pub(super) fn value(&mut self, node: Node<'d>) -> Result<(), Trouble> {
        if self.scope.bindings.is_empty() && !self.has_loop(node) {
            self.out.keep(node);
        } else if let Some(text) = node.as_str() {
            let filled = self.scope.fill(text)?;
            self.text(node, &filled);
        } else if node.is_list() {
            self.out.open(node);
            for item in node.items() {
                self.value(item)?;
            }
            self.out.close();
        } else if !node.is_map() {
            self.out.keep(node);
        } else if !self.filled_function(node)? {
            self.out.open(node);
            self.pairs(node, &mut Seen::default(), false)?;
            self.out.close();
        }
        Ok(())
    }

    /// Writes a text at the place of a node, or the node itself where nothing was filled in.
    fn text(&mut self, node: Node<'d>, filled: &str) {
        if node.as_str() == Some(filled) {
            self.out.keep(node);
        } else {
            self.out.text(filled, self.out.span(node));
        }
    }

    /// Writes the text that `Ref` of an identifier, or `Fn::Sub` with nothing left to fill in, stands for.
    fn filled_function(&mut self, node: Node<'d>) -> Result<bool, Trouble> {
        let place = self.out.span(node);
        match Intrinsic::of(node) {
            _ if self.scope.bindings.is_empty() => {}
            Some(Intrinsic::Ref(argument)) => {
                let name = self.scope.fill(argument.text_or_empty())?;
                if let Some(element) = self.scope.bindings.get(&name).cloned() {
                    self.scope.take(element.len())?;
                    self.out.text(&element, place);
                    return Ok(true);
                }
            }
            Some(Intrinsic::Sub(argument)) => {
                let text = argument.items().next().unwrap_or(argument).as_str();
                let filled = text.map(|text| self.scope.fill(text)).transpose()?;
                if let Some(filled) = filled.filter(|filled| !filled.contains("${")) {
                    self.out.text(&filled, place);
                    return Ok(true);
                }
            }
            _ => {}
        }
        Ok(false)
    }

    /// Writes a value that names something; whether there is one, and not `AWS::NoValue`.
    fn naming(&mut self, node: Node<'d>) -> Result<bool, Trouble> {
        if node.is_list() {
            self.out.open(node);
            for item in node.items() {
                self.naming(item)?;
            }
            self.out.close();
            return Ok(true);
        }
        use Intrinsic::{FindInMap, Join, Sub};
        if let Some(FindInMap(_) | Join(_) | Sub(_)) = Intrinsic::of(node) {
            match self.scope.scalar(node) {
                Ok(Scalar::Text(text)) => {
                    self.out.text(&text, self.out.span(node));
                    return Ok(true);
                }
                Ok(Scalar::NoValue) => return Ok(false),
                Err(Trouble::Full) => return Err(Trouble::Full),
                Err(Trouble::Why(_)) => {}
            }
        }
        self.value(node).map(|()| true)
    }

    /// Writes the pairs of a map into the open one. `logical` says that its keys are names of the template.
    pub(super) fn pairs(&mut self, map: Node<'d>, seen: &mut Seen<'d>, logical: bool) -> Result<(), Trouble> {
        for (key, value) in map.entries() {
            let written = key.text_or_empty();
            if written.starts_with(LOOP) {
                self.any_loop(key, value, seen, logical)?;
                continue;
            }
            let name = self.scope.fill(written)?;
            let place = self.out.span(key);
            if seen.contains_key(&name) {
                let message = format!(
                    "the key \"{name:.80}\" is there already, made by a loop or beside it: CloudFormation refuses that; \
                     only the first is looked at, so let the output keys hold every identifier"
                );
                self.fault(About::Key, place, message);
                continue;
            }
            if logical
                && matches!(name, Cow::Owned(_))
                && !name.bytes().all(|byte| byte.is_ascii_alphanumeric())
            {
                let message = format!(
                    "a loop makes the name \"{name:.80}\", and CloudFormation takes only letters and digits; \
                     `&{{Identifier}}` in place of `${{Identifier}}` leaves out the others"
                );
                self.fault(About::Key, place, message);
            }
            let mark = self.out.mark();
            self.text(key, &name);
            seen.insert(name, self.out.len());
            if self.scope.bindings.is_empty() || !NAMING.contains(&written) {
                self.value(value)?;
            } else if !self.naming(value)? {
                self.out.back_to(mark);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::loop_tests::{expand, read};
    use super::super::loops::expand_loops;
    use crate::syntax::Format;

    /// Sections before and after, as the documentation of `Fn::ForEach` shows them.
    const DOCUMENTED: [(&str, &str); 7] = [
        (
            "Resources: {Fn::ForEach::Topics: [TopicName, [Success, Failure], {'SnsTopic${TopicName}': {Type: AWS::SNS::Topic, Properties: \
             {TopicName: !Sub '${TopicName}.fifo', FifoTopic: true}}}]}",
            "Resources: {SnsTopicSuccess: {Type: AWS::SNS::Topic, Properties: {TopicName: Success.fifo, FifoTopic: true}}, SnsTopicFailure: \
             {Type: AWS::SNS::Topic, Properties: {TopicName: Failure.fifo, FifoTopic: true}}}",
        ),
        (
            "Mappings: {NatGateway: {Condition: {B: TwoNatGateways}}}\nResources: {VPC: {Type: AWS::EC2::VPC}, Fn::ForEach::NatGatewayAndEIP: \
             [Identifier, [A, B], {'NatGateway${Identifier}': {Type: AWS::EC2::NatGateway, Properties: {AllocationId: !GetAtt [!Sub \
             'NatGatewayAttachment${Identifier}', AllocationId], SubnetId: !Ref {Fn::Sub: 'PublicSubnet${Identifier}'}}, Condition: \
             !FindInMap [NatGateway, Condition, !Ref Identifier, DefaultValue: !Ref AWS::NoValue]}, 'NatGatewayAttachment${Identifier}': \
             {Type: AWS::EC2::EIP, Condition: !FindInMap [NatGateway, Condition, !Ref Identifier, DefaultValue: !Ref AWS::NoValue]}}]}",
            "Mappings: {NatGateway: {Condition: {B: TwoNatGateways}}}\nResources: {VPC: {Type: AWS::EC2::VPC}, NatGatewayA: {Type: \
             AWS::EC2::NatGateway, Properties: {AllocationId: !GetAtt [NatGatewayAttachmentA, AllocationId], SubnetId: !Ref PublicSubnetA}}, \
             NatGatewayAttachmentA: {Type: AWS::EC2::EIP}, NatGatewayB: {Type: AWS::EC2::NatGateway, Properties: {AllocationId: !GetAtt \
             [NatGatewayAttachmentB, AllocationId], SubnetId: !Ref PublicSubnetB}, Condition: TwoNatGateways}, NatGatewayAttachmentB: {Type: \
             AWS::EC2::EIP, Condition: TwoNatGateways}}",
        ),
        (
            "Resources: {Fn::ForEach::SubnetResources: [Prefix, [Transit, Public], {'Nacl${Prefix}Subnet': {Type: AWS::EC2::NetworkAcl}, \
             Fn::ForEach::LoopInner: [Suffix, [A, B], {'${Prefix}Subnet${Suffix}': {Type: AWS::EC2::Subnet, Properties: {NetworkAclId: !Ref \
             {Fn::Sub: 'Nacl${Prefix}Subnet'}}}}]}], Last: {Type: T}}",
            "Resources: {NaclTransitSubnet: {Type: AWS::EC2::NetworkAcl}, TransitSubnetA: {Type: AWS::EC2::Subnet, Properties: {NetworkAclId: \
             !Ref NaclTransitSubnet}}, TransitSubnetB: {Type: AWS::EC2::Subnet, Properties: {NetworkAclId: !Ref NaclTransitSubnet}}, \
             NaclPublicSubnet: {Type: AWS::EC2::NetworkAcl}, PublicSubnetA: {Type: AWS::EC2::Subnet, Properties: {NetworkAclId: !Ref \
             NaclPublicSubnet}}, PublicSubnetB: {Type: AWS::EC2::Subnet, Properties: {NetworkAclId: !Ref NaclPublicSubnet}}, Last: {Type: T}}",
        ),
        (
            "Resources: {Fn::ForEach::Instances: [InstanceLogicalId, [InstanceA, InstanceC], {'${InstanceLogicalId}': {Type: \
             AWS::EC2::Instance, Properties: {DisableApiTermination: true, Fn::ForEach::Properties: [PropertyName, [ImageId, \
             AvailabilityZone], {'${PropertyName}': {Fn::FindInMap: [Ref: InstanceLogicalId, Properties, Ref: PropertyName, \
             {DefaultValue: !Ref AWS::NoValue}]}}]}}}]}",
            "Resources: {InstanceA: {Type: AWS::EC2::Instance, Properties: {DisableApiTermination: true, ImageId: !FindInMap [InstanceA, \
             Properties, ImageId, {DefaultValue: !Ref AWS::NoValue}], AvailabilityZone: !FindInMap [InstanceA, Properties, \
             AvailabilityZone, {DefaultValue: !Ref AWS::NoValue}]}}, InstanceC: {Type: AWS::EC2::Instance, Properties: \
             {DisableApiTermination: true, ImageId: !FindInMap [InstanceC, Properties, ImageId, {DefaultValue: !Ref AWS::NoValue}], \
             AvailabilityZone: !FindInMap [InstanceC, Properties, AvailabilityZone, {DefaultValue: !Ref AWS::NoValue}]}}}",
        ),
        (
            "Parameters: {IpAddresses: {Type: CommaDelimitedList, Default: '10.0.2.0/24,10.0.3.0/24'}}\nResources: {Fn::ForEach::Subnets: \
             [CIDR, !Ref IpAddresses, {'Subnet&{CIDR}': {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref VPC, CidrBlock: !Ref CIDR}}}]}",
            "Parameters: {IpAddresses: {Type: CommaDelimitedList, Default: '10.0.2.0/24,10.0.3.0/24'}}\nResources: {Subnet1002024: {Type: \
             AWS::EC2::Subnet, Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.2.0/24}}, Subnet1003024: {Type: AWS::EC2::Subnet, Properties: \
             {VpcId: !Ref VPC, CidrBlock: 10.0.3.0/24}}}",
        ),
        (
            "Conditions: {Fn::ForEach::CheckTrue: [Identifier, [A, B], {'IsParam${Identifier}Enabled': !Equals [!Ref {Fn::Sub: \
             'Param${Identifier}'}, 'true']}]}",
            "Conditions: {IsParamAEnabled: !Equals [!Ref ParamA, 'true'], IsParamBEnabled: !Equals [!Ref ParamB, 'true']}",
        ),
        (
            "Outputs: {Fn::ForEach::BucketOutputs: [Identifier, [A, B], {Fn::ForEach::GetAttLoop: [Property, [Arn, DomainName], \
             {'S3Bucket${Identifier}${Property}': {Value: !GetAtt [!Sub 'S3Bucket${Identifier}', !Ref Property]}}]}]}",
            "Outputs: {S3BucketAArn: {Value: !GetAtt [S3BucketA, Arn]}, S3BucketADomainName: {Value: !GetAtt [S3BucketA, DomainName]}, \
             S3BucketBArn: {Value: !GetAtt [S3BucketB, Arn]}, S3BucketBDomainName: {Value: !GetAtt [S3BucketB, DomainName]}}",
        ),
    ];

    #[test]
    fn the_examples_of_the_documentation_come_out_as_documented_from_yaml_and_json() {
        for (before, after) in DOCUMENTED {
            let [before, after] =
                [before, after].map(|text| format!("Transform: AWS::LanguageExtensions\n{text}\n"));
            let json = format!("{:?}", read(&before).root());
            for (text, format) in [(&before, Format::Yaml), (&json, Format::Json)] {
                let (new, faults) = expand(text);
                assert_eq!(format!("{:?}", new.root()), format!("{:?}", read(&after).root()), "{text}");
                assert_eq!((faults, new.format()), (Vec::new(), format), "{text}");
                assert!(expand_loops(&new, &|_| None).is_none_or(|(again, _)| again.len() == new.len()));
            }
        }
    }

    #[test]
    fn every_identifier_is_filled_in_wherever_it_stands() {
        let loop_of = |body: &str| {
            format!(
                "Transform: AWS::LanguageExtensions\nOutputs: {{Fn::ForEach::L: [X, [a.b], {{'o&{{X}}': {body}}}]}}\n"
            )
        };
        for (body, made) in [
            (
                "[!Ref X, !Ref Y, !Sub '${X}', !Sub '${Y}${X}']",
                r#"["a.b", {"Ref": "Y"}, "a.b", {"Fn::Sub": "${Y}a.b"}]"#,
            ),
            (
                "[!Sub ['${X}${V}', {V: !Ref X}], !Sub ['&{X}', {}]]",
                r#"[{"Fn::Sub": ["a.b${V}", {"V": "a.b"}]}, "ab"]"#,
            ),
            ("['x-${X}', '&{X}', '${!X}', 1, null, yes]", r#"["x-a.b", "ab", "${!X}", 1, null, true]"#),
            ("!GetAtt 'R&{X}.Arn'", r#"{"Fn::GetAtt": "Rab.Arn"}"#),
            ("{Ref: 'R&{X}', DependsOn: [!Sub 'R&{X}', S]}", r#"{"Ref": "Rab", "DependsOn": ["Rab", "S"]}"#),
            (
                "{Condition: {StringEquals: {'k${X}': !Ref X}}}",
                r#"{"Condition": {"StringEquals": {"ka.b": "a.b"}}}"#,
            ),
            ("!Ref {Fn::Join: ['', [R, !Ref X]]}", r#"{"Ref": "Ra.b"}"#),
        ] {
            let (new, faults) = expand(&loop_of(body));
            let value = new.root().get("Outputs").and_then(|all| all.get("oab")).unwrap();
            assert_eq!((format!("{value:?}"), faults), (made.to_owned(), Vec::new()), "{body}");
        }
    }
}
