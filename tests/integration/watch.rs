//! `check --watch`, as an editor meets it: a process that goes on, and lines that say when a run begins and ends.
#![cfg(unix)]
use crate::support::run_in;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

const OPEN: &str = "Resources: {B: {Type: 'AWS::S3::Bucket', Properties: {AccessControl: PublicRead}}}\n";
const CLOSED: &str = "Resources: {B: {Type: 'AWS::S3::Bucket'}}\n";
const LONG: Duration = Duration::from_secs(20);
const QUIET: Duration = Duration::from_millis(1200);

struct Watched {
    child: Child,
    lines: Receiver<String>,
    scratch: tempfile::TempDir,
}

impl Watched {
    fn begin(scratch: tempfile::TempDir, arguments: &[&str]) -> Watched {
        let mut child = Command::new(env!("CARGO_BIN_EXE_stackproof"))
            .args(["check", "--watch", "--format", "concise", "--rule", "s3-acl"])
            .args(arguments)
            .current_dir(scratch.path())
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let other = sender.clone();
        std::thread::spawn(move || {
            BufReader::new(out).lines().for_each(|line| drop(other.send(line.unwrap())))
        });
        std::thread::spawn(move || {
            BufReader::new(err).lines().for_each(|line| drop(sender.send(line.unwrap())))
        });
        Watched { child, lines, scratch }
    }

    fn path(&self) -> &Path {
        self.scratch.path()
    }

    /// The lines up to the next that says that it waits.
    fn run(&self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            lines.push(self.lines.recv_timeout(LONG).unwrap_or_else(|_| panic!("no end: {lines:?}")));
            if lines.last().unwrap().ends_with("; waiting for changes") {
                // Findings come over another stream.
                while let Ok(line) = self.lines.recv_timeout(Duration::from_millis(100)) {
                    lines.push(line);
                }
                return lines;
            }
        }
    }

    fn quiet(&self) {
        let line = self.lines.recv_timeout(QUIET);
        assert!(line.is_err(), "{line:?}");
    }

    fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

fn folder(text: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("t.yaml"), text).unwrap();
    scratch
}

fn findings(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.ends_with("[s3-acl]")).count()
}

#[test]
fn a_baseline_that_is_written_meanwhile_counts_at_once() {
    let folder = folder(OPEN);
    fs::write(folder.path().join("stackproof.yaml"), "baseline: old.txt\n").unwrap();
    fs::write(folder.path().join("old.txt"), "# stackproof-baseline 1\n").unwrap();
    let watched = Watched::begin(folder, &["t.yaml"]);
    assert_eq!(findings(&watched.run()), 1);
    let ran = run_in(watched.path(), &["baseline", "write", "t.yaml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(findings(&watched.run()), 0);
    watched.quiet();
    assert_eq!(watched.stop(), Some(0));
}

#[test]
fn a_change_is_linted_the_same_bytes_are_not_and_an_interrupt_is_a_clean_end() {
    let watched = Watched::begin(folder(OPEN), &["t.yaml"]);
    let first = watched.run();
    assert_eq!(findings(&first), 1, "{first:?}");
    assert!(first.iter().any(|line| line == "stackproof: linting t.yaml"), "{first:?}");
    assert!(
        first.iter().any(|line| line == "stackproof: 1 error, 0 warnings; waiting for changes"),
        "{first:?}"
    );
    fs::write(watched.path().join("t.yaml"), OPEN).unwrap();
    fs::write(watched.path().join("other.yaml"), CLOSED).unwrap();
    watched.quiet();
    fs::write(watched.path().join("t.yaml"), CLOSED).unwrap();
    let second = watched.run();
    assert_eq!(findings(&second), 0, "{second:?}");
    assert!(
        second.iter().any(|line| line == "stackproof: 0 errors, 0 warnings; waiting for changes"),
        "{second:?}"
    );
    // Editors write a new file and put it into the place of the old one.
    fs::write(watched.path().join("t.yaml.new"), OPEN).unwrap();
    fs::rename(watched.path().join("t.yaml.new"), watched.path().join("t.yaml")).unwrap();
    assert_eq!(findings(&watched.run()), 1);
    // So does what stackproof.yaml says.
    fs::write(watched.path().join("stackproof.yaml"), "rules: {s3-acl: off}\n").unwrap();
    assert_eq!(findings(&watched.run()), 0);
    assert_eq!(watched.stop(), Some(0));
}

#[test]
fn what_cannot_be_read_leaves_the_last_result_standing() {
    let watched = Watched::begin(folder(OPEN), &["t.yaml"]);
    watched.run();
    fs::write(watched.path().join("t.yaml"), "Resources: {B: [").unwrap();
    let broken = watched.run();
    assert!(broken[0].starts_with("stackproof: t.yaml: "), "{broken:?}");
    assert!(broken[0].ends_with("; the last result stands; waiting for changes"), "{broken:?}");
    fs::remove_file(watched.path().join("t.yaml")).unwrap();
    let gone = watched.run();
    assert_eq!(
        gone,
        ["stackproof: t.yaml is not there any more; the last result stands; waiting for changes"]
    );
    fs::write(watched.path().join("t.yaml"), CLOSED).unwrap();
    assert_eq!(findings(&watched.run()), 0);
    fs::write(watched.path().join("stackproof.yaml"), "rule: {}\n").unwrap();
    let wrong = watched.run();
    assert!(wrong[0].contains("the key `rule` is not known here"), "{wrong:?}");
    assert_eq!(watched.stop(), Some(0));
}

#[test]
fn an_assembly_is_waited_for_until_it_is_there_and_its_synth_has_ended() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("cdk.json"), "{}").unwrap();
    let watched = Watched::begin(scratch, &[]);
    assert_eq!(watched.run(), ["stackproof: cdk.out is not there yet; waiting for changes"]);
    let out = watched.path().join("cdk.out");
    fs::create_dir(&out).unwrap();
    // The lock of a process that lives: this one.
    fs::write(out.join("synth.lock"), std::process::id().to_string()).unwrap();
    let manifest = r#"{"version": "48.0.0", "artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}}}"#;
    fs::write(out.join("manifest.json"), manifest).unwrap();
    let template =
        r#"{"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"}}}}"#;
    fs::write(out.join("S.template.json"), template).unwrap();
    watched.quiet();
    fs::remove_file(out.join("synth.lock")).unwrap();
    assert_eq!(findings(&watched.run()), 1);
    // The lock of a process that is gone holds nothing back.
    fs::write(out.join("synth.lock"), "999999999").unwrap();
    fs::write(out.join("S.template.json"), template.replace("PublicRead", "Private")).unwrap();
    assert_eq!(findings(&watched.run()), 0);
    assert_eq!(watched.stop(), Some(0));
}

#[test]
fn standard_input_and_a_wrong_configuration_are_refused() {
    let scratch = folder(CLOSED);
    let ran = run_in(scratch.path(), &["check", "--watch", "-"]);
    assert_eq!(ran.code, 2);
    fs::write(scratch.path().join("stackproof.yaml"), "rule: {}\n").unwrap();
    let ran = run_in(scratch.path(), &["check", "--watch", "t.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("the key `rule` is not known here"), "{}", ran.err);
}
