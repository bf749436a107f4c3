//! `eval` and the values of parameters, as a user meets them.
use crate::support::{Ran, run_in, run_with_input};
use serde_json::Value;
use std::path::Path;

const APP: &str = "\
Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  KeyArn: {Type: String}
  Password: {Type: String, NoEcho: true, Default: hunter2, MaxLength: 8}
  Ami: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /ami}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  HasPassword: !Not [!Equals [!Ref Password, '']]
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      KmsKeyArn: !If [IsProd, !Ref KeyArn, !Ref AWS::NoValue]
      Description: !Sub 'env ${Env} of ${KeyArn}'
      Role: !Ref Password
      Handler: !If [HasPassword, with, without]
      Runtime: !Ref Ami
      Environment: {Variables: {A: !Join ['-', [x, !Ref Password]], B: !Base64 {Ref: Password}}}
  Topic: {Type: AWS::SNS::Topic, Condition: IsProd, Properties: {DisplayName: t}}
  Plain: {Type: AWS::SNS::Topic}
";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn eval(folder: &Path, arguments: &[&str]) -> Ran {
    run_in(folder, &[&["eval"], arguments].concat())
}

/// The answer without the places, a line each.
fn lines(ran: &Ran) -> Vec<String> {
    let cut = |line: &str| line.rsplit_once("  ").map_or(line, |(text, _)| text).to_owned();
    ran.out.lines().skip(1).map(|line| cut(line.trim())).collect()
}

#[test]
fn a_property_is_told_scenario_by_scenario_with_its_way() {
    let scratch = folder(&[("t.yaml", APP)]);
    let ran = eval(scratch.path(), &["t.yaml", "Fn", "KmsKeyArn"]);
    insta::assert_snapshot!(ran.out, @r#"
    Fn (AWS::Lambda::Function) of t.yaml  t.yaml:10:3
      when IsProd is true:
        KmsKeyArn unknown: the parameter KeyArn has no default and no value was given
          <- Fn::If IsProd               t.yaml:13:18
          <- condition IsProd is true    t.yaml:7:11
          <- Ref KeyArn                  t.yaml:13:31
          <- parameter KeyArn of t.yaml  t.yaml:3:11
      when IsProd is false:
        KmsKeyArn is not set
          <- Fn::If IsProd              t.yaml:13:18
          <- condition IsProd is false  t.yaml:7:11
          <- Ref AWS::NoValue           t.yaml:13:44
    "#);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let ran = eval(scratch.path(), &["t.yaml", "Topic"]);
    insta::assert_snapshot!(ran.out, @r#"
    Topic (AWS::SNS::Topic) of t.yaml  t.yaml:19:3
      when IsProd is true:
        DisplayName = "t"  t.yaml:19:79
      when IsProd is false:
        DisplayName is not there: the resource is not created  t.yaml:19:3
    "#);
    assert!(eval(scratch.path(), &["t.yaml", "Plain"]).out.contains("no properties"));
    let ran = eval(scratch.path(), &["t.yaml", "Fn", "Timeout"]);
    assert!(ran.code == 0 && ran.out.contains("Timeout is not set"), "{}", ran.out);
}

#[test]
fn a_value_is_followed_through_exports_and_nested_stacks() {
    let manifest = r#"{"version": "48.0.0", "artifacts": {
        "Base": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Base.template.json"}},
        "App": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "App.template.json"}}}}"#;
    let base = r#"{"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}}},
"Outputs": {"KeyArn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}, "Export": {"Name": "Base:KeyArn"}}}}"#;
    let app = r#"{"Resources": {
 "Fn": {"Type": "AWS::Lambda::Function", "Properties": {"KmsKeyArn": {"Fn::ImportValue": "Base:KeyArn"}}},
 "Child": {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "Child.nested.template.json"},
  "Properties": {"Parameters": {"Key": {"Ref": "Given"}}}},
 "Same": {"Type": "AWS::SNS::Topic"}},
"Parameters": {"Given": {"Type": "String"}}}"#;
    let child = r#"{"Parameters": {"Key": {"Type": "String"}},
"Resources": {"Same": {"Type": "AWS::Lambda::Function",
 "Properties": {"KmsKeyArn": {"Ref": "Key"}, "Environment": {"Variables": {"A": "b"}}}}}}"#;
    let scratch = folder(&[
        ("cdk.out/manifest.json", manifest),
        ("cdk.out/Base.template.json", base),
        ("cdk.out/App.template.json", app),
        ("cdk.out/Child.nested.template.json", child),
    ]);
    let ran = eval(scratch.path(), &["cdk.out", "Fn", "KmsKeyArn"]);
    insta::assert_snapshot!(ran.out, @r#"
    Fn (AWS::Lambda::Function) of App  cdk.out/App.template.json:2:2
      KmsKeyArn = ${Key.Arn}
        <- Fn::ImportValue Base:KeyArn  cdk.out/App.template.json:2:70
        <- output KeyArn of Base        cdk.out/Base.template.json:2:13
        <- Fn::GetAtt Key.Arn           cdk.out/Base.template.json:2:33
    "#);
    let ran = eval(scratch.path(), &["cdk.out", "Same"]);
    assert!(ran.code == 2 && ran.err.contains("several resources are called Same"), "{}", ran.err);
    let ran = eval(scratch.path(), &["cdk.out", "App/Child/Same", "KmsKeyArn"]);
    insta::assert_snapshot!(ran.out, @r#"
    Same (AWS::Lambda::Function) of App/Child  cdk.out/Child.nested.template.json:2:15
      KmsKeyArn unknown: the parameter Given has no default and no value was given
        <- Ref Key                     cdk.out/Child.nested.template.json:3:30
        <- parameter Key of App/Child  cdk.out/Child.nested.template.json:1:24
        <- value that App gives        cdk.out/App.template.json:4:40
        <- Ref Given                   cdk.out/App.template.json:4:40
        <- parameter Given of App      cdk.out/App.template.json:6:25
    "#);
    let ran = run_in(
        scratch.path(),
        &[
            "check",
            "--rule",
            "lambda-env-kms",
            "--format",
            "concise",
            "--show",
            "undecided",
            "--location",
            "template",
        ],
    );
    insta::assert_snapshot!(ran.out, @"cdk.out/Child.nested.template.json:3:30: undecided: Same: KmsKeyArn <- parameter Key of App/Child <- parameter Given of App: the parameter Given has no default and no value was given [lambda-env-kms]");
}

#[test]
fn what_is_not_there_says_what_could_have_been_meant() {
    let scratch = folder(&[("t.yaml", APP), ("broken.yaml", "Resources: {A: [}\n")]);
    for (arguments, code, words) in [
        (&["t.yaml", "Fm"][..], 2, "did you mean `Fn`?"),
        (&["t.yaml", "t.yaml/Fm"], 2, "did you mean `t.yaml/Fn`?"),
        (&["t.yaml", "Fn", "KmsKeyAnr"], 2, "did you mean `KmsKeyArn`?"),
        (&["t.yaml", "Fn", "A..B"], 2, "a name is expected"),
        (&["t.yaml", "Fn", "--parameter", "Enw=dev"], 2, "did you mean `Env`?"),
        (&["broken.yaml", "A"], 3, "broken.yaml:1:"),
        (&["broken.yaml", "A", "--parameter", "Env=dev"], 3, "broken.yaml:1:"),
        (&["nowhere.yaml", "A"], 3, "nowhere.yaml"),
    ] {
        let ran = eval(scratch.path(), arguments);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
    let ran = run_with_input(scratch.path(), &["eval", "-", "Fn", "Description"], APP);
    assert!(ran.code == 0 && ran.out.contains("= \"env dev of ${KeyArn}\""), "{}{}", ran.out, ran.err);
}

#[test]
fn each_unknown_says_why() {
    let scratch = folder(&[("t.yaml", APP)]);
    let of = |arguments: &[&str]| eval(scratch.path(), &[&["t.yaml", "Fn"], arguments].concat()).out;
    assert!(of(&["Runtime"]).contains("unknown: the parameter Ami is read from SSM at deployment"));
    assert!(of(&["Role"]).contains("unknown: the parameter Password is NoEcho, so its value is not told"));
    let open = of(&["Description"]);
    assert!(open.contains("the parameter KeyArn has no default and no value was given"), "{open}");
    let open = of(&["Description", "--defaults", "unknown"]);
    assert!(open.contains("the parameter Env was given no value, and its default does not count"), "{open}");
}

#[test]
fn an_answer_for_programs_is_one_document() {
    let scratch = folder(&[("t.yaml", APP)]);
    let ran = eval(scratch.path(), &["t.yaml", "Fn", "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, ran.out.lines().count(), &answer["version"]), (0, 1, &Value::from(1)));
    let key = &answer["properties"][0];
    assert_eq!((&key["path"], &key["cases"][1]["when"]), (&"KmsKeyArn".into(), &"IsProd is false".into()));
    assert_eq!(key["cases"][1]["values"][0]["kind"], "absent");
    assert_eq!(key["cases"][0]["values"][0]["chain"][0]["what"], "Fn::If IsProd");
    assert_eq!(key["cases"][0]["values"][0]["chain"][0]["line"], 13);
}

#[test]
fn a_given_value_binds_properties_and_conditions() {
    let scratch = folder(&[("t.yaml", APP), ("p.txt", "Env=prod\n"), ("p.json", "[\"Env=prod\"]")]);
    for flags in [
        &["--parameter", "Env=prod"][..],
        &["--parameters", "p.txt"],
        &["--parameters", "p.json"],
        &["--parameters", "p.json", "--parameter", "KeyArn=k", "--parameter", "Env=prod"],
    ] {
        let ran = eval(scratch.path(), &[&["t.yaml", "Fn", "KmsKeyArn"], flags].concat());
        assert!(ran.code == 0 && !ran.out.contains("when"), "{flags:?}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains("condition IsProd is true"), "{}", ran.out);
    }
    let ran = eval(scratch.path(), &["t.yaml", "Fn", "KmsKeyArn", "--conditions", "defaults"]);
    assert_eq!(lines(&ran)[0], "KmsKeyArn is not set");
    let ran = eval(
        scratch.path(),
        &["t.yaml", "Fn", "KmsKeyArn", "--parameters", "p.txt", "--parameter", "Env=dev"],
    );
    assert_eq!(lines(&ran)[0], "KmsKeyArn is not set");
}

#[test]
fn wrong_values_are_told() {
    let scratch = folder(&[
        ("t.yaml", APP),
        ("plain.yaml", "Resources: {B: {Type: 'AWS::SNS::Topic'}}\n"),
        ("bad.json", "{\"Env\": {\"a\": \"hunter3\"}}"),
        ("broken.json", "{\"Env\": "),
        ("broken.yaml", "Resources: {A: [}\nx: '::'\n"),
    ]);
    let check = |arguments: &[&str]| {
        run_in(scratch.path(), &[&["check", "--format", "concise", "--fail-on", "never"], arguments].concat())
    };
    for (arguments, words) in [
        (&["t.yaml", "--parameter", "Env"][..], "--parameter takes NAME=VALUE, not `Env`"),
        (&["t.yaml", "--parameter", "A b=hunter3"], "--parameter takes NAME=VALUE, not `A b`"),
        (&["t.yaml", "plain.yaml", "--parameter", "Enf=dev"], "did you mean `Env`?"),
        (&["plain.yaml", "--parameter", "Env=dev"], "no template declares the parameter Env"),
        (&["t.yaml", "--parameters", "bad.json"], "bad.json:1:9"),
        (&["t.yaml", "--parameters", "broken.json"], "broken.json:1:"),
        (&["t.yaml", "--parameters", "none.json"], "none.json"),
    ] {
        let ran = check(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(words) && !ran.err.contains("hunter3"), "{arguments:?}: {}", ran.err);
    }
    let ran = check(&["t.yaml", "plain.yaml", "--parameter", "Env=stage"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("t.yaml:2:52: warning: the value `stage` given for the parameter Env is not among")
    );
    let ran = check(&["t.yaml", "broken.yaml", "--parameter", "Other=x"]);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""), "the broken template may declare it");
}

#[test]
fn a_secret_value_decides_conditions_and_is_told_nowhere() {
    let scratch = folder(&[("t.yaml", APP), ("p.json", "{\"Password\": \"very-secret-value\"}")]);
    let secret = ["--parameter", "Password=very-secret-value"];
    let file = ["--parameters", "p.json"];
    for flags in [secret, file] {
        for arguments in [
            &["eval", "t.yaml", "Fn"][..],
            &["eval", "t.yaml", "Fn", "--format", "json"],
            &["check", "t.yaml", "--show", "all"],
            &["check", "t.yaml", "--show", "all", "--format", "concise"],
            &["check", "t.yaml", "--format", "json"],
        ] {
            let ran = run_in(scratch.path(), &[arguments, &flags].concat());
            let all = format!("{}{}", ran.out, ran.err);
            assert!(ran.code < 2 && !all.contains("very-secret"), "{arguments:?}: {all}");
            assert!(!all.contains("dmVyeS1zZWNy"), "not even encoded: {all}");
        }
        let ran = eval(scratch.path(), &[&["t.yaml", "Fn", "Handler"], &flags[..]].concat());
        assert_eq!(lines(&ran)[0], "Handler = \"with\"");
    }
    let ran = eval(scratch.path(), &["t.yaml", "Fn", "Handler", "--parameter", "Password="]);
    assert_eq!(lines(&ran)[0], "Handler = \"without\"");
    let ran = eval(scratch.path(), &["t.yaml", "Fn", "Role", secret[0], secret[1]]);
    assert!(ran.err.contains("the value given for the parameter Password is longer than its MaxLength"));
}

#[test]
fn a_loop_over_a_secret_list_is_not_written_out() {
    let text = "Transform: AWS::LanguageExtensions\nParameters: {L: {Type: CommaDelimitedList, NoEcho: true}}\nResources:\n  \
                Fn::ForEach::X: [N, !Ref L, {'T${N}': {Type: AWS::SNS::Topic}}]\n  B: {Type: AWS::S3::Bucket}\n";
    let scratch = folder(&[("t.yaml", text)]);
    let arguments = ["check", "t.yaml", "--format", "concise", "--parameter", "L=geheim,b"];
    let ran = run_in(scratch.path(), &arguments);
    assert!(ran.out.contains("L is NoEcho") && !ran.out.contains("geheim"), "{}{}", ran.out, ran.err);
}

#[test]
fn values_that_hold_themselves_come_to_an_end() {
    let manifest = r#"{"version": "48.0.0", "artifacts": {
        "App": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "App.template.json"}}}}"#;
    let app = r#"{"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "C.json"},
"Properties": {"Parameters": {"P": {"Fn::GetAtt": ["N", "Outputs.X"]}}}}}}"#;
    let item = r#"{"Fn::If": ["C", {"Ref": "P"}, [{"Ref": "P"}, {"Ref": "P"}]]}"#;
    let child = format!(
        r#"{{"Parameters": {{"P": {{"Type": "String"}}, "Q": {{"Type": "String"}}}},
"Conditions": {{"C": {{"Fn::Equals": [{{"Ref": "Q"}}, "a"]}}}},
"Resources": {{"T": {{"Type": "AWS::SNS::Topic", "Properties": {{"Tags": {{"Ref": "P"}}}}}}}},
"Outputs": {{"X": {{"Value": [{item}, {item}, {item}]}}}}}}"#
    );
    let scratch = folder(&[
        ("cdk.out/manifest.json", manifest),
        ("cdk.out/App.template.json", app),
        ("cdk.out/C.json", &child),
    ]);
    let ran = eval(scratch.path(), &["cdk.out", "T"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("and more values than are told"), "{:.2000}", ran.out);
}

#[test]
fn circles_and_hostile_names_do_no_harm() {
    let circle = "Parameters: {P: {Type: String}}\nResources:\n  \"A\\u001b[31m\": {Type: 'AWS::SNS::Topic', Properties: \
                  {DisplayName: {Ref: \"B\\u001b[31m\"}}}\n";
    let scratch = folder(&[("t.yaml", circle)]);
    for format in ["human", "json"] {
        let ran = eval(scratch.path(), &["t.yaml", "A\u{1b}[31m", "--format", format]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
    }
    let ran = eval(scratch.path(), &["t.yaml", "\u{1b}[2J"]);
    assert!(ran.code == 2 && !ran.err.contains('\u{1b}'), "{}", ran.err);
}

#[test]
fn what_is_known_of_an_open_value_is_told() {
    let template = "\
Parameters:
  Env: {Type: String, AllowedValues: [dev, 'pre prod', prod]}
  Days: {Type: Number, MinValue: 1, MaxValue: 10}
  Name: {Type: String, AllowedPattern: '^[a-z]+$', MinLength: 3}
  Key: {Type: String}
  Zones: {Type: CommaDelimitedList, AllowedValues: [a, b]}
  Secret: {Type: String, NoEcho: true, AllowedValues: [hunter2, hunter3]}
  Nothing: {Type: String}
Rules: {Filled: {Assertions: [{Assert: !Not [!Equals [!Ref Key, '']]}]}}
Mappings: {M: {dev: {size: small}, 'pre prod': {size: large}, prod: {size: large}}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Handler: !Ref Env
      Timeout: !Ref Days
      FunctionName: !Ref Name
      KmsKeyArn: !Ref Key
      Layers: !Ref Zones
      Description: !Sub 'a ${Env}'
      CodeSigningConfigArn: !Sub '${Env}-${AWS::Region}'
      MemorySize: !FindInMap [M, !Ref Env, size]
      Role: !Sub 'x${Secret}'
      Runtime: !Select [0, !Ref Zones]
      PackageType: !Ref Nothing
";
    let scratch = folder(&[("t.yaml", template)]);
    let ran = eval(scratch.path(), &["t.yaml", "Fn"]);
    let told: Vec<&str> = ran.out.lines().filter(|line| !line.contains("<-")).map(str::trim_end).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    Fn (AWS::Lambda::Function) of t.yaml  t.yaml:13:3
      Handler unknown: the parameter Env has no default and no value was given
        known of it: one of dev, "pre prod", prod
      Timeout unknown: the parameter Days has no default and no value was given
        known of it: at least 1, at most 10
      FunctionName unknown: the parameter Name has no default and no value was given
        known of it: at least 3 characters, matches ^[a-z]+$
      KmsKeyArn unknown: the parameter Key has no default and no value was given
        known of it: not ""
      Layers unknown: the parameter Zones has no default and no value was given
        known of it: each one of a, b
      Description = "a ${Env}"
        unknown: the parameter Env has no default and no value was given
        known of it: one of "a dev", "a pre prod", "a prod"
      CodeSigningConfigArn = "${Env}-${AWS::Region}"
        unknown: the parameter Env has no default and no value was given
        known of it: one of dev-${AWS::Region}, "pre prod-${AWS::Region}", prod-${AWS::Region}
      MemorySize unknown: a key of Fn::FindInMap is decided at deployment
        known of it: one of small, large
      Role = "x${Secret}"
        unknown: the parameter Secret has no default and no value was given
      Runtime unknown: the parameter Zones has no default and no value was given
        known of it: one of a, b
      PackageType unknown: the parameter Nothing has no default and no value was given
    "#);
    let ran = eval(scratch.path(), &["t.yaml", "Fn", "Timeout", "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    let bounds = |answer: &Value| answer["properties"][0]["cases"][0]["values"][0]["bounds"].clone();
    assert_eq!(bounds(&answer), "at least 1, at most 10");
    let ran = eval(scratch.path(), &["t.yaml", "Fn", "PackageType", "--format", "json"]);
    assert_eq!(bounds(&serde_json::from_str(&ran.out).unwrap()), Value::Null);
}
