//! A checklist built by hand around a run, for the tests of all formats.
use crate::checklist::{Attestation, Checklist, Evidence, Group, Line, Row, Standing, State};
use crate::date::Date;
use crate::finding::{Counts, Run};
use crate::report::samples;
use std::sync::Arc;

/// A checklist in which every text comes from a stranger.
pub(super) fn hostile() -> (Run, Checklist) {
    let mut run = samples::hostile();
    for finding in &mut run.findings {
        finding.say(format!("{}{EVIL}", finding.message()));
        Arc::make_mut(&mut finding.saying_mut().fix).cdk = Some(EVIL);
        Arc::make_mut(&mut finding.saying_mut().fix).attest = Some(EVIL.to_owned());
        finding.set_scenario(Some(EVIL.to_owned()));
    }
    for accepted in &mut run.accepted {
        accepted.finding.say(format!("{}{EVIL}", accepted.finding.message()));
        accepted.reason = Some(EVIL.to_owned());
    }
    run.problems.push(crate::finding::Problem::unlinted(EVIL, EVIL));
    let evil = || EVIL.to_owned();
    let location = run.findings[0].location.clone();
    let evidence = |state, counts| Evidence {
        rule: evil(),
        title: evil(),
        see: Some(format!("https://docs.test/{EVIL}")),
        state,
        counts,
        findings: (0..run.findings.len()).collect(),
        undecided: (0..run.undecided.len()).collect(),
        accepted: (0..run.accepted.len()).collect(),
        attestation: Some(0),
    };
    let line = |state: State, fail: u32, attested: u32| Line {
        id: evil(),
        title: evil(),
        state,
        counts: Counts { fail, attested, ..Counts::default() },
        rules: vec![evidence(state, Counts { fail, attested, ..Counts::default() })],
        attestations: vec![0, 1],
        reason: Some(evil()),
        attest: Some(evil()),
    };
    let attestation = |evidence: &str, standing: Standing| Attestation {
        lines: vec![evil()],
        rules: vec![evil()],
        evidence: evidence.to_owned(),
        by: evil(),
        until: Date::parse("2027-01-31").unwrap(),
        standing,
        location: location.clone(),
    };
    let lines = State::ALL.map(|state| line(state, u32::from(state == State::Failed), 1)).to_vec();
    let states = State::ALL.to_vec();
    let checklist = Checklist {
        day: Date::parse("2026-06-01").unwrap(),
        groups: vec![Group { title: evil(), lines }],
        attestations: vec![
            attestation("https://x.test/\" onclick=\"alert(1)", Standing::Valid),
            attestation("javascript:alert(1)", Standing::Expired),
        ],
        stacks: vec![
            Row { app: false, stack: evil(), file: evil(), states: states.clone() },
            Row { app: false, stack: evil(), file: "b".to_owned(), states: states.clone() },
            Row { app: true, stack: evil(), file: evil(), states },
        ],
    };
    (run, checklist)
}

/// What a name may try: markup of HTML and of Markdown, escapes of a terminal, characters that turn text around.
pub(super) const EVIL: &str = "</code></pre></summary></details><script>alert(1)</script><img src=x onerror=alert(1)>\" onclick='x' \
                               &lt; | `code` [link](javascript:alert(1)) @all #1 http://evil.test\n# Head\u{1b}[31m\u{202e}\u{0}";
