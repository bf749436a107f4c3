//! Whether the evidence of an attestation is there: a file, or a glob that fits some file, below the folder of
//! `stackproof.yaml`; a web address is taken at its word, nothing is ever fetched.
//!
//! The file may come from a stranger: no path leaves the folder, no link is followed out of it, and a search ends.
use crate::limits::MAX_EVIDENCE_ENTRIES;
use globset::GlobBuilder;
use std::fs;
use std::path::{Component, Path};

/// What is wrong with how evidence is named; the way out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misnamed {
    pub message: String,
    pub help: &'static str,
}

/// Why the evidence does not count; nothing, where it does.
///
/// # Errors
/// A name that could never lead to evidence.
pub(super) fn missing(folder: &Path, evidence: &str) -> Result<Option<String>, Misnamed> {
    const PLACE: &str = "name a file or glob below the folder of stackproof.yaml, or an http(s) address";
    if let Some((scheme, rest)) = evidence.split_once("://") {
        let web = matches!(scheme, "http" | "https");
        let plain = !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace);
        return if web && plain {
            Ok(None)
        } else {
            Err(Misnamed { message: format!("`{evidence}` is no web address"), help: PLACE })
        };
    }
    let path = Path::new(evidence);
    let below = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !below || evidence.contains('\\') {
        return Err(Misnamed { message: format!("`{evidence}` leads out of the folder"), help: PLACE });
    }
    if evidence.contains(['*', '?', '[', '{']) {
        return search(folder, evidence);
    }
    Ok(unfit(folder, &folder.join(path)))
}

/// Why a file is no evidence.
fn unfit(folder: &Path, file: &Path) -> Option<String> {
    let (Ok(folder), Ok(real)) = (folder.canonicalize(), file.canonicalize()) else {
        return Some("is not there".to_owned());
    };
    if !real.starts_with(&folder) {
        return Some("leads out of the folder".to_owned());
    }
    match fs::metadata(&real) {
        Ok(meta) if !meta.is_file() => Some("is no file".to_owned()),
        Ok(meta) if meta.len() == 0 => Some("is empty".to_owned()),
        Ok(_) => None,
        Err(error) => Some(format!("cannot be read: {error}")),
    }
}

fn search(folder: &Path, pattern: &str) -> Result<Option<String>, Misnamed> {
    let pattern = pattern.trim_start_matches("./");
    let glob = GlobBuilder::new(pattern).literal_separator(true).build().map_err(|error| Misnamed {
        message: format!("this glob is refused: {}", error.kind()),
        help: "`*` is any text within a name, `**` any folders",
    })?;
    let glob = glob.compile_matcher();
    // The folders before the first star are where the search begins.
    let fixed: Vec<&str> =
        pattern.split('/').take_while(|part| !part.contains(['*', '?', '[', '{'])).collect();
    let begin = folder.join(fixed.join("/"));
    let unwanted = |name: &std::ffi::OsStr| name == ".git" || name == "node_modules";
    let entries = walkdir::WalkDir::new(begin)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !unwanted(entry.file_name()));
    for (seen, entry) in entries.enumerate() {
        if seen >= MAX_EVIDENCE_ENTRIES {
            return Ok(Some(format!("fits none of the first {MAX_EVIDENCE_ENTRIES} files")));
        }
        let Ok(entry) = entry else { continue };
        let Ok(relative) = entry.path().strip_prefix(folder) else { continue };
        if glob.is_match(relative) && unfit(folder, entry.path()).is_none() {
            return Ok(None);
        }
    }
    Ok(Some("fits no file that holds something".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_a_file_below_the_folder_or_a_web_address() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("app");
        fs::create_dir_all(folder.join("docs/tests/2026")).unwrap();
        for (name, text) in
            [("docs/recovery.md", "steps"), ("docs/empty.md", ""), ("docs/tests/2026/may.md", "done")]
        {
            fs::write(folder.join(name), text).unwrap();
        }
        fs::write(scratch.path().join("outside.md"), "x").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(scratch.path().join("outside.md"), folder.join("docs/link.md")).unwrap();
        for (evidence, wanted) in [
            ("docs/recovery.md", None),
            ("./docs/recovery.md", None),
            ("docs/**/*.md", None),
            ("docs/tests/*/may.md", None),
            ("**/may.md", None),
            ("https://wiki.example.com/recovery", None),
            ("docs/none.md", Some("is not there")),
            ("docs", Some("is no file")),
            ("docs/empty.md", Some("is empty")),
            ("docs/emp*.md", Some("fits no file")),
            ("docs/*.txt", Some("fits no file")),
            #[cfg(unix)]
            ("docs/link.md", Some("leads out")),
            #[cfg(unix)]
            ("docs/li*.md", Some("fits no file")),
        ] {
            let got = missing(&folder, evidence).unwrap();
            let fits = match (&got, wanted) {
                (Some(why), Some(part)) => why.contains(part),
                (got, wanted) => got.is_none() && wanted.is_none(),
            };
            assert!(fits, "{evidence}: {got:?}");
        }
        for refused in [
            "../outside.md",
            "/etc/passwd",
            "docs/../../outside.md",
            "ftp://x",
            "https://",
            "a\\b",
            "docs/[.md",
        ] {
            assert!(missing(&folder, refused).is_err(), "{refused}");
        }
    }
}
