//! The CDK's `validation-report.json`, so that the CDK's own commands show our findings.
//!
//! `cdk validate`, `cdk synth` and `cdk deploy` read that file from the folder of the assembly; the shape is that of
//! `PolicyValidationReportJson` in `@aws-cdk/cloud-assembly-schema`. Each finding is a violation of its own, because each has a message
//! of its own. The report fails where a finding fails the run, or something could not be linted. Accepted findings are suppressed
//! violations. Undecided verdicts are counted in the metadata.
//!
//! `cdk synth` writes that file too, with what the app's own plugins found: [`merge`] keeps that.
use super::super::compact::put;
use super::super::mend::fix;
use super::super::options::Options;
use super::spot::sentence;
use crate::finding::{Finding, Run, Severity};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

/// The name under which the report stands.
const PLUGIN: &str = "stackproof";
/// The version of the schema that has all that is written here; the CDK reads every file up to its own version.
const SCHEMA: &str = "54.0.0";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    version: &'static str,
    plugin_reports: Vec<PluginReport<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PluginReport<'a> {
    plugin_name: &'static str,
    plugin_version: &'static str,
    conclusion: &'static str,
    metadata: BTreeMap<&'static str, String>,
    violations: Vec<Violation<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressed_violations: Vec<Suppressed<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Violation<'a> {
    rule_name: &'a str,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_fix: Option<&'a str>,
    severity: &'static str,
    rule_metadata: BTreeMap<&'static str, &'a str>,
    violating_constructs: Vec<Construct<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Suppressed<'a> {
    #[serde(flatten)]
    violation: Violation<'a>,
    acknowledged_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Construct<'a> {
    construct_path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_formation_resource: Option<Resource<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stack_traces: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    template_path: String,
    logical_id: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    property_paths: Vec<String>,
}

/// Writes the report.
pub(in super::super) fn render(run: &Run, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut work = Work { options, roots: HashMap::new() };
    let violations: Vec<_> = run.findings.iter().map(|finding| work.violation(finding)).collect();
    let suppressed = run.accepted.iter().map(|accepted| Suppressed {
        violation: work.violation(&accepted.finding),
        acknowledged_id: format!("{PLUGIN}::{}", accepted.finding.rule),
        reason: accepted.reason.as_deref(),
    });
    let suppressed_violations = suppressed.collect();
    let fails = run.incomplete() || run.findings.iter().any(|finding| options.fails(finding.severity));
    let report = PluginReport {
        plugin_name: PLUGIN,
        plugin_version: env!("CARGO_PKG_VERSION"),
        conclusion: if fails { "failure" } else { "success" },
        metadata: metadata(run),
        violations,
        suppressed_violations,
    };
    let mut text = Vec::new();
    put(&Report { version: SCHEMA, plugin_reports: vec![report] }, &mut text).map_err(io::Error::other)?;
    text.push(b'\n');
    out.write_all(&text)
}

fn metadata(run: &Run) -> BTreeMap<&'static str, String> {
    let mut metadata = BTreeMap::from([("undecided", run.undecided.len().to_string())]);
    let unlinted: Vec<String> = run
        .problems
        .iter()
        .filter(|problem| problem.unlinted)
        .map(|problem| format!("{} was not linted: {}", problem.file, problem.message))
        .collect();
    if !unlinted.is_empty() {
        // The CDK shows an error where a report has no violations.
        metadata.insert("error", format!("stackproof: {}", unlinted.join("; ")));
    }
    metadata
}

struct Work<'a> {
    options: &'a Options<'a>,
    /// The folder of the assembly that a folder belongs to.
    roots: HashMap<PathBuf, PathBuf>,
}

impl Work<'_> {
    fn violation<'f>(&mut self, finding: &'f Finding) -> Violation<'f> {
        let subject = &finding.subject;
        let see = finding.see.map(|page| ("see", page));
        let resource = subject.resource.as_deref().map(|logical_id| Resource {
            template_path: self.in_assembly(finding.location.file()),
            logical_id,
            property_paths: finding.property.iter().map(|property| property_path(property)).collect(),
        });
        Violation {
            rule_name: &finding.rule,
            description: sentence(finding),
            suggested_fix: fix(finding),
            severity: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "info",
            },
            rule_metadata: [("title", finding.title)].into_iter().chain(see).collect(),
            violating_constructs: vec![Construct {
                construct_path: subject.construct_path.as_deref().unwrap_or_default(),
                cloud_formation_resource: resource,
                stack_traces: self.trace(finding).into_iter().collect(),
            }],
        }
    }

    /// One frame, as Node writes them; the CDK opens only frames with parentheses.
    fn trace(&self, finding: &Finding) -> Option<String> {
        let source = finding.subject.source.as_ref()?;
        let function = source.function.as_deref().unwrap_or("<anonymous>");
        let file = match (&source.path, self.options.tree) {
            (Some(path), Some(tree)) => tree.whole(&path.to_string_lossy()).to_string_lossy().into_owned(),
            _ => source.file.clone(),
        };
        Some(format!("{function} ({file}:{}:{})", source.line, source.column))
    }

    /// The path of a template from the folder of its assembly: the topmost of the folders above that have a manifest.
    fn in_assembly(&mut self, file: &str) -> String {
        let path = Path::new(file);
        let folder = path.parent().unwrap_or(Path::new(""));
        let root = self.roots.entry(folder.to_owned()).or_insert_with(|| {
            let above = folder.ancestors().take_while(|folder| folder.join("manifest.json").is_file());
            above.last().unwrap_or(folder).to_owned()
        });
        path.strip_prefix(&*root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }
}

/// A property on its own, or a JSON path to a deeper one.
fn property_path(property: &str) -> String {
    if property.contains(['.', '[']) { format!("$.{property}") } else { property.to_owned() }
}

/// A report joined with the one that stands in its place: what other plugins found stays, what we found before goes.
///
/// # Errors
/// That what stands there is no validation report.
pub fn merge(before: &[u8], report: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    let mut before: serde_json::Value = serde_json::from_slice(before)?;
    let report: serde_json::Value = serde_json::from_slice(report)?;
    let Some(plugins) = before.get_mut("pluginReports").and_then(serde_json::Value::as_array_mut) else {
        return Err(serde::de::Error::custom("there is no list `pluginReports` in it"));
    };
    plugins.retain(|plugin| plugin.get("pluginName").and_then(serde_json::Value::as_str) != Some(PLUGIN));
    plugins.extend(report["pluginReports"].as_array().into_iter().flatten().cloned());
    let mut text = serde_json::to_vec_pretty(&before)?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use serde_json::{Value, json};

    fn of(run: &Run) -> Vec<u8> {
        let mut out = Vec::new();
        render(run, &Options::default(), &mut out).unwrap();
        out
    }

    #[test]
    fn a_finding_is_a_violation() {
        let report: Value = serde_json::from_slice(&of(&samples::payments())).unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap());
    }

    #[test]
    fn what_other_plugins_found_stays_and_our_own_is_replaced() {
        let other = json!({"pluginName": "other", "conclusion": "failure", "violations": []});
        let before = json!({"version": "55.0.0", "title": "t", "pluginReports": [other, {"pluginName": "stackproof"}]});
        let merged = merge(before.to_string().as_bytes(), &of(&samples::payments())).unwrap();
        let merged: Value = serde_json::from_slice(&merged).unwrap();
        assert_eq!((&merged["version"], &merged["pluginReports"][0]), (&json!("55.0.0"), &other));
        assert_eq!(merged["pluginReports"].as_array().unwrap().len(), 2);
        assert_eq!(merged["pluginReports"][1]["violations"].as_array().unwrap().len(), 4);
        for wrong in ["", "[]", "{\"pluginReports\": {}}"] {
            assert!(merge(wrong.as_bytes(), &of(&Run::default())).is_err(), "{wrong}");
        }
    }
}
