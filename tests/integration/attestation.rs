//! Who vouches in `stackproof.yaml`: what an attestation stands for, until when, and what findings offer to paste.
use crate::policy::{RULE, Scratch};
use crate::support::run_in;
use serde_json::Value;

fn attested(subject: &str, evidence: &str, until: &str) -> String {
    format!("attestations:\n  - {subject}\n    evidence: {evidence}\n    by: Ada\n    until: {until}\n")
}

#[test]
fn a_valid_attestation_stands_for_a_failure_of_a_clause_that_allows_it() {
    let state = |policy: &str| Scratch::new(policy).drift(&[]).0;
    let scratch = |subject: &str, evidence: &str, until: &str| {
        let scratch = Scratch::new(&attested(subject, evidence, until));
        scratch.write("docs/drift.md", "We look at it every Monday.");
        scratch
    };
    assert_eq!(
        state(&attested("rule: drift-watched", "https://wiki.example.com/drift", "2027-01-01")),
        "attested"
    );
    for subject in
        ["rule: drift-watched", "line: operations/drift", "line: [backup/procedures, operations/drift]"]
    {
        assert_eq!(scratch(subject, "docs/drift.md", "2027-07-01").drift(&[]).0, "attested", "{subject}");
    }
    assert_eq!(scratch("line: backup/procedures", "docs/drift.md", "2027-01-01").drift(&[]).0, "fail");
    assert_eq!(scratch("rule: drift-watched", "docs/*.md", "2026-06-01").drift(&[]).0, "attested");

    let broken = scratch("rule: drift-watched", "docs/drift.md", "2027-01-01");
    broken
        .write("b.yaml", "Resources: {D: {Type: AWS::Config::ConfigRule, Properties: {ConfigRuleName: x}}}");
    let report = broken.report(&["--rule", "drift-watched"]);
    assert_eq!(report["findings"][0]["message"], "the detector is broken");
}

#[test]
fn a_rule_that_waits_for_the_deployment_can_be_vouched_for() {
    let scratch = Scratch::new("");
    scratch.write(
        "b.yaml",
        "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Select [0, !Split [',', !Ref P]], x]}\nResources: {D: {Type: \
         AWS::Config::ConfigRule, Condition: C, Properties: {ConfigRuleName: drift}}}",
    );
    let fixed = [
        "checklist",
        "b.yaml",
        "--rules",
        "rules",
        "--rule",
        "drift-watched",
        "--today",
        "2026-06-01",
        "--format",
        "json",
    ];
    let line = || {
        let ran = run_in(scratch.path(), &fixed);
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        document["lines"]
            .as_array()
            .unwrap()
            .iter()
            .find(|line| line["id"] == "operations/drift")
            .unwrap()
            .clone()
    };
    // The detector, if it is there at all, could be broken: nobody can vouch for that.
    assert_eq!((&line()["state"], &line()["attest"]), (&"undecided".into(), &Value::Null));
    let (head, rest) = RULE.split_once("  - when:").unwrap();
    scratch.write(
        "rules/drift-watched.yaml",
        &format!("{head}  - that:{}", rest.split_once("  - that:").unwrap().1),
    );
    let open = line();
    assert_eq!(open["state"], "undecided");
    let paste = open["attest"].as_str().unwrap();
    assert!(paste.contains("  - rule: drift-watched"), "{paste}");
    scratch.write("docs/FILE.md", "x");
    scratch.write("stackproof.yaml", &paste.replace("YYYY-MM-DD", "2026-12-31"));
    assert_eq!((&line()["state"], &line()["counts"]["attested"]), (&"attested".into(), &1.into()));
}

#[test]
fn an_attestation_that_no_longer_counts_is_told_where_it_stands() {
    for (evidence, until, words) in [
        ("docs/drift.md", "2027-01-01", "docs/drift.md is not there"),
        ("https://wiki.example.com/x", "2026-05-31", "ended on 2026-05-31"),
    ] {
        let scratch = Scratch::new(&attested("rule: drift-watched", evidence, until));
        let report = scratch.report(&["--rule", "drift-watched"]);
        let remark = &report["remarks"][0];
        assert!(remark["message"].as_str().unwrap().contains(words), "{remark}");
        assert_eq!((&remark["file"], &remark["line"]), (&"stackproof.yaml".into(), &2.into()));
        let finding = &report["findings"][0];
        assert!(finding["related"][0]["message"].as_str().unwrap().contains(words), "{finding}");
        let paste = report["rules"]["drift-watched"]["fix"]["attest"].as_str().unwrap();
        assert!(paste.contains("  - rule: drift-watched\n    evidence: "), "{paste}");
    }
    let soon = Scratch::new(&attested("rule: drift-watched", "https://x.test/y", "2026-06-20"));
    let report = soon.report(&["--rule", "drift-watched"]);
    assert_eq!(report["remarks"][0]["message"], "the attestation of drift-watched by Ada ends on 2026-06-20");
    assert_eq!(report["summary"]["rules"]["drift-watched"]["attested"], 1);
}

#[test]
fn what_a_finding_offers_to_paste_is_read_once_it_is_filled_in() {
    let scratch = Scratch::new("");
    let report = scratch.report(&["--rule", "drift-watched"]);
    let paste = report["rules"]["drift-watched"]["fix"]["attest"].as_str().unwrap();
    scratch.write("stackproof.yaml", paste);
    let ran = scratch.check(&[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`YYYY-MM-DD` is no day"), "{}", ran.err);
    scratch.write("docs/FILE.md", "x");
    scratch.write("stackproof.yaml", &paste.replace("YYYY-MM-DD", "2027-06-30"));
    assert_eq!(scratch.drift(&[]).0, "attested");
}
