//! Lines of the user's own program, to be shown beside a finding.
//!
//! Only files that intake found below the project root are opened, only regular ones, and only up to a size
//! that a hand-written program has. What cannot be read is simply not shown.
use super::text;
use crate::finding::SourcePlace;
use crate::source::{LineColumn, Source};
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Larger files are not programs that somebody wrote.
const LARGEST: u64 = 2 << 20;
/// More of a line is never shown.
const LONGEST: usize = 400;

/// The files read so far.
#[derive(Default)]
pub(super) struct Programs {
    files: HashMap<PathBuf, Option<Source>>,
}

impl Programs {
    /// The line of code at that place, trimmed and safe to print.
    pub(super) fn line(&mut self, place: &SourcePlace) -> Option<String> {
        let path = place.path.as_ref()?;
        let source = self.files.entry(path.clone()).or_insert_with(|| read(path)).as_ref()?;
        let start = source.offset(LineColumn { line: place.line, column: 1 }) as usize;
        let line = source.text()[start..].split(['\n', '\r']).next().unwrap_or_default().trim();
        let line = text::code(text::head(line, LONGEST)).into_owned();
        (!line.is_empty()).then_some(line)
    }
}

fn read(path: &Path) -> Option<Source> {
    let meta = std::fs::metadata(path).ok()?;
    if !meta.is_file() || meta.len() > LARGEST {
        return None;
    }
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(LARGEST).read_to_string(&mut text).ok()?;
    Some(Source::new("", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: Option<PathBuf>, line: u32) -> SourcePlace {
        SourcePlace { file: "app.ts".into(), line, column: 1, function: None, inherited: false, path }
    }

    #[test]
    fn a_line_is_shown_trimmed_and_safe() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.ts");
        std::fs::write(&path, "a\r\n\tnew Bucket(this, '\u{1b}[31m');  \r\n\n").unwrap();
        let mut programs = Programs::default();
        let mut line = |number| programs.line(&place(Some(path.clone()), number));
        assert_eq!(line(2).as_deref(), Some("new Bucket(this, '\\u{1b}[31m');"));
        assert_eq!((line(3), line(99), line(0).as_deref()), (None, None, Some("a")));
    }

    #[test]
    fn what_is_no_file_of_text_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("binary");
        std::fs::write(&binary, [0xff, 0xfe, 0]).unwrap();
        for path in [None, Some(folder.path().into()), Some(folder.path().join("gone")), Some(binary)] {
            assert_eq!(Programs::default().line(&place(path, 1)), None);
        }
    }
}
