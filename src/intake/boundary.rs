//! The wall around an assembly: which of the paths that its files name may be opened.
//!
//! In: a folder inside the assembly and a path that a manifest or a template names. Out: a file or folder
//! that lies below the outermost assembly's folder, both as written and once links are followed, or why
//! not. An assembly may come from a stranger, so nothing outside is ever opened.
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Why a path inside an assembly is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("is empty")]
    Empty,
    #[error("is absolute; an assembly names its files by relative paths")]
    Absolute,
    #[error("leads out of the assembly")]
    Escapes,
    #[error("is a link that leads out of the assembly")]
    LinkEscapes,
    #[error("does not exist")]
    Missing,
    #[error("is a folder, not a file")]
    NotAFile,
    #[error("is not a folder")]
    NotAFolder,
}

impl Refusal {
    /// What its reader can do.
    pub(super) fn help(self) -> &'static str {
        match self {
            Refusal::Missing | Refusal::NotAFile | Refusal::NotAFolder => {
                "the assembly is incomplete; run `cdk synth` again"
            }
            _ => "an assembly made by `cdk synth` holds all its files; nothing outside of it is read",
        }
    }
}

/// The outermost folder of an assembly.
#[derive(Debug)]
pub(super) struct Boundary {
    /// The path as given or found, with `/`.
    name: String,
    /// The same, to be opened.
    root: PathBuf,
    /// The same with all links followed; looked up when the first link inside is met.
    real: OnceLock<PathBuf>,
}

/// Something inside the assembly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inside {
    /// Folders and file below the root, `..` and `.` resolved.
    segments: Vec<String>,
    /// Where it is, links below the root followed.
    pub path: PathBuf,
    /// The path as a person would write it.
    pub name: String,
}

/// A file that something in the assembly names, to be opened once somebody asks for it.
#[derive(Debug)]
pub(super) struct Named {
    /// The wall around it.
    pub boundary: Arc<Boundary>,
    /// The folder that it is seen from.
    pub folder: Inside,
    /// Its path as it is written.
    pub path: String,
}

impl Named {
    pub(super) fn open(&self) -> Result<Opened, Refusal> {
        self.boundary.open(&self.folder, &self.path)
    }
}

/// A file inside the assembly, open to be read, or why it cannot be.
#[derive(Debug)]
pub(super) struct Opened {
    pub inside: Inside,
    /// With the length that it has.
    pub file: io::Result<(File, u64)>,
}

impl Boundary {
    /// The boundary of a folder.
    pub(super) fn new(folder: &Path, name: &str) -> Boundary {
        let name = name.trim_end_matches('/').to_owned();
        Boundary { name, root: folder.to_owned(), real: OnceLock::new() }
    }

    /// The folder itself.
    pub(super) fn root(&self) -> Inside {
        Inside { segments: Vec::new(), path: self.root.clone(), name: self.name.clone() }
    }

    /// The file that `relative` names, seen from `folder`, opened.
    pub(super) fn open(&self, folder: &Inside, relative: &str) -> Result<Opened, Refusal> {
        let segments = resolve(folder, relative)?;
        if let Some((path, file, length)) = self.open_plain(&segments) {
            return Ok(Opened { inside: self.inside(segments, path), file: Ok((file, length)) });
        }
        let (path, metadata) = self.locate(&segments)?;
        if !metadata.is_file() {
            return Err(Refusal::NotAFile);
        }
        let file = File::open(&path).map(|file| (file, metadata.len()));
        Ok(Opened { inside: self.inside(segments, path), file })
    }

    /// The folder that `relative` names, seen from `folder`.
    pub(super) fn folder(&self, folder: &Inside, relative: &str) -> Result<Inside, Refusal> {
        let segments = resolve(folder, relative)?;
        let (path, metadata) = self.locate(&segments)?;
        if metadata.is_dir() { Ok(self.inside(segments, path)) } else { Err(Refusal::NotAFolder) }
    }

    /// The folder that holds a file.
    pub(super) fn folder_of(&self, file: &Inside) -> Inside {
        let mut segments = file.segments.clone();
        segments.pop();
        let path = segments.iter().fold(self.root.clone(), |path, segment| path.join(segment));
        Inside { name: self.name_of(&segments), path, segments }
    }

    fn inside(&self, segments: Vec<String>, path: PathBuf) -> Inside {
        Inside { name: self.name_of(&segments), segments, path }
    }

    /// Opens a file that no link leads to, as nearly all are, by the system's word instead of a look before: it refuses to
    /// open a link. None where it does, and where anything else is not as it should be.
    #[cfg(unix)]
    fn open_plain(&self, segments: &[String]) -> Option<(PathBuf, File, u64)> {
        use std::os::unix::fs::OpenOptionsExt;
        let (file, folders) = segments.split_last()?;
        let mut path = self.root.clone();
        for folder in folders {
            path.push(folder);
            path.symlink_metadata().ok().filter(Metadata::is_dir)?;
        }
        path.push(file);
        // A pipe is not waited for.
        let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
        let file = File::options().read(true).custom_flags(flags).open(&path).ok()?;
        let metadata = file.metadata().ok().filter(Metadata::is_file)?;
        Some((path, file, metadata.len()))
    }

    #[cfg(not(unix))]
    fn open_plain(&self, _segments: &[String]) -> Option<(PathBuf, File, u64)> {
        None
    }

    /// Where that is. A path without links is inside because it is written so, and costs one look per segment.
    fn locate(&self, segments: &[String]) -> Result<(PathBuf, Metadata), Refusal> {
        let mut path = self.root.clone();
        let mut metadata = None;
        for segment in segments {
            path.push(segment);
            let seen = path.symlink_metadata().map_err(|_| Refusal::Missing)?;
            if seen.is_symlink() {
                let written = segments.iter().fold(self.root.clone(), |path, segment| path.join(segment));
                return self.follow(&written);
            }
            metadata = Some(seen);
        }
        let metadata = metadata.map_or_else(|| path.metadata(), Ok).map_err(|_| Refusal::Missing)?;
        Ok((path, metadata))
    }

    /// Where a path with links in it leads.
    fn follow(&self, written: &Path) -> Result<(PathBuf, Metadata), Refusal> {
        let target = written.canonicalize().map_err(|_| Refusal::Missing)?;
        let real = self.real.get_or_init(|| self.root.canonicalize().unwrap_or_else(|_| self.root.clone()));
        let path = self.root.join(target.strip_prefix(real).map_err(|_| Refusal::LinkEscapes)?);
        let metadata = path.metadata().map_err(|_| Refusal::Missing)?;
        Ok((path, metadata))
    }

    fn name_of(&self, segments: &[String]) -> String {
        let mut name =
            if self.name.is_empty() && !segments.is_empty() { "." } else { &*self.name }.to_owned();
        for segment in segments {
            name.push('/');
            name.push_str(segment);
        }
        match name.strip_prefix("./") {
            Some(short) if self.name == "." => short.to_owned(),
            _ => name,
        }
    }
}

/// The folders and the file on a path that is written in `folder`.
fn resolve(folder: &Inside, relative: &str) -> Result<Vec<String>, Refusal> {
    if relative.is_empty() || relative.contains('\0') {
        return Err(Refusal::Empty);
    }
    if is_absolute(relative) {
        return Err(Refusal::Absolute);
    }
    let mut segments = folder.segments.clone();
    for segment in relative.split(['/', std::path::MAIN_SEPARATOR]) {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop().ok_or(Refusal::Escapes)?),
            _ => segments.push(segment.to_owned()),
        }
    }
    Ok(segments)
}

/// Whether a path is absolute on any system: `/x`, `\x`, `C:\x`, `C:x`.
fn is_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    matches!(bytes, [b'/' | b'\\', ..]) || matches!(bytes, [letter, b':', ..] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    impl Boundary {
        /// What would be opened, by a look at each segment.
        fn file(&self, folder: &Inside, relative: &str) -> Result<Inside, Refusal> {
            let segments = resolve(folder, relative)?;
            let (path, metadata) = self.locate(&segments)?;
            if metadata.is_file() { Ok(self.inside(segments, path)) } else { Err(Refusal::NotAFile) }
        }
    }

    fn assembly() -> (tempfile::TempDir, Boundary) {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("cdk.out");
        fs::create_dir_all(root.join("assembly-Prod")).unwrap();
        fs::write(outer.path().join("secret.json"), "{}").unwrap();
        fs::write(root.join("asset.json"), "{}").unwrap();
        fs::write(root.join("assembly-Prod/a.json"), "{}").unwrap();
        let boundary = Boundary::new(&root, "cdk.out");
        (outer, boundary)
    }

    #[test]
    fn a_path_may_leave_its_stage_but_not_the_assembly() {
        let (_keep, boundary) = assembly();
        let stage = boundary.folder(&boundary.root(), "assembly-Prod").unwrap();
        assert_eq!(boundary.file(&stage, "a.json").unwrap().name, "cdk.out/assembly-Prod/a.json");
        assert_eq!(boundary.file(&stage, "../asset.json").unwrap().name, "cdk.out/asset.json");
        assert_eq!(boundary.file(&stage, "../../secret.json"), Err(Refusal::Escapes));
        assert_eq!(boundary.file(&stage, "/etc/hostname"), Err(Refusal::Absolute));
        assert_eq!(boundary.file(&stage, "C:\\x.json"), Err(Refusal::Absolute));
        assert_eq!(boundary.file(&stage, ""), Err(Refusal::Empty));
        assert_eq!(boundary.file(&stage, "b.json"), Err(Refusal::Missing));
        assert_eq!(boundary.file(&stage, ".."), Err(Refusal::NotAFile));
        assert_eq!(boundary.folder(&stage, "a.json"), Err(Refusal::NotAFolder));
    }

    #[test]
    fn the_folder_of_a_file_is_inside_too() {
        let (_keep, boundary) = assembly();
        let file = boundary.file(&boundary.root(), "assembly-Prod/a.json").unwrap();
        assert_eq!(boundary.folder_of(&file).name, "cdk.out/assembly-Prod");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_only_inside() {
        let (outer, boundary) = assembly();
        let root = outer.path().join("cdk.out");
        std::os::unix::fs::symlink("../secret.json", root.join("out.json")).unwrap();
        std::os::unix::fs::symlink("asset.json", root.join("in.json")).unwrap();
        std::os::unix::fs::symlink("..", root.join("up")).unwrap();
        assert_eq!(boundary.file(&boundary.root(), "out.json"), Err(Refusal::LinkEscapes));
        assert_eq!(boundary.file(&boundary.root(), "up/secret.json"), Err(Refusal::LinkEscapes));
        assert_eq!(boundary.file(&boundary.root(), "in.json").unwrap().name, "cdk.out/in.json");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_opened_is_what_would_be_found() {
        let (outer, boundary) = assembly();
        let root = outer.path().join("cdk.out");
        for (link, target) in [
            ("out.json", "../secret.json"),
            ("in.json", "asset.json"),
            ("up", ".."),
            ("stage", "assembly-Prod"),
            ("gone.json", "nothing"),
        ] {
            std::os::unix::fs::symlink(target, root.join(link)).unwrap();
        }
        assert!(std::process::Command::new("mkfifo").arg(root.join("pipe.json")).status().unwrap().success());
        for path in [
            "asset.json",
            "assembly-Prod/a.json",
            "assembly-Prod/../asset.json",
            "in.json",
            "stage/a.json",
            "out.json",
            "up/secret.json",
            "gone.json",
            "pipe.json",
            "assembly-Prod",
            "asset.json/x",
            ".",
            "..",
            "",
        ] {
            let opened = boundary.open(&boundary.root(), path);
            assert!(opened.as_ref().map_or(true, |opened| matches!(opened.file, Ok((_, 2)))), "{path}");
            assert_eq!(opened.map(|opened| opened.inside), boundary.file(&boundary.root(), path), "{path}");
        }
    }
}
