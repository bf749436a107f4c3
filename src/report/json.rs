//! The report for programs: one JSON document on one line, with everything that the run knows.
//!
//! ```text
//! {
//!   "version": 1,                        raised when a field changes its meaning or goes; fields may be added
//!   "findings": [{
//!     "rule",
//!     "level": "error" | "warning" | "note",
//!     "message",
//!     "file", "line", "column",          always the template's; lines and columns from 1, in characters
//!     "end_line", "end_column",          just behind the last character
//!     "stack",                           its display name, or the template's path; "" for an app
//!     "artifact",                        its id in the manifest, or null
//!     "resource",                        the logical id; null for a stack or an app
//!     "type",                            "AWS::...", "Stack" or "App"
//!     "construct_path", "property",      or null
//!     "source": {"file", "line", "column", "function", "inherited"} or null,
//!     "scenario",                        such as "IsProd is false", or null
//!     "related": [{"message", "file", "line", "column"}],
//!     "fix": {"cdk", "cloudformation", "attest"},  only where it is not the one of its rule, below
//!     "fingerprint"                      the same from run to run
//!   }],
//!   "accepted": [                        findings that hold and do not count: the same, and who says so
//!     {"by",                             "configuration", "metadata", "acknowledgement", "cdk-nag", "cfn_nag",
//!                                        "checkov", "cfn-lint", "guard" or "baseline"
//!      "reason", "until",                or null
//!      "written": {"file", "line", "column"}}    where; null for a baseline
//!   ],
//!   "undecided": [                       the same without message, scenario, related and fix, but with the reason
//!     {"reason",
//!      "attest"}                         what to add to stackproof.yaml; only where a person may know it
//!   ],
//!   "rules": {                           what all findings of a rule share, for the rules that have some
//!     "<id>": {
//!       "title",
//!       "fix": {                         how to mend it, each may be null
//!         "cdk", "cloudformation",
//!         "attest"                       what to add to stackproof.yaml; only where a person can vouch for it
//!       },
//!       "see"                            a page of AWS's documentation, or null
//!     }
//!   },
//!   "errors": [                          what could not be linted; line and column may be null
//!     {"file", "line", "column", "message", "help"}
//!   ],
//!   "remarks": [],                       the same for what was linted but deserves a look
//!   "summary": {
//!     "rules": {"<id>": {"pass", "fail", "undecided", "accepted", "attested", "not_applicable"}},   counts of nodes
//!     "findings": {"error", "warning", "note"},
//!     "accepted", "undecided", "files": {"linted", "skipped"}, "apps", "resources"      counts
//!   }
//! }
//! ```
use super::compact::put;
use super::entry::{CountsEntry, Entries};
use crate::finding::{Finding, Problem, Run, Severity, Tally};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::BTreeMap;
use std::io;

/// Raised when a field changes its meaning or goes away.
pub(super) const VERSION: u32 = 1;

/// Entries that are laid out in one go, by one thread.
const CHUNK: usize = 32;
/// Bytes that they mostly fit into. Room that grows step by step, or is large, touches much memory for the first time.
const ROOM: usize = CHUNK * 1024;
/// Chunks for each thread that are laid out before they are written.
const CHUNKS: usize = 4;

/// Writes the report; the long lists piece by piece.
pub(super) fn render(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let mut told: FxHashMap<&str, &Finding> = FxHashMap::default();
    for finding in run.findings.iter().chain(run.accepted.iter().map(|accepted| &accepted.finding)) {
        told.entry(&finding.rule).or_insert(finding);
    }
    write!(out, "{{\"version\":{VERSION},\"findings\":[")?;
    list(&run.findings, |one, entries| entries.finding(one, told[&*one.rule]), out)?;
    out.write_all(b"],\"accepted\":[")?;
    list(&run.accepted, |one, entries| entries.accepted(one, told[&*one.finding.rule]), out)?;
    out.write_all(b"],\"undecided\":[")?;
    list(&run.undecided, |one, entries| entries.undecided(one), out)?;
    let mut rest = Entries::within(Vec::with_capacity(ROOM));
    rest.out.extend_from_slice(b"],\"rules\":{");
    let told: BTreeMap<&str, &Finding> = told.into_iter().collect();
    for (index, (rule, finding)) in told.into_iter().enumerate() {
        rest.out.extend_from_slice(if index > 0 { b"," } else { b"" });
        rest.value(&rule).map_err(io::Error::other)?;
        rest.out.extend_from_slice(b":{");
        rest.rule(finding);
        rest.out.push(b'}');
        if rest.out.len() > ROOM / 2 {
            out.write_all(&rest.out)?;
            rest = Entries::within(rest.take());
        }
    }
    rest.out.extend_from_slice(b"},\"errors\":[");
    problems(run.problems.iter().filter(|problem| problem.unlinted), &mut rest);
    rest.out.extend_from_slice(b"],\"remarks\":[");
    problems(run.problems.iter().filter(|problem| !problem.unlinted), &mut rest);
    rest.out.extend_from_slice(b"],\"summary\":");
    rest.value(&summary(run)).map_err(io::Error::other)?;
    rest.out.extend_from_slice(b"}\n");
    out.write_all(&rest.take())
}

fn problems<'r>(problems: impl Iterator<Item = &'r Problem>, entries: &mut Entries<'r>) {
    for (index, problem) in problems.enumerate() {
        entries.out.extend_from_slice(if index > 0 { b",{" } else { b"{" });
        entries.problem(problem);
        entries.out.push(b'}');
    }
}

/// Counts of everything.
pub(super) fn summary(run: &Run) -> Summary<'_> {
    Summary {
        rules: Rules(&run.tallies),
        findings: Counts {
            error: run.count(Severity::Error),
            warning: run.count(Severity::Warning),
            note: run.count(Severity::Note),
        },
        accepted: run.accepted.len(),
        undecided: run.undecided.len(),
        files: Files { linted: run.templates, skipped: run.skipped },
        apps: run.apps,
        resources: run.resources,
    }
}

/// Writes the entries of a list. What they look like is worked out by all threads; no more of it is in memory than that.
pub(super) fn list<'r, T: Sync>(
    entries: &'r [T],
    fields: impl Fn(&'r T, &mut Entries<'r>) + Sync,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let lay_out = |(room, chunk): (&mut Vec<u8>, &'r [T])| {
        let mut entries = Entries::within(std::mem::take(room));
        for one in chunk {
            entries.out.extend_from_slice(b",{");
            fields(one, &mut entries);
            entries.out.push(b'}');
        }
        *room = entries.take();
    };
    let mut first = true;
    let at_once = CHUNKS * rayon::current_num_threads();
    let rooms = 0..entries.len().div_ceil(CHUNK).min(at_once);
    let mut rooms: Vec<Vec<u8>> = rooms.map(|_| Vec::with_capacity(ROOM)).collect();
    for entries in entries.chunks(CHUNK * at_once) {
        rooms.par_iter_mut().zip(entries.par_chunks(CHUNK)).for_each(lay_out);
        for room in &rooms[..entries.len().div_ceil(CHUNK)] {
            out.write_all(&room[usize::from(std::mem::take(&mut first))..])?;
        }
    }
    Ok(())
}

/// Writes a document in one line, with nothing in it that a terminal obeys.
pub(super) fn write(document: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = Vec::new();
    put(document, &mut text).map_err(io::Error::other)?;
    text.push(b'\n');
    out.write_all(&text)
}

#[derive(serde::Serialize)]
pub(super) struct Summary<'a> {
    rules: Rules<'a>,
    findings: Counts,
    accepted: usize,
    undecided: usize,
    files: Files,
    apps: usize,
    resources: usize,
}

#[derive(serde::Serialize)]
struct Counts {
    error: usize,
    warning: usize,
    note: usize,
}

#[derive(serde::Serialize)]
struct Files {
    linted: usize,
    skipped: usize,
}

/// The tallies, by rule.
struct Rules<'a>(&'a [Tally]);

impl Serialize for Rules<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for tally in self.0 {
            map.serialize_entry(&*tally.rule, &CountsEntry::new(tally.counts))?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use crate::report::text::hostile;
    use serde_json::Value;

    fn of(run: &Run) -> String {
        let mut out = Vec::new();
        render(run, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The document in lines that can be read.
    fn laid_out(text: String) -> String {
        let before = regex::Regex::new(
            r#"[{,]"(findings|accepted|undecided|rules|errors|remarks|summary|rule|file|stack|source|scenario|fix)":[\["{n]"#,
        );
        before.unwrap().replace_all(&text, "\n$0").into_owned()
    }

    fn parsed(run: &Run) -> Value {
        serde_json::from_str(&of(run)).unwrap()
    }

    #[test]
    fn the_document_has_the_shape_that_is_promised() {
        let text = of(&samples::payments());
        assert!(text.ends_with("}\n") && text.lines().count() == 1);
        insta::assert_snapshot!(laid_out(text), @r##"
        {"version":1
        ,"findings":[
        {"rule":"iam-no-administrator-access","level":"error","message":"HandlerServiceRoleFCDC14AE may do everything: it carries the managed policy AdministratorAccess"
        ,"file":"cdk.out/PaymentsStack.template.json","line":16,"column":9,"end_line":16,"end_column":47
        ,"stack":"PaymentsStack","artifact":"PaymentsStack","resource":"HandlerServiceRoleFCDC14AE","type":"AWS::IAM::Role","construct_path":"PaymentsStack/Handler/ServiceRole/Resource","property":"ManagedPolicyArns.0"
        ,"source":{"file":"lib/payments-stack.ts","line":41,"column":21,"function":"new lambda.Function","inherited":true}
        ,"scenario":null,"related":[],"fingerprint":"00c0ffee00c0ffee"},
        {"rule":"lambda-runtime","level":"warning","message":"Handler886CB40B runs on nodejs16.x, which AWS no longer supports"
        ,"file":"cdk.out/PaymentsStack.template.json","line":34,"column":16,"end_line":34,"end_column":28
        ,"stack":"PaymentsStack","artifact":"PaymentsStack","resource":"Handler886CB40B","type":"AWS::Lambda::Function","construct_path":null,"property":"Runtime"
        ,"source":{"file":"lib/payments-stack.ts","line":41,"column":21,"function":"new lambda.Function","inherited":false}
        ,"scenario":null,"related":[],"fingerprint":"00c0ffee00c0ffee"},
        {"rule":"kms-key-rotation","level":"error","message":"Key961B73FD never rotates its key material"
        ,"file":"cdk.out/PaymentsStack.template.json","line":49,"column":33,"end_line":49,"end_column":38
        ,"stack":"PaymentsStack","artifact":"PaymentsStack","resource":"Key961B73FD","type":"AWS::KMS::Key","construct_path":null,"property":"EnableKeyRotation"
        ,"source":{"file":"node_modules/own/key.js","line":7,"column":21,"function":"new Key","inherited":false}
        ,"scenario":"IsProd is false","related":[{"message":"the bucket it encrypts"
        ,"file":"cdk.out/PaymentsStack.template.json","line":40,"column":3}],"fingerprint":"00c0ffee00c0ffee"},
        {"rule":"stack-tags","level":"note","message":"PaymentsStack has no tags"
        ,"file":"cdk.out/manifest.json","line":4,"column":3,"end_line":4,"end_column":18
        ,"stack":"PaymentsStack","artifact":"PaymentsStack","resource":null,"type":"Stack","construct_path":null,"property":null
        ,"source":null
        ,"scenario":null,"related":[],"fingerprint":"00c0ffee00c0ffee"}]
        ,"accepted":[
        {"rule":"s3-versioning","level":"error","message":"Thing is not as it should be"
        ,"file":"cdk.out/PaymentsStack.template.json","line":40,"column":3,"end_line":40,"end_column":25
        ,"stack":"PaymentsStack","artifact":null,"resource":"Thing","type":"AWS::S3::Bucket","construct_path":null,"property":null
        ,"source":null
        ,"scenario":null,"related":[],"fingerprint":"00c0ffee00c0ffee","by":"configuration","reason":"the ledger is written once | see #12","until":"2027-01-31","written":
        {"file":"stackproof.yaml","line":2,"column":5}}]
        ,"undecided":[
        {"rule":"lambda-env-no-secrets","level":"error","reason":"the parameter ApiKey has no value before the deployment, and nothing bounds it"
        ,"file":"cdk.out/PaymentsStack.template.json","line":31,"column":18,"end_line":31,"end_column":32
        ,"stack":"PaymentsStack","artifact":"PaymentsStack","resource":"Handler886CB40B","type":"AWS::Lambda::Function","construct_path":null,"property":"Environment.Variables.API_KEY"
        ,"source":{"file":"lib/payments-stack.ts","line":41,"column":21,"function":"new lambda.Function","inherited":false},"fingerprint":"0123456789abcdef"}]
        ,"rules":{"iam-no-administrator-access":{"title":"Roles do not carry AdministratorAccess"
        ,"fix":{"cdk":"role.addToPolicy(new iam.PolicyStatement({\n  actions: ['s3:GetObject'],\n}))","cloudformation":null},"see":"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"},"kms-key-rotation":{"title":"KMS keys rotate every year"
        ,"fix":{"cdk":null,"cloudformation":null},"see":null},"lambda-runtime":{"title":"Lambda runtimes are supported"
        ,"fix":{"cdk":"runtime: lambda.Runtime.NODEJS_22_X","cloudformation":"Set Runtime to nodejs22.x."},"see":null},"s3-versioning":{"title":"Things are as they should be"
        ,"fix":{"cdk":null,"cloudformation":null},"see":null},"stack-tags":{"title":"Things are as they should be"
        ,"fix":{"cdk":null,"cloudformation":null},"see":null}}
        ,"errors":[
        {"file":"cdk.out/Broken.template.json","line":3,"column":8,"message":"expected a value","help":"Run `cdk synth` again."}]
        ,"remarks":[
        {"file":"cdk.out/manifest.json","line":null,"column":null,"message":"the synth was incomplete: 2 lookups are missing","help":null}]
        ,"summary":{"rules":{"iam-no-administrator-access":{"pass":1,"fail":1,"undecided":0,"accepted":0,"attested":0,"not_applicable":0},"lambda-env-no-secrets":{"pass":1,"fail":0,"undecided":1,"accepted":0,"attested":0,"not_applicable":0}}
        ,"findings":{"error":2,"warning":1,"note":1},"accepted":1,"undecided":1,"files":{"linted":1,"skipped":2},"apps":1,"resources":4}}
        "##);
    }

    #[test]
    fn an_empty_run_is_a_whole_document() {
        insta::assert_snapshot!(laid_out(of(&Run::default())), @r##"
        {"version":1
        ,"findings":[]
        ,"accepted":[]
        ,"undecided":[]
        ,"rules":{}
        ,"errors":[]
        ,"remarks":[]
        ,"summary":{"rules":{}
        ,"findings":{"error":0,"warning":0,"note":0},"accepted":0,"undecided":0,"files":{"linted":0,"skipped":0},"apps":0,"resources":0}}
        "##);
    }

    #[test]
    fn every_text_comes_back_as_it_was_and_no_control_goes_out_raw() {
        let run = samples::hostile();
        assert!(!of(&run).trim_end().contains(hostile));
        let parsed = parsed(&run);
        for (entry, finding) in parsed["findings"].as_array().unwrap().iter().zip(&run.findings) {
            assert_eq!(entry["message"], *finding.message());
            assert_eq!(entry["resource"].as_str(), finding.subject.resource.as_deref());
        }
    }

    #[test]
    fn nothing_is_filtered() {
        let run = samples::many(40);
        let parsed = parsed(&run);
        let length = |key: &str| parsed[key].as_array().unwrap().len();
        assert_eq!((length("findings"), length("undecided")), (run.findings.len(), run.undecided.len()));
        assert_eq!(length("errors") + length("remarks"), run.problems.len());
    }

    #[test]
    fn a_minified_template_costs_what_its_length_costs() {
        let run = samples::minified(20_000);
        let parsed = parsed(&run);
        let last = parsed["findings"].as_array().unwrap().last().unwrap();
        let place = run.findings.last().unwrap().location.start();
        assert_eq!(last["column"], place.column);
    }
}
