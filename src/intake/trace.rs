//! Frames of creation stacks -> places in the user's program, as far as it lies here.
//!
//! A trace holds absolute paths of the machine that synthesized. Below the project root they become
//! relative; a trace from elsewhere (a container, another checkout) is matched by the longest end of its
//! path that is a file here. What cannot be matched keeps the folder that the trace itself suggests, or
//! stays as written. Only the existence of files below the project root is ever asked.
use super::frame::Frame;
use crate::finding::SourcePlace;
use crate::limits::MAX_SEGMENTS;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The folder of the user's program; frames are told relative to it. Without one they stay as written. It is
/// looked for when the first frame is.
#[derive(Clone, Debug, Default)]
pub struct ProjectRoot {
    inner: Option<Arc<Inner>>,
}

#[derive(Debug)]
struct Inner {
    /// The folder that was told, or the assembly whose project it is.
    start: PathBuf,
    is_told: bool,
    root: OnceLock<Option<Root>>,
    found: Mutex<FxHashMap<String, Found>>,
}

#[derive(Debug)]
struct Root {
    path: PathBuf,
    /// The path with `/`, as a trace would name it.
    text: String,
}

/// What is known of a trace's file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    /// It is here.
    Here { relative: String, path: PathBuf },
    /// It would lie below the project root, but is not there.
    Below(String),
    /// It is somewhere else.
    Elsewhere,
}

impl ProjectRoot {
    /// That folder; none if it does not exist.
    pub fn new(folder: &Path) -> ProjectRoot {
        ProjectRoot::starting(folder, true)
    }

    /// The project that an assembly belongs to: the nearest parent folder with `cdk.json` or `package.json`, else
    /// the working folder.
    pub fn of_assembly(folder: &Path) -> ProjectRoot {
        ProjectRoot::starting(folder, false)
    }

    fn starting(start: &Path, is_told: bool) -> ProjectRoot {
        let inner =
            Inner { start: start.to_owned(), is_told, root: OnceLock::new(), found: Mutex::default() };
        ProjectRoot { inner: Some(Arc::new(inner)) }
    }

    /// The folder, links followed.
    pub fn path(&self) -> Option<&Path> {
        Some(self.inner.as_deref()?.root()?.path.as_path())
    }

    /// The place that a frame names. `origin` is the project's folder as the trace's machine saw it, if known.
    pub(super) fn place(&self, frame: &Frame<'_>, origin: impl FnOnce() -> Option<String>) -> SourcePlace {
        let (file, path) = match self.find(&frame.file) {
            Found::Here { relative, path } => (relative, Some(path)),
            Found::Below(relative) => (relative, None),
            Found::Elsewhere => {
                let inside = origin().and_then(|origin| Some(below(&frame.file, &origin)?.to_owned()));
                (inside.unwrap_or_else(|| frame.file.clone()), None)
            }
        };
        SourcePlace {
            file,
            line: frame.line,
            column: frame.column,
            function: frame.function.map(str::to_owned),
            inherited: false,
            path,
        }
    }

    fn find(&self, file: &str) -> Found {
        let Some(inner) = self.inner.as_deref() else { return Found::Elsewhere };
        let Some(root) = inner.root() else { return Found::Elsewhere };
        // a lock that a panicking thread left behind still guards a consistent map
        if let Some(found) = inner.found.lock().unwrap_or_else(PoisonError::into_inner).get(file) {
            return found.clone();
        }
        let found = root.find(file);
        inner.found.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned(), found.clone());
        found
    }
}

impl Inner {
    fn root(&self) -> Option<&Root> {
        let is_project =
            |parent: &&Path| ["cdk.json", "package.json"].iter().any(|file| parent.join(file).is_file());
        let find = || {
            let start = self.start.canonicalize().ok();
            let above = || start.as_deref()?.ancestors().skip(1).find(is_project).map(Path::to_owned);
            let path = if self.is_told {
                start.clone()?
            } else {
                above().or_else(|| Path::new(".").canonicalize().ok())?
            };
            let text = path.to_string_lossy().replace('\\', "/");
            let text = text.trim_start_matches("//?/").trim_end_matches('/').to_owned();
            Some(Root { path, text })
        };
        self.root.get_or_init(find).as_ref()
    }
}

impl Root {
    fn find(&self, file: &str) -> Found {
        let segments: Vec<&str> =
            without_drive(file).split('/').filter(|segment| !segment.is_empty()).collect();
        if segments.iter().any(|segment| matches!(*segment, "." | "..") || segment.contains(['\\', ':'])) {
            return Found::Elsewhere;
        }
        if let Some(relative) = below(file, &self.text) {
            return self.here(relative).unwrap_or_else(|| Found::Below(relative.to_owned()));
        }
        let first = segments.len().saturating_sub(MAX_SEGMENTS);
        let ends = (first..segments.len()).map(|start| segments[start..].join("/"));
        ends.into_iter().find_map(|end| self.here(&end)).unwrap_or(Found::Elsewhere)
    }

    /// That file, if it exists and lies below the root, links followed.
    fn here(&self, relative: &str) -> Option<Found> {
        let path = self.path.join(relative);
        if !path.metadata().ok()?.is_file() {
            return None;
        }
        let path = path.canonicalize().ok().filter(|path| path.starts_with(&self.path))?;
        Some(Found::Here { relative: relative.to_owned(), path })
    }
}

/// The part of a path below a folder.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    path.strip_prefix(folder)?.strip_prefix('/').filter(|rest| !rest.is_empty())
}

/// The project's folder as the machine of these traces saw it: the one that holds the `node_modules` of a frame
/// and some user's file as well, else the deepest folder common to all the user's files.
pub(super) fn origin<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut modules: Option<String> = None;
    let mut common: Option<String> = None;
    for line in lines {
        if modules.is_none() {
            modules = modules_folder(line);
        }
        let Some(frame) = Frame::parse(line).filter(Frame::is_users) else { continue };
        let Some((folder, _)) = frame.file.rsplit_once('/') else { continue };
        common = Some(match common {
            None => folder.to_owned(),
            Some(common) => shared(&common, folder).to_owned(),
        });
    }
    let common = common.filter(|common| !common.is_empty())?;
    match modules.filter(|modules| common == *modules || below(&common, modules).is_some()) {
        Some(modules) => Some(modules),
        // all frames of a small program can lie in one of the folders that `cdk init` makes
        None => match common.rsplit_once('/') {
            Some((parent, "bin" | "lib" | "src" | "test")) if !parent.is_empty() => Some(parent.to_owned()),
            _ => Some(common),
        },
    }
}

/// A path without `C:`.
fn without_drive(path: &str) -> &str {
    match path.as_bytes() {
        [letter, b':', ..] if letter.is_ascii_alphabetic() => &path[2..],
        _ => path,
    }
}

/// `/app` of `f (/app/node_modules/x.js:1:2)` and of `.../app/node_modules/x.js:1:2 in x...`.
fn modules_folder(line: &str) -> Option<String> {
    let line = line.trim_start_matches('.').replace('\\', "/");
    let (before, _) = line.split_once("/node_modules/")?;
    let folder = before.rsplit_once(" (").map_or(before, |(_, folder)| folder);
    without_drive(folder).starts_with('/').then(|| folder.to_owned())
}

/// The folder that two folders share.
fn shared<'a>(one: &'a str, other: &str) -> &'a str {
    let mut end = 0;
    for (a, b) in one.split_inclusive('/').zip(other.split_inclusive('/')) {
        if a.trim_end_matches('/') != b.trim_end_matches('/') {
            break;
        }
        end += a.len();
    }
    one[..end].trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn place(root: &ProjectRoot, line: &str) -> SourcePlace {
        root.place(&Frame::parse(line).unwrap(), || None)
    }

    fn project() -> (tempfile::TempDir, ProjectRoot) {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("app");
        for folder in ["lib/net", "cdk.out"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in ["app/cdk.json", "app/lib/x.ts", "app/lib/net/vpc.ts", "secret.ts"] {
            fs::write(outer.path().join(file), "").unwrap();
        }
        let project = ProjectRoot::of_assembly(&root.join("cdk.out"));
        (outer, project)
    }

    #[test]
    fn the_project_is_the_nearest_parent_with_a_cdk_json() {
        let (outer, project) = project();
        assert_eq!(project.path().unwrap(), outer.path().join("app").canonicalize().unwrap());
    }

    #[test]
    fn a_frame_below_the_root_becomes_relative() {
        let (_keep, project) = project();
        let root = project.path().unwrap().display();
        let here = place(&project, &format!("new X ({root}/lib/x.ts:3:4)"));
        assert_eq!((here.file.as_str(), here.line, here.column), ("lib/x.ts", 3, 4));
        assert!(here.path.unwrap().ends_with("app/lib/x.ts"));
        let gone = place(&project, &format!("new X ({root}/lib/gone.ts:3:4)"));
        assert_eq!((gone.file.as_str(), gone.path), ("lib/gone.ts", None));
    }

    #[test]
    fn a_frame_of_another_machine_is_found_by_the_end_of_its_path() {
        let (_keep, project) = project();
        for line in ["f (/home/dev/app/lib/net/vpc.ts:1:2)", "f (C:\\work\\lib\\net\\vpc.ts:1:2)"] {
            let found = place(&project, line);
            assert_eq!(found.file, "lib/net/vpc.ts", "{line}");
            assert!(found.path.is_some());
        }
        let elsewhere = place(&project, "f (/opt/other/y.ts:1:2)");
        assert_eq!((elsewhere.file.as_str(), elsewhere.path), ("/opt/other/y.ts", None));
    }

    #[test]
    fn a_frame_never_leads_out_of_the_project() {
        let (outer, project) = project();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outer.path().join("secret.ts"), outer.path().join("app/lib/link.ts"))
            .unwrap();
        let root = project.path().unwrap().display().to_string();
        for file in
            [format!("{root}/../secret.ts"), format!("{root}/lib/link.ts"), "/x/../secret.ts".to_owned()]
        {
            assert_eq!(place(&project, &format!("f ({file}:1:2)")).path, None, "{file}");
        }
    }

    #[test]
    fn a_trace_suggests_its_own_root() {
        let of = |lines: &[&str]| origin(lines.iter().copied());
        let (bin, lib) =
            ("<anonymous> (/home/dev/app/bin/shop.ts:53:2)", "new X (/home/dev/app/lib/net/x.ts:1:2)");
        assert_eq!(of(&[lib, bin, "...node internals..."]).unwrap(), "/home/dev/app");
        assert_eq!(of(&[bin]).unwrap(), "/home/dev/app");
        let module = ".../home/dev/app/node_modules/aws-cdk-lib/aws-ec2/lib/vpc.js:1:295 in aws-cdk-lib...";
        assert_eq!(of(&["new X (/home/dev/app/infra/x.ts:1:2)", module]).unwrap(), "/home/dev/app");
        let foreign = "f (/usr/lib/node_modules/ts-node/x.js:1:2)";
        assert_eq!(of(&["new X (/home/dev/app/infra/x.ts:1:2)", foreign]).unwrap(), "/home/dev/app/infra");
        assert_eq!(of(&["new X (C:\\app\\lib\\x.ts:1:2)", "f (C:\\app\\bin\\a.ts:1:2)"]).unwrap(), "C:/app");
        assert_eq!(of(&["...aws-cdk-lib..."]), None);
        let unmatched = ProjectRoot::default().place(&Frame::parse(lib).unwrap(), || of(&[lib, bin]));
        assert_eq!(unmatched.file, "lib/net/x.ts");
    }
}
