//! The lesson's own mistakes, found in what the real CDK made of it, each at its line; and what it does right, left alone.
use crate::support::{findings, json};
use serde_json::Value;

/// Assembly, rule, stack, a part of the logical id, and the line of the TypeScript source that it comes from.
const MISTAKES: &[(&str, &str, &str, &str, &str)] = &[
    (
        "production",
        "kms-key-retain",
        "ProductionStack",
        "SecuriteCleApp",
        "lib/security/security-foundation.ts:23",
    ),
    (
        "production",
        "stateful-retain",
        "ProductionStack",
        "SecuriteBucketSecurite",
        "lib/security/security-foundation.ts:35",
    ),
    (
        "production",
        "lambda-inline-sdk-v2",
        "ProductionStack",
        "FonctionVerificationSante",
        "lib/production-stack.ts:103",
    ),
    (
        "production",
        "lambda-inline-sdk-v2",
        "AutomatisationStack",
        "FonctionRemediation",
        "lib/automation/auto-remediation.ts:13",
    ),
    (
        "production",
        "lambda-tracing",
        "AutomatisationStack",
        "FonctionRemediation",
        "lib/automation/auto-remediation.ts:13",
    ),
    (
        "production",
        "lambda-dlq",
        "AutomatisationStack",
        "FonctionRemediation",
        "lib/automation/auto-remediation.ts:13",
    ),
    (
        "production",
        "iam-wildcard-resource",
        "AutomatisationStack",
        "AutoRemediation",
        "lib/automation/auto-remediation.ts:91",
    ),
    (
        "production",
        "backup-vault-kms",
        "DonneesStack",
        "CoffreSauvegarde",
        "lib/backup/backup-construct.ts:21",
    ),
    (
        "production",
        "backup-cold-storage",
        "DonneesStack",
        "PlanSauvegarde",
        "lib/backup/backup-construct.ts:31",
    ),
    ("production", "backup-copy", "DonneesStack", "PlanSauvegarde", "lib/backup/backup-construct.ts:31"),
    ("production", "s3-versioning", "DonneesStack", "BucketDocuments", "lib/donnees-stack.ts:30"),
    (
        "production",
        "alarm-lambda-errors",
        "AutomatisationStack",
        "FonctionRemediation",
        "lib/automation/auto-remediation.ts:13",
    ),
    ("production", "termination-protection", "ProductionStack", "", "lib/application.ts:21"),
    ("production", "termination-protection", "ServiceStack", "", "lib/application.ts:35"),
    (
        "production-nested",
        "termination-protection-misplaced",
        "ProductionStack",
        "PileSurveillance",
        "lib/production-stack.ts:41",
    ),
    (
        "production-stage",
        "kms-key-retain",
        "Production/ProductionStack",
        "SecuriteCleApp",
        "lib/security/security-foundation.ts:23",
    ),
];

/// What the lesson does right: assembly, rule, and a part of the logical id that must have no finding.
const RIGHT: &[(&str, &str, &str)] = &[
    ("production", "s3-encryption", "SecuriteBucketSecurite"),
    ("production", "s3-encryption-kms", "SecuriteBucketSecurite"),
    ("production", "s3-versioning", "SecuriteBucketSecurite"),
    ("production", "s3-public-access-block", "SecuriteBucketSecurite"),
    ("production", "s3-lifecycle", "SecuriteBucketSecurite"),
    // Its key comes through an import from another stack, and in the staged assembly through a stack output.
    ("production", "lambda-env-kms", "Fonction"),
    ("production-stage", "lambda-env-kms", "Fonction"),
    ("production-nested", "lambda-env-kms", "Fonction"),
    ("production", "log-group-kms", "CommandesGroupeLogs"),
    // xray:PutTraceSegments on `*`: AWS cannot scope it.
    ("production", "iam-wildcard-resource", "RoleExecutionLambda"),
    ("production", "iam-trust-wildcard-principal", "RoleExecutionLambda"),
    ("production", "kms-key-rotation", "SecuriteCleApp"),
    ("production", "alarm-topic-subscribed", "SujetAlertes"),
    ("production", "alarm-action", "Alarme"),
];

fn report(assembly: &str) -> Value {
    json(&[&format!("fixtures/assemblies/{assembly}")])
}

fn of<'r>(report: &'r Value, rule: &str, resource: &str) -> Vec<&'r Value> {
    findings(report)
        .iter()
        .filter(|finding| {
            finding["rule"] == rule && finding["resource"].as_str().unwrap_or_default().contains(resource)
        })
        .collect()
}

#[test]
fn each_mistake_of_the_lesson_is_found_at_its_line() {
    let mut missing = Vec::new();
    for (assembly, rule, stack, resource, source) in MISTAKES {
        let report = report(assembly);
        let places: Vec<String> = of(&report, rule, resource)
            .iter()
            .filter(|finding| finding["stack"] == *stack)
            .map(|finding| {
                format!("{}:{}", finding["source"]["file"].as_str().unwrap_or("?"), finding["source"]["line"])
            })
            .collect();
        if !places.iter().any(|place| place == source) {
            missing
                .push(format!("{assembly}: {rule} of {stack}/{resource} at {source}, found at {places:?}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn what_the_lesson_does_right_is_left_alone() {
    let mut undue = Vec::new();
    for (assembly, rule, resource) in RIGHT {
        let report = report(assembly);
        let asked = &report["summary"]["rules"][rule];
        assert!(asked.is_object(), "{rule} is no rule");
        undue.extend(
            of(&report, rule, resource)
                .iter()
                .map(|finding| format!("{assembly}: {rule}: {}", finding["message"])),
        );
    }
    assert!(undue.is_empty(), "{}", undue.join("\n"));
}

#[test]
fn misplaced_protection_is_marked_at_the_very_property() {
    let report = report("production-nested");
    let found = of(&report, "termination-protection-misplaced", "");
    assert_eq!(found.len(), 1);
    let text =
        std::fs::read_to_string(crate::support::project().join(found[0]["file"].as_str().unwrap())).unwrap();
    let line = text.lines().nth(found[0]["line"].as_u64().unwrap() as usize - 1).unwrap();
    assert!(line.contains("\"EnableTerminationProtection\": true"), "{line}");
}

#[test]
fn what_cdk_makes_for_itself_is_left_alone() {
    for assembly in ["production", "production-nested", "production-dev"] {
        let report = report(assembly);
        for rule in [
            "lambda-tracing",
            "lambda-reserved-concurrency",
            "lambda-dlq",
            "lambda-log-group",
            "lambda-env-kms",
        ] {
            assert_eq!(
                of(&report, rule, "BucketNotificationsHandler"),
                Vec::<&Value>::new(),
                "{assembly}: {rule}"
            );
        }
    }
}
