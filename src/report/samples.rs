//! Runs built by hand, shared by the tests of all formats.
use super::{Format, Options, Show, render};
use crate::finding::*;
use crate::source::{Source, Span};
use std::sync::Arc;

/// What CDK synthesizes, with its indent of one space.
const PAYMENTS: &str = r#"{
 "Description": "Payments – päyments",
 "Resources": {
  "HandlerServiceRoleFCDC14AE": {
   "Type": "AWS::IAM::Role",
   "Properties": {
    "ManagedPolicyArns": [
     {
      "Fn::Join": [
       "",
       [
        "arn:",
        {
         "Ref": "AWS::Partition"
        },
        ":iam::aws:policy/AdministratorAccess"
       ]
      ]
     }
    ]
   }
  },
  "Handler886CB40B": {
   "Type": "AWS::Lambda::Function",
   "Properties": {
    "Code": {
     "ZipFile": "exports.handler = async () => { console.log('日本語'); return { statusCode: 200, headers: {} }; }; // and a good deal more of it"
    },
    "Environment": {
     "Variables": {
      "API_KEY": "sk-live-51H8"
     }
    },
    "Runtime": "nodejs16.x"
   },
   "DependsOn": [
    "HandlerServiceRoleFCDC14AE"
   ]
  },
  "LedgerBucket0F9E2B1C": {
   "Type": "AWS::S3::Bucket",
   "UpdateReplacePolicy": "Retain",
   "DeletionPolicy": "Retain"
  },
  "Key961B73FD": {
   "Type": "AWS::KMS::Key",
   "Properties": {
    "EnableKeyRotation": {
     "Fn::If": ["IsProd", true, false]
    }
   }
  }
 }
}
"#;

const MANIFEST: &str = r#"{
 "version": "48.0.0",
 "artifacts": {
  "PaymentsStack": {
   "type": "aws:cloudformation:stack",
   "properties": {
    "templateFile": "PaymentsStack.template.json"
   }
  }
 }
}
"#;

/// A report of a run in a format, nothing else asked for than what to show.
pub(super) fn told(format: Format, run: &Run, show: Show) -> String {
    let mut out = Vec::new();
    render(run, format, &Options { show: show.into(), ..Options::default() }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub(super) fn source(name: &str, text: &str) -> Arc<Source> {
    Arc::new(Source::new(name, text))
}

/// The first place of that text.
pub(super) fn at(source: &Arc<Source>, needle: &str) -> Location {
    let start = source.text().find(needle).unwrap() as u32;
    Location { source: source.clone(), span: Span::new(start, start + needle.len() as u32) }
}

/// A finding without anything that is optional.
pub(super) fn finding(
    source: &Arc<Source>,
    needle: &str,
    stack: &str,
    severity: Severity,
    rule: &str,
) -> Finding {
    let saying = Saying {
        rule: rule.into(),
        severity,
        title: "Things are as they should be",
        fix: Arc::default(),
        see: None,
        concealed: false,
        message: vec![Piece::Text("Thing is not as it should be".into())],
    };
    let kin = Arc::new(Kin { stack: stack.into(), artifact: None, kind: "AWS::S3::Bucket".into() });
    let subject = Subject { kin, resource: Some("Thing".into()), construct_path: None, source: None };
    let fingerprint = Fingerprint(0x00c0_ffee_00c0_ffee);
    Finding::new(Arc::new(saying), Arc::new(subject), at(source, needle), fingerprint)
}

fn place(file: &str, line: u32, function: &str, inherited: bool, known: bool) -> Option<Box<SourcePlace>> {
    Some(Box::new(SourcePlace {
        file: file.into(),
        line,
        column: 21,
        function: Some(function.into()),
        inherited,
        path: known.then(|| std::path::Path::new("/nowhere").join(file)),
    }))
}

fn payments_findings(template: &Arc<Source>, manifest: &Arc<Source>) -> Vec<Finding> {
    let of = |needle: &str, severity, rule: &str, resource: &str, kind: &str| {
        let mut finding = finding(template, needle, "PaymentsStack", severity, rule);
        let subject = Arc::make_mut(&mut finding.subject);
        Arc::make_mut(&mut subject.kin).artifact = Some("PaymentsStack".into());
        Arc::make_mut(&mut subject.kin).kind = kind.into();
        subject.resource = Some(resource.into());
        finding
    };
    let (role, handler) = ("HandlerServiceRoleFCDC14AE", "Handler886CB40B");

    let admin = "\":iam::aws:policy/AdministratorAccess\"";
    let mut admin = of(admin, Severity::Error, "iam-no-administrator-access", role, "AWS::IAM::Role");
    admin.saying_mut().title = "Roles do not carry AdministratorAccess";
    admin.say(format!("{role} may do everything: it carries the managed policy AdministratorAccess"));
    admin.property = Some("ManagedPolicyArns.0".into());
    Arc::make_mut(&mut admin.subject).construct_path =
        Some("PaymentsStack/Handler/ServiceRole/Resource".into());
    Arc::make_mut(&mut admin.subject).source =
        place("lib/payments-stack.ts", 41, "new lambda.Function", true, true);
    Arc::make_mut(&mut admin.saying_mut().fix).cdk =
        Some("role.addToPolicy(new iam.PolicyStatement({\n  actions: ['s3:GetObject'],\n}))");
    admin.saying_mut().see = Some("https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html");

    let mut runtime =
        of("\"nodejs16.x\"", Severity::Warning, "lambda-runtime", handler, "AWS::Lambda::Function");
    runtime.saying_mut().title = "Lambda runtimes are supported";
    runtime.say(format!("{handler} runs on nodejs16.x, which AWS no longer supports"));
    runtime.property = Some("Runtime".into());
    Arc::make_mut(&mut runtime.subject).source =
        place("lib/payments-stack.ts", 41, "new lambda.Function", false, true);
    runtime.saying_mut().fix = Arc::new(Fix {
        cdk: Some("runtime: lambda.Runtime.NODEJS_22_X"),
        cloudformation: Some("Set Runtime to nodejs22.x."),
        ..Fix::default()
    });

    let mut key = of("false]", Severity::Error, "kms-key-rotation", "Key961B73FD", "AWS::KMS::Key");
    key.location.span.end -= 1;
    key.saying_mut().title = "KMS keys rotate every year";
    key.say("Key961B73FD never rotates its key material");
    key.property = Some("EnableKeyRotation".into());
    key.set_scenario(Some("IsProd is false".into()));
    Arc::make_mut(&mut key.subject).source = place("node_modules/own/key.js", 7, "new Key", false, false);
    key.relate([Related {
        message: "the bucket it encrypts".into(),
        location: at(template, "\"LedgerBucket"),
    }]);

    let stack = "\"PaymentsStack\"";
    let location = at(manifest, stack);
    let mut stack = of("{", Severity::Note, "stack-tags", "", "Stack");
    stack.location = location;
    Arc::make_mut(&mut stack.subject).resource = None;
    stack.say("PaymentsStack has no tags");

    vec![admin, runtime, key, stack]
}

/// A small CDK app with one of everything.
pub(super) fn payments() -> Run {
    let template = source("cdk.out/PaymentsStack.template.json", PAYMENTS);
    let findings = payments_findings(&template, &source("cdk.out/manifest.json", MANIFEST));
    let undecided = Undecided {
        rule: "lambda-env-no-secrets".into(),
        severity: Severity::Error,
        subject: findings[1].subject.clone(),
        property: Some("Environment.Variables.API_KEY".into()),
        location: at(&template, "\"sk-live-51H8\""),
        reason: "the parameter ApiKey has no value before the deployment, and nothing bounds it".into(),
        fingerprint: Fingerprint(0x0123_4567_89ab_cdef),
        attest: None,
    };
    let broken = source("cdk.out/Broken.template.json", "{\r\n \"Resources\": {\r\n  \"A\": é\r\n");
    let problem = Problem::unlinted("cdk.out/Broken.template.json", "expected a value")
        .at(&broken, at(&broken, "é").span)
        .with_help("Run `cdk synth` again.");
    let remark = Problem::remark("cdk.out/manifest.json", "the synth was incomplete: 2 lookups are missing");
    let accepted = Accepted {
        finding: finding(
            &template,
            "\"LedgerBucket0F9E2B1C\"",
            "PaymentsStack",
            Severity::Error,
            "s3-versioning",
        ),
        by: AcceptedBy::Configuration,
        reason: Some("the ledger is written once | see #12".into()),
        until: crate::date::Date::parse("2027-01-31"),
        location: Some(at(&source("stackproof.yaml", "suppressions:\n  - rule: s3-versioning\n"), "rule")),
    };
    let tally = |rule: &str, fail, undecided| Tally {
        rule: rule.into(),
        counts: Counts { pass: 1, fail, undecided, ..Counts::default() },
    };
    Run {
        findings,
        undecided: vec![undecided],
        problems: vec![remark, problem],
        tallies: vec![tally("iam-no-administrator-access", 1, 0), tally("lambda-env-no-secrets", 0, 1)],
        apps: 1,
        templates: 1,
        resources: 4,
        skipped: 2,
        accepted: vec![accepted],
        stacks: Vec::new(),
        ..Run::default()
    }
}

/// One stack name in two folders, the first finding of each in a manifest.
pub(super) fn two_folders() -> Run {
    let of = |folder: &str, file: &str, resource: Option<&str>| {
        let source = source(&format!("{folder}/{file}"), "{\n \"Api\": {}\n}");
        let mut finding = finding(&source, "\"Api\"", "Api", Severity::Error, "r");
        Arc::make_mut(&mut finding.subject).resource = resource.map(Into::into);
        finding
    };
    let pair =
        |folder: &str| [of(folder, "manifest.json", None), of(folder, "Api.template.json", Some("Fn"))];
    Run { findings: [pair("a"), pair("b")].concat(), apps: 2, templates: 2, ..Run::default() }
}

/// So many buckets that all fall short of one rule.
pub(super) fn many(buckets: usize) -> Run {
    let resource = |index: usize| format!("  Bucket{index}:\n    Type: AWS::S3::Bucket\n");
    let text: String = std::iter::once("Resources:\n".to_owned()).chain((0..buckets).map(resource)).collect();
    let template = source("storage.yaml", &text);
    let of = |index: usize| {
        let name = format!("Bucket{index}");
        let mut finding = finding(&template, &name, "storage.yaml", Severity::Error, "s3-bucket-versioning");
        Arc::make_mut(&mut finding.subject).resource = Some(name.as_str().into());
        finding.say(format!("{name} keeps no earlier versions of its objects"));
        finding.property = Some("VersioningConfiguration.Status".into());
        Arc::make_mut(&mut finding.saying_mut().fix).cloudformation =
            Some("Set VersioningConfiguration.Status to Enabled.");
        finding
    };
    Run {
        findings: (0..buckets).map(of).collect(),
        apps: 1,
        templates: 1,
        resources: buckets,
        ..Run::default()
    }
}

/// A template on one line, with so many findings.
pub(super) fn minified(buckets: usize) -> Run {
    let mut text = String::from("{\"Resources\":{");
    let mut spans = Vec::new();
    for index in 0..buckets {
        let start = text.len() as u32;
        text.push_str(&format!("\"Bucket{index}\""));
        spans.push(Span::new(start, text.len() as u32));
        text.push_str(":{\"Type\":\"AWS::S3::Bucket\",\"Metadata\":{\"é\":\"日本語\"}},");
    }
    text.push_str("\"Last\":{}}}");
    let template = source("min.json", &text);
    let of = |span: Span| {
        let mut finding = finding(&template, "{", "min.json", Severity::Warning, "s3-bucket-versioning");
        finding.location.span = span;
        finding
    };
    Run {
        findings: spans.into_iter().map(of).collect(),
        apps: 1,
        templates: 1,
        resources: buckets,
        ..Run::default()
    }
}

/// Names and texts that would like to run the terminal.
pub(super) fn hostile() -> Run {
    let nasty = "A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7}";
    let text = format!("{{\n \"{nasty}\": 1,\r \"\u{1b}]8;;x\u{1b}\\\": 2\n}}");
    let template = source(&format!("cdk.out/{nasty}.json"), &text);
    let mut finding = finding(&template, "A\u{1b}[2J", nasty, Severity::Error, "r-1");
    finding.saying_mut().title = nasty;
    finding.say(nasty);
    Arc::make_mut(&mut finding.subject).resource = Some(nasty.into());
    Arc::make_mut(&mut finding.subject).construct_path = Some(nasty.into());
    Arc::make_mut(&mut finding.subject).source = place(nasty, 1, nasty, true, true);
    finding.property = Some(nasty.into());
    finding.set_scenario(Some(nasty.into()));
    finding.relate([Related { message: nasty.into(), location: at(&template, "\u{1b}]8") }]);
    Arc::make_mut(&mut finding.saying_mut().fix).cdk = Some(nasty);
    finding.saying_mut().see = Some(format!("https://x.test/{nasty}").leak());
    let undecided = Undecided {
        rule: finding.rule.clone(),
        severity: Severity::Error,
        subject: finding.subject.clone(),
        property: None,
        location: finding.location.clone(),
        reason: nasty.into(),
        fingerprint: Fingerprint::default(),
        attest: None,
    };
    let accepted = Accepted {
        finding: finding.clone(),
        by: AcceptedBy::CdkNag,
        reason: Some(nasty.into()),
        until: None,
        location: Some(finding.location.clone()),
    };
    let problem = Problem::unlinted(nasty, nasty).with_help(nasty);
    let located = Problem::remark(nasty, nasty).at(&template, finding.location.span);
    Run {
        findings: vec![finding],
        accepted: vec![accepted],
        undecided: vec![undecided],
        problems: vec![problem, located],
        apps: 1,
        templates: 1,
        ..Run::default()
    }
}
