//! The baseline: which findings were there when a team began, so that only new ones fail.
//!
//! ```text
//! # a comment
//! RULE <tab> STACK <tab> WHERE <tab> FINGERPRINT <tab> COUNT
//! ```
//!
//! A line for each fingerprint, sorted by its text: a change is a change of lines, and what two branches changed comes
//! together line by line. A line that is there twice counts once, with its larger count. Only rule, fingerprint and count
//! are read back; the rest is for people.
use crate::finding::Finding;
use crate::limits::MAX_BASELINE_BYTES;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The name of the file, where none is given.
pub const BASELINE_NAME: &str = "stackproof-baseline.txt";

const HEADER: &str = "# stackproof-baseline 1
# Findings that were there when this was written: they do not fail `stackproof check`. Do not add lines by hand;
# `stackproof baseline prune` takes out what no longer holds.
";

/// One fingerprint with all that its line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The rule's id.
    pub rule: String,
    /// The stack as people name it.
    pub stack: String,
    /// The construct path or logical id, and the property.
    pub place: String,
    /// How many findings have that fingerprint.
    pub count: usize,
}

/// The entries of a baseline, by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The entries.
    pub entries: BTreeMap<String, Entry>,
}

/// Why a baseline cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// The file.
    #[error("the baseline {file} cannot be read: {message}")]
    Unreadable {
        /// Which.
        file: String,
        /// Why.
        message: String,
    },
    /// A line of it.
    #[error("{file}:{line}: {message}")]
    Line {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        message: &'static str,
    },
}

impl BaselineError {
    /// The way out.
    pub fn help(&self) -> &'static str {
        match self {
            BaselineError::Unreadable { .. } => {
                "`stackproof baseline write` writes one; --no-baseline reads none"
            }
            BaselineError::Line { message, .. } if message.contains("conflict") => {
                "keep the lines of both sides and take the marks out; then `stackproof baseline prune`"
            }
            BaselineError::Line { .. } => {
                "a line is RULE, STACK, WHERE, FINGERPRINT, COUNT with tabs between; `stackproof baseline write` writes it anew"
            }
        }
    }
}

impl Baseline {
    /// The baseline of these findings; `stack` is the name by which a stack is known from run to run.
    pub fn of<'f>(
        findings: impl Iterator<Item = &'f Finding>,
        stack: impl Fn(&Finding) -> String,
    ) -> Baseline {
        let mut baseline = Baseline::default();
        for finding in findings {
            let subject = &finding.subject;
            let whose =
                subject.construct_path.as_deref().or(subject.resource.as_deref()).unwrap_or(&subject.kind);
            let entry = baseline.entries.entry(finding.fingerprint.to_string()).or_insert_with(|| Entry {
                rule: finding.rule.to_string(),
                stack: stack(finding),
                place: match &finding.property {
                    Some(property) => format!("{whose} {property}"),
                    None => whose.to_owned(),
                },
                count: 0,
            });
            entry.count += 1;
        }
        baseline
    }

    /// Reads a file.
    ///
    /// # Errors
    /// That it cannot be read, or the line that is no line of a baseline.
    pub fn load(path: &Path) -> Result<Baseline, BaselineError> {
        let file = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        let unreadable = |message: String| BaselineError::Unreadable { file: file.clone(), message };
        let opened = File::open(path).map_err(|error| unreadable(error.to_string()))?;
        let mut text = String::new();
        let read = opened.take(MAX_BASELINE_BYTES + 1).read_to_string(&mut text);
        read.map_err(|error| unreadable(error.to_string()))?;
        if text.len() as u64 > MAX_BASELINE_BYTES {
            return Err(unreadable(format!("is larger than {} MB", MAX_BASELINE_BYTES >> 20)));
        }
        Baseline::parse(&text, &file)
    }

    /// Reads a text; `file` is named in errors.
    ///
    /// # Errors
    /// The first line that is no line of a baseline.
    pub fn parse(text: &str, file: &str) -> Result<Baseline, BaselineError> {
        let mut baseline = Baseline::default();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let wrong = |message| BaselineError::Line { file: file.to_owned(), line: index + 1, message };
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark)) {
                return Err(wrong("a merge conflict is left here"));
            }
            let fields: Vec<&str> = line.split('\t').collect();
            let [rule, stack, place, fingerprint, count] = fields[..] else {
                return Err(wrong("this is no line of a baseline: it does not have five fields"));
            };
            if fingerprint.len() != 16 || !fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(wrong("the fourth field is no fingerprint of 16 hexadecimal digits"));
            }
            let Some(count) = count.trim_end().parse().ok().filter(|count| *count > 0) else {
                return Err(wrong("the last field is no count"));
            };
            let entry =
                Entry { rule: rule.to_owned(), stack: stack.to_owned(), place: place.to_owned(), count };
            let known = baseline.entries.entry(fingerprint.to_owned()).or_insert_with(|| entry);
            known.count = known.count.max(count);
        }
        Ok(baseline)
    }

    /// The text of the file.
    pub fn render(&self) -> String {
        let line = |(fingerprint, entry): (&String, &Entry)| {
            let Entry { rule, stack, place, count } = entry;
            let fields = [rule, stack, place].map(|text| text.replace(char::is_control, "?"));
            format!("{}\t{fingerprint}\t{count}", fields.join("\t"))
        };
        let mut lines: Vec<String> = self.entries.iter().map(line).collect();
        lines.sort();
        let mut text = HEADER.to_owned();
        for line in lines {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.entries.values().map(|entry| entry.count).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What of it holds, given how many findings have each fingerprint now; it never grows.
    pub fn pruned(&self, holds: &BTreeMap<String, usize>) -> Baseline {
        let mut pruned = Baseline::default();
        for (fingerprint, entry) in &self.entries {
            let count = entry.count.min(holds.get(fingerprint).copied().unwrap_or(0));
            if count > 0 {
                pruned.entries.insert(fingerprint.clone(), Entry { count, ..entry.clone() });
            }
        }
        pruned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "s3-versioning\tShop\tShop/Bucket\t0123456789abcdef\t";

    #[test]
    fn what_is_written_is_read_back_and_sorted() {
        let text = format!("b\tS\tx\t1111111111111111\t2\n{LINE}1\na\tS\ty\t2222222222222222\t1\n");
        let baseline = Baseline::parse(&text, "f").unwrap();
        let rendered = baseline.render();
        assert_eq!(Baseline::parse(&rendered, "f").unwrap(), baseline);
        let lines: Vec<&str> = rendered.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.is_sorted() && lines.len() == 3 && baseline.len() == 4);
    }

    #[test]
    fn lines_that_two_branches_brought_count_once() {
        let baseline = Baseline::parse(&format!("{LINE}1\n{LINE}3\n{LINE}1\r\n"), "f").unwrap();
        assert_eq!(baseline.len(), 3);
    }

    #[test]
    fn a_broken_line_is_told_with_its_number() {
        for (broken, what) in [
            ("<<<<<<< HEAD", "f:2: a merge conflict is left here"),
            ("s3-versioning Shop", "f:2: this is no line of a baseline: it does not have five fields"),
            ("a\tb\tc\txyz\t1", "f:2: the fourth field is no fingerprint of 16 hexadecimal digits"),
            ("a\tb\tc\t0123456789abcdef\t0", "f:2: the last field is no count"),
        ] {
            let error = Baseline::parse(&format!("{LINE}1\n{broken}\n"), "f").unwrap_err();
            assert_eq!(error.to_string(), what);
            assert!(!error.help().is_empty());
        }
    }

    #[test]
    fn pruning_never_adds() {
        let baseline = Baseline::parse(&format!("{LINE}3\na\tS\tx\t1111111111111111\t1\n"), "f").unwrap();
        let holds = |count| BTreeMap::from([("0123456789abcdef".to_owned(), count), ("2".repeat(16), 5)]);
        assert_eq!(baseline.pruned(&holds(9)).len(), 3);
        assert_eq!(baseline.pruned(&holds(2)).len(), 2);
        assert!(baseline.pruned(&BTreeMap::new()).is_empty());
    }
}
