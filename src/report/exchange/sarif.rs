//! SARIF 2.1.0, the form that code scanning reads.
//!
//! A result for each finding, in the run's order, at the user's line where it is known with the template as a related
//! place. Accepted findings are results with a suppression. Undecided verdicts are results of the kind `open` where they were asked for
//! (`--show undecided`); else their number is a notification, because readers that do not know kinds would raise an alert for each. Problems of the
//! input are notifications of the run, which is not successful where something was left unlinted. Only rules that
//! have results are described.
use super::super::compact::put;
use super::super::options::Options;
use super::super::places::Places;
use super::super::text::count;
use super::rules::{Descriptor, Known};
use super::sarif_shape::{
    Fingerprints, Invocation, Logical, Notification, Outcome, Place, Properties, Suppression, physical,
};
use super::spot::{self, Ordinals, sentence, whose};
use crate::finding::{
    Accepted, AcceptedBy, Finding, Fingerprint, Location, Problem, Run, Severity, Subject, Undecided,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

const HEAD: &str = concat!(
    r#"{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json","#,
    r#""version":"2.1.0","runs":[{"tool":{"driver":{"name":"stackproof","version":""#,
    env!("CARGO_PKG_VERSION"),
    r#"","semanticVersion":""#,
    env!("CARGO_PKG_VERSION"),
    r#"","rules":"#,
);
/// Paths count from the root of the repository; columns count characters.
const BEHIND_RULES: &str = concat!(
    r#"}},"columnKind":"unicodeCodePoints","originalUriBaseIds":{"%SRCROOT%":{"#,
    r#""description":{"text":"The root of the repository."}}},"results":["#,
);

/// Writes the log.
pub(in super::super) fn render(run: &Run, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let undecided: &[Undecided] = if options.show.undecided { &run.undecided } else { &[] };
    let rules = known(run, undecided);
    let descriptors: Vec<Descriptor> = rules.values().map(|known| Descriptor::new(known, options)).collect();
    let index: BTreeMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    out.write_all(HEAD.as_bytes())?;
    write(&descriptors, out)?;
    out.write_all(BEHIND_RULES.as_bytes())?;
    let mut log =
        Log { options, index, places: Places::default(), ordinals: Ordinals::default(), out, first: true };
    for finding in &run.findings {
        let result = log.result(finding, Vec::new());
        log.add(&result)?;
    }
    for accepted in &run.accepted {
        let suppression = log.suppression(accepted);
        let result = log.result(&accepted.finding, vec![suppression]);
        log.add(&result)?;
    }
    for undecided in undecided {
        let result = log.open(undecided);
        log.add(&result)?;
    }
    let Log { out, mut places, .. } = log;
    out.write_all(b"],\"invocations\":[")?;
    write(&invocation(run, undecided.len(), options, &mut places), out)?;
    out.write_all(b"]}]}\n")
}

/// The rules that have results.
fn known<'a>(run: &'a Run, undecided: &'a [Undecided]) -> BTreeMap<&'a str, Known<'a>> {
    let mut rules = BTreeMap::new();
    for finding in run.findings.iter().chain(run.accepted.iter().map(|accepted| &accepted.finding)) {
        rules.entry(&*finding.rule).or_insert_with(|| Known {
            id: &finding.rule,
            title: Some(finding.title),
            severity: finding.severity,
            fix: Some(&finding.fix),
            see: finding.see,
        });
    }
    for one in undecided {
        let known = || Known { id: &one.rule, title: None, severity: one.severity, fix: None, see: None };
        rules.entry(&*one.rule).or_insert_with(known);
    }
    rules
}

fn write(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = Vec::new();
    put(value, &mut text).map_err(io::Error::other)?;
    out.write_all(&text)
}

struct Log<'a> {
    options: &'a Options<'a>,
    index: BTreeMap<&'a str, usize>,
    places: Places,
    ordinals: Ordinals,
    out: &'a mut dyn io::Write,
    first: bool,
}

impl<'a> Log<'a> {
    fn add(&mut self, result: &Outcome<'_>) -> io::Result<()> {
        if !std::mem::take(&mut self.first) {
            self.out.write_all(b",")?;
        }
        self.out.write_all(b"\n")?;
        write(result, self.out)
    }

    fn result(&mut self, finding: &'a Finding, suppressions: Vec<Suppression>) -> Outcome<'a> {
        let (place, mut related) = self.places(&finding.subject, &finding.location);
        for one in finding.related() {
            let at = spot::in_text(&one.location, self.options, &mut self.places);
            related.push(Place {
                id: Some(related.len() + 1),
                message: Some(one.message.clone().into()),
                ..at.into()
            });
        }
        Outcome {
            rule_id: &finding.rule,
            rule_index: self.index[&*finding.rule],
            kind: "fail",
            level: finding.severity.as_str(),
            message: sentence(finding).into(),
            locations: vec![place],
            related_locations: related,
            partial_fingerprints: self.fingerprints(finding.fingerprint),
            suppressions,
            properties: properties(&finding.subject, finding.property.as_deref()),
        }
    }

    fn open(&mut self, undecided: &'a Undecided) -> Outcome<'a> {
        let (place, related) = self.places(&undecided.subject, &undecided.location);
        Outcome {
            rule_id: &undecided.rule,
            rule_index: self.index[&*undecided.rule],
            kind: "open",
            level: "none",
            message: format!("{} is undecided: {}", whose(&undecided.subject), undecided.reason).into(),
            locations: vec![place],
            related_locations: related,
            partial_fingerprints: self.fingerprints(undecided.fingerprint),
            suppressions: Vec::new(),
            properties: properties(&undecided.subject, undecided.property.as_deref()),
        }
    }

    /// The place that is told first, and the template where that is the user's line.
    fn places(&mut self, subject: &Subject, location: &Location) -> (Place, Vec<Place>) {
        let at = spot::spot(subject, location, self.options, &mut self.places);
        let mut related = Vec::new();
        if at.in_source {
            let template = spot::in_text(location, self.options, &mut self.places);
            let message = "where it stands in what was synthesized".to_owned();
            related.push(Place { id: Some(1), message: Some(message.into()), ..template.into() });
        }
        (Place { logical_locations: logical(subject), ..at.into() }, related)
    }

    fn fingerprints(&mut self, fingerprint: Fingerprint) -> Fingerprints {
        let number = self.ordinals.next(fingerprint);
        Fingerprints {
            primary_location_line_hash: format!("{fingerprint}:{number}"),
            stackproof: fingerprint.to_string(),
        }
    }

    fn suppression(&mut self, accepted: &Accepted) -> Suppression {
        let outside = matches!(accepted.by, AcceptedBy::Configuration | AcceptedBy::Baseline);
        let location = accepted.location.as_ref();
        Suppression {
            kind: if outside { "external" } else { "inSource" },
            status: "accepted",
            justification: accepted.why(),
            location: location.map(|at| spot::in_text(at, self.options, &mut self.places).into()),
        }
    }
}

fn properties<'a>(subject: &'a Subject, property: Option<&'a str>) -> Properties<'a> {
    Properties {
        stack: &subject.stack,
        kind: &subject.kind,
        logical_id: subject.resource.as_deref(),
        construct_path: subject.construct_path.as_deref(),
        property,
    }
}

fn logical(subject: &Subject) -> Vec<Logical> {
    let name = whose(subject).to_owned();
    let path = match (&subject.construct_path, subject.stack.is_empty()) {
        (Some(path), _) => path.to_string(),
        (None, true) => name.clone(),
        (None, false) => format!("{}/{name}", subject.stack),
    };
    vec![Logical { name, fully_qualified_name: path, kind: "resource" }]
}

fn invocation(run: &Run, told: usize, options: &Options, places: &mut Places) -> Invocation {
    let mut notifications: Vec<Notification> =
        run.problems.iter().map(|problem| notification(problem, options, places)).collect();
    let untold = run.undecided.len() - told;
    if untold > 0 {
        let verdicts = count(untold, "undecided verdict");
        let text =
            format!("{verdicts}: a value is known only at the deployment (--show undecided tells them).");
        notifications.push(Notification { level: "note", message: text.into(), locations: Vec::new() });
    }
    Invocation { execution_successful: !run.incomplete(), tool_execution_notifications: notifications }
}

fn notification(problem: &Problem, options: &Options, places: &mut Places) -> Notification {
    let help = problem.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    let place = match &problem.location {
        Some(location) => spot::in_text(location, options, places).into(),
        None => Place {
            id: None,
            message: None,
            physical_location: physical(&spot::path(&problem.file, options), None),
            logical_locations: Vec::new(),
        },
    };
    let level = if problem.unlinted { Severity::Error } else { Severity::Warning };
    Notification {
        level: level.as_str(),
        message: format!("{}{help}", problem.message).into(),
        locations: vec![place],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Place as Wished, Show, samples};
    use serde_json::Value;

    fn of(run: &Run, options: &Options) -> Value {
        let mut out = Vec::new();
        render(run, options, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_log_tells_all_that_is_known() {
        let options = Options { show: Show::All.into(), ..Options::default() };
        let log = of(&samples::payments(), &options);
        insta::assert_snapshot!(serde_json::to_string_pretty(&log).unwrap());
    }

    #[test]
    fn undecided_verdicts_are_results_only_where_they_are_asked_for() {
        let run = samples::payments();
        let log = of(&run, &Options::default());
        assert_eq!(
            log["runs"][0]["results"].as_array().unwrap().len(),
            run.findings.len() + run.accepted.len()
        );
        let told = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
        assert!(told.contains("1 undecided verdict"), "{told}");
        let log = of(&run, &Options { show: Show::Undecided.into(), ..Options::default() });
        let open =
            log["runs"][0]["results"].as_array().unwrap().iter().filter(|result| result["kind"] == "open");
        assert_eq!(open.map(|result| &result["level"]).collect::<Vec<_>>(), ["none"]);
    }

    #[test]
    fn the_place_is_the_one_that_was_asked_for_and_the_template_is_never_lost() {
        let first = |place| {
            let log = of(&samples::payments(), &Options { place, ..Options::default() });
            let result = &log["runs"][0]["results"][0];
            let uri = |place: &Value| {
                place["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().to_owned()
            };
            let related = result["relatedLocations"].as_array().map_or(0, Vec::len);
            (uri(&result["locations"][0]), related)
        };
        assert_eq!(first(Wished::Auto), ("lib/payments-stack.ts".into(), 1));
        assert_eq!(first(Wished::Template), ("cdk.out/PaymentsStack.template.json".into(), 0));
    }
}
