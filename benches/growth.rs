//! How the time of a run grows: all rules over generated apps, doubled again and again.
//!
//! Prints a row for each shape: the time at each size, and how much the last doubling cost; 2.0 is linear. Reading the
//! files is part of it. Run with `cargo bench --bench growth`, or `-- NAME` for the shapes of that name.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use stackproof::{engine, intake, rule::RuleSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// A shape of app: its name, its sizes, and what writes it into a folder and names the paths to lint.
type Shape = (&'static str, [usize; 5], fn(&Path, usize) -> Vec<String>);

const SHAPES: [Shape; 18] = [
    ("conditions, a resource each", [5, 10, 20, 40, 80], conditions),
    ("conditions, all in one resource", [5, 10, 20, 40, 80], conditions_of_one),
    ("functions with alarm and group", [125, 500, 1000, 2000, 4000], functions),
    ("the same by literal names", [125, 500, 1000, 2000, 4000], functions_by_name),
    ("the same by names that are open", [125, 500, 1000, 2000, 4000], functions_by_open_name),
    ("the same by names that a condition chooses", [125, 500, 1000, 2000, 4000], functions_by_chosen_name),
    ("the same, YAML", [125, 500, 1000, 2000, 4000], functions_of_yaml),
    ("depth of Fn::If", [5, 10, 20, 40, 80], depth_of_if),
    ("depth of Fn::Join", [5, 10, 20, 40, 80], depth_of_join),
    ("nested stacks", [16, 32, 64, 128, 256], nested_stacks),
    ("imports", [125, 500, 1000, 2000, 4000], imports),
    ("stages of the same app", [16, 32, 64, 128, 256], stages),
    ("findings, a resource each", [125, 500, 1000, 2000, 4000], findings),
    ("findings, up to a hundred thousand", [1625, 3250, 6500, 13000, 26000], bare),
    ("statements of one policy", [125, 500, 1000, 2000, 4000], statements),
    ("methods of one API", [125, 500, 1000, 2000, 4000], methods),
    ("values of one mapping", [125, 500, 1000, 2000, 4000], mapped),
    ("instances and rules of one group", [125, 500, 1000, 2000, 4000], rules_of_group),
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let rules = RuleSet::builtin();
    println!("{:34}{:>50}  last doubling", "", "milliseconds at each size");
    for (name, sizes, write) in SHAPES {
        if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(word)) {
            continue;
        }
        let mut row = format!("{name:34}");
        let mut times = Vec::new();
        for size in sizes {
            let folder = tempfile::tempdir().unwrap();
            let paths = write(folder.path(), size);
            let time = (0..5).map(|_| judge(&paths, &rules)).min().unwrap_or_default();
            times.push(time.as_secs_f64() * 1000.0);
            write!(row, "{:>10}", format!("{:.2}", time.as_secs_f64() * 1000.0)).unwrap();
        }
        println!("{row}  x {:.1}", times[4] / times[3]);
    }
}

fn judge(paths: &[String], rules: &RuleSet) -> Duration {
    let started = Instant::now();
    let found = intake::discover(paths, &intake::Settings { one_app: true, ..intake::Settings::default() });
    let run = engine::check(&found, &rules.rules, &engine::Settings::default(), &|| ());
    let time = started.elapsed();
    assert!(!run.incomplete() && run.resources > 0, "{:?}", run.problems);
    time
}

/// Writes one template; `sections` is what stands before the resources.
fn template(folder: &Path, sections: &str, resources: &[String]) -> Vec<String> {
    let path = folder.join("app.template.json");
    fs::write(&path, format!("{{{sections}\"Resources\": {{{}}}}}", resources.join(",\n "))).unwrap();
    vec![path.to_string_lossy().into_owned()]
}

fn many(size: usize, one: impl Fn(usize) -> String) -> Vec<String> {
    (0..size).map(one).collect()
}

/// As many parameters, and conditions on them.
fn free(size: usize) -> String {
    let parameters = many(size, |i| format!(r#""P{i}": {{"Type": "String"}}"#)).join(",");
    let conditions =
        many(size, |i| format!(r#""C{i}": {{"Fn::Equals": [{{"Ref": "P{i}"}}, "on"]}}"#)).join(",");
    format!(r#""Parameters": {{{parameters}}}, "Conditions": {{{conditions}}}, "#)
}

fn conditions(folder: &Path, size: usize) -> Vec<String> {
    let all = many(size, |i| {
        format!(
            r#""B{i}": {{"Type": "AWS::S3::Bucket", "Condition": "C{i}", "Properties": {{"VersioningConfiguration": {{"Status": {{"Fn::If": ["C{}", "Enabled", "Suspended"]}}}}}}}}"#,
            (i + 1) % size
        )
    });
    template(folder, &free(size), &all)
}

fn conditions_of_one(folder: &Path, size: usize) -> Vec<String> {
    let variables =
        many(size, |i| format!(r#""V{i}": {{"Fn::If": ["C{i}", "a", {{"Ref": "AWS::NoValue"}}]}}"#));
    let statements = many(size, |i| {
        format!(
            r#"{{"Fn::If": ["C{i}", {{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a{i}/*"}}, {{"Ref": "AWS::NoValue"}}]}}"#
        )
    });
    let all = [
        format!(
            r#""F": {{"Type": "AWS::Lambda::Function", "Properties": {{"Environment": {{"Variables": {{{}}}}}}}}}"#,
            variables.join(",")
        ),
        format!(
            r#""R": {{"Type": "AWS::IAM::Policy", "Properties": {{"PolicyDocument": {{"Statement": [{}]}}}}}}"#,
            statements.join(",")
        ),
    ];
    template(folder, &free(size), &all)
}

/// A function with its alarm and its log group, joined by what stands for the function's name.
fn function(i: usize, properties: &str, name: &str) -> String {
    format!(
        r#""F{i}": {{"Type": "AWS::Lambda::Function", "Properties": {{{properties}"Handler": "index.handler", "Runtime": "nodejs22.x", "TracingConfig": {{"Mode": "Active"}}}}}},
 "A{i}": {{"Type": "AWS::CloudWatch::Alarm", "Properties": {{"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": [{{"Name": "FunctionName", "Value": {name}}}]}}}},
 "L{i}": {{"Type": "AWS::Logs::LogGroup", "Properties": {{"RetentionInDays": 30, "LogGroupName": {{"Fn::Join": ["", ["/aws/lambda/", {name}]]}}}}}}"#
    )
}

fn functions(folder: &Path, size: usize) -> Vec<String> {
    template(folder, "", &many(size, |i| function(i, "", &format!(r#"{{"Ref": "F{i}"}}"#))))
}

fn functions_by_name(folder: &Path, size: usize) -> Vec<String> {
    let all =
        many(size, |i| function(i, &format!(r#""FunctionName": "shop-{i}", "#), &format!(r#""shop-{i}""#)));
    template(folder, "", &all)
}

fn functions_by_open_name(folder: &Path, size: usize) -> Vec<String> {
    let all = many(size, |i| {
        let name = format!(r#"{{"Fn::Sub": "${{P}}-shop-{i}"}}"#);
        function(i, &format!(r#""FunctionName": {name}, "#), &name)
    });
    template(folder, r#""Parameters": {"P": {"Type": "String"}}, "#, &all)
}

fn functions_by_chosen_name(folder: &Path, size: usize) -> Vec<String> {
    let all = many(size, |i| {
        let name = format!(r#"{{"Fn::If": ["C0", "shop-{i}", {{"Fn::Sub": "${{P0}}-shop-{i}"}}]}}"#);
        function(i, &format!(r#""FunctionName": {name}, "#), &name)
    });
    template(folder, &free(1), &all)
}

fn functions_of_yaml(folder: &Path, size: usize) -> Vec<String> {
    let all = many(size, |i| function(i, "", &format!(r#"{{"Ref": "F{i}"}}"#)));
    let path = folder.join("app.yaml");
    fs::write(&path, format!("---\nResources: {{{}}}\n", all.join(",\n "))).unwrap();
    vec![path.to_string_lossy().into_owned()]
}

/// Four hundred buckets with a nested value each.
fn nested_value(folder: &Path, sections: &str, value: &str) -> Vec<String> {
    let all = many(400, |i| {
        format!(
            r#""B{i}": {{"Type": "AWS::S3::Bucket", "Properties": {{"VersioningConfiguration": {{"Status": {value}}}}}}}"#
        )
    });
    template(folder, sections, &all)
}

fn depth_of_if(folder: &Path, size: usize) -> Vec<String> {
    // Each level is two of the tape's hundred.
    let size = size / 2;
    let value = (0..size).fold(r#""Enabled""#.to_owned(), |value, i| {
        format!(r#"{{"Fn::If": ["C{}", {value}, "Enabled"]}}"#, i % 2)
    });
    nested_value(folder, &free(2), &value)
}

fn depth_of_join(folder: &Path, size: usize) -> Vec<String> {
    let size = size / 3;
    let value =
        (0..size).fold(r#""Enabled""#.to_owned(), |value, _| format!(r#"{{"Fn::Join": ["", [{value}]]}}"#));
    nested_value(folder, "", &value)
}

/// An assembly of these artifacts, and of these templates beside its manifest.
fn assembly(folder: &Path, artifacts: &[String], templates: &[(String, String)]) {
    fs::create_dir_all(folder).unwrap();
    for (name, text) in templates {
        fs::write(folder.join(name), text).unwrap();
    }
    let manifest = format!(r#"{{"version": "55.0.0", "artifacts": {{{}}}}}"#, artifacts.join(","));
    fs::write(folder.join("manifest.json"), manifest).unwrap();
}

fn stack(id: &str) -> String {
    format!(
        r#""{id}": {{"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1", "properties": {{"templateFile": "{id}.template.json"}}}}"#
    )
}

fn nested_stacks(folder: &Path, size: usize) -> Vec<String> {
    let parents = many(size, |i| {
        format!(
            r#""N{i}": {{"Type": "AWS::CloudFormation::Stack", "Properties": {{"TemplateURL": "https://s3/{i}", "Parameters": {{"Key": {{"Fn::GetAtt": ["Key", "Arn"]}}}}}}, "Metadata": {{"aws:asset:path": "N{i}.nested.template.json"}}}}"#
        )
    });
    let key = r#""Key": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": true}}"#;
    let parent = format!(r#"{{"Resources": {{{key}, {}}}}}"#, parents.join(","));
    let mut templates = vec![("App.template.json".to_owned(), parent)];
    for i in 0..size {
        let all =
            many(5, |i| function(i, r#""KmsKeyArn": {"Ref": "Key"}, "#, &format!(r#"{{"Ref": "F{i}"}}"#)));
        let text = format!(
            r#"{{"Parameters": {{"Key": {{"Type": "String"}}}}, "Resources": {{{}}}}}"#,
            all.join(",")
        );
        templates.push((format!("N{i}.nested.template.json"), text));
    }
    assembly(folder, &[stack("App")], &templates);
    vec![folder.to_string_lossy().into_owned()]
}

fn imports(folder: &Path, size: usize) -> Vec<String> {
    let made = many(size, |i| function(i, "", &format!(r#"{{"Ref": "F{i}"}}"#))).join(",");
    let exports = many(size, |i| {
        format!(r#""O{i}": {{"Value": {{"Ref": "F{i}"}}, "Export": {{"Name": "App:F{i}"}}}}"#)
    });
    let alarms = many(size, |i| {
        format!(
            r#""A{i}": {{"Type": "AWS::CloudWatch::Alarm", "Properties": {{"Namespace": "AWS/Lambda", "MetricName": "Throttles", "Dimensions": [{{"Name": "FunctionName", "Value": {{"Fn::ImportValue": "App:F{i}"}}}}]}}}}"#
        )
    });
    let templates = [
        (
            "Made.template.json".to_owned(),
            format!(r#"{{"Resources": {{{made}}}, "Outputs": {{{}}}}}"#, exports.join(",")),
        ),
        ("Watched.template.json".to_owned(), format!(r#"{{"Resources": {{{}}}}}"#, alarms.join(","))),
    ];
    assembly(folder, &[stack("Made"), stack("Watched")], &templates);
    vec![folder.to_string_lossy().into_owned()]
}

fn stages(folder: &Path, size: usize) -> Vec<String> {
    let all =
        many(5, |i| function(i, &format!(r#""FunctionName": "shop-{i}", "#), &format!(r#""shop-{i}""#)));
    let text = format!(r#"{{"Resources": {{{}}}}}"#, all.join(","));
    let artifacts = many(size, |i| {
        let inner = folder.join(format!("assembly-S{i}"));
        assembly(&inner, &[stack("App")], &[("App.template.json".to_owned(), text.clone())]);
        format!(
            r#""S{i}": {{"type": "cdk:cloud-assembly", "properties": {{"directoryName": "assembly-S{i}"}}}}"#
        )
    });
    assembly(folder, &artifacts, &[]);
    vec![folder.to_string_lossy().into_owned()]
}

fn findings(folder: &Path, size: usize) -> Vec<String> {
    let all = many(size, |i| {
        format!(
            r#""B{i}": {{"Type": "AWS::S3::Bucket", "Properties": {{"Tags": [], "VersioningConfiguration": {{"Status": "Suspended"}}}}}}"#
        )
    });
    template(folder, "", &all)
}

/// Resources with nothing but a tag, which fall short of nearly all that is asked of their kinds.
fn bare(folder: &Path, size: usize) -> Vec<String> {
    let kinds = [
        "SQS::Queue",
        "Lambda::Function",
        "SNS::Topic",
        "DynamoDB::Table",
        "EC2::SecurityGroup",
        "RDS::DBInstance",
        "IAM::Role",
        "S3::Bucket",
    ];
    let all = many(size, |i| {
        let kind = kinds[i % kinds.len()];
        format!(
            r#""R{i}": {{"Type": "AWS::{kind}", "Properties": {{"Tags": [{{"Key": "a", "Value": "b"}}]}}}}"#
        )
    });
    template(folder, "", &all)
}

fn statements(folder: &Path, size: usize) -> Vec<String> {
    let all = many(size, |i| {
        format!(r#"{{"Sid": "S{i}", "Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*"}}"#)
    });
    let policy = format!(
        r#""P": {{"Type": "AWS::IAM::Policy", "Properties": {{"PolicyDocument": {{"Statement": [{}]}}}}}}"#,
        all.join(",")
    );
    template(folder, "", &[policy])
}

fn methods(folder: &Path, size: usize) -> Vec<String> {
    let mut all = many(size, |i| {
        format!(
            r#""M{i}": {{"Type": "AWS::ApiGateway::Method", "Properties": {{"RestApiId": {{"Ref": "Api"}}, "HttpMethod": "GET", "AuthorizationType": "NONE"}}}}"#
        )
    });
    all.push(r#""Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "shop"}}"#.to_owned());
    template(folder, "", &all)
}

fn mapped(folder: &Path, size: usize) -> Vec<String> {
    let rows = many(size, |i| format!(r#""K{i}": {{"Name": "shop-{i}"}}"#)).join(",");
    let all = many(size, |i| {
        format!(
            r#""B{i}": {{"Type": "AWS::S3::Bucket", "Properties": {{"BucketName": {{"Fn::FindInMap": ["M", "K{i}", "Name"]}}}}}}"#
        )
    });
    template(folder, &format!(r#""Mappings": {{"M": {{{rows}}}}}, "#), &all)
}

fn rules_of_group(folder: &Path, size: usize) -> Vec<String> {
    let rules = many(size, |i| {
        format!(
            r#"{{"IpProtocol": "tcp", "FromPort": {i}, "ToPort": {i}, "CidrIp": "{}.0.0.0/1"}}"#,
            i % 2 * 128
        )
    });
    let mut all = many(size, |i| {
        format!(
            r#""I{i}": {{"Type": "AWS::EC2::Instance", "Properties": {{"SecurityGroupIds": [{{"Ref": "Group"}}]}}}}"#
        )
    });
    all.push(format!(
        r#""Group": {{"Type": "AWS::EC2::SecurityGroup", "Properties": {{"GroupDescription": "shop", "SecurityGroupIngress": [{}]}}}}"#,
        rules.join(",")
    ));
    all.push(
        r#""Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"SecurityGroups": ["sg-1"]}}"#
            .to_owned(),
    );
    template(folder, "", &all)
}
